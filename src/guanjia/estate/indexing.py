"""The rows of the search index for units; `actions.index_units` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from guanjia.estate.models import Occupancy, Office, Party, SearchWord, Unit
from guanjia.estate.spelling import code_words, name_words, phone_words, pinyin_words

Kind = SearchWord.Kind
RELATION_WEIGHT = {
    Occupancy.Relation.OWNER.value: 30,
    Occupancy.Relation.TENANT.value: 25,
    Occupancy.Relation.FAMILY.value: 15,
    Occupancy.Relation.EMERGENCY.value: 5,
}
UNIT_WEIGHT = 40
MARKS = 63  # as many bits as both databases keep in a whole number above nought


class WordRow(NamedTuple):
    """A row of the index, in the order of its columns: hundreds of thousands are written at once."""

    office_id: int
    unit_id: int
    party_id: int | None
    kind: str
    word: str
    weight: int
    mates: int = 0


def current(on: date | None) -> Q:
    """Occupancies that hold on a day; without a day, those to which no end was set."""
    if on is None:
        return Q(until__isnull=True)
    return (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gt=on))


def words_of(office: Office, unit_ids: Sequence[int], on: date) -> Iterator[WordRow]:
    """Every word of the units and of the parties who have not left them by that day."""
    units = Unit.objects.filter(office=office, pk__in=unit_ids).select_related("building")
    staying = (
        Occupancy.objects.filter(unit__office=office, unit__in=unit_ids)
        .filter(Q(until__isnull=True) | Q(until__gt=on))
        .select_related("party")
        .prefetch_related("party__phones")
    )
    parties: dict[int, dict[int, tuple[Party, int]]] = {}
    for occupancy in staying:
        household = parties.setdefault(occupancy.unit_id, {})
        weight = RELATION_WEIGHT[occupancy.relation]
        known = household.get(occupancy.party_id)
        if known is None or known[1] < weight:
            household[occupancy.party_id] = (occupancy.party, weight)
    for unit in units:
        rows = list(_unit_words(unit))
        for party, weight in parties.get(unit.pk, {}).values():
            rows += _party_words(unit, party, weight)
        mates = marks_of(row.word for row in rows)
        for row in rows:
            yield row._replace(mates=mates)


def marks_of(words: Iterable[str]) -> int:
    """One of 63 bits for the first letter of each word that does not begin with a Latin letter or a figure.

    A unit has a handful of such letters. Latin letters and figures begin so many words of every unit that they would
    fill all bits and tell nothing.
    """
    marks = 0
    for word in words:
        if not word[:1].isascii():
            marks |= 1 << ord(word[0]) % MARKS
    return marks


def _unit_words(unit: Unit) -> Iterator[WordRow]:
    words = code_words(
        code=unit.code,
        name=unit.name,
        building=unit.building.code,
        building_name=unit.building.name,
        stair=unit.stair,
        number=unit.number,
    )
    if unit.kind != Unit.Kind.RESIDENCE:
        words.append(str(unit.get_kind_display()))
    for word in words:
        yield WordRow(unit.office_id, unit.pk, None, Kind.CODE.value, word, UNIT_WEIGHT)


def _party_words(unit: Unit, party: Party, weight: int) -> Iterator[WordRow]:
    person = party.kind == Party.Kind.PERSON
    spelt = [(Kind.NAME, word) for word in name_words(party.name, person=person)]
    spelt += [(Kind.PINYIN, word) for word in pinyin_words(party.name, person=person)]
    for phone in party.phones.all():
        spelt += [(Kind.PHONE, word) for word in phone_words(phone.number)]
    for kind, word in dict.fromkeys(spelt):
        yield WordRow(unit.office_id, unit.pk, party.pk, kind.value, word, weight)
