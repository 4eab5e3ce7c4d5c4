"""Time limits on working calendars. A pure room: no clock is read and nothing is stored. See docs/worktime.md."""

from guanjia.worktime.arithmetic import (
    Elapsed,
    Moment,
    Workday,
    add,
    add_workdays,
    elapsed,
    next_opening,
    next_workday,
    previous_closing,
    previous_workday,
    workdays_between,
)
from guanjia.worktime.calendar import Calendar, always, china_office_hours
from guanjia.worktime.clock import Clock
from guanjia.worktime.due import Due
from guanjia.worktime.forms import Limit, Offset
from guanjia.worktime.limits import parse, parse_offset
from guanjia.worktime.reasons import Reason
from guanjia.worktime.recurrence import (
    Period,
    Recurrence,
    current_period,
    next_period,
    opened_period,
    stretch,
)
from guanjia.worktime.wording import describe, describe_offset

__all__ = [
    "Calendar",
    "Clock",
    "Due",
    "Elapsed",
    "Limit",
    "Moment",
    "Offset",
    "Period",
    "Reason",
    "Recurrence",
    "Workday",
    "add",
    "add_workdays",
    "always",
    "china_office_hours",
    "current_period",
    "describe",
    "describe_offset",
    "elapsed",
    "next_opening",
    "next_period",
    "next_workday",
    "opened_period",
    "parse",
    "parse_offset",
    "previous_closing",
    "previous_workday",
    "stretch",
    "workdays_between",
]
