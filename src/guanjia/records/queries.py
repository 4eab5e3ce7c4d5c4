"""The only reader of forms, signatures and copies for other rooms. The office comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ledger.series import gaps
from guanjia.records.models import Copy, Record, Series, Signature
from guanjia.records.seals import record_seal, signature_seal

PAGE_SIZE = 50


@dataclass(frozen=True)
class Outstanding:
    """A copy that is not where it must end: who has it, since when the form is done, for how many whole days."""

    copy: Copy
    record: Record
    since: datetime
    days: int
    done: bool


@dataclass(frozen=True)
class Register:
    """A page of the register of a form and the numbers that are missing from it."""

    page: Page
    gaps: list[tuple[str, int]]


def record_of(office: Office, form: str, number: str) -> Record:
    """The form with its copies and signatures. Raises Problem NOT_FOUND (404)."""
    return _one(_whole(office).filter(form=form, number=number), f"没有编号为 {number} 的表单。")


def record_by_id(office: Office, pk: int) -> Record:
    """The form with its copies and signatures. Raises Problem NOT_FOUND (404)."""
    return _one(_whole(office).filter(pk=pk), "没有这张表单。")


def records_of(office: Office, reference: str) -> list[Record]:
    """All forms of a reference, void ones too, oldest first, with copies and signatures (their pictures unread)."""
    light = Prefetch("signatures", Signature.objects.defer("png", "strokes"))
    rows = Record.objects.filter(office=office, reference=reference).prefetch_related("copies", light)
    return list(rows.order_by("issued_at", "pk"))


def latest_of(office: Office, reference: str, form: str) -> Record:
    """The newest form of its kind that is not void. Raises Problem RECORD_NONE."""
    rows = _whole(office).filter(reference=reference, form=form, voided_at=None)
    record = rows.order_by("-issued_at", "-pk").first()
    if record is None:
        raise Problem("RECORD_NONE", "这张表单还没有开。", "请先开单。", status=409)
    return record


def copy_of(record: Record, key: str) -> Copy:
    """One copy of a form. Raises Problem COPY_UNKNOWN (404)."""
    for copy in record.copies.all():
        if copy.key == key:
            return copy
    raise Problem("COPY_UNKNOWN", f"{record} 没有「{key}」联。", "请核对联别。", status=404)


def signatures_of(office: Office, reference: str) -> list[Signature]:
    """All signatures of a reference, in the order they were given."""
    rows = Signature.objects.filter(office=office, reference=reference)
    return list(rows.select_related("taken_by", "record").order_by("signed_at", "pk"))


def own_signatures(office: Office, reference: str) -> list[Signature]:
    """The signatures of a reference that stand on no form, in the order they were given, with their pictures."""
    rows = Signature.objects.filter(office=office, reference=reference, record=None)
    return list(rows.order_by("signed_at", "pk"))


def register(
    office: Office,
    form: str,
    *,
    manual: str = "",
    month: date | None = None,
    day: date | None = None,
    search: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Register:
    """The register of a form in the order of its numbers, void ones too: all of it, an office-local month or a day.

    manual: only the forms of that manual, of whatever version; the numbers of a form run through all manuals that have
    one of that key, and so do the gaps.
    """
    rows = Record.objects.filter(office=office, form=form).prefetch_related("copies")
    if manual:
        rows = rows.filter(manual_key=manual)
    if month:
        rows = _within_month(rows, office, month)
    if day:
        begins = datetime.combine(day, time.min, ZoneInfo(office.time_zone))
        ends = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(office.time_zone))
        rows = rows.filter(issued_at__gte=begins, issued_at__lt=ends)
    for word in search.split():
        rows = rows.filter(
            Q(number__icontains=word) | Q(reference__icontains=word) | Q(copies__holder__icontains=word)
        )
    rows = rows.distinct().order_by("series", "seq")
    return Register(Paginator(rows, size).get_page(page), number_gaps(office, form))


def written_between(
    office: Office, forms: Iterable[str], begins: datetime, ends: datetime, *, search: str = "",
    references: Iterable[str] = (),
) -> QuerySet[Record]:  # fmt: skip
    """What was written in some registers in a stretch of time, the newest first.

    search: words that stand in number or title; `references` are those that the caller found otherwise.
    """
    rows = Record.objects.filter(
        office=office, form__in=list(forms), issued_at__gte=begins, issued_at__lt=ends
    )
    if search:
        found = Q(reference__in=list(references))
        rows = rows.filter(found | Q(number__icontains=search) | Q(title__icontains=search))
    return rows.order_by("-issued_at", "-pk")


def stub_register(office: Office, form: str, key: str, *, month: date | None = None) -> list[Copy]:
    """One copy of every form in the order of numbers (the bound stubs), with their forms. S004-4-2.7a."""
    rows = Copy.objects.filter(record__office=office, record__form=form, key=key).select_related("record")
    if month:
        begins, ends = month_window(office, month)
        rows = rows.filter(record__issued_at__gte=begins, record__issued_at__lt=ends)
    return list(rows.order_by("record__series", "record__seq"))


def number_gaps(office: Office, form: str) -> list[tuple[str, int]]:
    """Numbers that were given out and have no form: [(series, seq)]; empty when all is well. S004-4-2.7a."""
    own = Q(key=f"form:{form}") | Q(key__startswith=f"form:{form}:")
    given = Series.objects.filter(own, office=office).values_list("key", "next_number")
    return gaps(Record.objects.filter(office=office, form=form), {key: number - 1 for key, number in given})


def copies_outstanding(
    office: Office, *, now: datetime, days: int = 0, form: str = "", undone: bool = False
) -> list[Outstanding]:
    """Copies not where they must end, longest first: with their holder and the whole days since the form was signed.

    `days`: at least so many. `undone`: also those of forms not signed yet, counted from their issue. A missing
    copy is listed until it is found. Void forms are left out. S004-4-2.5.4.
    """
    rows = Copy.objects.filter(arrived_at=None, record__office=office, record__voided_at=None).select_related(
        "record"
    )
    if form:
        rows = rows.filter(record__form=form)
    if not undone:
        rows = rows.exclude(record__signed_at=None)
    waiting = []
    for copy in rows.order_by("pk"):
        since = copy.record.signed_at or copy.record.issued_at
        passed = (now - since).days
        if passed >= days:
            waiting.append(Outstanding(copy, copy.record, since, passed, copy.record.signed_at is not None))
    return sorted(waiting, key=lambda one: one.since)


def copies_to_file(office: Office, month: date) -> list[Copy]:
    """The archive copies of the forms issued in an office-local month, with their forms, in the order of numbers.

    Void forms are left out. S000-1-4.9.4a.
    """
    begins, ends = month_window(office, month)
    rows = Copy.objects.filter(
        archive=True, record__office=office, record__voided_at=None, record__issued_at__gte=begins,
        record__issued_at__lt=ends,
    )  # fmt: skip
    return list(rows.select_related("record").order_by("record__series", "record__seq", "pk"))


def volume_of(office: Office, volume: str) -> list[Copy]:
    """What is bound in a volume, in the order of numbers."""
    rows = Copy.objects.filter(record__office=office, volume=volume).select_related("record")
    return list(rows.order_by("record__series", "record__seq", "key"))


def broken_seals(office: Office) -> list[str]:
    """Signed forms and signatures that were changed by hand, each named in Chinese; empty when all is well."""
    troubles = []
    for record in Record.objects.filter(office=office).exclude(signed_at=None, seal="").iterator(2000):
        if record.seal != (record_seal(record) if record.signed_at else ""):
            troubles.append(f"表单 {record} 签字后被改过：与封印不符。")
    for signature in Signature.objects.filter(office=office).iterator(500):
        if signature.seal != signature_seal(signature):
            troubles.append(
                f"签名 {signature.pk}（{signature.reference} {signature.signer}）被改过：与封印不符。"
            )
    return troubles


def month_window(office: Office, month: date) -> tuple[datetime, datetime]:
    """The instants between which an office's month lies."""
    zone = ZoneInfo(office.time_zone)
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)


def _whole(office: Office) -> QuerySet[Record]:
    rows = Record.objects.filter(office=office).select_related("office")
    return rows.prefetch_related("copies", "signatures")


def _within_month(rows: QuerySet[Record], office: Office, month: date) -> QuerySet[Record]:
    begins, ends = month_window(office, month)
    return rows.filter(issued_at__gte=begins, issued_at__lt=ends)


def no_record() -> Problem:
    """The same answer whether a form does not exist or is not the person's to see."""
    return Problem("NOT_FOUND", "没有这张表单。", "请核对编号。", status=404)


def _one(rows: QuerySet[Record], message: str) -> Record:
    record = rows.first()
    if record is None:
        raise Problem("NOT_FOUND", message, "请核对编号。", status=404)
    return record
