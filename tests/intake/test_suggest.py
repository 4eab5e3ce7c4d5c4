"""A line becomes a proposal in an office's own terms; what is open is asked, another office's data never shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.intake.conftest import NOON, ON, Desk

from guanjia.cases.models import Case
from guanjia.estate import actions as estate
from guanjia.intake.suggest import Picked, Suggestion, possible_duplicates, suggest
from guanjia.kernel.chain import START
from guanjia.kernel.problem import Problem
from guanjia.work.models import Classification


def read(desk: Desk, text: str, **picked: object) -> Suggestion:
    return suggest(desk.office, text, at=NOON, picked=Picked(**picked))  # type: ignore[arg-type]


def test_the_whole_line(desk: Desk) -> None:
    found = read(desk, "3-2-1502 王女士 厨房水管爆了 13800001234")
    assert found.unit.unit == desk.units["3-2-1502"]
    assert (found.party.party, found.party.evidence) == (desk.parties["王秀兰"], "按来电号码选定")
    assert (found.phone.registered, found.phone.evidence) == (True, "与登记号码一致")
    assert (found.category, found.category_label, found.skill) == ("repair", "报修", "水")
    assert (found.urgency.urgent, found.urgency.reason) == (True, "水管爆裂，会淹到楼下")
    assert found.item is not None
    assert (found.item.name, found.item.price_fen) == ("给水管抢修", 12000)
    assert found.hint == "请先关入户总阀，师傅马上到。"
    assert found.chosen is not None
    assert found.chosen.evidence == "听到「厨房」「水管爆」"
    assert found.household is not None
    assert [member.name for member in found.household.members] == ["王秀兰", "赵国平"]
    assert found.missing == ()


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("3栋2单元1502 没电", "3-2-1502", "楼栋、单元、室号都说了"),
        ("321502 没电", "3-2-1502", "登记的房号"),
        ("1502 王女士 没电", "3-2-1502", "按「1502」和「王女士」选定"),
        ("1502 没电 13500004567", "5-1-1502", "按「1502」和「13500004567」选定"),
        ("没电 13800001234", "3-2-1502", "按来电号码选定"),
        ("何先生家没电", "3-2-1402", "全处只有一位何先生"),
        ("李慧 没电", "5-1-1502", "全处只有一位李慧"),
    ],
)
def test_the_unit_is_found(desk: Desk, text: str, unit: str, why: str) -> None:
    found = read(desk, text)
    assert found.unit.unit == desk.units[unit]
    assert found.unit.evidence == why


@pytest.mark.parametrize(
    ("text", "choices", "why"),
    [
        ("1502 没电", {"3-2-1502", "5-1-1502"}, "有几处相同的房号，请选一处"),
        ("王先生 没电", {"5-1-1601", "5-1-1602"}, "有几位王先生，请选房屋"),
        ("9-9-909 没电", set(), "没有房号「9-9-909」"),
        ("3栋没电", {"3-2-1402", "3-2-1502", "3-2-1602"}, "请说全房号"),
        ("没电", set(), "没有听到房号"),
    ],
)
def test_what_is_open_is_asked(desk: Desk, text: str, choices: set[str], why: str) -> None:
    found = read(desk, text)
    assert found.unit.unit is None
    assert {unit.code for unit in found.unit.choices} == choices
    assert found.unit.evidence == why
    assert "unit" in found.missing


def test_a_building_alone_is_told(desk: Desk) -> None:
    found = read(desk, "3栋走廊灯不亮")
    assert found.unit.building == desk.units["3-2-1502"].building
    assert found.chosen is not None
    assert found.chosen.row.place == "公共部位"


def test_the_party_by_name_title_or_choice(desk: Desk) -> None:
    assert read(desk, "3-2-1502 赵先生 没电").party.party == desk.parties["赵国平"]
    assert read(desk, "3-2-1502 王秀兰 没电").party.party == desk.parties["王秀兰"]
    wrong = read(desk, "3-2-1502 赵女士 没电").party
    assert (wrong.party, wrong.evidence) == (None, "这户没有登记赵女士")
    several = read(desk, "5-1-1602 王先生 没电").party
    assert several.party is None
    assert {member.name for member in several.choices} == {"王建军", "王建华"}
    asked = read(desk, "3-2-1502 没电").party
    assert (asked.party, asked.evidence) == (None, "请选来电人")


def test_a_number_that_is_not_the_household_s(desk: Desk) -> None:
    assert read(desk, "3-2-1502 没电 13999990000").phone.evidence == "没有登记过的号码"
    elsewhere = read(desk, "3-2-1502 没电 13500004567")
    assert elsewhere.phone.evidence == "登记在别处的李慧名下"
    assert not elsewhere.phone.registered
    assert elsewhere.unit.unit == desk.units["3-2-1502"]


def test_what_the_receptionist_picks_counts(desk: Desk) -> None:
    row = Classification.objects.get(office=desk.office, problem="跳闸")
    found = read(
        desk,
        "1502 没电",
        unit=desk.units["5-1-1502"].pk,
        party=desk.parties["李慧"].pk,
        classification=row.pk,
        urgent=False,
    )
    assert found.unit.unit == desk.units["5-1-1502"]
    assert found.party.party == desk.parties["李慧"]
    assert found.chosen is not None
    assert found.chosen.row == row
    assert (found.urgency.urgent, found.urgency.reason) == (False, "由接待员判定")


@pytest.mark.rule("S004-4-1.2")
def test_an_item_on_no_list_of_the_office_shows_the_suppliers(desk: Desk) -> None:
    found = read(desk, "3-2-1502 钢琴调音")
    assert found.item is None
    assert [supplier.name for supplier in found.suppliers] == ["金音琴行"]


def test_the_other_office_s_people_and_numbers_are_unknown(desk: Desk) -> None:
    for text in ("9-901 没电", "外人 没电", "没电 15500001111"):
        found = read(desk, text)
        assert found.unit.unit is None
        assert found.unit.choices == ()
        assert found.party.party is None
    assert read(desk, "没电 15500001111").phone.evidence == "没有登记过的号码"
    there = suggest(desk.other, "3-2-1502 王女士 厨房水管爆了 13800001234", at=NOON)
    assert (there.unit.unit, there.party.party, there.candidates) == (None, None, ())
    for picked in (Picked(unit=desk.units["3-2-1502"].pk), Picked(party=desk.parties["李慧"].pk)):
        with pytest.raises(Problem) as caught:
            suggest(desk.other, "没电", at=NOON, picked=picked)
        assert caught.value.code == "NOT_FOUND"
    row = Classification.objects.filter(office=desk.office)[0]
    assert suggest(desk.other, "没电", at=NOON, picked=Picked(classification=row.pk)).chosen is None


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "%_'\"", "：：：", "🚰", "1", "王", "-" * 300, "138" * 100]
)
def test_nothing_typed_breaks_it(desk: Desk, text: str) -> None:
    found = read(desk, text)
    assert found.line.text == text


def open_case(desk: Desk, unit: str, subject: str, minutes: int = 11, **more: object) -> Case:
    return Case.objects.create(
        office=desk.office,
        number=f"BX2603-{Case.objects.count():04d}",
        category="repair",
        manual_key="m",
        manual_version="1",
        versions={},
        state="open",
        unit=desk.units[unit],
        subject=subject,
        opened_at=NOON - timedelta(minutes=minutes),
        head=START,
        **more,
    )


def test_a_possible_duplicate_downstairs(desk: Desk) -> None:
    case = open_case(desk, "3-2-1402", "厨房天花板滴水")
    open_case(desk, "5-1-1502", "厨房天花板滴水")
    open_case(desk, "3-2-1402", "大门锁打不开")
    open_case(desk, "3-2-1402", "厨房天花板滴水", closed_at=NOON)
    found = read(desk, "3-2-1502 王女士 厨房水管爆了 13800001234")
    (same,) = possible_duplicates(desk.office, found, at=NOON)
    assert (same.number, same.relation) == (case.number, "楼下")
    assert possible_duplicates(desk.other, found, at=NOON) == []


def test_nothing_is_a_duplicate_without_a_place(desk: Desk) -> None:
    open_case(desk, "3-2-1402", "厨房天花板滴水")
    assert possible_duplicates(desk.office, read(desk, "水管爆了"), at=NOON) == []


def test_who_moved_out_is_not_the_caller(desk: Desk) -> None:
    stay = desk.parties["王秀兰"].occupancies.get()
    estate.end_occupancy(stay, ON, on=ON)
    found = read(desk, "3-2-1502 王女士 没电 13800001234")
    assert found.party.party is None
    assert not found.phone.registered
