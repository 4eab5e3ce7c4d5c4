"""Forms of actions: from the manual's fields to inputs, and from what was posted back to an action's data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.cases import queries as cases
from guanjia.engine import nearness
from guanjia.engine.offering import CaseView
from guanjia.engine.veiling import Kept
from guanjia.estate.models import Office, Unit
from guanjia.kernel.moments import from_iso, iso
from guanjia.kernel.money import yuan
from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import fields as policy_fields
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.conditions import lookup
from guanjia.policy.schema import Action, FormField
from guanjia.staff import queries as staff
from guanjia.staff.queries import Candidate
from guanjia.web.bridge import depends, handing, words
from guanjia.web.components import ChoiceView, FieldView, PhotoView
from guanjia.work import queries as work

ROWS = ("lines", "items", "suppliers")
UNSEEN = (
    "figures",
    "derived",
    "product",
    "table",
    "marks",
    "elapsed",
    "share",
)  # the system's own; tables stand above the form


def errors_of(problem: Problem) -> dict[str, str]:
    """Field key -> what is wrong there; problems without a field stand under "" and end with their code, by which
    whoever is asked about them finds them in the docs."""
    found: dict[str, str] = {}
    for one in problem.problems if isinstance(problem, Problems) else (problem,):
        code = "" if one.field else f"（{one.code}）"
        found[one.field] = f"{found.get(one.field, '')}{one.message}{one.hint}{code}"
    return found


def views(
    action: Action, facts: Mapping[str, Any], compiled: CompiledManual, office: Office, now: datetime, zone: ZoneInfo,
    *, kept: Kept, posted: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None,
    warnings: Mapping[str, tuple[str, ...]] | None = None, ahead: Iterable[str] = (),
) -> list[FieldView]:  # fmt: skip
    """The inputs of an action. kept: of the cases that a shift hands over, by number, those of which whoever is at the
    form may not read the subject (S001-1-4.12). posted: what was typed before (kept whatever was wrong with it).
    warnings: by field, what speaks against the action (`warnings_of`); a field that must answer one must be filled in.
    ahead: facts that may be others when the form is filled in; fields that hang on them come with their rules, hidden
    ones too."""
    posted, errors, warnings = posted or {}, errors or {}, warnings or {}
    items = {field.key for field in action.field if field.kind == "item"}
    own: set[str] = set(ahead)  # what stands on the form above the field
    seen, found, known = dict(facts), [], {**facts, "now": iso(now)}
    for field in action.field:
        if field.kind in ("derived", "product", "marks"):
            seen[field.key] = policy_fields.reckoned(field, seen)
        if field.kind in UNSEEN:
            continue
        value = posted[field.key] if field.key in posted else default_of(field, known, zone)
        rules = depends.rules_of(field, facts, own)
        shown = policy_fields.holds(field.show_when, seen)
        if not shown and not rules and field.key not in errors:
            continue
        own |= {field.key, f"{field.key}_fen"}
        required = policy_fields.is_required(field, seen)
        if shown:
            seen.update(depends.typed(field, value))
        view = _view(policy_fields.offered(field, facts), value, facts, compiled, office, now, zone, kept)
        against = warnings.get(field.key, ())
        source = field.default.removeprefix("=").removesuffix("_price_fen")
        found.append(
            replace(
                view, required=required or bool(against), error=errors.get(field.key, ""), rules=rules,
                shown=shown or field.key in errors,
                warnings=against, filled_from=source if source in items else "",
            )
        )  # fmt: skip
    return found


def warnings_of(view: CaseView, key: str) -> dict[str, tuple[str, ...]]:
    """Field -> what speaks against an action, with the clause; a reason in the field lifts it (`Offer.warnings`)."""
    offer = next((offer for offer in view.offers if offer.action.key == key), None)
    found: dict[str, tuple[str, ...]] = {}
    for text, clause, field in offer.warnings if offer else ():
        said = f"{text}（{clause}）" if clause else text
        found[field] = (*found.get(field, ()), said)
    return found


def seen_by(view: CaseView, action: str = "") -> dict[str, Any]:
    """The facts of a case as conditions on fields read them: with who fills the form, and the figures of the manual
    that the action comes from."""
    first = view.adopted[0]
    held = first.compiled.roles_of(view.actor.roles)
    known = {**view.facts, "actor": view.actor.user_id, "actor_roles": sorted(held)}
    key = view.source_of(action).key if action else first.compiled.key
    own = next(one for one in view.adopted if one.compiled.key == key)
    return {**known, "figure": own.figure_facts()} if own.compiled.reads_figures else known


def _view(
    field: FormField, value: Any, facts: Mapping[str, Any], compiled: CompiledManual, office: Office, now: datetime,
    zone: ZoneInfo, kept: Kept,
) -> FieldView:  # fmt: skip
    return FieldView(
        key=field.key,
        label=field.label,
        kind=field.kind,
        value=_pictures(value) if field.kind == "photos" else depends.as_chosen(field, value),
        matters=handing.rows_of(field, value, facts, office, kept) if field.kind == "matters" else (),
        focus=field.focus,
        choices=tuple(_rows_of(field, facts) or choices_of(field, office, now, facts)),
        help=field.help,
        clause=words.clause_view(compiled, field.clause) if field.clause else None,
        signer=str(facts.get("contact_name") or ""),
        allow=field.allow,
    )


def _rows_of(field: FormField, facts: Mapping[str, Any]) -> list[ChoiceView]:
    """The rows of the table that a field ticks off, each with its first columns."""
    drawn = facts.get(field.of[0]) if field.kind == "checks" else None
    if not drawn:
        return []
    paid = (facts.get("paid_orders") or {}) if "amounts" in drawn else ()
    return [
        ChoiceView(number, " ".join(str(cell) for cell in row[:3] if cell))
        for number, row in zip(drawn["cases"], drawn["rows"], strict=True)
        if number not in paid
    ]


def on_screen(field: FieldView) -> FieldView:
    """A signature field where only a drawn signature counts: whoever signs holds the screen himself."""
    return replace(field, allow=("screen",)) if field.kind == "signature" else field


def _pictures(ids: Any) -> tuple[PhotoView, ...]:
    """Photographs that were sent with the form before and are kept with it."""
    numbers = [int(pk) for pk in ids or () if str(pk).isdigit()]
    return tuple(PhotoView(reverse("attachment", args=[pk]), _("已上传的照片"), pk=pk) for pk in numbers)


def default_of(field: FormField, facts: Mapping[str, Any], zone: ZoneInfo) -> Any:
    """What stands in an input before anybody typed: the field's default, `=fact` being a fact of the case."""
    value: Any = field.default
    if value.startswith("="):
        value = lookup(facts, value[1:])
        if field.kind == "amount" and value is not None:
            return yuan(int(value)).replace(",", "") if value else ""
        if field.kind == "time" and value:
            return local_input(from_iso(str(value)), zone)
    if field.kind in ROWS:
        return ()
    if field.kind == "list" and isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if field.kind == "times" and isinstance(value, list):
        return "\n".join(local_input(from_iso(str(one)), zone).replace("T", " ") for one in value)
    return "" if value is None else value


def local_input(moment: datetime, zone: ZoneInfo) -> str:
    """An instant as a datetime-local input carries it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def choices_of(
    field: FormField, office: Office, now: datetime, facts: Mapping[str, Any] = {}
) -> Iterable[ChoiceView]:
    """What may be chosen: the manual's choices, the office's people, items, suppliers, prices."""
    if field.choices and field.kind != "matters":
        return [ChoiceView(choice.value, choice.label) for choice in field.choices]
    if field.kind in ("staff", "matters"):
        return _people(field, office, now, facts)
    if field.kind == "supplier":
        return [ChoiceView(s.name, s.name, s.items) for s in work.suppliers(office, now)]
    if field.kind == "department":
        return [ChoiceView(one.key, one.name) for one in staff.departments_of(office)]
    if field.kind == "item":
        return [
            ChoiceView(
                item.name,
                f"{yuan(item.price_fen)}/{item.unit_word}" if item.price_fen else _("面议"),
                extra=(("price", yuan(item.price_fen).replace(",", "") if item.price_fen else ""),),
            )
            for item in work.items(office, now)
        ]
    if field.kind == "lines":
        return [
            ChoiceView(
                item.name, item.name,
                extra=(("unit", item.unit_word), ("price", yuan(item.price_fen).replace(",", "") if item.price_fen else "")),
            )
            for item in work.items(office, now)
        ]  # fmt: skip
    return []


def _people(field: FormField, office: Office, now: datetime, facts: Mapping[str, Any]) -> list[ChoiceView]:
    if field.near:
        code = str(facts.get(field.near) or "")
        unit = Unit.objects.filter(office=office, code=code).first() if code else None
        return [
            ChoiceView(
                str(one.user.pk), one.user.name, "·".join(filter(None, (one.where, _on_shift(one.available))))
            )
            for one in nearness.nearest(office, field.roles or ("technician",), unit, now)
        ]
    counts = cases.open_jobs(office)
    found: dict[int, Candidate] = {}
    for role in field.roles or ("technician",):
        for one in staff.candidates(office, role, "", now, counts):
            found.setdefault(one.user.pk, one)
    names = staff.told_apart(one.user for one in found.values())
    return [
        ChoiceView(str(pk), name, f"{_on_shift(one.available)}·手上 {counts.get(pk, 0)} 单")
        for (pk, one), name in zip(found.items(), names, strict=True)
    ]


def _on_shift(available: bool) -> str:
    return _("当班") if available else _("不当班")


def data_of(action: Action, post: QueryDict) -> dict[str, Any]:
    """What was posted for an action, in the shape that the engine takes; empty inputs are left out.

    Not so one that began with whoever acts and was emptied: left out, the engine would fill it in again.
    """
    return {
        field.key: value
        for field in action.field
        if (value := _posted(field, post)) not in (None, "", [], {})
        or (field.default == "=actor" and field.key in post)
    }


def _posted(field: FormField, post: QueryDict) -> Any:
    key = field.key
    if field.kind in ROWS:
        return _rows(key, post)
    if field.kind in ("multi", "photos", "checks"):
        return [value for value in post.getlist(key) if value]  # an empty file input posts an empty text
    if field.kind == "matters":
        return _takers(key, post)
    if field.kind == "signature":
        return _signature(key, post)
    if field.kind in ("bool", "tick"):
        return post.get(key)
    return (post.get(key) or "").strip()


def _rows(key: str, post: QueryDict) -> list[dict[str, str]]:
    """Rows named `key-0-name`, `key-0-qty`… in their order."""
    rows: dict[int, dict[str, str]] = {}
    for name in post:
        head, _, part = name.rpartition("-")
        base, _, number = head.rpartition("-")
        if base == key and number.isdecimal():
            rows.setdefault(int(number), {})[part] = (post.get(name) or "").strip()
    return [row for _number, row in sorted(rows.items()) if row.get("name") or row.get("price")]


def _takers(key: str, post: QueryDict) -> dict[str, Any]:
    """Who takes each matter: `key-to-NUMBER`, and of what kind it is: `key-kind-NUMBER`."""
    head = f"{key}-to-"
    taken = {name.removeprefix(head): post.get(name) for name in post if name.startswith(head)}
    kinds = {number: post.get(f"{key}-kind-{number}") for number in taken}
    return {number: {"to": to or "", "kind": kinds[number] or ""} for number, to in taken.items()}


def _signature(key: str, post: QueryDict) -> dict[str, Any]:
    how = post.get(f"{key}-how") or "screen"
    value = {
        "how": how,
        "name": (post.get(f"{key}-name") or "").strip(),
        "png": post.get(f"{key}-png") or "",
        "strokes": _strokes(post.get(f"{key}-strokes") or ""),
        "device": post.get(f"{key}-device") or "",
    }
    return value if value["png"] or how != "screen" else {}


def _strokes(text: str) -> list[Any]:
    """The strokes of a signature as they were drawn; none when they arrive damaged. The picture tells them still."""
    try:
        value = json.loads(text)
    except ValueError:
        return []
    return value if isinstance(value, list) else []
