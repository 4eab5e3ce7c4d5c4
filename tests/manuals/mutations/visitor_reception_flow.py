"""Breaks of the manual of receiving visitors, and of the code that hands a shift over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.manuals.mutations.kinds import Break, CodeBreak, nothing

from guanjia.engine import passing, shifts

RULES = 24

BREAKS = (
    Break("S001-3-1.0", 'hours = "00:00-24:00"', 'hours = "06:00-24:00"'),
    Break("S001-3-1.0", 'effects = [{ do = "notify", message = "nobody_there", to = "supervisor" }]', 'emits = ["noted"]'),
    Break("S001-3-1.0", '{ when = { roster = { set = false } }, to = "manned", emits = ["closed"] },\n', '{ when = { roster = { set = true } }, to = "manned", emits = ["closed"] },\n'),
    Break("S001-3-3.1", 'by = ["centre_staff"]\nopens = true', 'by = ["supervisor"]\nopens = true'),
    Break("S001-3-3.2", 'require = [{ when = { actor_departments = { has = "=to_department" } }, says = "这件事由接办的部门填结果。", clause = "3.2" }]\n'),
    Break("S001-3-4.1", 'is = ["receptionist", "cs_supervisor", "cashier"]', 'is = ["receptionist", "cs_supervisor"]'),
    Break("S001-3-4.1", 'is = ["receptionist", "cs_supervisor", "cashier"]', 'is = ["receptionist", "cs_supervisor", "cashier", "security"]'),
    Break("S001-3-4.2a", 'label = "首接负责，跟到满意"\nclause = "4.2"\nduty = "track"\nowner = "actor"', 'label = "首接负责，跟到满意"\nclause = "4.2"\nduty = "track"\nowner = "supervisor"'),
    Break("S001-3-4.2a", 'stop = [{ event = "followed_up", where = { satisfied = "yes" } }]\nagain = "keep"', 'stop = ["solved"]\nagain = "keep"'),
    Break("S001-3-4.2a", 'text = "首接负责制：{events[reported][who]} 首接，跟到业主（用户）满意。"', 'text = "跟到业主（用户）满意。"'),
    Break("S001-3-4.2a", 'stop = ["relayed", "solved"]', 'stop = ["solved"]'),
    Break("S001-3-4.2b", 'owner = "owes:first_receiver"', 'owner = "assignee"'),
    Break("S001-3-4.2b", 'start = [{ event = "solved", where = { about = { not = "fees" } } }]', 'start = ["promised"]'),
    Break("S001-3-4.2b", 'key = "satisfied", label = "满意吗", kind = "choice", required = true', 'key = "satisfied", label = "满意吗", keep = false, kind = "choice", required = true'),
    Break("S001-3-4.3a", '  { key = "appearance_ok", label = "仪容仪表合要求", kind = "tick"', '  { key = "appearance_ok", label = "仪容仪表合要求", kind = "bool"'),
    Break("S001-3-4.3a", '  { key = "desk_tidy", label = "工作台整洁", kind = "tick"', '  { key = "desk_tidy", label = "工作台整洁", kind = "bool"'),
    Break("S001-3-4.3a", '  { key = "supplies_ok", label = "办公用品摆放有序", kind = "tick"', '  { key = "supplies_ok", label = "办公用品摆放有序", kind = "bool"'),
    Break("S001-3-4.3a", 'checklist = { at = "start", person = "ready" }\n'),
    Break("S001-3-4.3a", '  { label = "清单里没勾的", fact = "unticked" },\n'),
    Break("S001-3-4.3a", 'owner = "subject"\ncategory = ["desk_shift"]', 'owner = "supervisor"\ncategory = ["desk_shift"]'),
    Break("S001-3-4.3b", 'where = { rings = { le = "=figure.rings" } }', 'where = { rings = { lt = "=figure.rings" } }'),
    Break("S001-3-4.3b", 'kind = "number", least = 1, clause = "4.3", show_when = { channel = "phone" }, required_when = { channel = "phone" }', 'kind = "number", least = 1, clause = "4.3", show_when = { channel = "phone" }'),
    Break("S001-3-4.4a", 'owner = "actor"\ncategory = ["reception"]\nstart = [{ event = "reported"', 'owner = "receptionist"\ncategory = ["reception"]\nstart = [{ event = "reported"'),
    Break("S001-3-4.4b", 'text = "起立、微笑，主动问候：早上好！引到台前落座。"', 'text = "问候。"'),
    Break("S001-3-4.4b", 'hours = "14:00-18:00"', 'hours = "18:00-19:00"'),
    Break("S001-3-4.4b", 'action = "receive"\nhours = "05:00-11:59"', 'action = "receive"'),
    Break("S001-3-4.5", 'text = "{figure.question_one}　或　{figure.question_two}"', 'text = "{figure.question_one}"'),
    Break("S001-3-4.5", 'text = "{figure.question_one}　或　{figure.question_two}"\nclause = "4.5"\naction = "receive"', 'text = "{figure.question_one}　或　{figure.question_two}"\nclause = "4.5"\naction = "farewell"'),
    Break("S001-3-4.6a", 'effects = [\n  { do = "issue", form = "duty_log" },\n]\n'),
    Break("S001-3-4.6a", '  { label = "来访原因", fact = "matter" },\n'),
    Break("S001-3-4.6a", '  { label = "接待员", fact = "events.reported.who" },\n'),
    Break("S001-3-4.6a", 'key = "matter", label = "来访原因", kind = "long", required = true', 'key = "matter", label = "来访原因", kind = "long"'),
    Break("S001-3-4.6b", 'text = "照所选事项的规程办：报修、投诉转到各自的规程；问什么，答得又快又明白。"', 'text = "照办。"'),
    Break("S001-3-4.6b", 'effects = [{ do = "open_case", category = "repair", copy = "unit contact_phone matter channel timing appointment_at" }] },\n', 'effects = [{ do = "urgent" }] },\n'),
    Break("S001-3-4.7", 'show_when = { about = "fees" }, required_when = { about = "fees" }', 'show_when = { about = "fees" }'),
    Break("S001-3-4.7", 'owner = "field:fee_colleague"\ncategory = ["reception"]\nstart = ["transferred"]\nstop = [{', 'owner = "receptionist"\ncategory = ["reception"]\nstart = ["transferred"]\nstop = [{'),
    Break("S001-3-4.7", ', { do = "notify", message = "visitor_for_fees", to = "field:fee_colleague" }', ""),
    Break("S001-3-4.7", 'effects = [{ do = "assign", field = "fee_colleague" }, ', "effects = ["),
    Break("S001-3-4.8a", 'kind = "long", clause = "4.8", show_when = { settled = false }, required_when = { settled = false }', 'kind = "long", clause = "4.8", show_when = { settled = false }'),
    Break("S001-3-4.8a", '  { label = "详细情形", fact = "details" },\n'),
    Break("S001-3-4.8a", '  { key = "repeated_back", label = "已复述一遍", kind = "tick", clause = "4.8", show_when = { settled = false } },\n', '  { key = "repeated_back", label = "已复述一遍", kind = "tick", clause = "4.8", show_when = { settled = true } },\n'),
    Break("S001-3-4.8b", 'text = "主动致歉，讲明原因，必要时复述一遍，留出余地答应一个时间。"', 'text = "答应一个时间。"'),
    Break("S001-3-4.8b", '  { key = "apologised", label = "已主动致歉", kind = "tick", clause = "4.8", show_when = { settled = false } },\n', '  { key = "apologised", label = "已主动致歉", kind = "tick", clause = "4.8", show_when = { settled = true } },\n'),
    Break("S001-3-4.8b", '  { key = "explained", label = "已讲明原因", kind = "tick", clause = "4.8", show_when = { settled = false } },\n', '  { key = "explained", label = "已讲明原因", kind = "tick", clause = "4.8", show_when = { settled = true } },\n'),
    Break("S001-3-4.8c", 'help = "给自己留出余地", show_when = { settled = false }, required_when = { settled = false }', 'help = "给自己留出余地", show_when = { settled = false }'),
    Break("S001-3-4.8c", 'limit = "at promised_at"', 'limit = "1 day"'),
    Break("S001-3-4.8c", 'step = [{ at = "due", to = "supervisor", label = "答应的时间到了还没解决", message = "promise_broken" }]\n'),
    Break("S001-3-4.8d", 'text = "~~不知道~~　~~不清楚~~"', 'text = "~~不知道~~"'),
    Break("S001-3-4.9a", '  { do = "issue", form = "handover" },\n'),
    Break("S001-3-4.9a", '  { label = "未完成事项", fact = "matters_lines" },\n'),
    Break("S001-3-4.9b", '  { do = "pass_on", field = "matters" },\n'),
    Break("S001-3-4.10", 'text = "{figure.reply_to_thanks}"', 'text = "谢谢。"'),
    Break("S001-3-4.11", '，等对方出了大门再坐下；旁边的接待员停下手里的事，起立微笑送别。', "。"),
    Break("S001-3-4.11", 'kind = "tick", clause = "4.11", required = true', 'kind = "tick", clause = "4.11"'),
    Break("S001-3-4.12", 'kind = "tick", clause = "4.12", required = true', 'kind = "tick", clause = "4.12"'),
    Break("S001-3-4.12", 'text = "马上清理台面上的用品，保持整洁。"', 'text = "收拾。"'),
    Break("S001-3-5.0", 'title = "服务中心值班记录表"', 'title = "值班簿"'),
    Break("S001-3-5.0", 'title = "服务中心交接班记录表"', 'title = "交接簿"'),
)  # fmt: skip


def first_only(old: Callable[..., Any]) -> Callable[..., Any]:
    """Only the first of what is open is listed."""
    return lambda *args, **kwargs: old(*args, **kwargs)[:1]


CODE_BREAKS = (
    CodeBreak("S001-3-1.0", shifts, "gap_lines", lambda _old: lambda *_args: []),
    CodeBreak("S001-3-4.9a", shifts, "untaken", lambda _old: lambda *_args: []),
    CodeBreak("S001-3-4.9a", shifts, "matters", first_only),
    CodeBreak("S001-3-4.9b", passing, "pass_on", nothing),
)
