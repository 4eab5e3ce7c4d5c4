"""Made-up content for `/parts/`. Names, numbers and clauses are invented or restated; nothing here is a manual."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.web import clocks
from guanjia.web.components import (
    ActionView,
    ChipView,
    ChoiceView,
    ClauseView,
    CopyView,
    EventView,
    FieldView,
    GroupView,
    PriceLine,
    ProofView,
    QuotaView,
    QuoteView,
    RowView,
    RungView,
    StepView,
)
from guanjia.web.empty import EmptyView

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CONTACT = ClauseView("投诉处理规程", "七.1", "#")
ARRIVE = ClauseView("特约服务作业标准", "5.2.7", "#")
CALL = ClauseView("业户服务手册", "五.6", "#")
FEES = ClauseView("特约收费规定", "4.1(3)", "#")
AT_ONCE = ClauseView("投诉处理规程", "八.1", "#", own=True)
VISITS = ClauseView("业户沟通规程", "五.1.1)", "#")
BLANK = ClauseView("别墅区服务程序", "二.5", blank=True)
QUOTA = QuotaView(12, 20, "业户访问", "已入住396户 × 5% = 19.8，取20户·不含回访", expected=16)


def duties(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The six states, a quota, and the ways in which a clause is shown."""

    def running(left: timedelta, limit: timedelta, label: str, note: str, clause: ClauseView) -> ChipView:
        return ChipView(clocks.running(now + left, now + left - limit, now, zone), label, (clause,), note)

    states = (
        ChipView(clocks.waiting("完工", "24小时内"), "未起算", (CALL,), "前一步没做完，钟还没走"),
        running(47 * MINUTE, 2 * HOUR, "在计", "平常时候保持安静", CONTACT),
        running(5 * MINUTE, 10 * MINUTE, "将到期", "剩四分之一或30分钟", ARRIVE),
        running(-26 * MINUTE, 2 * HOUR, "超时", "红色只留给超时与急修", CONTACT),
        ChipView(clocks.paused(now - 2 * DAY, now, zone), "已暂停", (ClauseView("返修管理规定", "4.6", "#"),), "等开发商回函，主任批"),
        ChipView(clocks.done(now - 8 * MINUTE, now, "10分钟"), "办结", (ARRIVE,), "留用时，不留倒计时"),
        ChipView(clocks.running(now + 7 * DAY, now - 20 * DAY, now, zone, whole_day=True), "业户访问", (VISITS,), "不含回访", quota=QUOTA),
    )  # fmt: skip
    return {
        "states": states,
        "clauses": (
            (CONTACT, "规程写明的数字：2小时。点开看重述与版本。"),
            (AT_ONCE, "规程只说立即，本处设定10分钟。"),
            (BLANK, "几天内回访没有数字，设定前不起算，清单里提醒主管。"),
        ),
        "stricter": (ARRIVE, ClauseView("委托维修规程", "一.四)", "#")),
        "empties": (
            EmptyView("done", "今天的都办完了", "下一件：明天 08:40 急修第二次回访", "#", "看本月"),
            EmptyView("load", "正在取清单", "超过2秒才显示；表头与筛选不动"),
            EmptyView("bad", "清单没有取到", "下面是10:42的内容，钟照走。", "#", "重试", "F8"),
            EmptyView("offline", "断网了，照常登记", "3条存在本机，有网按先后上传。", "#", "看这3条"),
        ),
    }


def worklist(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Rows in every state, in groups."""

    def row(key: str, left: timedelta, limit: timedelta, words: tuple[str, str, str, str, str], clause: ClauseView, more: str = "") -> RowView:  # fmt: skip
        clock = clocks.running(now + left, now + left - limit, now, zone)
        label, detail, where, who, owner = words
        return RowView(key, clock, label, detail, where, who, owner, clause, "#main", more)

    paused = RowView(
        "p1", clocks.paused(now - 2 * DAY, now, zone), "主卧窗框渗水返修", "FX2603-0007 等开发商回函", "8栋2单元2001", "胡敏",
        "何静", ClauseView("返修管理规定", "4.6", "#"), "#main",
    )  # fmt: skip
    month = RowView(
        "m1", clocks.running(now + 7 * DAY, now - 20 * DAY, now, zone, whole_day=True), "业户访问", "", "全处", "每月", "何静",
        VISITS, "#main", quota=QUOTA,
    )  # fmt: skip
    late = (
        row("o1", -26 * HOUR, DAY, ("急修第一次回访", "BX2603-0198 入户线路跳闸停电", "7栋1单元0803", "黄志强", "周敏"), CALL),
        row("o2", -26 * MINUTE, 2 * HOUR, ("与业户联系，约定回复时间", "TS2603-0011 楼道灯报修三次未修·有效投诉", "1栋3单元0501", "李慧", "何静"), CONTACT),
    )  # fmt: skip
    today = (
        row("s1", 5 * MINUTE, 10 * MINUTE, ("到达现场并处理", "BX2603-0216 卫生间主水管漏水·陈建军已出发", "6栋1单元0302", "刘伟", "陈建军"), ARRIVE),
        row("t1", 47 * MINUTE, 2 * HOUR, ("2小时内与业户联系", "TS2603-0014 楼上夜间装修噪声·有效投诉", "9栋1单元1101", "张磊", "何静"), CONTACT, "more/"),
        row("t2", 198 * MINUTE, 6 * HOUR, ("按约定时间上门", "FW2603-0042 疏通厨房下水·¥50.00 业户已同意", "2栋1单元0704", "孙丽", "田大勇"), ClauseView("委托维修规程", "二.一).1", "#")),
    )  # fmt: skip
    return {
        "groups": (
            GroupView("已超时", late, 2),
            GroupView("今天", today, 11),
            GroupView("已暂停", (paused,), 1),
            GroupView("本月", (month,)),
        )
    }


def case(now: datetime) -> dict[str, Any]:
    """Stepper, timeline, quote, copies, ladder and action bar of a case."""
    labels = [
        "受理",
        "派单",
        "到场",
        "评估报价",
        "业户同意",
        "施工",
        "试用验收",
        "签署意见",
        "交费",
        "回访",
        "归档",
    ]
    notes = [
        "10:42",
        "10:43",
        "10:50",
        "11:04",
        "11:08",
        "已00:15",
        "至业户满意",
        "业户签字",
        "当日结清",
        "24小时、2天",
        "三联收齐",
    ]
    steps = tuple(
        StepView(label, "ok" if index < 5 else "now" if index == 5 else "", note)
        for index, (label, note) in enumerate(zip(labels, notes, strict=True))
    )
    told = (
        ("wrench", "田大勇", "开始施工", ""), ("check", "王秀兰", "同意报价 ¥260.00", "手机链接，号码尾号1234"),
        ("yuan", "田大勇", "现场评估，报价4行", ""), ("drop", "田大勇", "关总阀止水，照片2张", ""),
        ("pin", "田大勇", "到场，用时8分钟", ""), ("send", "周敏", "对讲机派单给田大勇", ""), ("phone", "王秀兰", "来电，周敏登记", ""),
    )  # fmt: skip
    events = tuple(
        EventView(now - (15 + 6 * n) * MINUTE, who, what, icon, note)
        for n, (icon, who, what, note) in enumerate(told)
    )
    return {
        "steps": steps,
        "events": events,
        "quote": _quote(),
        "copies": (
            CopyView("第一联", "white", "客服组", "田大勇", ("业户签字", "周敏核签", "客服组")),
            CopyView("第二联", "red", "工程组", "田大勇", ("业户签字", "财务确认", "工程组")),
            CopyView("第三联", "yellow", "财务部", "田大勇", ("业户签字", "财务部")),
        ),
        "rungs": _rungs(),
        "offers": (
            ActionView("complete", "记完工，请业户试用", "#act", "委托维修规程 二.五).1", primary=True, kbd="F9"),
            ActionView("requote", "改报价，重新征得同意", "#act", "委托维修规程 二.四)"),
            ActionView("delay", "业户不便，另约时间", "#act", "委托维修规程 二.一).3"),
            ActionView("charge", "确认收费", "", blocked="先要业户签字·4.4"),
            ActionView("note", "记一笔", "#act", "电话、说明、留言", kbd="F4", last=True),
        ),
    }  # fmt: skip


def _quote() -> QuoteView:
    lines = (
        PriceLine("人工：厨房给水管抢修", "1", "项", 12000, 12000),
        PriceLine("材料：PPR热熔管 20×2.8", "4", "米", 950, 3800),
        PriceLine("材料：PPR弯头 20", "6", "个", 400, 2400),
        PriceLine("材料：不锈钢角阀", "2", "只", 3900, 7800),
    )
    proofs = (
        ProofView("已告知", "本项为收费服务", ClauseView("特约收费规定", "4.1(2)", "#")),
        ProofView("已评估", "可修，田大勇 11:04 现场估价 ¥260.00", ClauseView("特约收费规定", "4.3(2)", "#")),
        ProofView("待同意", "等王秀兰在手机上确认", ClauseView("特约收费规定", "4.3(1)", "#"), done=False),
    )
    return QuoteView(lines, 26000, proofs)


def _rungs() -> tuple[RungView, ...]:
    return (
        RungView("值班员 周敏", "09:26 记入值班记录，判定集体投诉", ClauseView("投诉处理规程", "六.2", "#")),
        RungView("管理处主任 林国栋", "09:31 已阅，直接组织处理", AT_ONCE),
        RungView("同时通报公司", "", AT_ONCE, "here", (("主管副总经理 韩立新", "09:35 通报，用时4分"), ("公司客户投诉处理中心", "09:36 通报，用时5分"))),
        RungView("总经理", "必要时提交", ClauseView("投诉处理规程", "七.8", "#"), "off"),
    )  # fmt: skip


def forms() -> dict[str, Any]:
    """A field of every kind, one of them wrong."""
    grades = tuple(ChoiceView(word, word) for word in ("非常满意", "满意", "不太满意", "很不满意"))
    staff = (ChoiceView("1", "田大勇", "水电·当班·手上1单"), ChoiceView("2", "陈建军", "水电·当班·手上2单"))
    prices = (
        ChoiceView("人工：厨房给水管抢修", "120.00/项", extra=(("unit", "项"), ("price", "120.00"))),
        ChoiceView("不锈钢角阀", "39.00/只", extra=(("unit", "只"), ("price", "39.00"))),
    )
    return {
        "wrong": FieldView("received", "收到金额，元", "amount", True, "60.00", error="工作单上是 ¥50.00。要改价，先「改报价」请业户同意。"),
        "fields": (
            FieldView("work", "服务内容", "text", True, "疏通厨房下水"),
            FieldView("fee", "收费金额，元", "amount", True, "50.00", half=True),
            FieldView("at", "服务时间", "time", True, "2026-03-24T14:00", half=True),
            FieldView("opinion", "业户意见", "choice", False, "满意", grades),
            FieldView("number", "工单编号", "computed", value="TF2603-0042", half=True),
            FieldView("opener", "开单人", "computed", value="周敏 10:35", half=True),
        ),
        "kinds": (
            FieldView("story", "事由经过", "long", help="写明时间、地点、谁在场。"),
            FieldView("repairable", "能不能修", "bool", True, True, (ChoiceView("true", "能修"), ChoiceView("false", "修不了，推荐供应商"))),
            FieldView("kit", "随身带齐", "multi", value=("box", "mat"), choices=(ChoiceView("box", "工具箱"), ChoiceView("mat", "工作地垫"), ChoiceView("shoes", "鞋套"))),
            FieldView("worker", "派给", "staff", True, "1", staff, half=True),
            FieldView("hours", "预计用时", "number", value="2", suffix="小时", half=True),
            FieldView("unit", "房屋", "unit", value="3-2-1502", half=True),
            FieldView("phone", "联系电话", "phone", value="13800001234", half=True),
            FieldView("told", "已说明本项收费", "tick", True, True, clause=ClauseView("特约收费规定", "4.1(2)", "#")),
        ),
        "lines": FieldView("quote", "报价", "lines", True, ({"name": "人工：厨房给水管抢修", "qty": "1", "unit": "项", "price": "120.00"}, {"name": "PPR热熔管 20×2.8", "qty": "4", "unit": "米", "price": "9.50"}), prices, help="按本处价目表；不在表里的要先请示。"),
        "photos": FieldView("photos", "现场照片", "photos", help="上传前缩到1600像素。"),
        "signature": FieldView("sign", "业户签字", "signature", True, signer="王秀兰", allow=("screen", "paper", "refused")),
    }  # fmt: skip
