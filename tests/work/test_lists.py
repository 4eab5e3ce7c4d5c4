"""Service items and suppliers: what is listed when, who changed it on which evaluation, what is a gap."""

from __future__ import annotations

import pytest
from tests.work.conftest import APRIL, DAY, OPENING

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.work import actions, defaults, queries
from guanjia.work.models import ServiceItem, Supplier


def refused(code: str, call: object, *args: object, **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*args, **more)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def add(office: Office, name: str, **over: object) -> ServiceItem:
    given = {"at": OPENING, "by": "何静", "evaluation": "", "price_fen": 5000}
    return actions.add_item(office, name, **{**given, **over})  # type: ignore[arg-type]


def supplier(office: Office, name: str = "金音琴行", **over: object) -> Supplier:
    given = {"phone": "0571-1", "items": "钢琴调音 钢琴搬运", "at": OPENING, "by": "何静", "evaluation": ""}
    return actions.add_supplier(office, name, **{**given, **over})  # type: ignore[arg-type]


@pytest.mark.rule("S004-4-1.2", "S004-4-2.2.2a")
def test_an_item_on_no_list_of_the_office_goes_to_a_supplier(office: Office) -> None:
    add(office, "疏通厨房下水", key="drain-kitchen")
    supplier(office)
    assert queries.item_for(office, "疏通厨房下水", APRIL) is not None
    assert queries.item_for(office, "drain-kitchen", APRIL) is not None
    assert queries.item_for(office, " 疏通 厨房下水 ", APRIL) is not None
    for name in ("钢琴调音", "疏通", "疏通厨房下水管道", ""):
        assert queries.item_for(office, name, APRIL) is None
    offer = queries.offer_for(office, "钢琴调音", APRIL)
    assert (offer.item, [one.name for one in offer.suppliers], offer.is_gap) == (None, ["金音琴行"], False)
    assert queries.supplier_for(office, "金音琴行", APRIL) == offer.suppliers[0]
    assert queries.supplier_for(office, "金音", APRIL) is None


def test_suppliers_by_item_exact_names_first(office: Office) -> None:
    supplier(office, "乙行", items="家用钢琴调音")
    supplier(office, "甲行", items="调音")
    supplier(office, "丙行", items="开锁")
    supplier(office, "丁行", items=["钢琴 调音", "搬运"])
    assert [one.name for one in queries.suppliers_for(office, "钢琴调音", APRIL)] == ["丁行", "乙行", "甲行"]
    assert queries.suppliers_for(office, "", APRIL) == []
    assert queries.suppliers_for(office, "音", APRIL) == []


@pytest.mark.rule("S004-4-2.8b")
def test_a_change_carries_date_author_and_evaluation(office: Office) -> None:
    add(office, "更换水龙头")
    review = "2026年3月评估"
    assert refused("EVALUATION_REQUIRED", add, office, "更换纱窗", at=APRIL).field == "evaluation"
    refused(
        "EVALUATION_REQUIRED", actions.end_item, office, "更换水龙头", at=APRIL, by="何静", evaluation=" "
    )
    refused("FIELD_REQUIRED", add, office, "更换纱窗", at=APRIL, by=" ", evaluation=review)
    refused("FIELD_REQUIRED", actions.end_item, office, "更换水龙头", at=APRIL, by=" ", evaluation=review)
    add(office, "更换纱窗", at=APRIL, evaluation=review, price_fen=6000)
    actions.end_item(office, "更换水龙头", at=APRIL, by="何静", evaluation=review)
    before, after = APRIL - DAY, APRIL
    assert [item.name for item in queries.items(office, before)] == ["更换水龙头"]
    assert [item.name for item in queries.items(office, after)] == ["更换纱窗"]
    assert queries.item_for(office, "更换水龙头", before) is not None
    assert queries.item_for(office, "更换水龙头", after) is None
    told = [
        (one.what, one.name, one.by, one.evaluation, one.price_fen)
        for one in queries.changes(office, APRIL, APRIL + DAY)
    ]
    assert told == [
        ("取消项目", "更换水龙头", "何静", review, 5000),
        ("新增项目", "更换纱窗", "何静", review, 6000),
    ]
    assert ServiceItem.objects.count() == 2, "ended, never deleted"


def test_a_new_price_keeps_the_old_one_in_its_time(office: Office) -> None:
    add(office, "更换水龙头", key="tap", unit_word="只")
    actions.change_price(office, "更换水龙头", 3500, at=APRIL, by="何静", evaluation="2026年3月评估")
    old, new = queries.item_for(office, "tap", APRIL - DAY), queries.item_for(office, "tap", APRIL)
    assert old is not None
    assert new is not None
    assert (old.price_fen, new.price_fen, new.key, new.unit_word) == (5000, 3500, "tap", "只")


def test_what_does_not_fit_is_refused(office: Office) -> None:
    add(office, "更换水龙头")
    refused("ITEM_TAKEN", add, office, "更换 水龙头")
    refused("MONEY_NEGATIVE", add, office, "开锁", price_fen=-1)
    refused("FIELD_REQUIRED", add, office, " ")
    refused("ITEM_UNKNOWN", actions.end_item, office, "没有", at=APRIL, by="何静", evaluation="评估")
    actions.end_item(office, "更换水龙头", at=APRIL, by="何静", evaluation="评估")
    refused(
        "ITEM_UNKNOWN", actions.end_item, office, "更换水龙头", at=APRIL - DAY, by="何静", evaluation="评估"
    )
    supplier(office)
    refused("SUPPLIER_TAKEN", supplier, office)
    refused("FIELD_REQUIRED", supplier, office, "新行", items=" 、 ")
    refused("FIELD_REQUIRED", supplier, office, "新行", phone="")
    refused("SUPPLIER_UNKNOWN", actions.end_supplier, office, "没有", at=APRIL, by="何静", evaluation="评估")
    with pytest.raises(ValueError, match="naive"):
        add(office, "开锁", at=APRIL.replace(tzinfo=None))


@pytest.mark.rule("S004-4-2.8c")
def test_gaps_and_a_new_supplier_for_one(office: Office) -> None:
    add(office, "更换水龙头")
    supplier(office)
    wanted = {"钢琴调音": 2, "更换水龙头": 9, "地毯清洗": 5, "修钟表": 6}
    assert queries.gaps(office, wanted, APRIL) == {"修钟表": 6, "地毯清洗": 5}
    supplier(office, "洁毯", items="地毯清洗", at=APRIL, evaluation="2026年3月评估")
    assert queries.gaps(office, wanted, APRIL) == {"修钟表": 6}
    (change,) = queries.changes(office, APRIL, APRIL + DAY)
    assert (change.what, change.name, change.by, change.evaluation) == (
        "新增供应商",
        "洁毯",
        "何静",
        "2026年3月评估",
    )
    actions.end_supplier(office, "洁毯", at=APRIL + DAY, by="何静", evaluation="2026年4月评估")
    assert queries.supplier_for(office, "洁毯", APRIL + DAY) is None


def test_another_office_s_lists_are_not_read(office: Office, other: Office) -> None:
    add(office, "更换水龙头")
    supplier(office)
    assert queries.items(other, APRIL) == []
    assert queries.items_like(other, "水", APRIL) == []
    assert queries.item_for(other, "更换水龙头", APRIL) is None
    assert queries.suppliers(other, APRIL) == []
    assert queries.suppliers_for(other, "钢琴调音", APRIL) == []
    assert queries.supplier_for(other, "金音琴行", APRIL) is None
    assert queries.offer_for(other, "钢琴调音", APRIL).is_gap
    assert queries.changes(other, OPENING, APRIL) == []
    refused("ITEM_UNKNOWN", actions.end_item, other, "更换水龙头", at=APRIL, by="何静", evaluation="评估")
    add(other, "更换水龙头")


def test_a_field_completes_from_the_list(office: Office) -> None:
    for name in ("更换水龙头", "更换纱窗", "水管维修"):
        add(office, name)
    assert [item.name for item in queries.items_like(office, "更换", APRIL)] == ["更换水龙头", "更换纱窗"]
    assert len(queries.items_like(office, "", APRIL, 2)) == 2


def test_the_first_lists(office: Office, other: Office) -> None:
    items, suppliers = defaults.load_lists(office, at=OPENING, by="开业")
    assert items >= 25
    assert suppliers >= 8
    assert defaults.load_lists(office, at=APRIL, by="开业") == (0, 0)
    assert queries.items(other, APRIL) == []
    tap = queries.item_for(office, "tap", APRIL)
    assert tap is not None
    assert (tap.name, tap.price_fen, tap.unit_word, tap.changed_by) == ("更换水龙头", 3000, "只", "开业")
    for wanted in ("钢琴调音", "家电维修", "开锁", "空调加氟"):
        assert queries.suppliers_for(office, wanted, APRIL)
