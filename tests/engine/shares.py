"""A manual that asks for so many: visits of households, calls after services, answers to a survey, rounds."""

SHARES = """\
schema = 1
[manual]
key = "shares"
version = "1"
title = "要做够的数"
short = "要做够"

[[role]]
key = "desk"
label = "前台"
is = ["receptionist"]

[[clause]]
id = "1"
text = "做够这么多。"

[[figure]]
key = "rounds"
label = "每月几次"
clause = "1"
kind = "number"
unspecified = true
if_unset = "show"

[[category]]
key = "month"
standard = "duty"
label = "一个月"
prefix = "YD"
procedure = "month"
subject = "office"

[[category]]
key = "service"
standard = "paid_service"
label = "服务"
prefix = "FW"
procedure = "service"

[[category]]
key = "survey"
standard = "survey"
label = "调查"
prefix = "DC"
procedure = "survey"
subject = "office"

[[procedure]]
key = "month"
label = "一个月"

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
key = "patrol"
label = "巡一次"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["patrolled"]

[[procedure.action]]
key = "end"
label = "结束"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["closed"]

[[procedure]]
key = "service"
label = "服务"

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
field = [{ key = "unit", label = "房屋", kind = "unit", required = true }]
emits = ["reported"]

[[procedure.action]]
key = "serve"
label = "上门服务"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["served"]

[[procedure.action]]
key = "visit"
label = "走访"
clause = "1"
by = ["desk"]
from = ["open"]
field = [{ key = "purpose", label = "为了什么", required = true }]
emits = ["visited"]

[[procedure.action]]
key = "call"
label = "回访"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["followed_up"]

[[procedure.action]]
key = "end"
label = "结束"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["closed"]

[[procedure]]
key = "survey"
label = "调查"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "done"
label = "办结"
end = true

[[procedure.action]]
key = "register"
label = "开始调查"
clause = "1"
by = ["desk"]
opens = true
to = "open"
field = [{ key = "matter", label = "调查什么", required = true }]
emits = ["reported"]

[[procedure.action]]
key = "hand_out"
label = "发一份"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["distributed"]

[[procedure.action]]
key = "take_back"
label = "收一份"
clause = "1"
by = ["desk"]
from = ["open"]
emits = ["returned"]

[[procedure.action]]
key = "end"
label = "结束"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["survey_closed"]

[[obligation]]
key = "visits"
label = "走访够数"
clause = "1"
duty = "visit-quota"
owner = "desk"
category = ["month"]
start = ["period_opened"]
limit = "end of month"

[[quota]]
key = "visits"
label = "走访户数"
clause = "1"
obligation = "visits"
event = "visited"
where = { purpose = "survey" }
distinct = "unit"
of = "occupied_households"
band_by = "households"
band = [{ to = 3, percent = 100 }, { to = 10, percent = 60 }, { percent = 1 }]

[[obligation]]
key = "calls"
label = "抽查回访够数"
clause = "1"
duty = "follow-up-sample"
owner = "desk"
category = ["month"]
start = ["period_opened"]
limit = "day 5 of next month"

[[quota]]
key = "calls"
label = "抽样户数"
clause = "1"
obligation = "calls"
event = "followed_up"
distinct = "unit"
of = "served"
of_distinct = "unit"
band = [{ percent = 50 }]

[[obligation]]
key = "rounds"
label = "巡查够数"
clause = "1"
owner = "desk"
category = ["month"]
start = ["period_opened"]
limit = "end of month"

[[quota]]
key = "rounds"
label = "巡查次数"
clause = "1"
obligation = "rounds"
event = "patrolled"
number = "@rounds"

[[obligation]]
key = "answers"
label = "问卷收回八成"
clause = "1"
duty = "survey-return"
owner = "desk"
category = ["survey"]
start = ["distributed"]
limit = "open"
blocks = ["survey_closed"]

[[quota]]
key = "answers"
label = "收回份数"
clause = "1"
obligation = "answers"
event = "returned"
of = "distributed"
band = [{ percent = 80 }]

[[duty]]
key = "month"
label = "每月"
clause = "1"
category = "month"
recurrence = "monthly"
"""
