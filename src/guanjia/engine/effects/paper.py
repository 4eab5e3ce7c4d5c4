"""Forms of a case: issued, filled, signed, and their copies on the way. Records know no case, only a reference."""

from __future__ import annotations

import base64
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.engine.context import Context
from guanjia.engine.facts import reference_of
from guanjia.engine.persons import NAMED, name_of
from guanjia.kernel.problem import Problem
from guanjia.policy import forms
from guanjia.policy.builtin import WHO
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Effect, FormDef
from guanjia.records import actions as records
from guanjia.records.models import Copy, Record


def _form(context: Context, key: str) -> tuple[CompiledManual, FormDef]:
    """The form in the manual whose effect it is: the procedure's, or one that reacts or added the action."""
    compiled = context.adopted[0].compiled
    return compiled, forms.form_of(compiled, key)


def _slot(context: Context, key: str) -> str:
    """Under which name a form is kept among the facts and in the transaction: two manuals may both have a `duty_log`."""
    own = context.adopted[0].compiled.key
    return key if own == context.case.manual_key else f"{own}/{key}"


def _manual(context: Context) -> str:
    return context.adopted[0].compiled.key


def _latest(context: Context, key: str) -> Record:
    """The newest form of its kind, read and locked once an action. Raises Problem RECORD_NONE."""
    slot = _slot(context, key)
    if slot not in context.papers:
        found = records.hold(context.office, reference_of(context.case), key, _manual(context))
        if found is None:
            raise Problem("RECORD_NONE", "这张表单还没有开。", "请先开单。", status=409)
        context.papers[slot] = found
    return context.papers[slot]


def _copies(context: Context, record: Record) -> dict[str, Copy]:
    """The copies of a held form by key, read and locked once an action."""
    slot = _slot(context, record.form)
    if slot not in context.copies:
        context.copies[slot] = records.hold_copies(record)
    return context.copies[slot]


def _sheet(context: Context, key: str) -> tuple[Record, dict[str, Copy]]:
    """The newest form of its kind with its copies, read and locked once an action. Raises Problem RECORD_NONE."""
    slot = _slot(context, key)
    if slot not in context.papers and (
        copies := records.hold_sheet(context.office, reference_of(context.case), key, _manual(context))
    ):
        context.papers[slot], context.copies[slot] = next(iter(copies.values())).record, copies
    record = _latest(context, key)
    return record, _copies(context, record)


def keep(context: Context) -> None:
    """Save the forms that the effects of an action have filled in, each once."""
    for record in context.papers.values():
        records.keep(record)


def _snapshot(context: Context, form: FormDef) -> dict[str, Any]:
    """What the form shows, with this very action's events among the facts."""
    return forms.snapshot(form, context.facts)


def _person(context: Context, who: str) -> str:
    """How a form names somebody: a title of the manual, the assignee's name, the manual's word for residents."""
    compiled = context.adopted[0].compiled
    if who == "resident":
        return compiled.manual.manual.party_word
    if who == "assignee":
        return str(context.facts.get("assignee_name") or WHO["assignee"])
    if who.startswith(NAMED):
        return name_of(context, who)
    labels = {role.key: role.label for role in compiled.manual.role}
    systems = {system: role.label for role in compiled.manual.role for system in role.is_}
    return labels.get(who) or systems.get(who) or who


def issue(context: Context, effect: Effect, _number: int) -> None:
    """Open a numbered form with its copies. One that is open and unsigned already is used on, by whoever has it now."""
    compiled, form = _form(context, effect.form)
    if form.copies and (open_one := _open_form(context, form.key)):
        records.fill(open_one, _snapshot(context, form), at=context.at, held=True)
        context.papers[_slot(context, form.key)] = open_one
        _pass_on(context, open_one, effect)
        return
    holder = _person(context, effect.holder) if effect.holder else context.who.label
    record = records.issue(
        context.office,
        form=form.key,
        manual_key=compiled.key,
        manual_version=compiled.version,
        title=context.adopted[0].title_of(form),
        reference=reference_of(context.case),
        data=_snapshot(context, form),
        copies=[
            {"key": copy.key, "label": copy.label, "paper": copy.paper, "goes_to": copy.goes_to, "archive": copy.archive}
            for copy in form.copies
        ],
        at=context.at,
        pattern=records.monthly(form.prefix),
        holder=holder,
    )  # fmt: skip
    slot = _slot(context, form.key)
    context.results[slot] = record.number
    context.set_fact("papers", {**(context.facts.get("papers") or {}), slot: record.number})
    context.papers[slot] = record
    context.copies.pop(slot, None)
    if form.copies:
        at_hand = {"state": str(Copy.State.HELD), "holder": holder}
        known = {copy.key: dict(at_hand) for copy in form.copies}
        context.set_fact("copies", {**(context.facts.get("copies") or {}), slot: known})


def _pass_on(context: Context, record: Record, effect: Effect) -> None:
    """The copies of a form in use go to whoever does the work now, so that nobody is asked for another's sheet."""
    if not effect.holder:
        return
    holder = _person(context, effect.holder)
    for copy in _copies(context, record).values():
        if copy.state in (Copy.State.HELD, Copy.State.HANDED) and copy.holder != holder:
            _noted(context, records.hand_over(copy, to=holder, at=context.at, held=True))


def _open_form(context: Context, key: str) -> Record | None:
    return records.hold(context.office, reference_of(context.case), key, _manual(context), unsigned=True)


def fill(context: Context, effect: Effect, _number: int) -> None:
    """Copy the facts into the newest form of this kind; a signed one takes only what was left open."""
    _compiled, form = _form(context, effect.form)
    record = _latest(context, form.key)
    fresh = _snapshot(context, form)
    if record.signed_at:
        fresh = {key: value for key, value in fresh.items() if key in record.left_open}
    records.fill(record, fresh, at=context.at, held=True)


def sign(context: Context, effect: Effect, _number: int) -> None:
    """Put the signature of the field, if there is one, on the form; fields still blank stay open to be filled once.

    Without a form the case itself keeps it: consent comes before any order is made out (S000-1-4.1.2b).
    """
    value = context.decision.data.get(effect.field)
    if not value:
        return
    given: dict[str, Any] = {
        "signer": value["name"],
        "how": value["how"],
        "at": context.at,
        "strokes": value["strokes"],
        "png": _png(value["png"], effect.field),
        "device": value["device"],
        "taken_by": context.who.user,
    }
    if effect.form:
        _compiled, form = _form(context, effect.form)
        signature = records.sign(
            _latest(context, form.key),
            purpose=effect.purpose or form.title,
            leave_open=[line.fact for line in form.line],
            held=True,
            **given,
        )
    else:
        reference = reference_of(context.case)
        signature = records.add_signature(
            context.office, reference=reference, purpose=effect.purpose, **given
        )
    kept = {"name": value["name"], "how": value["how"], "signature": signature.pk}
    context.replace(effect.field, kept)


def _png(text: str, field: str) -> bytes:
    """The picture of a data URL or plain base64."""
    try:
        return base64.b64decode(text.split(",")[-1], validate=True)
    except ValueError:  # no base64, or letters that are none
        raise Problem("SIGNATURE_PNG", "签名图片读不出来。", "请重签一次。", field=field) from None


def _copy(context: Context, effect: Effect) -> Copy:
    key = effect.copy_
    if key.startswith("field:"):
        key = str(context.value(key.removeprefix("field:")))
    record, copies = _sheet(context, effect.form)
    found = copies.get(key)
    if found is None:
        raise Problem("COPY_UNKNOWN", f"{record} 没有「{key}」联。", "请核对联别。", status=404)
    return found


def _rounds(context: Context, effect: Effect) -> list[Copy]:
    """The copy of the newest form, and before it those of earlier rounds that are still on the way: they go with it."""
    copy = _copy(context, effect)
    earlier = records.hold_earlier(copy.record, copy.key) if context.case.reopened else []
    return [*earlier, copy]


def hand_copy(context: Context, effect: Effect, _number: int) -> None:
    """A copy passes into another hand, with those of earlier rounds."""
    for copy in _rounds(context, effect):
        moved = records.hand_over(copy, to=_person(context, effect.to), at=context.at, held=True)
        _noted(context, moved)


def direct_copy(context: Context, effect: Effect, _number: int) -> None:
    """A copy must end somewhere else than its form says (S000-1-4.5.3, S000-1-4.6e)."""
    records.direct(_copy(context, effect), to=_person(context, effect.to))


def void_form(context: Context, effect: Effect, _number: int) -> None:
    """The newest form of its kind is void; its number stays its own."""
    _compiled, form = _form(context, effect.form)
    keep(context)
    records.void(_latest(context, form.key), reason=str(context.value(effect.reason)), at=context.at)
    context.papers.pop(_slot(context, form.key))


def _noted(context: Context, copy: Copy) -> None:
    """Where a copy is becomes a fact of the case."""
    form = _slot(context, copy.record.form)
    known = dict(context.facts.get("copies") or {})
    known[form] = {**known.get(form, {}), copy.key: {"state": str(copy.state), "holder": copy.holder}}
    context.set_fact("copies", known)


def receive_copy(context: Context, effect: Effect, _number: int) -> None:
    """Whoever got a copy says so, with those of earlier rounds; one that is bound or lost is left as it is."""
    for copy in _rounds(context, effect):
        if copy.state not in (Copy.State.ARCHIVED, Copy.State.MISSING):
            _noted(context, records.receive(copy, by=_person(context, effect.to), at=context.at, held=True))


def archive_copy(context: Context, effect: Effect, _number: int) -> None:
    """A copy is bound into the volume of the field, else into the month's, with those of earlier rounds."""
    volume = str(context.value(effect.field) or "") if effect.field else _month(context)
    for copy in records.archive(_rounds(context, effect), volume=volume, at=context.at, held=True):
        _noted(context, copy)


def _month(context: Context) -> str:
    """The month on the office's wall."""
    return f"{context.at.astimezone(ZoneInfo(context.office.time_zone)):%Y-%m}"


def lose_copy(context: Context, effect: Effect, _number: int) -> None:
    """A copy is reported missing, with how."""
    lost = records.report_missing(
        _copy(context, effect), note=str(context.value(effect.field) or "遗失"), at=context.at, held=True
    )
    _noted(context, lost)


def find_copy(context: Context, effect: Effect, _number: int) -> None:
    """A copy that was reported missing turns up with whoever says so."""
    found = records.find(_copy(context, effect), holder=context.who.label, at=context.at)
    context.copies.pop(_slot(context, effect.form), None)
    _noted(context, found)


def refuse_signature(context: Context, effect: Effect, _number: int) -> None:
    """Who should sign the form does not: it closes with the reason and the witness in the place of a signature."""
    _compiled, form = _form(context, effect.form)
    reason, witness = (str(context.value(name) or "") for name in (effect.reason, effect.field))
    records.sign(
        _latest(context, form.key),
        purpose=effect.purpose or form.title,
        signer=str(context.facts.get("contact_name") or _person(context, "resident")),
        how="refused",
        at=context.at,
        note=f"见证：{witness}。{reason}",
        taken_by=context.who.user,
        leave_open=[line.fact for line in form.line],
        held=True,
    )
