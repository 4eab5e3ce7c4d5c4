"""Limits in Chinese, as pages and forms print them."""

from __future__ import annotations

from collections.abc import Mapping

from guanjia.worktime.forms import (
    CLOSE,
    OPENING,
    WORKING_DAY,
    After,
    Around,
    AtMoment,
    Choice,
    ClockTime,
    Condition,
    DayRule,
    Days,
    Duration,
    Finish,
    InMonths,
    Limit,
    NotBefore,
    Offset,
    OnDay,
    Open,
    Roll,
    Single,
    Within,
)
from guanjia.worktime.walltime import DAY_SECONDS, WEEKDAY_NAMES, Window, clock_text

Names = Mapping[str, str]
"""Chinese names of the fields and events that limits refer to; what is missing is shown as written."""

_WORDS = {"open": "不限时", "promptly": "及时", "immediately": "立即"}
_UNITS = {
    "day": "天",
    "week": "周",
    "month": "个月",
    "quarter": "个季度",
    "half-year": "个半年",
    "year": "年",
    WORKING_DAY: "个工作日",
}
_PERIODS = {
    "week": ("每周", "本周", "下周"),
    "month": ("每月", "当月", "次月"),
    "quarter": ("每季度", "本季度", "下季度"),
    "half-year": ("每半年", "本半年", "下半年度"),
    "year": ("每年", "当年", "次年"),
}
_MOMENTS = {CLOSE: "下班", OPENING: "上班"}


def describe(limit: Limit, names: Names | None = None) -> str:
    """`15分钟内`, `次月5日前（含该日）`, `当日内`, `30分钟内（09:00–22:00 为10分钟）`."""
    names = names or {}
    if not isinstance(limit, Choice):
        return _single(limit, names)
    cases = "；".join(
        f"{condition_text(condition)} 为{_short(case, names)}" for condition, case in limit.cases
    )
    return f"{_single(limit.otherwise, names)}（{cases}）"


def describe_offset(offset: Offset) -> str:
    """A step of a ladder: `用时 50%`, `到期`, `到期前30分钟`, `到期后1小时`."""
    if offset.percent is not None:
        return f"用时 {offset.percent}%"
    if offset.amount is None:
        return "到期"
    return f"到期{'前' if offset.side < 0 else '后'}{amount_text(offset.amount)}"


def condition_text(condition: Condition) -> str:
    """`09:00–22:00`, `办公时间`, `3、6、9、12月`."""
    if isinstance(condition, Within):
        end = condition.end if condition.end > condition.start else condition.end + DAY_SECONDS
        return Window(condition.start, end).text()
    if isinstance(condition, InMonths):
        return "、".join(map(str, condition.months)) + "月"
    return "办公时间"


def _short(limit: Single, names: Names) -> str:
    if isinstance(limit, Duration):
        return amount_text(limit)
    return _single(limit, names)


def _single(limit: Single, names: Names) -> str:
    match limit:
        case Open():
            return _WORDS[limit.word]
        case Duration():
            return amount_text(limit) + "内"
        case Days():
            return _days(limit)
        case OnDay():
            return _on_day(limit)
        case ClockTime():
            return f"{clock_text(limit.seconds)}前"
        case AtMoment():
            return _at_moment(limit, names)
        case Around():
            name = _name(limit.name, names)
            return f"{name}前{amount_text(limit.early)}至后{amount_text(limit.late)}之间"
        case After():
            name = _name(limit.name, names)
            return f"{name}之后" if limit.then == Open() else f"{name}后{_single(limit.then, names)}"
        case NotBefore():
            return f"满{amount_text(limit.wait)}后"


def _name(name: str, names: Names) -> str:
    return names.get(name) or _MOMENTS.get(name) or name


def amount_text(amount: Duration | Days) -> str:
    if isinstance(amount, Days):
        return "半个月" if amount.unit == "half-month" else f"{amount.count}{_UNITS[amount.unit]}"
    hours, rest = divmod(amount.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "小时"), (minutes, "分钟"), (seconds, "秒"))
    text = "".join(f"{count}{unit}" for count, unit in parts if count)
    return f"办公时间{text}" if amount.working else text


def _days(limit: Days) -> str:
    finish = limit.finish
    if not limit.count:
        return "当日" + (_clock(finish) or "内") + roll_text(finish.roll)
    head = f"{limit.least}至{amount_text(limit)}" if limit.least else amount_text(limit)
    notes = ["含起算日"] if limit.first_counts else []
    notes += [f"末日{_clock(finish)}"] if finish.clock is not None else []
    return f"{head}内" + (f"（{'，'.join(notes)}）" if notes else "") + roll_text(finish.roll)


def _on_day(limit: OnDay) -> str:
    rule, finish = limit.rule, limit.finish
    index = 0 if limit.shift is None else limit.shift + 1
    period = _PERIODS[rule.period][index]
    if rule.number < 0 and not rule.working and not limit.before and finish.clock is None:
        return f"{period}内" + roll_text(finish.roll)
    if limit.shift is None and rule.number > 0 and not rule.working:
        period = ""
    day = day_text(rule, period)
    if finish.clock is not None:
        text = f"{day}{'的前一日' if limit.before else ''}{_clock(finish)}"
    else:
        text = f"{day}前（{'不含' if limit.before else '含'}该日）"
    return text + roll_text(finish.roll)


def day_text(rule: DayRule, period: str) -> str:
    if rule.month:
        return f"{period}{rule.month}月{rule.number}日"
    if rule.period == "week" and not rule.working and rule.number > 0:
        name = WEEKDAY_NAMES[rule.number - 1]
        return f"{period}{name[1:]}" if period else name
    if rule.number < 0:
        return f"{period}最后一{'个工作日' if rule.working else '天'}"
    if rule.working:
        return f"{period}第{rule.number}个工作日"
    return f"{period}{rule.number}日" if rule.period == "month" else f"{period}第{rule.number}天"


def _at_moment(limit: AtMoment, names: Names) -> str:
    name = _name(limit.name, names)
    if limit.lead:
        return f"{name}前{amount_text(limit.lead)}"
    return f"{name}前" if limit.before or limit.name in _MOMENTS else f"于{name}"


def _clock(finish: Finish) -> str:
    if finish.clock is None:
        return ""
    return f"{clock_text(finish.clock)}前" if isinstance(finish.clock, int) else f"{_MOMENTS[finish.clock]}前"


def roll_text(roll: Roll | None) -> str:
    if roll is None:
        return ""
    when = "节假日" if roll.on == "holidays" else "休息日"
    return f"，遇{when}{'顺延至下一' if roll.forward else '提前至上一'}工作日"
