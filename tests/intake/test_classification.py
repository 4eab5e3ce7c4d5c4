"""The default table is whole, and callers' words find the right row of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.estate.models import Office
from guanjia.intake import classification
from guanjia.intake.classification import classify, defaults, load_defaults, longest, urgency
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.work import defaults as lists
from guanjia.work import queries as work
from guanjia.work.models import Classification

ROWS = [Classification(**row) for row in defaults().rows]


def test_the_default_table_is_whole() -> None:
    rows = defaults().rows
    keys = [(row["place"], row["kind"], row["problem"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert sum(row["category"] == "repair" for row in rows) >= 60
    assert {row["category"] for row in rows} == {
        "repair",
        "complaint",
        "praise",
        "suggestion",
        "enquiry",
        "help",
    }
    items = {item["key"] for item in lists.default_items()}
    for row in rows:
        assert row["category"] in CATEGORIES
        assert row["words"] and row["hint"]
        assert bool(row.get("urgent")) == bool(row["urgent_reason"])
        assert row.get("item", "") in items | {""}
        Classification(office_id=1, **row).clean_fields(exclude=["office"])


@pytest.mark.parametrize(
    ("matter", "place", "kind", "problem"),
    [
        ("厨房水管爆了", "厨房", "给排水", "水管爆裂"),
        ("水管突然爆了，厨房全是水", "厨房", "给排水", "水管爆裂"),
        ("厨房水龙头滴水", "厨房", "给排水", "水龙头漏水"),
        ("厨房没水", "厨房", "给排水", "没水"),
        ("没水", "全屋", "给排水", "全屋没水"),
        ("厨房下水慢", "厨房", "疏通", "下水堵塞"),
        ("马桶堵了", "卫生间", "疏通", "马桶堵塞"),
        ("马桶水箱一直流水", "卫生间", "给排水", "马桶漏水"),
        ("厕所地漏返味", "卫生间", "疏通", "地漏堵塞"),
        ("卫生间天花板滴水", "卫生间", "防水", "天花板滴水"),
        ("客厅灯不亮", "客厅", "电气", "灯不亮"),
        ("家里没电了", "全屋", "电气", "全屋停电"),
        ("一开空调就跳闸", "全屋", "电气", "跳闸"),
        ("客厅空调不制冷", "客厅", "家电", "空调不制冷"),
        ("大门锁打不开", "入户门", "门锁", "门打不开"),
        ("忘带钥匙了", "入户门", "门锁", "忘带钥匙"),
        ("阳台玻璃裂了", "阳台", "门窗", "玻璃破裂"),
        ("暖气不热", "客厅", "暖通", "暖气不热"),
        ("家里有煤气味", "厨房", "燃气", "燃气泄漏"),
        ("钢琴调音", "全屋", "泥瓦木作", "钢琴调音"),
        ("楼道灯不亮", "公共部位", "电气", "公共照明不亮"),
        ("电梯困人了", "公共部位", "电梯", "电梯困人"),
        ("投诉楼上半夜装修声太吵", "公共部位", "投诉", "噪声扰民"),
        ("我要投诉，电梯坏了三天没人管", "服务", "投诉", "投诉"),
        ("投诉电梯坏了", "服务", "投诉", "投诉"),
        ("表扬维修师傅修水管", "服务", "表扬", "表扬员工"),
        ("不是投诉，厨房水管漏水了", "厨房", "给排水", "水管漏水"),
        ("投诉保洁没人扫楼道", "公共部位", "投诉", "环境卫生"),
        ("昨天报的还没来修，投诉", "服务", "投诉", "维修不及时"),
        ("表扬田师傅，服务好", "服务", "表扬", "表扬员工"),
        ("建议小区加快递柜", "服务", "建议", "服务建议"),
        ("请问装修申请要什么手续", "服务", "咨询", "办事手续"),
        ("物业费怎么交", "服务", "咨询", "物业费用"),
        ("老人晕倒了", "服务", "求助", "急病受伤"),
    ],
)
def test_words_find_their_row(matter: str, place: str, kind: str, problem: str) -> None:
    best = classify(matter, ROWS)[0]
    assert (best.row.place, best.row.kind, best.row.problem) == (place, kind, problem)


@pytest.mark.parametrize("matter", ["", "厨房", "你好", "卫生间和客厅", "？？？"])
def test_a_place_alone_is_no_classification(matter: str) -> None:
    assert classify(matter, ROWS) == []


def test_a_candidate_shows_its_words() -> None:
    best = classify("厨房水管爆了", ROWS)[0]
    assert best.evidence == "听到「厨房」「水管爆」"
    assert [(found.word, found.start, found.end) for found in best.matched] == [("水管爆", 2, 5)]
    assert best.place_said == "厨房"


def test_long_words_win_and_do_not_overlap() -> None:
    assert [found.word for found in longest("水管爆了水管", ["水管", "水管爆", "爆"])] == ["水管爆", "水管"]


@pytest.mark.parametrize(
    ("matter", "urgent", "reason"),
    [
        ("厨房水管爆了", True, "水管爆裂，会淹到楼下"),
        ("厨房水龙头滴水", False, ""),
        ("厨房水龙头关不住，水漫出来了", True, "水止不住，会损坏楼下"),
        ("客厅插座冒烟", True, "有触电或火灾危险"),
        ("大门锁打不开，不急，改天也行", False, "来电人说不急"),
        ("厨房水管爆了，不急", False, "来电人说不急"),
        ("插座冒烟，不急", True, "有触电或火灾危险"),
        ("投诉楼上喷香水", False, ""),
    ],
)
def test_urgency_has_a_reason(matter: str, urgent: bool, reason: str) -> None:
    best = classify(matter, ROWS)
    found = urgency(matter, best[0].row if best else None)
    assert (found.urgent, found.reason) == (urgent, reason)
    assert bool(found.words) == bool(reason)


TRAPS = [
    # what is said, urgent, the row (None: whichever)
    ("燃气灶打不着火", False, "燃气灶打不着"),
    ("燃气灶打不着火，打了几次还是打不着火", False, "燃气灶打不着"),
    ("燃气灶打不着火，后来着火了", True, None),
    ("灶具不打火", False, "燃气灶打不着"),
    ("厨房水管不漏水了", False, None),
    ("插座没有着火，只是没电", False, "插座没电"),
    ("插座没着火也没冒烟", False, None),
    ("有没有着火我不知道，插座有味", True, None),
    ("插座会不会触电", True, None),
    ("灯泡坏了不亮", False, None),
    ("卫生间喷头不出水", False, "花洒故障"),
    ("客厅没有发现漏电，灯不亮", False, "灯不亮"),
    ("漏电开关老是跳", False, None),
    ("车库没有人被困，灯坏了", False, "公共照明不亮"),
    ("电梯停了，有人被困", True, None),
    ("大门反锁不了", False, None),
    ("小孩反锁在屋里", True, None),
    ("窗户关不住，漏风", False, None),
    ("水龙头关不住", True, None),
    ("水龙头不停喷水", True, None),
    ("没闻到煤气味，灶具坏了", False, "燃气灶打不着"),
    ("家里没人，漏水漫到楼道了", True, None),
    ("儿子房间动漫海报掉了，墙皮脱落", False, None),
]


@pytest.mark.parametrize(("matter", "urgent", "problem"), TRAPS)
def test_a_longer_word_and_a_denial_win(matter: str, urgent: bool, problem: str | None) -> None:
    best = classify(matter, ROWS)
    assert urgency(matter, best[0].row if best else None).urgent is urgent
    assert problem is None or best[0].row.problem == problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("不漏水了", []),
        ("没有漏水", []),
        ("没有再漏水", []),
        ("漏水", ["漏水"]),
        ("漏不漏水", ["漏水"]),
        ("是不是漏水", ["漏水"]),
        ("不停漏水", ["漏水"]),
        ("人不在，漏水", ["漏水"]),
        ("特别漏水", ["漏水"]),
        ("刚才不漏水，现在漏水", ["漏水"]),
    ],
)
def test_what_is_denied_is_not_said(text: str, said: list[str]) -> None:
    assert [found.word for found in longest(text, ["漏水"])] == said


def test_no_haste_can_be_denied_too() -> None:
    assert urgency("水龙头滴水，我没有空等", None).reason == ""


@given(st.text(max_size=60))
def test_any_matter_is_classified_or_not(matter: str) -> None:
    for candidate in classify(matter, ROWS):
        assert candidate.matched
        assert candidate.score > 0
    urgency(matter, None)


def test_loading_adds_what_is_missing_and_leaves_the_office_s_own(two_offices: tuple[Office, Office]) -> None:
    office, other = two_offices
    assert load_defaults(office) == len(defaults().rows)
    row = Classification.objects.get(office=office, place="厨房", problem="下水堵塞")
    row.hint = "本处自己的话"
    row.save()
    Classification.objects.filter(office=office, place="厨房", problem="没水").delete()
    assert load_defaults(office) == 1
    assert Classification.objects.get(pk=row.pk).hint == "本处自己的话"
    assert work.classifications(other) == []


def test_an_office_s_own_place_is_heard(two_offices: tuple[Office, Office]) -> None:
    office, _other = two_offices
    row = Classification(
        office=office, place="健身房", kind="设施", problem="跑步机坏", words="跑步机", category="repair"
    )
    (best,) = classification.classify("健身房跑步机不动", [row])
    assert (best.place_said, best.row) == ("健身房", row)
