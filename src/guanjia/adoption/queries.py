"""What an office has adopted, compiled and kept; its figures, wordings and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet, Value

from guanjia.adoption.models import (
    Adoption,
    ClauseWording,
    CompanyFigure,
    ManualVersion,
    OfficeCalendar,
    OfficeFigure,
)
from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.complementing import with_additions
from guanjia.policy.loader import compile_text
from guanjia.worktime import Calendar, calendar


@lru_cache(maxsize=256)
def _compiled(key: str, version: str, _sha256: str) -> CompiledManual:
    """A stored version, compiled once a process; stored versions never change (the hash keeps tests apart)."""
    return compile_text(ManualVersion.objects.get(key=key, version=version).text)


_known: dict[tuple[str, str], str] = {}


def compiled(key: str, version: str) -> CompiledManual:
    """One version of a manual. Raises Problem MANUAL_UNKNOWN."""
    sha256 = _known.get((key, version))
    if sha256 is None:
        row = ManualVersion.objects.filter(key=key, version=version).only("sha256").first()
        if row is None:
            raise Problem("MANUAL_UNKNOWN", f"没有存过规程 {key} 的 {version} 版。", status=404)
        sha256 = _known[key, version] = row.sha256
    return _compiled(key, version, sha256)


def forget() -> None:
    """Drop what this process keeps compiled: between tests, whose databases come and go."""
    _known.clear()
    _compiled.cache_clear()
    _with_additions.cache_clear()
    _from_row.cache_clear()


def figures(office: Office) -> dict[str, dict[str, str]]:
    """The figures that count in an office, by manual: its own, else those of its company. One query."""
    return _by_manual(sorted(_of_company(office.company_id).union(_of_office(office), all=True)))


def own_figures(office: Office) -> dict[str, dict[str, str]]:
    """The figures that the office set itself, by manual."""
    return _by_manual(_of_office(office))


def company_figures(company: Company) -> dict[str, dict[str, str]]:
    """The figures that a company set for all its offices, by manual."""
    return _by_manual(_of_company(company.pk))


Rows = QuerySet[Any, tuple[int, str, str, str]]


def _of_company(company_id: int) -> Rows:
    """(0, manual, figure, value): what comes first, and gives way."""
    rows = CompanyFigure.objects.filter(company_id=company_id)
    return rows.values_list(Value(0), "manual_key", "figure", "value")


def _of_office(office: Office) -> Rows:
    """(1, manual, figure, value)."""
    return OfficeFigure.objects.filter(office=office).values_list(Value(1), "manual_key", "figure", "value")


def _by_manual(rows: Iterable[tuple[int, str, str, str]]) -> dict[str, dict[str, str]]:
    """Manual -> figure -> value; a later row goes before an earlier one."""
    found: dict[str, dict[str, str]] = {}
    for _level, manual_key, figure, value in rows:
        found.setdefault(manual_key, {})[figure] = value
    return found


class _Figures:
    """The figures of an office by manual, read when the first one is asked for: most actions need none."""

    def __init__(self, office: Office) -> None:
        self.office = office

    @cached_property
    def by_manual(self) -> dict[str, dict[str, str]]:
        return figures(self.office)


class _OwnFigures(Mapping[str, str]):
    """The office's figures of one manual."""

    def __init__(self, every: _Figures, manual_key: str) -> None:
        self._every, self._key = every, manual_key

    def _own(self) -> dict[str, str]:
        return self._every.by_manual.get(self._key, {})

    def __getitem__(self, figure: str) -> str:
        return self._own()[figure]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own())

    def __len__(self) -> int:
        return len(self._own())


def versions_at(office: Office, at: datetime) -> dict[str, str]:
    """Manual key -> version that the office works under at an instant, in the order of adoption."""
    periods = Adoption.objects.filter(office=office).order_by("since", "id")
    rows = periods.values_list("manual__key", "manual__version", "since", "until")
    return {
        key: version for key, version, since, until in rows if since <= at and (until is None or at < until)
    }


def offices_under(company: Company, key: str, at: datetime) -> list[tuple[Office, str]]:
    """The offices of a company that work under a manual at an instant, by code, each with the version."""
    pairs = ((office, versions_at(office, at).get(key, "")) for office in company.offices.order_by("code"))
    return [(office, version) for office, version in pairs if version]


def adoptions(office: Office) -> list[Adoption]:
    """Every period in which the office works or worked under a version, the latest first; manuals loaded."""
    return list(office.adoptions.select_related("manual").order_by("-since", "-id"))


def ever_adopted(office: Office) -> list[tuple[str, str]]:
    """(manual key, version) of all that the office works or worked under, each once."""
    rows = Adoption.objects.filter(office=office).order_by("manual__key", "manual__version")
    return list(rows.values_list("manual__key", "manual__version").distinct())


def adopted(office: Office, at: datetime) -> tuple[Adopted, ...]:
    """The manuals of an office at an instant."""
    return with_figures(office, versions_at(office, at))


def with_figures(office: Office, versions: Mapping[str, str], first: str = "") -> tuple[Adopted, ...]:
    """These versions with the office's figures, the manual `first` at the front with what all add to it."""
    own = _Figures(office)
    order = sorted(versions, key=lambda key: key != first)
    found = [compiled(key, versions[key]) for key in order]
    if first and any(one.additions for one in found):
        found[0] = _with_additions(tuple((one.key, one.version, id(one)) for one in found))
    return tuple(Adopted(one, _OwnFigures(own, one.key)) for one in found)


@lru_cache(maxsize=256)
def _with_additions(every: tuple[tuple[str, str, int], ...]) -> CompiledManual:
    """The first of these compiled manuals with what all of them add, its own too, made once a process."""
    first, *others = (compiled(key, version) for key, version, _identity in every)
    return with_additions(first, (first, *others))


def wordings(office: Office, manual_key: str) -> dict[str, str]:
    """Clause -> the office's own wording."""
    rows = ClauseWording.objects.filter(office=office, manual_key=manual_key)
    return dict(rows.values_list("clause", "text"))


def calendar_of(office: Office, key: str, version: int | None = None) -> Calendar:
    """A calendar by key: `always` is built in; others are the office's, the latest version unless one is named.

    An office without a saved `office` calendar works Monday to Friday and official make-up days, 09:00-12:00 and
    14:00-18:00: version 0.
    """
    if key == "always":
        return _always(office.time_zone)
    rows = OfficeCalendar.objects.filter(office=office, key=key)
    row = (rows.order_by("-version") if version is None else rows.filter(version=version)).first()
    if row is not None:
        return _from_row(office.pk, key, row.version, row.pk)
    if key != "office":
        raise Problem(
            "CALENDAR_UNKNOWN", f"没有名为「{key}」的日历。", "请先在管理处设置里建日历。", status=404
        )
    return calendar.china_office_hours(version=0, time_zone=office.time_zone)


def head_calendar(office: Office, adopted: Sequence[Adopted]) -> Calendar:
    """The calendar of the manual that supplies a case's procedure, for limits in its conditions."""
    return calendar_of(office, adopted[0].compiled.manual.manual.calendar)


@lru_cache(maxsize=16)
def _always(time_zone: str) -> Calendar:
    return calendar.always(time_zone)


@lru_cache(maxsize=256)
def _from_row(_office: int, key: str, version: int, row: int) -> Calendar:
    data = OfficeCalendar.objects.get(pk=row).data
    return Calendar.from_data({**data, "key": key, "version": version})


def versions(key: str = "") -> list[ManualVersion]:
    """Every stored version without its text, of all manuals or of one, the newest first."""
    rows = ManualVersion.objects.filter(key=key) if key else ManualVersion.objects.all()
    return list(rows.defer("text").order_by("key", "-created_at", "-pk"))


def version_of(key: str, version: str) -> ManualVersion | None:
    """One stored version."""
    return ManualVersion.objects.filter(key=key, version=version).first()


def calendars(office: Office) -> dict[str, OfficeCalendar]:
    """Key -> the latest version of each calendar that the office saved."""
    rows = OfficeCalendar.objects.filter(office=office).order_by("key", "version")
    return {row.key: row for row in rows}


def calendar_versions(office: Office, key: str) -> list[OfficeCalendar]:
    """Every version of a calendar that the office saved, the latest first."""
    return list(OfficeCalendar.objects.filter(office=office, key=key).order_by("-version"))
