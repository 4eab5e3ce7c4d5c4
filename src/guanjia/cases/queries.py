"""Reading cases. Permission is part of the fetch: what the user may not see does not exist for him."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, cast

from django.core.files import File
from django.db import connection
from django.db.models import ForeignKey, Q, QuerySet

from guanjia.cases.models import Attachment, Case, CaseLink, Event, ResidentLink
from guanjia.cases.sight import Sight, sight_in
from guanjia.estate.models import Office, Unit
from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.staff.models import User

PAGE = 50
RELATED = ("office", "unit", "party", "assignee")
_RELATED = tuple(cast("ForeignKey[Any, Any]", Case._meta.get_field(name)) for name in RELATED)


def not_found(number: str) -> Problem:
    """The same answer whether a case does not exist or is another office's."""
    return Problem(
        "NOT_FOUND", f"没有找到事项 {number}。", "请核对单号，或确认它属于您的管理处。", status=404
    )


def case_for(user: User, number: str, at: datetime) -> Case:
    """A case by number among the offices that the user works in. Raises Problem NOT_FOUND or CASE_AMBIGUOUS."""
    return case_among(staff.offices_of(user, at), number)


def case_among(offices: Iterable[Office], number: str) -> Case:
    """A case by number among some offices, each of which counts for itself.

    Raises Problem NOT_FOUND, or CASE_AMBIGUOUS when several of them have given that number.
    """
    found = Case.objects.select_related("office", "unit", "party", "assignee").filter(
        office__in=list(offices), number=number
    )
    rows = list(found.order_by("office__code")[:2])
    if not rows:
        raise not_found(number)
    if len(rows) > 1:
        raise Problem(
            "CASE_AMBIGUOUS",
            f"您有几个管理处都有单号 {number}。",
            "请写明管理处（office=代码）。",
            field="office",
            status=409,
        )
    return rows[0]


def case_in(office: Office, number: str) -> Case:
    """A case of an office by number. Raises Problem NOT_FOUND."""
    case = Case.objects.select_related("office", "unit", "party", "assignee").filter(
        office=office, number=number
    )
    if (found := case.first()) is None:
        raise not_found(number)
    return found


def by_number(office: Office, number: str) -> Case | None:
    """A case of an office, or None."""
    return Case.objects.select_related(*RELATED).filter(office=office, number=number).first()


def locked(pk: int, known: Case | None = None) -> Case:
    """A case under its row's lock until the transaction ends (SQLite transactions are IMMEDIATE already).

    known: the case as the caller read it; what it refers to (office, unit, party, assignee) is taken over from
    there instead of being read again.
    """
    rows = Case.objects.select_for_update(of=("self",))
    if known is None or any(getattr(known, one.attname) and not one.is_cached(known) for one in _RELATED):
        return rows.select_related(*RELATED).get(pk=pk)
    case = rows.get(pk=pk)
    for one in _RELATED:
        if one.is_cached(known) and getattr(case, one.attname) == getattr(known, one.attname):
            one.set_cached_value(case, one.get_cached_value(known))
    return case


def locked_unless_busy(pk: int) -> Case | None:
    """A case under its row's lock, or None when somebody else holds it just now."""
    can_skip = connection.features.has_select_for_update_skip_locked
    rows = Case.objects.select_for_update(of=("self",), skip_locked=can_skip)
    return next(iter(rows.select_related(*RELATED).filter(pk=pk)), None)


def event_by_key(case: Case, key: str) -> Event | None:
    """The event that was written under an idempotency key."""
    return Event.objects.filter(case=case, key=key).first()


def case_of_link(token: str, now: datetime) -> tuple[Case, ResidentLink]:
    """The case behind a resident's link. Raises Problem LINK_INVALID for an unknown or expired one."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    row = (
        ResidentLink.objects.select_related(
            "case__office", "case__unit", "case__party", "case__assignee", "party"
        )
        .filter(token_sha256=digest, expires_at__gt=now)
        .first()
    )
    if row is None:
        raise Problem("LINK_INVALID", "这个链接已经失效。", "请打管理处值班电话，我们再发一个。", status=404)
    return row.case, row


def cases(
    place: Office | Sight, *, search: str = "", scope: str = "open", category: str = "",
    since: datetime | None = None, until: datetime | None = None,
) -> QuerySet[Case]:  # fmt: skip
    """Cases for list, count and export alike, newest first. scope: open, closed, urgent, all.

    place: how far a person sees in an office; an office where nobody's sight limits it (the engine, papers).
    since, until: registered from then, and before then.
    """
    sight = sight_in(place)
    found = sight.cases().select_related("unit", "party", "assignee").order_by("-opened_at", "-id")
    if scope in ("open", "urgent"):
        found = found.filter(closed_at__isnull=True)
    if scope == "urgent":
        found = found.filter(urgent=True)
    if scope == "closed":
        found = found.filter(closed_at__isnull=False)
    if category:
        found = found.filter(category=category)
    if since is not None:
        found = found.filter(opened_at__gte=since)
    if until is not None:
        found = found.filter(opened_at__lt=until)
    for word in search.split():
        place_or_number = (
            Q(number__icontains=word)
            | Q(unit__code__istartswith=word)
            | Q(unit__number__istartswith=word)
            | Q(unit__name__startswith=word)
        )
        found = found.filter(
            sight.found(place_or_number, Q(subject__icontains=word) | Q(party__name__startswith=word))
        )
    return found


def timeline(case: Case) -> QuerySet[Event]:
    """The lines of a case, newest first."""
    return case.events.select_related("actor").order_by("-seq")


def history_of(place: Office | Sight, unit: Unit, since: datetime) -> QuerySet[Case]:
    """The cases of a household since a moment, newest first."""
    return sight_in(place).cases().filter(unit=unit, opened_at__gte=since).order_by("-opened_at", "-id")


def open_near(place: Office | Sight, units: Iterable[int]) -> QuerySet[Case]:
    """Open cases of some units, for the question whether it is the same matter."""
    return (
        sight_in(place)
        .cases()
        .filter(unit__in=list(units), closed_at__isnull=True)
        .select_related("unit", "party", "assignee")
        .order_by("-opened_at", "-id")
    )


def jobs_of(user: User, office: Office) -> QuerySet[Case]:
    """The open cases assigned to a technician, appointments first."""
    return (
        Case.objects.filter(office=office, assignee=user, closed_at__isnull=True)
        .select_related("unit", "party")
        .order_by("appointment_at", "opened_at")
    )


def was_assigned(case: Case, user: User) -> bool:
    """Whether somebody has had the case at any time."""
    return case.events.filter(changes__columns__assignee_id=user.pk).exists()


def locked_by_number(office: Office, numbers: Iterable[str]) -> list[Case]:
    """Cases of an office locked to the end of the transaction, in the order in which they are always locked."""
    rows = Case.objects.select_for_update(of=("self",)).filter(office=office, number__in=list(numbers))
    return list(rows.select_related("office", "unit", "party", "assignee").order_by("pk"))


def keys_of(office: Office, numbers: Iterable[str]) -> list[int]:
    """The rows of an office's cases by number, in the order in which they are locked."""
    rows = Case.objects.filter(office=office, number__in=list(numbers))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def appointments_of(user: User, office: Office, begins: datetime, ends: datetime) -> QuerySet[Case]:
    """The open cases that somebody has to go to between two moments (neither of them), by time."""
    rows = Case.objects.filter(
        office=office, assignee=user, closed_at__isnull=True, completed_at__isnull=True
    )
    return rows.filter(appointment_at__gt=begins, appointment_at__lt=ends).order_by("appointment_at")


def pool(office: Office, department: str = "engineering") -> QuerySet[Case]:
    """Dispatched cases that nobody has taken yet."""
    return (
        Case.objects.filter(
            office=office,
            assignee__isnull=True,
            closed_at__isnull=True,
            department=department,
            state="dispatched",
        )
        .select_related("unit", "party")
        .order_by("opened_at")
    )


def open_jobs(office: Office) -> dict[int, int]:
    """User id -> number of open cases assigned, for turns and load."""
    counts: dict[int, int] = {}
    rows = Case.objects.filter(office=office, assignee__isnull=False, closed_at__isnull=True)
    for user_id in rows.values_list("assignee_id", flat=True):
        counts[user_id] = counts.get(user_id, 0) + 1
    return counts


def children_of(case: Case, *, joined: Iterable[Case] = (), left: Iterable[Case] = ()) -> dict[str, Any]:
    """How many of the cases that came out of a case are open and closed, of how many households they are, and which.

    joined, left: cases that are about to be joined to it or taken out.
    """
    rows = Case.objects.filter(links_out__target=case.pk, links_out__kind=CaseLink.Kind.FOLLOWS)
    found: dict[int, tuple[datetime | None, str | None]] = {}
    if case.pk:  # nothing came out of one that opens
        found = {pk: (closed, unit) for pk, closed, unit in rows.values_list("pk", "closed_at", "unit__code")}
    found |= {one.pk: (one.closed_at, one.unit.code if one.unit else None) for one in joined}
    for one in left:
        found.pop(one.pk, None)
    still = sum(closed_at is None for closed_at, _unit in found.values())
    homes = sorted({code for _closed_at, code in found.values() if code is not None})
    return {"open": still, "closed": len(found) - still, "units": len(homes), "homes": homes}


def came_from(case: Case, parent: Case) -> bool:
    """Whether a case came out of another one or was joined to it."""
    return CaseLink.objects.filter(source=case, target=parent, kind=CaseLink.Kind.FOLLOWS).exists()


def of_category(office: Office, category: str) -> list[Case]:
    """Every case of a category in an office, oldest first, with household and who has it."""
    rows = Case.objects.filter(office=office, category=category).select_related("unit", "party", "assignee")
    return list(rows.order_by("opened_at", "pk"))


def by_ids(office: Office, ids: Collection[int]) -> list[Case]:
    """Those cases of an office, the newest first."""
    rows = Case.objects.filter(office=office, pk__in=ids).select_related("office")
    return list(rows.order_by("-opened_at", "-pk"))


def came_out_of(
    parents: Iterable[Case], *, begins: datetime, ends: datetime | None = None
) -> list[tuple[int, Case]]:
    """(id of the case, one that came out of it with an appointment in the span), by appointment."""
    rows = CaseLink.objects.filter(
        target__in=[case.pk for case in parents],
        kind=CaseLink.Kind.FOLLOWS,
        source__appointment_at__gte=begins,
    )
    if ends is not None:
        rows = rows.filter(source__appointment_at__lt=ends)
    rows = rows.select_related("source__unit", "source__assignee")
    return [(row.target_id, row.source) for row in rows.order_by("source__appointment_at", "source")]


def lines_of_cases(ids: Collection[int]) -> list[Event]:
    """The lines of several cases in the order in which each was written."""
    rows = Event.objects.filter(case__in=ids).only("case_id", "at", "emits")
    return list(rows.order_by("case", "seq"))


def open_parents(case: Case) -> list[int]:
    """Ids of the open cases out of which a case came, in the order in which they are to be locked."""
    rows = CaseLink.objects.filter(source=case, kind=CaseLink.Kind.FOLLOWS, target__closed_at__isnull=True)
    return list(rows.order_by("target").values_list("target", flat=True))


def previous_of(case: Case) -> Case | None:
    """The case of the period before, of the same recurring duty (which its opening key names); None for any other."""
    duty, _, _period = (case.opening_key or "").rpartition(":")
    if not duty.startswith("duty:"):
        return None
    rows = Case.objects.filter(office=case.office_id, category=case.category, opened_at__lt=case.opened_at)
    return rows.filter(opening_key__startswith=f"{duty}:").order_by("-opened_at", "-pk").first()


def links_of(case: Case) -> list[CaseLink]:
    """Links of a case in both directions."""
    rows = CaseLink.objects.filter(Q(source=case) | Q(target=case)).select_related(
        "source__unit", "target__unit"
    )
    return list(rows)


def linked_to(case: Case, most: int) -> tuple[list[Case], int]:
    """The first cases that a case is linked with, in either direction and in the order of the links, and how many there
    are in all: a round has a thousand."""
    rows = CaseLink.objects.filter(Q(source=case) | Q(target=case)).order_by("pk")
    ends = rows.values_list("source_id", "target_id")
    keys = list(dict.fromkeys(target if source == case.pk else source for source, target in ends))
    first = keys[:most]
    found = Case.objects.select_related("unit").in_bulk(first) if first else {}
    return [found[pk] for pk in first], len(keys)


def attachments_of(case: Case) -> QuerySet[Attachment]:
    """The files of a case, oldest first."""
    return case.attachments.order_by("taken_at", "id")


def attachment_for(user: User, pk: int, at: datetime) -> Attachment:
    """A file that the user may see. Raises Problem NOT_FOUND."""
    return attachment_among(staff.offices_of(user, at), pk)


def upload_of(case: Case, user: User, sha256: str) -> Attachment | None:
    """A file with that content which the user uploaded for the case before, or for no case yet."""
    rows = Attachment.objects.filter(office=case.office_id, uploaded_by=user, sha256=sha256)
    return rows.filter(Q(case=case) | Q(case__isnull=True)).order_by("pk").first()


def attachment_among(offices: Iterable[Office], pk: int) -> Attachment:
    """A file of some offices, its case loaded. Raises Problem NOT_FOUND."""
    rows = Attachment.objects.select_related("case", "office", "uploaded_by")
    row = rows.filter(pk=pk, office__in=list(offices)).first()
    if row is None:
        raise no_file()
    return row


def no_file() -> Problem:
    """The same answer whether a file does not exist or is not the person's to see."""
    return Problem("NOT_FOUND", "没有找到这个文件。", status=404)


def opened(row: Attachment) -> File[bytes]:
    """The content of a file, open to be read. Raises Problem UPLOAD_GONE (404) when the disk no longer has it."""
    try:
        return row.file.open("rb")
    except OSError:
        raise Problem("UPLOAD_GONE", "文件不在了。", "请找系统管理员从备份里恢复。", status=404) from None


def sampled(place: Office | Sight) -> QuerySet[Case]:
    """The cases in which a sample was drawn, the newest first."""
    return sight_in(place).cases().filter(facts__has_key="sample").order_by("-opened_at", "-pk")


def opened_as(office: Office, key: str) -> bool:
    """Whether a case was opened under a key."""
    return Case.objects.filter(office=office, opening_key=key).exists()


def units_with(office: Office, category: str, state: str) -> list[str]:
    """The codes of the units that have an open case of a category in a state."""
    rows = Case.objects.filter(office=office, category=category, state=state, closed_at__isnull=True)
    return sorted(set(rows.filter(unit__isnull=False).values_list("unit__code", flat=True)))


def lines_of(
    office: Office, event: str, begins: datetime, ends: datetime | None, case: Case | None = None
) -> list[Event]:
    """The lines of an office's timelines (or of one case's) in which an event happened, oldest first; cases loaded.

    begins: the first moment that counts; ends: the first that does not.
    """
    rows = Event.objects.filter(office=office, at__gte=begins, emits__icontains=f'"{event}"')
    if ends is not None:
        rows = rows.filter(at__lt=ends)
    if case is not None:
        rows = rows.filter(case=case)
    found = rows.select_related("case__unit", "case__party").order_by("at", "pk")
    return [line for line in found if event in line.emits]


def last_event_id(office: Office) -> int:
    """A number that grows with every change in an office: pages ask whether anything is new."""
    row = Event.objects.filter(office=office).order_by("-id").values_list("id", flat=True).first()
    return row or 0
