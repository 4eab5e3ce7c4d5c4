"""What the actions of a case have recorded, in words: facts, tables that were drawn up, who confirmed what with whom."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.engine.facts import reference_of
from guanjia.engine.offering import CaseView
from guanjia.kernel.moments import from_iso
from guanjia.kernel.money import yuan
from guanjia.policy import forms
from guanjia.policy.schema import Action
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.web.bridge import story
from guanjia.web.components import way_of_signing

# what the page of a case shows elsewhere: at its head, in its own lines, on papers
ELSEWHERE = frozenset(
    {
        "unit", "contact_phone", "contact_name", "matter", "timing", "appointment_at", "channel", "item", "note", "period",
        "remarks", "effectiveness", "satisfaction", "finding", "deviation", "done", "opinion", "supplier",
        "follow_remark", "fee",
    }
)  # fmt: skip
UNSHOWN = (
    "signature", "photos", "lines", "items", "suppliers", "figures", "table", "matters", "unit", "tick", "receipt", "derived",
)  # fmt: skip


@dataclass(frozen=True)
class TableView:
    """A table as it is drawn: heads with whether they are sums of money, rows of words each with the case that it leads
    to (empty: none, or not for the person at the page), what stands below."""

    label: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]
    total: tuple[tuple[str, bool], ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class PartView:
    """What one party of a joint decision has entered; `differs` when another entered otherwise after it."""

    action: str
    role: str
    who: str
    said: str
    at: str
    differs: bool


@dataclass(frozen=True)
class SignedView:
    """A signature that the case itself keeps: what for, by whom, how, when, and its picture as a data address."""

    purpose: str
    name: str
    way: str
    at: datetime
    picture: str


def signed(view: CaseView, papers: Iterable[Record]) -> list[SignedView]:
    """The signatures that stand on no form; asked of the records only where the case's facts tell of one."""
    placed = {one.pk for paper in papers for one in paper.signatures.all()}
    given = (value.get("signature") for value in view.facts.values() if isinstance(value, Mapping))
    if not any(pk and pk not in placed for pk in given):
        return []
    return [
        SignedView(
            one.purpose, one.signer, way_of_signing(one.how), one.signed_at,
            f"data:image/png;base64,{b64encode(bytes(one.png)).decode()}" if one.png else "",
        )
        for one in records.own_signatures(view.case.office, reference_of(view.case))
    ]  # fmt: skip


def pairs(view: CaseView, zone: ZoneInfo) -> list[tuple[str, str]]:
    """(label, text) of every fact that an action recorded and that stands nowhere else, in the order of the manual.

    What was done for one of several households stands with that household, and not here as if it were of all.
    """
    compiled = view.adopted[0].compiled
    found: dict[str, tuple[str, str]] = {}
    several = _subjects(view)
    for action in compiled.procedures[view.facts["procedure"]].action:
        if several & {name for field in action.field for name in (field.key, f"{field.key}_unit")}:
            continue
        for field in action.field:
            value = view.facts.get(field.key)
            if field.key in view.withheld:
                found[field.key] = (field.label, _("保密，您的岗位看不到"))
            if value in (None, "", []) or field.key in ELSEWHERE or field.kind in UNSHOWN:
                continue
            found[field.key] = (
                field.label.removesuffix("，元"),
                story.said(field, value, compiled, zone, view.facts),
            )
    return list(found.values())


def _subjects(view: CaseView) -> frozenset[str]:
    """The facts by which duties of this kind of case are counted one by one: of which household an action is."""
    category = view.facts.get("category")
    return frozenset(
        matcher.subject or one.definition.subject
        for one in view.adopted[0].compiled.obligations.values()
        if one.definition.subject and category in one.categories
        for triggers in (one.start, one.stop, one.cancel)
        for matchers in triggers.values()
        for matcher in matchers
    )


def kept(view: CaseView) -> list[Mapping[str, Any]]:
    """The tables that the case has kept, each once."""
    fields = (
        field.key
        for action in view.adopted[0].compiled.procedures[view.facts["procedure"]].action
        for field in action.field
        if field.kind in ("table", "matters")
    )
    return [view.facts[key] for key in dict.fromkeys(fields) if view.facts.get(key)]


def tables(
    drawn: Iterable[Mapping[str, Any]], zone: ZoneInfo, shows: Callable[[str], bool]
) -> list[TableView]:
    """Tables as they are drawn; the same one under two names once. shows: whether a case may be opened, by its number."""
    found: dict[str, TableView] = {}
    for one in drawn:
        kinds = [column["kind"] for column in one["columns"]]
        rows = tuple(
            (
                number if number and shows(number) else "",
                tuple(_cell(value, kind, zone) for value, kind in zip(row, kinds, strict=True)),
            )
            for number, row in zip_longest(one.get("cases", ()), one["rows"], fillvalue="")
        )
        sums = [(one["sums"].get(column["fact"]), column["kind"] == "amount") for column in one["columns"]]
        total = [
            ("", False) if value is None else (yuan(value) if money else str(value), money)
            for value, money in sums
        ]
        total[0] = (_("合计 %s 单") % one["count"], False)
        groups = tuple(
            " ".join(
                (
                    _("%(name)s：%(n)s 单") % {"name": group["name"] or _("未填"), "n": group["count"]},
                    *forms.sums_of(one["columns"], group["sums"]),
                )
            )
            for group in one.get("by", ())
        )
        heads = tuple((column["label"], column["kind"] == "amount") for column in one["columns"])
        found[one["label"]] = TableView(one["label"], heads, rows, tuple(total), groups)
    return list(found.values())


def _cell(value: Any, kind: str, zone: ZoneInfo) -> tuple[str, bool]:
    if value is None:
        return "", kind == "amount"
    if kind == "amount":
        return yuan(int(value)), True
    return (forms.moment_text(from_iso(value), zone) if kind == "time" else str(value)), False


def joint(view: CaseView, zone: ZoneInfo) -> list[PartView]:
    """What the parties of a joint decision have entered that is not taken yet; who entered otherwise is marked."""
    return [
        _part(view, action, role, part, zone, differs=differs)
        for action in view.adopted[0].compiled.procedures[view.facts["procedure"]].action
        if action.cosign
        for differs, fact in ((False, "cosigned"), (True, "differing"))
        for role, part in _parts(view, fact, action.key)
    ]


def _parts(view: CaseView, fact: str, action: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((view.facts.get(fact) or {}).get(action) or {}).items()


def _part(
    view: CaseView, action: Action, role: str, part: Mapping[str, Any], zone: ZoneInfo, *, differs: bool
) -> PartView:
    roles = {one.key: one.label for one in view.adopted[0].compiled.manual.role}
    fields = {field.key: field for field in action.field}
    said = "，".join(
        f"{fields[key].label.removesuffix('，元')} {story.said(fields[key], value, view.adopted[0].compiled, zone, view.facts)}"
        for key, value in part["values"].items()
        if key in fields
    )
    at = forms.moment_text(from_iso(part["at"]), zone)
    return PartView(action.label, roles.get(role, role), part.get("who", ""), said, at, differs)
