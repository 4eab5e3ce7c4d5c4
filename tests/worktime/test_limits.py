"""The grammar: every sentence it reads, its canonical text, its Chinese, and what it says to a slip of the pen."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kernel.problem import Problem
from guanjia.worktime import describe, describe_offset, parse, parse_offset

NAMES = {"appointment_at": "预约时间", "rain": "下雨", "sale.warranty_end": "保修期满"}

SENTENCES = [
    # text, canonical text ("" for the same), Chinese
    ("15m", "", "15分钟内"),
    ("15 minutes", "15m", "15分钟内"),
    ("within 24h", "24h", "24小时内"),
    ("1h 30m", "1h30m", "1小时30分钟内"),
    ("90s", "1m30s", "1分钟30秒内"),
    ("half an hour", "30m", "30分钟内"),
    ("2 working hours", "2h in office hours", "办公时间2小时内"),
    ("1h in office hours", "", "办公时间1小时内"),
    ("same day", "", "当日内"),
    ("same day by 18:00", "", "当日18:00前"),
    ("same day before close", "", "当日下班前"),
    ("1 day", "", "1天内"),
    ("next day", "1 day", "1天内"),
    ("3 days", "", "3天内"),
    ("a week", "1 week", "1周内"),
    ("half a month", "", "半个月内"),
    ("3 months", "", "3个月内"),
    ("half a year", "6 months", "6个月内"),
    ("2 quarters", "", "2个季度内"),
    ("1 year", "", "1年内"),
    ("15 working days", "", "15个工作日内"),
    ("1 workday", "1 working day", "1个工作日内"),
    ("next working day before close", "1 working day before close", "1个工作日内（末日下班前）"),
    ("7-10 working days", "", "7至10个工作日内"),
    ("3 working days counting the start day", "", "3个工作日内（含起算日）"),
    ("3 days by 18:00, next working day on days off", "", "3天内（末日18:00前），遇休息日顺延至下一工作日"),
    ("by day 20", "", "20日前（含该日）"),
    ("on day 15", "by day 15", "15日前（含该日）"),
    ("before day 25", "", "25日前（不含该日）"),
    ("day 5 of next month", "", "次月5日前（含该日）"),
    ("by day 5 of the next month", "day 5 of next month", "次月5日前（含该日）"),
    ("before day 5 of next month", "", "次月5日前（不含该日）"),
    ("by day 16, next working day on holidays", "", "16日前（含该日），遇节假日顺延至下一工作日"),
    ("day 1 of next quarter", "", "下季度第1天前（含该日）"),
    ("end of month", "", "当月内"),
    ("end of next half-year", "", "下半年度内"),
    ("last day of year", "end of year", "当年内"),
    ("last working day of month before close", "", "当月最后一个工作日下班前"),
    ("last working day of each month", "", "每月最后一个工作日前（含该日）"),
    ("first working day of next month", "working day 1 of next month", "次月第1个工作日前（含该日）"),
    ("by fri", "", "周五前（含该日）"),
    ("before monday", "before mon", "周一前（不含该日）"),
    ("fri of next week by 12:00", "", "下周五12:00前"),
    ("end of week", "", "本周内"),
    ("by 12-31", "", "12月31日前（含该日）"),
    ("by 18:00", "", "18:00前"),
    ("before close", "", "下班前"),
    ("before end of work", "before close", "下班前"),
    ("before opening", "before open", "上班前"),
    ("10 minutes before close", "10m before close", "下班前10分钟"),
    ("1h after close", "", "下班后1小时内"),
    ("at appointment_at", "", "于预约时间"),
    ("before appointment_at", "", "预约时间前"),
    ("5m before appointment_at", "", "预约时间前5分钟"),
    ("10m after appointment_at", "", "预约时间后10分钟内"),
    ("from 5m before to 2m after appointment_at", "", "预约时间前5分钟至后2分钟之间"),
    ("half a month before move_out_at", "", "move_out_at前半个月"),
    ("30 days before sale.warranty_end", "", "保修期满前30天"),
    ("3 working days before shift.start", "", "shift.start前3个工作日"),
    ("after rain", "", "下雨之后"),
    ("2 days after rain", "", "下雨后2天内"),
    ("after 6 months", "", "满6个月后"),
    ("promptly", "", "及时"),
    ("immediately", "", "立即"),
    ("open", "", "不限时"),
    ("10m within 09:00-22:00, else 30m", "", "30分钟内（09:00–22:00 为10分钟）"),
    ("30m within 22:00-06:00, else 10m", "", "10分钟内（22:00–次日06:00 为30分钟）"),
    (
        "15m within office hours, 1h within 18:00-23:00, else 2h",
        "",
        "2小时内（办公时间 为15分钟；18:00–23:00 为1小时）",
    ),
    (
        "before day 5 in months 3,6,9,12, else by day 25",
        "",
        "25日前（含该日）（3、6、9、12月 为5日前（不含该日））",
    ),
    (
        "3 days in months 1, 2, 1 week in months 7,8, else same day",
        "3 days in months 1,2, 1 week in months 7,8, else same day",
        "当日内（1、2月 为3天内；7、8月 为1周内）",
    ),
]


@pytest.mark.parametrize(("text", "canonical", "chinese"), SENTENCES, ids=[row[0] for row in SENTENCES])
def test_sentence(text: str, canonical: str, chinese: str) -> None:
    limit = parse(text)
    assert str(limit) == (canonical or text)
    assert parse(str(limit)) == limit
    assert describe(limit, NAMES) == chinese


def test_case_and_spaces_do_not_matter_but_names_keep_theirs() -> None:
    assert parse("  15   Working DAYS ") == parse("15 working days")
    assert str(parse("5m BEFORE Appointment_At")) == "5m before Appointment_At"


@pytest.mark.parametrize(
    ("text", "position", "suggestion"),
    [
        ("", 0, ""),
        ("15 workin days", 3, "15 working days"),
        ("same dya", 5, "same day"),
        ("day 5 of nxt month", 9, "day 5 of next month"),
        ("5m befor x", 3, "5m before x"),
        ("half a mnth", 7, "half a month"),
        ("promptley", 0, "promptly"),
        ("3d", 1, "3 day"),
        ("tomorrow", 0, ""),
        ("15 分钟", 3, ""),
        ("15m extra", 4, ""),
        ("2h after", 8, ""),
        ("10m within 09:00-22:00", 22, ""),
        ("10m within 09:00-22:00, 30m", 27, ""),
        ("10m within 25:00-22:00, else 1h", 11, ""),
        ("10m within 09:00-09:00, else 1h", 22, ""),
        ("same day by 24:30", 12, ""),
        ("before day 45", 11, ""),
        ("by 02-30", 6, ""),
        ("by 13-01", 3, ""),
        ("0m", 2, ""),
        ("0 days", 0, ""),
        ("10-7 working days", 5, ""),
        ("last day", 8, ""),
        ("3 days by 18:00 before appointment_at", 23, ""),
        ("99999999999999999999999 days", 0, ""),
        ("2000 months", 11, ""),
        ("1000001h", 8, ""),
        ("½h", 0, ""),
        ("-5m", 0, ""),
        ("from 2 days before to 2m after x", 12, ""),
    ],
)
def test_what_is_no_limit_says_where_and_what_was_meant(text: str, position: int, suggestion: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    problem = caught.value
    assert problem.code == "LIMIT_SYNTAX"
    assert (problem.position, problem.suggestion) == (position, suggestion)  # type: ignore[attr-defined]
    assert f"「{text}」" in problem.message
    assert (suggestion or "15m") in problem.hint


@pytest.mark.parametrize(
    ("text", "canonical", "chinese"),
    [
        ("50%", "50%", "用时 50%"),
        ("150%", "150%", "用时 150%"),
        ("due", "due", "到期"),
        ("at due", "due", "到期"),
        ("30m before", "30m before", "到期前30分钟"),
        ("30m before due", "30m before", "到期前30分钟"),
        ("1h after", "1h after", "到期后1小时"),
        ("2 working hours after", "2h in office hours after", "到期后办公时间2小时"),
        ("1 working days after", "1 working day after", "到期后1个工作日"),
        ("half a month before", "half a month before", "到期前半个月"),
    ],
)
def test_offsets(text: str, canonical: str, chinese: str) -> None:
    offset = parse_offset(text)
    assert str(offset) == canonical
    assert parse_offset(canonical) == offset
    assert describe_offset(offset) == chinese


@pytest.mark.parametrize("text", ["", "50", "half", "30m", "30m befor", "after 1h", "2000%", "due tomorrow"])
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_offset(text)
    assert caught.value.code == "LIMIT_SYNTAX"


words = st.sampled_from(sorted({word for text, *_ in SENTENCES for word in text.replace(",", " ,").split()}))


@given(
    st.lists(words, max_size=8).map(" ".join) | st.text(string.printable, max_size=20) | st.text(max_size=12)
)
def test_any_text_is_read_to_the_end_or_refused(text: str) -> None:
    """No text breaks the parser; what it reads it writes back to the same meaning."""
    for read in (parse, parse_offset):
        try:
            found = read(text)
        except Problem as problem:
            assert problem.code == "LIMIT_SYNTAX"
            assert 0 <= problem.position <= len(text)  # type: ignore[attr-defined]
        else:
            assert read(str(found)) == found
