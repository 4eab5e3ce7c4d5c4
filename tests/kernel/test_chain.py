"""A chain breaks at the line that was changed, whatever was changed in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guanjia.kernel.chain import START, canonical, link

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(st.text(max_size=6), VALUES, max_size=5)


def heads(lines: list[dict[str, object]]) -> list[str]:
    head, all_heads = START, []
    for line in lines:
        head = link(head, line)
        all_heads.append(head)
    return all_heads


@given(PAYLOADS)
def test_one_content_has_one_spelling(payload: dict[str, object]) -> None:
    shuffled = dict(reversed(list(payload.items())))
    assert canonical(payload) == canonical(shuffled)


@given(st.lists(PAYLOADS, min_size=1, max_size=6), st.data())
def test_a_changed_line_changes_every_head_from_there_on(
    lines: list[dict[str, object]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    other = data.draw(PAYLOADS.filter(lambda payload: canonical(payload) != canonical(lines[at])))
    before, after = heads(lines), heads([*lines[:at], other, *lines[at + 1 :]])
    assert before[:at] == after[:at]
    assert all(one != two for one, two in zip(before[at:], after[at:], strict=True))


def test_the_order_counts() -> None:
    assert heads([{"a": 1}, {"b": 2}])[-1] != heads([{"b": 2}, {"a": 1}])[-1]


def test_a_known_link() -> None:
    # sha256 of sixty-four zeros and {"甲":1}: a change of the spelling would orphan every chain that exists
    assert link(START, {"甲": 1}) == "76820e16c09b74011d73d962fc145933fce4fb73d7715bc7e9f9cf3c0181cc27"
