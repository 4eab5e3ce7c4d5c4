"""Two small manuals for what the first one does not do: pauses, rain, following cases, events of a step, exceptions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Result, open_case, perform
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build

ZONE = ZoneInfo("Asia/Shanghai")

SMALL = """\
schema = 1
[manual]
key = "small"
version = "1"
title = "投诉小规程"
short = "小规程"

[[role]]
key = "desk"
label = "前台"
is = ["receptionist"]

[[role]]
key = "chief"
label = "主管"
is = ["cs_supervisor"]

[[clause]]
id = "1"
text = "一小时内到。"

[[figure]]
key = "answer_by"
label = "多久答复"
clause = "1"
unspecified = true
suggest = "3h"

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "handle"

[[category]]
key = "after"
standard = "after_sales"
label = "售后"
prefix = "SH"
procedure = "after"

[[category]]
key = "round"
standard = "duty"
label = "巡查"
prefix = "XC"
procedure = "round"
subject = "office"

[[procedure]]
key = "handle"
label = "处理"

[[procedure.state]]
key = "open"
label = "在办"
stage = "受理"

[[procedure.state]]
key = "done"
label = "办结"
stage = "办结"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "1"
by = ["desk"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么事", required = true }, { key = "unit", label = "房屋", kind = "unit" }]
emits = ["reported"]

[[procedure.action]]
key = "arrive"
label = "到场"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["arrived"]

[[procedure.action]]
key = "wait"
label = "等业户"
clause = "1"
by = ["desk"]
from = ["open"]
field = [{ key = "reason", label = "等什么", keep = false }]
emits = ["put_off"]

[[procedure.action]]
key = "go_on"
label = "接着办"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["reappointed"]

[[procedure.action]]
key = "pass_on"
label = "转售后"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["transferred"]
effects = [{ do = "open_case", category = "after_sales", copy = "matter, unit" }]

[[procedure.action]]
key = "answer"
label = "答复"
clause = "1"
by = ["desk", "chief"]
from = ["open"]
to = "done"
field = [{ key = "why_so_late", label = "为什么先答复" }]
require = [{ when = { "events.arrived" = { set = true } }, says = "还没到场。", override = "why_so_late", override_by = ["chief"] }]
emits = ["answered"]

[[procedure]]
key = "after"
label = "售后"

[[procedure.state]]
key = "open"
label = "在办"
stage = "受理"

[[procedure.state]]
key = "done"
label = "办结"
stage = "办结"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "1"
by = ["desk"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么事", required = true }, { key = "unit", label = "房屋", kind = "unit" }]
emits = ["reported"]

[[procedure.action]]
key = "finish"
label = "办妥"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["completed"]

[[procedure]]
key = "round"
label = "巡查"

[[procedure.state]]
key = "open"
label = "在办"
stage = "受理"

[[procedure.state]]
key = "done"
label = "办结"
stage = "办结"
end = true

[[procedure.action]]
key = "open_period"
label = "开始"
clause = "1"
by = ["system"]
opens = true
to = "open"
field = [{ key = "period", label = "日期", required = true }]
emits = ["period_opened"]

[[procedure.action]]
key = "rain"
label = "下雨了"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["rained"]

[[procedure.action]]
key = "finish"
label = "巡完"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["fulfilled"]

[[obligation]]
key = "come"
label = "到场"
clause = "1"
owner = "desk"
category = ["complaint"]
start = ["reported"]
stop = ["arrived"]
pause = ["put_off"]
resume = ["reappointed"]
limit = "1h"
step = [
  { at = "50%", to = "desk", label = "过半", kind = "warn", message = "half" },
  { at = "2h before", to = "desk", label = "还有两小时", kind = "warn", message = "half" },
  { at = "due", to = "chief", label = "超时", message = "late" },
  { at = "30m after", to = "chief", label = "超时半小时，转主管", message = "late", reassign = true, emits = ["escalated"] },
]

[[obligation]]
key = "explain"
label = "主管说明"
clause = "1"
owner = "chief"
category = ["complaint"]
start = ["escalated"]
stop = ["answered"]
limit = "1h"

[[obligation]]
key = "reply"
label = "答复"
clause = "1"
owner = "chief"
category = ["complaint"]
start = ["reported"]
stop = ["answered"]
limit = "@answer_by"

[[obligation]]
key = "after_rain"
label = "雨后查看"
clause = "1"
owner = "desk"
category = ["complaint"]
start = ["rained"]
stop = ["arrived"]
limit = "24h"

[[duty]]
key = "round"
label = "巡查"
clause = "1"
category = "round"
recurrence = "daily"

[[message]]
key = "half"
text = "{number} 快到时限。"

[[message]]
key = "late"
text = "{number} 超时。"
"""

# Supplies no procedure: it only adds a duty of its own to another manual's repairs.
ADDING = """\
schema = 1
[manual]
key = "promise"
version = "1"
title = "服务承诺"
short = "承诺"

[[role]]
key = "boss"
label = "主任"
is = ["director"]

[[clause]]
id = "三"
text = "十分钟内到场。"

[[obligation]]
key = "arrive"
duty = "arrive"
label = "到场（承诺）"
clause = "三"
owner = "boss"
category = ["repair"]
start = ["reported"]
stop = ["arrived"]
limit = "10m"
"""


def at(text: str) -> datetime:
    """An instant from local time: `24 10:42` is 24 March 2026, 10:42."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-03-{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


class Small:
    """An office under the small manual, and one complaint registered on 24 March at 10:00."""

    def __init__(self, begins: str = "24 10:00", text: str = SMALL) -> None:
        adoption.forget()  # another test may have had the same version with another text
        self.stage: Stage = build([text], {}, at(begins))
        self.office = self.stage.office
        self.case = self.open(begins)

    def open(self, when: str, matter: str = "吵", **more: Any) -> Case:
        """Another complaint."""
        return open_case(
            self.office, "complaint", actor=self.stage.person("receptionist"), at=at(when), data={"matter": matter},
            **more,
        ).case  # fmt: skip

    def do(self, when: str, action: str, by: str = "receptionist", written: str = "", **data: Any) -> Result:
        """An action at a time; `written` later, when it is entered afterwards."""
        now = at(written) if written else None
        result = perform(self.case, action, actor=self.stage.person(by), at=at(when), now=now, data=data)
        self.case = result.case
        return result

    def owed(self, key: str = "come") -> Obligation:
        """The latest obligation of that key, fresh."""
        return Obligation.objects.filter(case=self.case, key=key).latest("id")
