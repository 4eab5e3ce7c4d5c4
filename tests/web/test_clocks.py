"""From an obligation's columns to the clock on the page."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guanjia.web import clocks
from guanjia.web.components import ChipView, ClauseView, Phase, QuotaView

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 24, 10, 42, tzinfo=ZONE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("limit", "left", "phase"),
    [
        (8 * HOUR, 2 * HOUR + MINUTE, Phase.OK),
        (8 * HOUR, 2 * HOUR, Phase.SOON),  # a quarter of the limit
        (HOUR, 31 * MINUTE, Phase.OK),
        (HOUR, 30 * MINUTE, Phase.SOON),  # 30 minutes are longer than a quarter
        (HOUR, 0 * MINUTE, Phase.SOON),  # exactly at the deadline it is not over yet
        (HOUR, -MINUTE, Phase.OVER),
    ],
)
def test_a_quarter_or_thirty_minutes_whichever_is_longer(limit, left, phase):
    clock = clocks.running(NOW + left, NOW + left - limit, NOW, ZONE)
    assert clock.phase is phase


def test_words_of_a_running_clock():
    clock = clocks.running(NOW + 47 * MINUTE, NOW - 73 * MINUTE, NOW, ZONE)
    assert (clock.headline, clock.detail) == ("剩 00:47", "11:29 到期")
    late = clocks.running(NOW - 26 * HOUR, NOW - 50 * HOUR, NOW, ZONE)
    assert (late.headline, late.detail) == ("超 26小时", "昨天 08:42 到期")
    agreed = clocks.running(NOW + 198 * MINUTE, NOW - HOUR * 9, NOW, ZONE, appointed=True)
    assert agreed.detail == "约定 14:00"


def test_a_limit_of_days_reads_today_on_its_last_day():
    midnight = datetime(2026, 3, 25, tzinfo=ZONE)
    clock = clocks.running(midnight, NOW - 10 * HOUR * 24, NOW, ZONE, whole_day=True)
    assert (clock.phase, clock.headline, clock.detail) == (Phase.OK, "今天内", "24:00 到期")
    tomorrow = clocks.running(midnight + timedelta(days=1), NOW, NOW, ZONE, whole_day=True)
    assert tomorrow.headline == "剩 1天"


def test_a_provisional_due_time_says_so():
    clock = clocks.running(NOW + 47 * MINUTE, NOW, NOW, ZONE, provisional=True)
    assert clock.detail.endswith("（暂定）")


def test_columns_decide_in_the_order_met_paused_running():
    columns = {"now": NOW, "zone": ZONE, "opened_at": NOW - 8 * MINUTE, "due_at": NOW + MINUTE}
    assert clocks.clock(**columns).phase is Phase.SOON
    assert clocks.clock(**columns, paused_at=NOW - MINUTE).phase is Phase.PAUSE
    met = clocks.clock(**columns, paused_at=NOW - MINUTE, met_at=NOW, limit="10分钟")
    assert (met.phase, met.headline, met.detail) == (Phase.DONE, "用时 8分", "限10分钟")
    assert clocks.clock(**{**columns, "due_at": None}).phase is Phase.WAIT


def test_the_brand_edge_is_for_on_time_duties_of_a_case_only():
    clock = clocks.running(NOW + 9 * HOUR, NOW, NOW, ZONE)
    clause = (ClauseView("规程", "一"),)
    assert ChipView(clock, "约时间", clause).edge == "now"
    assert ChipView(clock, "约时间", clause, on_case=False).edge == ""
    assert ChipView(clock, "走访", clause, quota=QuotaView(1, 2, "走访")).edge == ""
    assert ChipView(clocks.paused(NOW - HOUR, NOW, ZONE), "等", clause).edge == "pause"
