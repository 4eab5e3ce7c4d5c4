"""A small manual of complaints that can be joined to one that many households make together."""

from __future__ import annotations

from typing import Any

from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.ops.cards.stage import Stage

CROWD = """\
schema = 1
[manual]
key = "crowd"
version = "1"
title = "多户投诉小规程"
short = "多户规程"

[[role]]
key = "desk"
label = "值班员"
is = ["receptionist"]

[[role]]
key = "chief"
label = "客服主管"
is = ["cs_supervisor"]

[[role]]
key = "head"
label = "主任"
is = ["director"]

[[clause]]
id = "四"
text = "几户就同一件事同时投诉，是集体投诉。"

[[clause]]
id = "八.1"
text = "立即报主任；逐户约定，上门答复。"

[[figure]]
key = "collective_from"
label = "几户算集体投诉"
clause = "四"
kind = "number"
value = "5"

[[figure]]
key = "collective_window"
label = "多久以内算同时"
clause = "四"
unspecified = true
suggest = "72h"

[[figure]]
key = "at_once"
label = "多久算立即"
clause = "八.1"
immediate = true

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "complaint"

[[category]]
key = "collective"
standard = "collective"
label = "集体投诉"
prefix = "JT"
procedure = "collective"
subject = "office"

[[procedure]]
key = "complaint"
label = "投诉"

[[procedure.state]]
key = "taken"
label = "已受理"
stage = "受理"

[[procedure.state]]
key = "done"
label = "已答复"
stage = "答复"
end = true

[[procedure.action]]
key = "register"
label = "记下投诉"
clause = "四"
by = ["desk", "chief"]
opens = true
to = "taken"
field = [
  { key = "unit", label = "房号", kind = "unit" },
  { key = "contact_name", label = "姓名" },
  { key = "contact_phone", label = "电话", kind = "phone" },
  { key = "channel", label = "来源" },
  { key = "matter", label = "投诉什么", kind = "long", required = true },
  { key = "in_writing", label = "书面投诉", kind = "bool" },
]
emits = ["reported"]

[[procedure.action]]
key = "answer"
label = "答复"
clause = "四"
by = ["desk", "chief"]
from = ["taken"]
to = "done"
emits = ["answered", "closed"]

[[procedure]]
key = "collective"
label = "集体投诉"

[[procedure.state]]
key = "open"
label = "处理中"
stage = "处理"

[[procedure.state]]
key = "closed"
label = "已答复"
stage = "答复"
end = true

[[procedure.action]]
key = "gather"
label = "记为多户反映的一件事"
clause = "四"
by = ["desk", "chief"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么事", kind = "long", required = true }]
emits = ["reported"]

[[procedure.action]]
key = "join"
label = "并入一件投诉"
clause = "四"
by = ["desk", "chief"]
from = ["*"]
field = [{ key = "joined", label = "哪件投诉", kind = "case", of = ["in_writing"], required = true }]
effects = [{ do = "link", field = "joined" }]
emits = ["linked"]
outcome = [
  { when = { "children.units" = { ge = "=figure.collective_from" }, "events.became_collective" = { set = false } }, emits = ["became_collective"] },
  {},
]

[[procedure.action]]
key = "take_out"
label = "移出一件投诉"
clause = "四"
by = ["desk", "chief"]
from = ["*"]
field = [{ key = "removed", label = "哪件投诉", kind = "case", required = true }, { key = "why", label = "为什么", required = true, keep = false }]
effects = [{ do = "unlink", field = "removed" }]
emits = ["unlinked"]

[[procedure.action]]
key = "report"
label = "报主任"
clause = "八.1"
by = ["desk"]
from = ["open"]
emits = ["escalated"]

[[procedure.action]]
key = "agree_time"
label = "约定答复时间"
clause = "八.1"
by = ["head"]
from = ["open"]
primary = 20
field = [{ key = "household", label = "哪一户", kind = "unit", required = true }, { key = "agreed_at", label = "约定时间", kind = "time", required = true, keep = false }]
emits = ["promised"]

[[procedure.action]]
key = "visit"
label = "上门答复"
clause = "八.1"
by = ["head"]
from = ["open"]
primary = 10
field = [{ key = "household", label = "哪一户", kind = "unit", required = true }]
emits = ["visited"]

[[procedure.action]]
key = "write"
label = "书面答复"
clause = "八.1"
by = ["head"]
from = ["open"]
field = [{ key = "household", label = "哪一户", kind = "unit", required = true }]
emits = ["answered"]

[[procedure.action]]
key = "close"
label = "办结"
clause = "八.1"
by = ["head"]
from = ["open"]
to = "closed"
emits = ["closed"]

[[obligation]]
key = "report_head"
label = "立即报主任"
clause = "八.1"
duty = "escalate"
owner = "desk"
category = ["collective"]
start = ["became_collective"]
stop = ["escalated"]
limit = "@at_once"
done_by = "report"
step = [{ at = "due", to = "head", label = "还没有报主任" }]

[[obligation]]
key = "agree"
label = "约定答复时间"
clause = "八.1"
duty = "contact"
owner = "head"
category = ["collective"]
subject = "joined_unit"
start = ["linked"]
stop = [{ event = "promised", subject = "household" }]
cancel = [{ event = "unlinked", subject = "removed_unit" }]
limit = "2h"
done_by = "agree_time"

[[obligation]]
key = "visit"
label = "上门答复"
clause = "八.1"
duty = "answer"
owner = "head"
category = ["collective"]
subject = "joined_unit"
start = ["linked"]
stop = [{ event = "visited", subject = "household" }]
cancel = [{ event = "unlinked", subject = "removed_unit" }]
limit = "2 days"
done_by = "visit"
blocks = ["closed"]

[[obligation]]
key = "write"
label = "书面答复"
clause = "八.1"
owner = "head"
category = ["collective"]
subject = "joined_unit"
start = ["linked"]
when = { joined_in_writing = true }
stop = [{ event = "answered", subject = "household" }]
cancel = [{ event = "unlinked", subject = "removed_unit" }]
limit = "2 days"
done_by = "write"
"""

LIFT = (
    "电梯又坏了，困了两次",
    "客梯这个星期停了两回",
    "电梯三天两头停运",
    "电梯不动了，老人下不了楼",
    "电梯坏了没人管",
    "升降机又停了",
)
HOMES = ("3-2-1502", "3-2-1402", "3-2-1602", "3-1-0101", "3-2-0101", "5-1-0101")


def complain(stage: Stage, when: Any, unit: str, matter: str, **data: Any) -> Case:
    """A household complains."""
    party = stage.parties.get(unit)
    return open_case(
        stage.office, "complaint", actor=stage.person("receptionist"), at=when,
        data={"unit": unit, "matter": matter, **data}, intake=Intake(party=party, subject=matter),
    ).case  # fmt: skip


def gather(stage: Stage, when: Any, matter: str) -> Case:
    """The case of what several households complain of."""
    return open_case(
        stage.office, "collective", actor=stage.person("receptionist"), at=when, data={"matter": matter}
    ).case


def do(stage: Stage, case: Case, when: Any, action: str, by: str = "receptionist", **data: Any) -> Case:
    """An action on a case."""
    return perform(case, action, actor=stage.person(by), at=when, data=data).case
