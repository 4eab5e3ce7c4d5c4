"""Checks of what a manual does in other manuals' procedures: reactions and additions."""

from __future__ import annotations

from collections.abc import Iterator

from guanjia.policy.complementing import ENDED
from guanjia.policy.lint_source import Source
from guanjia.policy.loader import Finding
from guanjia.policy.schema import Action

# what can be done without anything entered, in any procedure
REACTING = ("issue", "fill", "notify", "urgent", "subject", "invite", "open_case")


def complements_fit(source: Source) -> Iterator[Finding]:
    """Reactions need nobody's input; an added action leaves the procedure's states alone."""
    for index, reaction in enumerate(source.manual.reaction):
        for number, effect in enumerate(reaction.effects):
            path = ("reaction", index, "effects", number, "do")
            said = "没有人填写，做不了「{}」。"
            yield from source.unknown(path, "reaction-effect", said, effect.do, REACTING)
    for index, addition in enumerate(source.manual.addition):
        for name, said, hint in _faults(addition.action, addition.key):
            place = ("addition", index, "action", *((name,) if name else ()))
            yield source.finding(place, "addition", said, hint)


def _faults(action: Action, key: str) -> Iterator[tuple[str, str, str]]:
    """(key, message, hint) of what an action cannot have in another manual's procedure."""
    label = f"「{action.label}」"
    if action.key != key:
        yield "key", f"{label}的代码和外面的不一样。", "两处写同一个 key。"
    if not action.from_ or set(action.from_) - {"*", ENDED}:
        yield "from", f"{label}不知道别的规程有哪些状态。", f'from 只写 "*" 和 "{ENDED}"。'
    if action.opens or action.to or any(outcome.to for outcome in action.outcome):
        yield "", f"{label}不能改别的规程的状态。", "去掉 opens 和 to。"
    if action.cosign:
        yield "cosign", f"{label}不能要几方一起定。", "请删去。"
    if "ended" in action.from_ and any(event == "closed" for event in _emitted(action)):
        yield "emits", f"{label}在办结以后做，不能再办结。", "去掉 closed。"


def _emitted(action: Action) -> Iterator[str]:
    yield from action.emits
    for outcome in action.outcome:
        yield from outcome.emits
