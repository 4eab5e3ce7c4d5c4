"""Made-up figures for the charts of `/parts/`."""

from __future__ import annotations

from typing import Any

from guanjia.web import charts
from guanjia.web.components import ClauseView, KpiView, Phase, QuotaView, RulerMark, RulerRow, RulerView

TARGETS = ClauseView("特约服务作业标准", "5.2.2", "#")
DAY_MINUTES = (7, 6, 8, 9, 5, 7, 8, 4, 9, 6, 7, 8, 5, 13, 7, 6, 9, 8, 4, 7, 8, 9, 6, 7)
NIGHT_MINUTES = ((1, 22.0), (5, 26.0), (10, 19.0), (14, 24.0), (19, 28.0), (22, 17.0))
WEEKS = (
    ("1/5", (52, 15, 3, 5)), ("1/12", (58, 17, 2, 6)), ("1/19", (61, 14, 4, 4)), ("1/26", (66, 18, 5, 7)),
    ("2/2", (57, 20, 3, 5)), ("2/9", (49, 22, 2, 8)), ("2/16", (31, 6, 1, 9)), ("2/23", (62, 16, 4, 6)),
    ("3/2", (60, 18, 3, 5)), ("3/9", (64, 21, 4, 6)), ("3/16", (59, 19, 9, 5)), ("3/23", (21, 8, 7, 2)),
)  # fmt: skip


def month() -> dict[str, Any]:
    """The charts, target tiles and month ruler of a director's page."""
    dots = [
        charts.Dot(day, float(minutes), name="3月14日 6-1-0302 用时13分" if minutes > 10 else "")
        for day, minutes in enumerate(DAY_MINUTES, start=1)
    ]
    dots += [charts.Dot(day, minutes, hollow=True) for day, minutes in NIGHT_MINUTES]
    limits = (charts.LimitLine(10, "日间限10", strong=True), charts.LimitLine(30, "夜间限30"))
    return {
        "dots": charts.dots(
            "arrivals", "急修到场用时", "本月30次：日间限10分钟，1次用了13分钟；夜间限30分钟，都按时", dots, limits,
            days=24, legend=("9:00–22:00", "22:00后与9:00前"),
        ),
        "columns": charts.columns(
            "weeks", "每周事项量", "近12周：最多96件，最少47件；3月16日这周投诉9件，比平时多", ("报修", "特约", "投诉", "其他"), WEEKS
        ),
        "kpis": _tiles(),
        "ruler": _ruler(),
    }  # fmt: skip


def _tiles() -> tuple[KpiView, ...]:
    rising = (92.0, 93.1, 94.8, 95.8, 94.1, 95.6, 97.0, 96.2, 97.7, 98.4, 97.3, 97.6)
    falling = (1.4, 1.2, 1.3, 0.9, 1.1, None, 0.7, 0.9, 0.6, 0.9, 0.7, 0.8)
    return (
        KpiView("急修到场及时率", "97.6", "%", Phase.OVER, "未达标", TARGETS, "目标 100%", "41/42次", rising, 100.0),
        KpiView("返修率", "0.8", "%", Phase.DONE, "达标", TARGETS, "目标 1%以下", "2/248次", falling, 1.0),
        KpiView("业户访问", "12", "/20户", Phase.SOON, "落后4户", ClauseView("业户沟通规程", "五.1.1)", "#"), "396户 × 5%，取20", "剩7天", quota=QuotaView(12, 20, "业户访问", expected=16)),
        KpiView("居家服务回访抽样", "21", "/26户", Phase.OK, "按进度", ClauseView("特约服务作业标准", "5.4.3", "#"), "86户 × 30%，取26", "剩7天", quota=QuotaView(21, 26, "居家服务回访抽样", expected=20)),
    )  # fmt: skip


def _ruler() -> RulerView:
    def done(*days: int) -> tuple[RulerMark, ...]:
        return tuple(RulerMark(day, Phase.DONE, "已办") for day in days)

    ahead = RulerMark(31, Phase.OK, "待办")
    rows = (
        RulerRow("投诉统计小结", "每周一", ClauseView("业户服务手册", "七.5", "#"), (*done(2, 9, 16, 23), RulerMark(30, Phase.OK, "待办"))),
        RulerRow("投诉工作月报", "5日前", ClauseView("投诉处理规程", "十五", "#"), done(4)),
        RulerRow("付款请求书", "15日送，20日前付", ClauseView("业户服务手册", "六.3", "#"), done(15, 20), span=(15, 20)),
        RulerRow("投诉情况月汇总表", "25日前", ClauseView("接待作业规程", "4.9", "#"), (RulerMark(24, Phase.SOON, "今天到期"),)),
        RulerRow("月统计表三方核对", "每月", ClauseView("特约收费规定", "4.8", "#", own=True), (ahead,)),
        RulerRow("业户访问", "20户", ClauseView("业户沟通规程", "五.1.1)", "#"), quota=QuotaView(12, 20, "业户访问")),
    )  # fmt: skip
    return RulerView(31, rows, today=24, weekend=frozenset({1, 7, 8, 14, 15, 21, 22, 28, 29}))
