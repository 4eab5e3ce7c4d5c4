"""Search by anything a receptionist hears. `queries` offers it to the other rooms.

Each word is a prefix range of an index in byte order. The rarest word gives the candidates, the others
must be found at the same unit; ranking happens on the few candidates that are left. Several common words (王 张 李) are
told apart by the marks that each row has of its unit's other words, before any of those is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from guanjia.estate.bytewise import LAST, Bytewise
from guanjia.estate.heard import CODE, NAME, PINYIN, Heard, Word, hear, hear_whole
from guanjia.estate.indexing import current, marks_of
from guanjia.estate.models import Occupancy, Office, Party, SearchWord, Unit
from guanjia.estate.spelling import STAIR_MARK

TITLES = {str(value): str(label) for value, label in Party.Title.choices}
RELATIONS = {str(value): str(label) for value, label in Occupancy.Relation.choices}
KINDS = {str(value): str(label) for value, label in SearchWord.Kind.choices}
CANDIDATES = 2
_EXACT = 100
_BEGINS = 50
_KIND_BONUS = {"code": 9, "name": 6, "phone": 3, "pinyin": 0}
_TITLE_BONUS = 15


@dataclass(frozen=True)
class Occupant:
    """Somebody who lives or trades in a unit now."""

    party_id: int
    name: str
    title: str
    relation: str


@dataclass(frozen=True)
class Hit:
    """A unit, the party if one was meant, and on what they were found (房号, 姓名, 拼音, 电话)."""

    unit: Unit
    party: Party | None
    relation: str
    matched: tuple[str, ...]
    occupants: tuple[Occupant, ...]
    score: int


def search(office: Office, text: str, limit: int = 20, *, on: date | None = None) -> list[Hit]:
    """Units of the office that answer to every word of the text, best first, at most `limit`.

    Codes in any spelling, names, pinyin, initials, any three digits of a number; `王 1502` must hold both.
    `on`: the office's day, so that those who have moved out are left out. An empty text finds nothing.
    """
    for heard in (hear(text), hear_whole(text)):
        if heard.words:
            for title in dict.fromkeys((heard.title, "")):
                if hits := _hits(office, Heard(heard.words, title), heard.title, limit, on):
                    return hits
    return []


def words_in(office: Office, kind: str, start: str) -> QuerySet[SearchWord]:
    """The index rows of one kind that begin so, in byte order: one range of one index on both engines."""
    rows = SearchWord.objects.annotate(spelt=Bytewise("word"))
    return rows.filter(office=office, kind=kind, spelt__gte=start, spelt__lt=start + LAST).order_by(
        "spelt", "unit_id"
    )


def _hits(office: Office, heard: Heard, title: str, limit: int, on: date | None) -> list[Hit]:
    unit_ids = _candidates(office, heard, limit * CANDIDATES)
    if not unit_ids:
        return []
    found = _words_at(heard.words, unit_ids)
    # Unordered and by id alone: told the office too, a planner may read all its units instead.
    units = Unit.objects.order_by().in_bulk(unit_ids)
    people = occupants_of(list(units), on)
    ranked = [
        one
        for unit_id, matches in found.items()
        for one in _rank(unit_id, matches, people[unit_id], heard.words, title)
    ]
    ranked.sort(
        key=lambda one: (-one.score, units[one.unit_id].sort, units[one.unit_id].code, one.party_id or 0)
    )
    parties = Party.objects.in_bulk([one.party_id for one in ranked[:limit] if one.party_id])
    return [
        Hit(
            unit=units[one.unit_id],
            party=parties[one.party_id] if one.party_id else None,
            relation=one.relation,
            matched=one.matched,
            occupants=people[one.unit_id],
            score=one.score,
        )
        for one in ranked[:limit]
    ]


def _candidates(office: Office, heard: Heard, most: int) -> list[int]:
    """Ids of units of the office that hold every word, in the order of the rarest word's ranges."""
    driver = max(heard.words, key=_rarity)
    marks = marks_of(start for word in heard.words for start in _beginnings(word))
    wanted: dict[int, None] = {}
    for kind, start in driver.ranges:
        rows = words_in(office, kind, start)
        if marks and len(heard.words) > 1:
            common = ExpressionWrapper(F("mates").bitand(marks), output_field=BigIntegerField())
            rows = rows.alias(common=common).filter(common=marks)
        if heard.title and kind in (NAME, PINYIN):
            rows = rows.filter(party__title__in=(heard.title, ""))
        for at, word in enumerate(heard.words):
            if word is not driver:
                rows = rows.alias(**{f"also{at}": _same_unit(word)}).filter(**{f"also{at}__isnull": False})
        wanted.update(dict.fromkeys(rows.values_list("unit_id", flat=True)[:most]))
    return list(wanted)


def _beginnings(word: Word) -> set[str]:
    """What every spelling of a word begins with; nothing when they differ."""
    starts = {start for _kind, start in word.ranges}
    return starts if len(starts) == 1 else set()


def _rarity(word: Word) -> int:
    """A rough measure (in bits) of how much a word tells: no query, and good enough to begin with the right one."""
    kind, start = word.ranges[0]
    if kind == CODE and "-" in start:
        building, _dash, rest = start.partition("-")
        return (1 if building.startswith(STAIR_MARK) else 7) + 3 * len(rest)
    if start.isdigit():
        return 3 * len(start)
    return 2 * len(start) if start.isascii() else 6 * len(start) - 2


def _same_unit(word: Word) -> Subquery:
    """A row of the outer row's unit that begins with the word, or NULL: one seek of (unit, word) for each spelling.

    Not an EXISTS, which PostgreSQL would turn into a join over every row that begins so. Kinds are left out, but for one or two figures, so that the index alone answers; ranking looks at them again.
    """
    condition = Q()
    short = word.text.isdigit() and len(word.text) < 3
    for kind, start in (
        word.ranges if short else [("", start) for start in {start for _, start in word.ranges}]
    ):
        branch = Q(unit=OuterRef("unit"), spelt__gte=start, spelt__lt=start + LAST)
        condition |= branch & Q(kind=kind) if kind else branch
    rows = SearchWord.objects.annotate(spelt=Bytewise("word")).filter(condition)
    return Subquery(rows.values("unit_id")[:1])


def _any(word: Word) -> Q:
    condition = Q()
    for kind, start in word.ranges:
        condition |= Q(kind=kind, spelt__gte=start, spelt__lt=start + LAST)
    return condition


@dataclass(frozen=True)
class _Match:
    word: Word
    party_id: int | None
    kind: str
    exact: bool
    weight: int


def _words_at(words: Sequence[Word], unit_ids: Sequence[int]) -> dict[int, list[_Match]]:
    """What each candidate matched on."""
    condition = Q()
    for word in words:
        for kind, start in word.ranges:
            # The units stand in every branch, so that each is one range of the index for each unit.
            condition |= Q(unit__in=unit_ids, kind=kind, spelt__gte=start, spelt__lt=start + LAST)
    rows = (
        SearchWord.objects.annotate(spelt=Bytewise("word"))
        .filter(condition)
        .values_list("unit_id", "party_id", "kind", "word", "weight")
    )
    found: dict[int, list[_Match]] = defaultdict(list)
    for unit_id, party_id, kind, spelt, weight in rows:
        for word in words:
            for wanted, start in word.ranges:
                if wanted == kind and spelt.startswith(start):
                    found[unit_id].append(_Match(word, party_id, kind, spelt == start, weight))
    return found


def occupants_of(unit_ids: Sequence[int], on: date | None) -> dict[int, tuple[Occupant, ...]]:
    """Who belongs to each of the units on a day, owners first; the caller has seen to it whose units they are."""
    rows = Occupancy.objects.filter(current(on), unit__in=unit_ids).order_by("pk")
    found: dict[int, list[Occupant]] = {unit_id: [] for unit_id in unit_ids}
    for unit_id, party_id, name, title, relation in rows.values_list(
        "unit_id", "party_id", "party__name", "party__title", "relation"
    ):
        found[unit_id].append(Occupant(party_id, name, TITLES[title], RELATIONS[relation]))
    order = list(RELATIONS.values())
    return {
        unit_id: tuple(sorted(some, key=lambda one: order.index(one.relation)))
        for unit_id, some in found.items()
    }


@dataclass(frozen=True)
class _Ranked:
    unit_id: int
    party_id: int | None
    relation: str
    matched: tuple[str, ...]
    score: int


def _rank(
    unit_id: int, matches: Sequence[_Match], people: Sequence[Occupant], words: Sequence[Word], title: str
) -> Iterator[_Ranked]:
    """The hits of one unit: the parties who hold most of the words, else the unit itself."""
    staying: dict[int, Occupant] = {}
    for one in people:
        staying.setdefault(one.party_id, one)
    standing = [match for match in matches if match.party_id is None or match.party_id in staying]
    if {match.word for match in standing} != set(words):
        return
    of_unit = [match for match in standing if match.party_id is None]
    of_party: dict[int, list[_Match]] = defaultdict(list)
    for match in standing:
        if match.party_id is not None:
            of_party[match.party_id].append(match)
    for party_id in _meant(of_unit, of_party):
        own = [*of_unit, *(of_party[party_id] if party_id else ())]
        known = staying[party_id] if party_id else None
        fits = known is not None and title != "" and known.title == TITLES[title]
        yield _Ranked(
            unit_id=unit_id,
            party_id=party_id,
            relation=known.relation if known else "",
            matched=tuple(dict.fromkeys(KINDS[match.kind] for match in own)),
            score=_score(own) + (_TITLE_BONUS if fits else 0),
        )


def _meant(of_unit: Sequence[_Match], of_party: dict[int, list[_Match]]) -> list[int | None]:
    """The parties that add most words to what the unit itself answers to; [None] when nobody adds any."""
    of_code = {match.word for match in of_unit}
    added = {party: len({match.word for match in own} - of_code) for party, own in of_party.items()}
    most = max(added.values(), default=0)
    if most == 0:
        return [None] if of_unit else [*of_party]
    return [party for party, count in added.items() if count == most]


def _score(matches: Sequence[_Match]) -> int:
    best: dict[Word, int] = {}
    weight = max(match.weight for match in matches)
    for match in matches:
        value = (_EXACT if match.exact else _BEGINS) + _KIND_BONUS[match.kind]
        best[match.word] = max(best.get(match.word, 0), value)
    return sum(best.values()) + weight


def units_found(office: Office, text: str) -> QuerySet[Unit]:
    """Every unit of the office that answers to the text, in the order of the codes; all of them for an empty text."""
    units = Unit.objects.filter(office=office).order_by("sort", "code", "pk")
    for heard in (hear(text), hear_whole(text)):
        if not heard.words:
            return units
        found = units
        for word in heard.words:
            rows = SearchWord.objects.annotate(spelt=Bytewise("word")).filter(_any(word), office=office)
            found = found.filter(pk__in=rows.values("unit_id"))
        if found.exists():
            return found
    return units.none()
