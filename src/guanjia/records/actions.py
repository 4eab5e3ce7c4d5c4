"""The only writer of forms, signatures and copies. Each function is one database transaction.

A number is given once and never again: a void form keeps it. What was signed is not changed any more.
Whoever does several things to one form in one transaction takes it by `hold` and its copies by `hold_copies`, and
says `held=True`: the rows are locked then, and are not read again; what `fill` changes is saved by `keep`, or with the
signature, in one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Subquery

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.numbering import Number
from guanjia.kernel.problem import Problem
from guanjia.ledger.series import take
from guanjia.records.ink import clean_png, clean_strokes
from guanjia.records.models import Copy, Record, Series, Signature
from guanjia.records.seals import record_seal, signature_seal
from guanjia.staff.models import User

PAPERS = ("white", "red", "yellow")


def monthly(prefix: str) -> str:
    """The usual pattern of a form's numbers: `WX` -> `WX{yy}{mm}-{n:4}`, a new series each office-local month."""
    return f"{prefix}{{yy}}{{mm}}-{{n:4}}"


def next_number(office: Office, key: str, pattern: str, at: datetime) -> Number:
    """The next number of the office's series `key`, for the month or year of `at` when the pattern shows one.

    Call it in the transaction of what carries the number (RuntimeError otherwise): a rollback leaves no gap.
    Raises Problem NUMBER_PATTERN.
    """
    return take(Series, office, key, pattern, at)


@transaction.atomic(savepoint=False)  # whoever cannot issue a form goes on with nothing
def issue(
    office: Office, *, form: str, manual_key: str, manual_version: str, title: str, reference: str,
    data: Mapping[str, Any], copies: Iterable[Mapping[str, Any]], at: datetime, pattern: str = "", holder: str = "",
) -> Record:  # fmt: skip
    """A numbered form with its copies, all of them in one hand.

    copies: for each {key, label, paper (white, red, yellow), goes_to, archive, holder}; `holder` here when a copy
    names none. S004-4-2.7a.
    """
    at = require_aware(at)
    number = next_number(office, f"form:{form}", pattern or monthly(""), at)
    record = Record.objects.create(
        office=office, form=form, manual_key=manual_key, manual_version=manual_version, title=title,
        number=number.text, series=number.series, seq=number.seq, reference=reference, data=dict(data), issued_at=at,
    )  # fmt: skip
    Copy.objects.bulk_create(_new_copy(record, copy, holder, at) for copy in copies)
    return record


def hold(
    office: Office, reference: str, form: str, manual_key: str, *, unsigned: bool = False
) -> Record | None:
    """The newest form of its kind of a manual that is not void, locked until the transaction ends. None when there is none.

    unsigned: among those not signed yet. Call it in a transaction.
    """
    rows = Record.objects.select_for_update().filter(
        office=office, reference=reference, form=form, manual_key=manual_key, voided_at=None
    )
    if unsigned:
        rows = rows.filter(signed_at=None)
    record = rows.order_by("-issued_at", "-pk").first()
    if record is not None:
        record.office = office
    return record


def hold_sheet(office: Office, reference: str, form: str, manual_key: str) -> dict[str, Copy]:
    """The copies by key of the newest form of its kind that is not void, both locked, in one statement; the form is
    `copy.record`. Empty without such a form, or when it has no copies. Call it in a transaction."""
    rows = Record.objects.filter(
        office=office, reference=reference, form=form, manual_key=manual_key, voided_at=None
    )
    newest = rows.order_by("-issued_at", "-pk").values("pk")[:1]
    copies = Copy.objects.select_for_update(of=("self", "record")).filter(record=Subquery(newest))
    found = {copy.key: copy for copy in copies.select_related("record")}
    for copy in found.values():
        copy.record.office = office
    return found


def hold_earlier(record: Record, copy: str) -> list[Copy]:
    """A copy of the earlier forms of the same kind and reference that is not where it must end and not lost, oldest
    first, locked. Call it in a transaction."""
    rows = Copy.objects.select_for_update(of=("self",)).filter(
        record__office=record.office_id, record__reference=record.reference, record__form=record.form,
        record__manual_key=record.manual_key, record__voided_at=None, key=copy, arrived_at=None,
    )  # fmt: skip
    waiting = rows.exclude(record=record.pk).exclude(state=Copy.State.MISSING)
    return list(waiting.select_related("record").order_by("record__issued_at", "pk"))


def hold_copies(record: Record) -> dict[str, Copy]:
    """The copies of a form by key, locked until the transaction ends. Call it in a transaction."""
    return {copy.key: copy for copy in record.copies.select_for_update()}


@transaction.atomic
def fill(record: Record, data: Mapping[str, Any], *, at: datetime, held: bool = False) -> Record:
    """Add to or change what a form says, up to the signature; afterwards only what was left open, once.

    Raises Problem RECORD_SIGNED (409) naming the field, RECORD_VOID. S004-4-2.2.3a, S004-4-2.5.3.
    """
    require_aware(at)
    record = _living(record, held)
    if record.signed_at:
        changed = sorted(key for key in data if record.data.get(key) != data[key])
        closed = [key for key in changed if key not in record.left_open]
        if closed:
            raise Problem(
                "RECORD_SIGNED",
                f"{record} 已签字，不能再改。",
                "要改请作废后重开一张。",
                field=closed[0],
                status=409,
            )
        record.left_open = [key for key in record.left_open if key not in changed]
    record.data = record.data | dict(data)
    record.seal = record_seal(record) if record.signed_at else ""
    record.unsaved = True
    return record if held else keep(record)


def keep(record: Record) -> Record:
    """Save what `fill` changed of a held form, if it is not saved yet."""
    if record.unsaved:
        record.save(update_fields=["data", "left_open", "seal", "signed_at"])
        record.unsaved = False
    return record


@transaction.atomic
def sign(
    record: Record, *, purpose: str, signer: str, how: str, at: datetime, strokes: object = None, png: bytes = b"",
    device: str = "", taken_by: User | None = None, note: str = "", closes: bool = True,
    leave_open: Collection[str] = (), held: bool = False,
) -> Signature:  # fmt: skip
    """Sign a form. `closes` seals what it says; `leave_open` names fields still blank (a charge fixed later).

    Raises Problem RECORD_VOID, ALREADY_SIGNED (409) for the same purpose unless it was refused before, and the
    signature's own: SIGNATURE_STROKES, SIGNATURE_PNG, SIGNATURE_MISSING, SIGNER_MISSING, REFUSAL_REASON,
    SIGNATURE_KIND. S004-4-2.5.2a.
    """
    record = _living(record, held)
    # a held form that nobody has signed has no signature that closes it
    known = not (held and closes) or record.signed_at is not None
    if known and record.signatures.filter(purpose=purpose).exclude(how=Signature.How.REFUSED).exists():
        raise Problem("ALREADY_SIGNED", f"{record} 这一处已经签过。", "无需再签。", status=409)
    signature = add_signature(
        record.office, reference=record.reference, purpose=purpose, signer=signer, how=how, at=at, strokes=strokes,
        png=png, device=device, taken_by=taken_by, note=note, record=record,
    )  # fmt: skip
    if closes and not record.signed_at:
        record.signed_at = signature.signed_at
        record.left_open = sorted(key for key in leave_open if record.data.get(key) in (None, "", []))
        record.seal = record_seal(record)
        record.unsaved = True
        keep(record)
    return signature


@transaction.atomic
def add_signature(
    office: Office, *, reference: str, purpose: str, signer: str, how: str, at: datetime, strokes: object = None,
    png: bytes = b"", device: str = "", taken_by: User | None = None, note: str = "", record: Record | None = None,
) -> Signature:  # fmt: skip
    """Keep a signature, also one that belongs to no form.

    how: screen (strokes or a picture), paper (the sheet was signed), link (confirmed on the telephone),
    refused (with the reason). Raises Problem as `sign`.
    """
    if how not in Signature.How.values:
        raise Problem(
            "SIGNATURE_KIND", f"「{how}」不是签名方式。", "请选屏幕、纸面、链接或拒签。", field="signature"
        )
    if not signer.strip():
        raise Problem("SIGNER_MISSING", "没有写签名人。", "请填签名人的姓名。", field="signer")
    if how == Signature.How.REFUSED and not note.strip():
        raise Problem("REFUSAL_REASON", "拒签要写明原因。", "请写业户怎么说、谁在场。", field="note")
    lines = clean_strokes(strokes) if strokes else []
    picture = clean_png(png) if png else b""
    if how == Signature.How.SCREEN and not (lines or picture):
        raise Problem(
            "SIGNATURE_MISSING", "还没有签名。", "请业户在框内签名，或改选纸面签字。", field="signature"
        )
    signature = Signature(
        office=office, record=record, reference=reference, purpose=purpose[:40], signer=signer.strip()[:40], how=how,
        strokes=lines, png=picture, device=device[:120], note=note.strip()[:120], signed_at=require_aware(at),
        taken_by=taken_by,
    )  # fmt: skip
    signature.seal = signature_seal(signature)
    signature.save(force_insert=True)
    return signature


@transaction.atomic
def hand_over(copy: Copy, *, to: str, at: datetime, note: str = "", held: bool = False) -> Copy:
    """A copy passes into another hand. Raises Problem COPY_ARCHIVED, COPY_MISSING, HOLDER_MISSING. S004-4-2.5.2b."""
    return _moved(copy, Copy.State.HANDED, at, holder=_named(to), note=note, held=held)


@transaction.atomic
def direct(copy: Copy, *, to: str) -> Copy:
    """A copy must end elsewhere than its form says. Raises Problem HOLDER_MISSING. S000-1-4.6e."""
    copy.goes_to = _named(to)
    copy.arrived_at = _arrived(copy)
    copy.save(update_fields=["goes_to", "arrived_at"])
    return copy


@transaction.atomic
def receive(copy: Copy, *, by: str, at: datetime, note: str = "", held: bool = False) -> Copy:
    """Whoever gets a copy says so. Raises Problem as `hand_over`. S004-4-2.5.4, S004-4-2.7b."""
    return _moved(copy, Copy.State.RECEIVED, at, holder=_named(by), note=note, held=held)


@transaction.atomic
def archive(copies: Iterable[Copy], *, volume: str, at: datetime, held: bool = False) -> list[Copy]:
    """Bind copies into a volume. Raises Problem VOLUME_MISSING, COPY_ARCHIVED, COPY_MISSING. S004-4-2.7a."""
    if not volume.strip():
        raise Problem("VOLUME_MISSING", "没有写册号。", "请填装订的册号，如 2026-03。", field="volume")
    volume = volume.strip()[:40]
    return [_moved(copy, Copy.State.ARCHIVED, at, volume=volume, held=held) for copy in copies]


@transaction.atomic
def report_missing(copy: Copy, *, note: str, at: datetime, held: bool = False) -> Copy:
    """A copy is lost; it keeps its last holder. Raises Problem REASON_NEEDED, COPY_ARCHIVED, COPY_MISSING."""
    if not note.strip():
        raise Problem("REASON_NEEDED", "没有写怎么丢的。", "请写明情况。", field="note")
    return _moved(copy, Copy.State.MISSING, at, note=note, held=held)


@transaction.atomic
def find(copy: Copy, *, holder: str, at: datetime) -> Copy:
    """A copy that was missing turns up. Raises Problem COPY_NOT_MISSING."""
    copy = Copy.objects.select_for_update().get(pk=copy.pk)
    if copy.state != Copy.State.MISSING:
        raise Problem("COPY_NOT_MISSING", f"{copy.label}没有报过遗失。", "无需找回。", status=409)
    copy.state, copy.holder, copy.moved_at = Copy.State.HELD, _named(holder), require_aware(at)
    copy.arrived_at = _arrived(copy)
    copy.save(update_fields=["state", "holder", "moved_at", "arrived_at"])
    return copy


@transaction.atomic
def void(record: Record, *, reason: str, at: datetime) -> Record:
    """Void a form; its number stays its own. Raises Problem REASON_NEEDED, RECORD_VOID (409)."""
    if not reason.strip():
        raise Problem("REASON_NEEDED", "没有写作废原因。", "请写明原因，它会留在登记簿上。", field="reason")
    record = _living(record, False)
    record.voided_at, record.void_reason = require_aware(at), reason.strip()[:120]
    record.save(update_fields=["voided_at", "void_reason"])
    return record


def _new_copy(record: Record, copy: Mapping[str, Any], holder: str, at: datetime) -> Copy:
    paper = copy.get("paper", "white")
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}")
    made = Copy(
        record=record, key=copy["key"], label=copy["label"], paper=paper, goes_to=copy["goes_to"],
        archive=bool(copy.get("archive", False)), holder=copy.get("holder") or holder, moved_at=at,
    )  # fmt: skip
    made.arrived_at = _arrived(made)
    return made


def _arrived(copy: Copy) -> datetime | None:
    """When the copy came where it must end; None while it is on the way or lost."""
    there = copy.state in (Copy.State.HELD, Copy.State.HANDED) and copy.holder == copy.goes_to
    if copy.archive:
        there = copy.state == Copy.State.ARCHIVED
    elif copy.state in (Copy.State.RECEIVED, Copy.State.ARCHIVED):
        there = True
    return copy.moved_at if there else None


def _living(record: Record, held: bool) -> Record:
    """The form, locked. Raises Problem RECORD_VOID (409)."""
    if not held:
        record = Record.objects.select_for_update(of=("self",)).select_related("office").get(pk=record.pk)
    if record.voided_at:
        raise Problem("RECORD_VOID", f"{record} 已作废。", "请另开一张。", status=409)
    return record


def _moved(
    copy: Copy,
    state: Copy.State,
    at: datetime,
    *,
    held: bool,
    holder: str = "",
    volume: str = "",
    note: str = "",
) -> Copy:
    if not held:
        copy = Copy.objects.select_for_update().get(pk=copy.pk)
    if copy.state == Copy.State.ARCHIVED:
        raise Problem(
            "COPY_ARCHIVED", f"{copy.label}已装订在 {copy.volume}。", "已归档的联不再移动。", status=409
        )
    if copy.state == Copy.State.MISSING:
        raise Problem("COPY_MISSING", f"{copy.label}已报遗失。", "找到后先记找回。", status=409)
    copy.state, copy.moved_at, copy.volume, copy.note = state, require_aware(at), volume, note.strip()[:120]
    copy.holder = holder or copy.holder
    copy.arrived_at = _arrived(copy)
    copy.save(update_fields=["state", "moved_at", "volume", "note", "holder", "arrived_at"])
    return copy


def _named(person: str) -> str:
    if not person.strip():
        raise Problem("HOLDER_MISSING", "没有写交给谁。", "请填接手的人或部门。", field="to")
    return person.strip()[:40]
