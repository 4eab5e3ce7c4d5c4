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
        ("老人晕倒了", "服务", "急救病人", "急病受伤"),
        ("家里进贼了，东西被偷", "服务", "突发事件", "盗窃"),
        ("楼下打起来了，有人拿刀", "服务", "突发事件", "打架"),
        ("有人抢劫，快来", "服务", "突发事件", "抢劫"),
        ("厨房着火了", "服务", "突发事件", "火灾"),
        ("车库内涝", "服务", "突发事件", "水灾"),
        ("捡到一个手机", "服务", "求助", "捡到东西"),
        ("孩子走失了", "服务", "求助", "走失寻人寻物"),
        ("插座冒烟了", "全屋", "电气", "线路打火冒烟"),
        ("建议装摄像头，怕有小偷", "服务", "建议", "服务建议"),
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


# What residents say on any day; a short word of an emergency stands in it by accident, or is spoken of only.
EVERYDAY = [
    "请师傅入室维修", "师傅什么时候入室检查燃气", "入室前请先打电话", "明天有人入室维修吗", "什么时候有人入室抄表", "有人闯红灯",
    "防歹徒的门锁怎么装", "拨打人工客服没人接",
    "门禁打人脸识别不了", "拨打人民调解电话",
    "我自己动手打扫了", "请师傅打架子床", "野猫打架", "燃气灶打起来就灭", "空调打起来很响",
    "电话打起来没人接", "自动刀闸在哪",
    "空调房中风口漏水", "走廊中风机太响", "中风管漏水", "急救箱哪里有", "急救培训什么时候报名", "地滑容易摔倒", "差点摔倒",
    "火灾演练几点开始", "楼道堆物有火灾隐患", "火灾保险怎么买", "火灾逃生图掉了", "楼上一起火锅味道重",
    "遗失火车票一张", "防洪水泵坏了",
    "车位被抢占了", "我的车位被抢了", "抢包月车位", "防小偷的摄像头能装吗", "账号被盗登不上", "请师傅撬锁",
    "漫步道灯不亮", "花洒喷不出水", "绿化喷洒农药什么时候", "喷水池没开", "灯关不住", "燃气灶打火没反应",
    "热水器打火困难", "燃气灶打着火就灭",
    "手触电梯按钮没反应", "水电人工费多少", "充电人太多", "窗户漏气", "被困扰好久了", "特困人员减免",
    "想查一下监控", "消防演练通知", "抄水表什么时候来", "遥控器没电了", "门铃没电",
]  # fmt: skip
AT_ONCE = [
    "有人入室盗窃", "有人入室", "歹徒入室", "有人闯进我家", "贼入室了", "楼下打人了", "有打人行为", "有人动手打我", "打麻将打起来了", "有人持刀",
    "老人中风倒地", "老人中风口吐白沫", "老人中风管家快来", "快急救", "不小心摔倒了", "容易摔倒，刚才摔倒了",
    "3栋着火火灾", "火灾报警了，着火了", "有火灾险情", "发生一起火灾", "电线打着火了", "车库洪水",
    "包被抢走了", "3号被盗了", "有人在撬锁",
    "插座打火花", "热水器打火花", "热水器打火冒烟", "燃气阀门漏气", "小孩碰了反锁旋钮出不来", "水龙头喷水",
    "水漫出来了", "电表没电", "有触电人员", "有人触电人工呼吸", "夫妻打架子女报警", "失火车库",
    "有人打人工作人员拦不住", "有人打人行道上围满了人", "在停车位被抢了", "因为空调打起来了",
]  # fmt: skip


def row_of(matter: str) -> Classification | None:
    best = classify(matter, ROWS)
    return best[0].row if best else None


@pytest.mark.parametrize("matter", EVERYDAY)
def test_an_ordinary_request_is_no_emergency(matter: str) -> None:
    row = row_of(matter)
    assert row is None or row.category != "help"
    assert urgency(matter, row).urgent is False


@pytest.mark.parametrize("matter", AT_ONCE)
def test_an_emergency_that_sounds_like_an_ordinary_request_stays_one(matter: str) -> None:
    assert urgency(matter, row_of(matter)).urgent is True


@pytest.mark.parametrize(
    ("matter", "problem"),
    [
        ("有人入室盗窃", "盗窃"),
        ("歹徒入室", "盗窃"),
        ("楼下打人了", "打架"),
        ("老人中风倒地", "急病受伤"),
        ("快急救", "急病受伤"),
        ("3栋着火火灾", "火灾"),
        ("水管被抢修好了吗", "公共水管漏水"),
        ("火灾报警器一直响误报", "监控消防报警"),
        ("火灾探测器响了", "监控消防报警"),
        ("燃气灶打起来就灭", "燃气灶打不着"),
        ("热水器打起来有响声", "热水器不出热水"),
        ("门铃没电", "对讲不响"),
    ],
)
def test_what_only_sounds_like_danger_leaves_the_row_that_is_meant(matter: str, problem: str) -> None:
    row = row_of(matter)
    assert row is not None and row.problem == problem


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
