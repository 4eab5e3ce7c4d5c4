"""Several households that speak of the same thing: noticed when a case is registered, decided by a person.

Whatever door a case comes in by, its topics are kept (`remember`). `speaking_of` finds the others of the same thing,
among open and recent cases, by an indexed look-up; each says why. What a person has told apart is not found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases import together
from guanjia.cases.models import Case
from guanjia.engine.facts import covered
from guanjia.estate.models import Building, Office, Unit
from guanjia.kernel import alike
from guanjia.kernel.alike import Likeness, Report
from guanjia.policy.compiled import Adopted
from guanjia.policy.complementing import supplier
from guanjia.work import queries as work
from guanjia.worktime import parse
from guanjia.worktime.forms import Days, Duration

COLLECTIVE = "collective"
SPOKEN = frozenset({"complaint", "repair", "enquiry", "suggestion"})
WINDOW, FROM = "collective_window", "collective_from"  # figures of the manual that has the category
DEFAULT_WINDOW = timedelta(hours=72)
DAYS = {"week": 7, "month": 31}


@dataclass(frozen=True)
class Alike:
    """A case that may speak of the same thing, and why."""

    case: Case
    likeness: Likeness

    @property
    def household(self) -> int | None:
        """The household that it is of."""
        return self.case.unit_id


@dataclass(frozen=True)
class Gathering:
    """Cases of several households that may speak of the same thing as a new one.

    into: the open collective case to which some of them belong. counted: how many make it collective, if the manual
    says so; households: how many there would be with the new one. alike: those not joined yet come first.
    again: the new one is of a household that belongs to `into` already, and is counted once.
    """

    into: Case | None
    alike: tuple[Alike, ...]
    households: int
    counted: int | None
    joined: int = 0
    again: bool = False

    @property
    def numbers(self) -> str:
        """The cases in one word, as a form sends them back."""
        first = [self.into.number] if self.into else []
        return ",".join([*first, *(one.case.number for one in self.alike)])

    @property
    def words(self) -> tuple[str, ...]:
        """What most of them have in common, the most frequent first."""
        counts: dict[str, int] = {}
        for one in self.alike:
            for word in one.likeness.words:
                counts[word] = counts.get(word, 0) + 1
        return tuple(sorted(counts, key=lambda word: -counts[word])[:4])


def remember(case: Case, adopted: Sequence[Adopted]) -> None:
    """Keep the topics of a new case, where a manual of the office has collective complaints."""
    if case.category in SPOKEN and COLLECTIVE in covered(adopted):
        case_actions.keep_topics(case, alike.keys(report_of(case, words_of(case.office))))


def remember_recent(office: Office, at: datetime) -> int:
    """The same for the cases of the window that were registered before the office had such a manual; how many."""
    giving = supplier(adoption.adopted(office, at), COLLECTIVE)
    if giving is None:
        return 0
    rows = together.unknown_topics(office, SPOKEN, at - window_of(giving))
    own = words_of(office)
    for case in rows:
        case_actions.keep_topics(case, alike.keys(report_of(case, own)))
    return len(rows)


def words_of(office: Office) -> frozenset[str]:
    """The words of the office's classification."""
    return frozenset(
        word for row in work.classification_words(office) for word in row.split() if len(word) > 1
    )


def report_of(case: Case, own: frozenset[str]) -> Report:
    """What a case says, as it is compared."""
    text = " ".join(dict.fromkeys((case.subject, str(case.facts.get("matter") or ""))))
    return said_by(
        text, case.unit, case.unit.building if case.unit else None, case.opened_at, own, case.category
    )


def said_by(
    text: str, unit: Unit | None, building: Building | None, at: datetime, own: frozenset[str], category: str
) -> Report:
    """What somebody says who may not be registered yet."""
    stair = unit.stair if unit else ""
    named = f"{building.name} {stair}单元" if building and stair else building.name if building else ""
    return Report(
        alike.listen(text, own), at, unit.pk if unit else None, building.pk if building else None, stair, named,
        public=category != "complaint",
    )  # fmt: skip


def speaking_of(
    office: Office, report: Report, at: datetime, case: Case | None = None, adopted: Sequence[Adopted] = ()
) -> Gathering | None:
    """Those that may speak of the same thing; None without any, or where no manual has collective complaints.

    case: the new one, if it is registered already: what was told apart from it is left out.
    """
    giving = supplier(adopted or adoption.adopted(office, at), COLLECTIVE)
    if giving is None:
        return None
    window = window_of(giving)
    rows = together.with_topics(office, alike.keys(report), report.at - window, report.at + window)
    rows = [one for one in rows if case is None or one.pk != case.pk]
    if not rows:
        return None
    apart = together.told_apart(case) if case else frozenset()
    own, parents = words_of(office), together.parents_of(rows, COLLECTIVE)
    found = []
    for one in rows:
        parent = parents.get(one.pk)
        if one.pk in apart or (parent and parent.pk in apart):
            continue
        if likeness := alike.compare(report, report_of(one, own), window, again=parent is not None):
            found.append(Alike(one, likeness))
    return _gathered(report, found, parents, counted_of(giving)) if found else None


def _gathered(
    report: Report, found: list[Alike], parents: Mapping[int, Case], counted: int | None
) -> Gathering:
    """Into the collective case of the most alike that has one; those that belong to another one are left out."""
    found.sort(key=lambda one: (-one.likeness.score, -one.case.pk))
    into = next((parents[one.case.pk] for one in found if one.case.pk in parents), None)
    mine = [one for one in found if parents.get(one.case.pk, into) == into]
    mine.sort(key=lambda one: one.case.pk in parents)
    joined = together.children(into) if into else []
    households = {one.household for one in mine} | {one.unit_id for one in joined} | {report.household}
    homes = {one.unit_id for one in joined} - {None}
    return Gathering(
        into, tuple(mine), len(households - {None}), counted, len(homes), report.household in homes
    )


def gathering_of(case: Case, at: datetime) -> Gathering | None:
    """Those that may speak of the same thing as a registered case that belongs to no other yet."""
    if case.category not in SPOKEN or case.state == "withdrawn":
        return None
    adopted = adoption.adopted(case.office, at)
    if supplier(adopted, COLLECTIVE) is None or together.parents_of([case], COLLECTIVE):
        return None
    return speaking_of(case.office, report_of(case, words_of(case.office)), at, case, adopted)


def still_outside(whole: Case, at: datetime) -> tuple[Alike, ...]:
    """Cases that may speak of the same thing as those joined to a collective case, and are not joined yet."""
    joined = together.children(whole)
    apart, own = together.told_apart(whole), words_of(whole.office)
    known = {one.pk for one in joined}
    found: dict[int, Alike] = {}
    for one in joined[-3:]:
        near = speaking_of(whole.office, report_of(one, own), at, one)
        for each in near.alike if near else ():
            if each.case.pk not in known | apart and each.case.closed_at is None:
                found.setdefault(each.case.pk, each)
    rest = together.parents_of([one.case for one in found.values()], COLLECTIVE)
    return tuple(one for pk, one in sorted(found.items()) if pk not in rest)


def window_of(giving: Adopted) -> timedelta:
    """Within how long complaints count as made at one time: the manual's figure, or the office's own."""
    text, _own = giving.figure(WINDOW)
    limit = parse(text) if text else None
    if isinstance(limit, Duration):
        return timedelta(seconds=limit.seconds)
    if isinstance(limit, Days) and limit.count:
        return timedelta(days=limit.count * DAYS.get(limit.unit, 1))
    return DEFAULT_WINDOW


def counted_of(giving: Adopted) -> int | None:
    """From how many households on complaints are collective."""
    text, _own = giving.figure(FROM)
    return int(text) if text.isdigit() else None
