"""A manual of rounds: how often and over which list are the office's; what is found is a case of its own."""

ROUNDS = """\
schema = 1
[manual]
key = "rounds"
version = "1"
title = "巡查"
short = "巡查"

[[role]]
key = "desk"
label = "前台"
is = ["receptionist"]

[[clause]]
id = "1"
text = "巡查，问题整改完才销。"

[[figure]]
key = "every"
label = "多久一次"
clause = "1"
kind = "recurrence"
unspecified = true
if_unset = "show"

[[figure]]
key = "areas"
label = "巡查的地方"
clause = "1"
kind = "list"
unspecified = true
suggest = "东门、西门、车库"

[[category]]
key = "round"
standard = "duty"
label = "巡查"
prefix = "XC"
procedure = "round"
subject = "office"

[[category]]
key = "call"
standard = "duty"
label = "逐户走访"
prefix = "ZF"
procedure = "call"
subject = "office"

[[category]]
key = "fault"
standard = "rework"
label = "问题"
prefix = "WT"
procedure = "fault"

[[procedure]]
key = "round"
label = "巡查"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "done"
label = "办结"
end = true

[[procedure.action]]
key = "begin"
label = "开始"
clause = "1"
by = ["system"]
opens = true
to = "open"
field = [{ key = "period", label = "哪一期", required = true }]
emits = ["period_opened"]

[[procedure.action]]
key = "pass"
label = "巡过一处"
clause = "1"
by = ["desk"]
from = ["open"]
field = [
  { key = "area", label = "哪里", required = true },
  { key = "faults", label = "问题数", kind = "number" },
  { key = "before", label = "上期问题数", kind = "number", default = "=previous.faults" },
]
emits = ["patrolled"]

[[procedure.action]]
key = "found"
label = "记问题"
clause = "1"
by = ["desk"]
from = ["open"]
field = [{ key = "matter", label = "什么", required = true }]
emits = ["deviation_found"]
effects = [{ do = "open_case", category = "rework", copy = "matter" }]

[[procedure.action]]
key = "strike_off"
label = "销案"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
require = [{ when = { "children.open" = 0 }, says = "还有问题没整改。" }]
emits = ["written_off"]

[[procedure]]
key = "call"
label = "逐户"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "done"
label = "办结"
end = true

[[procedure.action]]
key = "begin"
label = "开始"
clause = "1"
by = ["system"]
opens = true
to = "open"
field = [{ key = "period", label = "哪一期", required = true }]
emits = ["reported"]

[[procedure.action]]
key = "end"
label = "走完"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["fulfilled"]

[[procedure]]
key = "fault"
label = "整改"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "done"
label = "办结"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "1"
by = ["desk"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么", required = true }, { key = "unit", label = "房屋", kind = "unit" }]
emits = ["reported"]

[[procedure.action]]
key = "mend"
label = "改好"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["rectified"]

[[procedure.action]]
key = "again"
label = "又坏了"
clause = "1"
by = ["desk"]
from = ["done"]
to = "open"
emits = ["reopened"]
effects = [{ do = "reopen" }]

[[obligation]]
key = "area"
label = "巡查"
clause = "1"
owner = "desk"
category = ["round"]
subject = "roster"
start = ["period_opened"]
stop = [{ event = "patrolled", subject = "area" }]
limit = "same day"

[[obligation]]
key = "strike_off"
label = "销案"
clause = "1"
owner = "desk"
category = ["round"]
start = ["children_closed"]
stop = ["written_off"]
limit = "2h"

[[duty]]
key = "round"
label = "巡查"
clause = "1"
category = "round"
recurrence = "@every"
roster = "@areas"

[[duty]]
key = "call"
label = "逐户走访"
clause = "1"
category = "call"
recurrence = "monthly"
roster = "occupied_households"
"""
