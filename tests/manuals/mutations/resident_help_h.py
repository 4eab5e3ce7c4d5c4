"""Breaks of the manual of residents' calls for help, and of the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.manuals.mutations.kinds import Break, CodeBreak

from guanjia.engine import nearness
from guanjia.policy import secrecy

RULES = 19

TO_REPAIR = 'effects = [{ do = "open_case", category = "repair", copy = "unit contact_name contact_phone matter timing appointment_at item channel relayed_by" }] },\n'
SEALED = 'kind = "long", clause = "三.3", sealed = ["supervisor", "head", "field:receiver"], '

BREAKS = (
    Break("S004-5-1a", ', { value = "paid", label = "有偿服务求助" }', ', { value = "paid", label = "收费" }'),
    Break("S004-5-1a", '{ when = { kind = "medical" }, to = "received" },\n', ""),
    Break("S004-5-1a", '{ when = { medium = "oral" }, to = "asking" }', '{ when = { medium = "oral", confidential = true }, to = "asking" }'),
    Break("S004-5-1b", 'when = { kind = ["medical", "incident"] } }', 'when = { kind = "medical" } }'),
    Break("S004-5-1b", 'when = { kind = ["medical", "incident"] } }', 'when = { kind = ["medical", "incident", "repair"] } }'),
    Break("S004-5-1b", '  { do = "subject", message = "title", when = { kind = { not = "incident" }, confidential = { not = true } } },\n'),
    Break("S004-5-1b", '  { do = "urgent", when = { help_class = "special" } },\n'),
    Break("S004-5-2.1", 'show_when = { kind = "medical" }, required_when = { kind = "medical" } },\n  { key = "unit"', 'show_when = { kind = "medical" } },\n  { key = "unit"'),
    Break("S004-5-2.1", 'clause = "二.1", required_when = { kind = ["medical", ', 'clause = "二.1", required_when = { kind = ['),
    Break("S004-5-2.1", '  { do = "issue", form = "duty_log", when = { kind = "medical" } },\n'),
    Break("S004-5-2.1", '  { label = "时间", fact = "opened_at", kind = "time" },\n'),
    Break("S004-5-2.2a", ', near = "unit", required = true', ", required = true"),
    Break("S004-5-2.2a", '  { do = "assign", field = "helper" },\n'),
    Break("S004-5-2.2a", '  { do = "notify", message = "go", to = "assignee" },\n'),
    Break("S004-5-2.2a", 'owner = "duty_officer"\nstart = [{ event = "reported", where = { kind = "medical" } }]', 'owner = "head"\nstart = [{ event = "reported", where = { kind = "medical" } }]'),
    Break("S004-5-2.2a", 'stop = ["dispatched"]\nlimit = "promptly"\nblocks = ["closed"]', 'stop = ["dispatched"]\nlimit = "promptly"'),
    Break("S004-5-2.2a", 'stop = ["arrived"]\nagain', 'stop = ["confirmed"]\nagain'),
    Break("S004-5-2.2a", 'stop = ["confirmed"]\nagain = "keep"\nlimit = "promptly"\nblocks = ["closed"]', 'stop = ["confirmed"]\nagain = "keep"\nlimit = "promptly"'),
    Break("S004-5-2.2b", '  { do = "notify", message = "confirmed", to = "control_room" },\n'),
    Break("S004-5-2.2b", '  { do = "notify", message = "confirmed", to = "service_staff" },\n'),
    Break("S004-5-2.2b", '  { do = "notify", message = "confirmed", to = "head" },\n'),
    Break("S004-5-2.3a", 'start = [{ event = "confirmed", where = { hospital = true } }]', 'start = [{ event = "confirmed", where = { hospital = { set = true } } }]'),
    Break("S004-5-2.3a", 'label = "几点打的 120", kind = "time", default = "=now", required = true', 'label = "几点打的 120", kind = "time", default = "=now"'),
    Break("S004-5-2.3a", 'when = { hospital = true, "events.ambulance_called" = { set = false } }', 'when = { hospital = false }'),
    Break("S004-5-2.3a", 'stop = ["ambulance_called"]', 'stop = ["ambulance_called", "escalated"]'),
    Break("S004-5-2.3b", 'effects = [{ do = "notify", message = "ambulance", to = "guard" }]\n'),
    Break("S004-5-2.3b", '带到 {unit_name}（{floor} 楼）', '带到楼下'),
    Break("S004-5-2.4", 'start = [{ event = "confirmed", where = { relative_present = false } }]\nstop = ["relatives_informed"]', 'start = [{ event = "confirmed", where = { hospital = false } }]\nstop = ["relatives_informed"]'),
    Break("S004-5-2.4", 'start = [{ event = "confirmed", where = { relative_present = false } }]\nstop = ["escorted"]', 'start = [{ event = "confirmed", where = { hospital = false } }]\nstop = ["escorted"]'),
    Break("S004-5-2.4", 'cancel = [{ event = "confirmed", where = { relative_present = true } }]\nagain = "once"\nlimit = "promptly"\nblocks = ["closed"]\ndone_by = "escort"', 'cancel = [{ event = "confirmed", where = { relative_present = true } }]\nagain = "once"\nlimit = "promptly"\ndone_by = "escort"'),
    Break("S004-5-2.4", 'label = "通知了哪位亲属", required = true', 'label = "通知了哪位亲属"'),
    Break("S004-5-2.4", 'key = "escort", label = "谁陪同", kind = "staff", roles = ["security", "receptionist", "technician", "cleaner", "cs_supervisor", "eng_supervisor"], required = true', 'key = "escort", label = "谁陪同", kind = "staff", roles = ["security", "receptionist", "technician", "cleaner", "cs_supervisor", "eng_supervisor"]'),
    Break("S004-5-2.5", 'clause = "二.5"\nwhen = { help_class = "special" }', 'clause = "二.5"\nwhen = { help_class = "ordinary" }'),
    Break("S004-5-2.5", '  { do = "notify", message = "status", to = "head" },\n'),
    Break("S004-5-2.5", '  { do = "notify", message = "status", to = "supervisor" },\n'),
    Break("S004-5-2.5", 'primary = 50\nemits = ["escalated"]', 'primary = 50\nfield = [{ key = "said", label = "说了什么", required = true }]\nemits = ["escalated"]'),
    Break("S004-5-3.1a", '  { do = "issue", form = "situation_log", when = { medium = "written" } },\n'),
    Break("S004-5-3.1a", '  { label = "接受人", fact = "receiver_name" },\n'),
    Break("S004-5-3.1a", '  { label = "内容", fact = "matter" },\n'),
    Break("S004-5-3.1a", '  { label = "日期", fact = "opened_at", kind = "time" },\n'),
    Break("S004-5-3.1a", 'key = "contact_name", label = "求助人", required_when = { medium = "written" }', 'key = "contact_name", label = "求助人"'),
    Break("S004-5-3.1b", 'stop = [{ event = "answered", where = { answered_by = "written" } }]', 'stop = ["answered", "contacted"]'),
    Break("S004-5-3.1b", 'limit = "@written_answer"', 'limit = "48h"'),
    Break("S004-5-3.1b", '  { when = { medium = "written", answered_by = "oral" }, to = "with_supervisor", emits = ["contacted"] },\n'),
    Break("S004-5-3.1b", 'owner = "field:supervisor_asked"\nstart = [{ event = "relayed", where = { medium = "written" } }]', 'owner = "supervisor"\nstart = [{ event = "relayed", where = { medium = "written" } }]'),
    Break("S004-5-3.1b", 'effects = [{ do = "notify", message = "asked_in_writing", to = "field:supervisor_asked" }]', 'effects = [{ do = "notify", message = "asked_in_writing", to = "head" }]'),
    Break("S004-5-3.2a", 'value = "2h"', 'value = "4h"'),
    Break("S004-5-3.2a", 'where = { medium = "oral" } }]\nstop = ["answered"]\ncancel', 'where = { medium = "written" } }]\nstop = ["answered"]\ncancel'),
    Break("S004-5-3.2a", 'emits = ["settled_on_spot", "answered", "closed"]', 'emits = ["answered", "closed"]'),
    Break("S004-5-3.2b", 'owner = "field:supervisor_asked"\nstart = [{ event = "relayed", where = { medium = "oral" } }]', 'owner = "duty_officer"\nstart = [{ event = "relayed", where = { medium = "oral" } }]'),
    Break("S004-5-3.2b", 'effects = [{ do = "notify", message = "unsettled", to = "field:supervisor_asked" }]\n'),
    Break("S004-5-3.2b", 'cancel = ["relayed"]\nlimit = "@oral_reply"', 'limit = "@oral_reply"'),
    Break("S004-5-3.3", 'key = "secret_matter", label = "问什么（保密）", ' + SEALED, 'key = "secret_matter", label = "问什么（保密）", kind = "long", clause = "三.3", '),
    Break("S004-5-3.3", 'key = "secret_answer", label = "答复了什么（保密）", ' + SEALED, 'key = "secret_answer", label = "答复了什么（保密）", kind = "long", clause = "三.3", '),
    Break("S004-5-3.3", 'sealed = ["supervisor", "head", "field:receiver"]', 'sealed = ["supervisor", "head", "service_staff", "field:receiver"]'),
    Break("S004-5-3.3", 'sealed = ["supervisor", "head", "field:receiver"]', 'sealed = ["supervisor", "head"]'),
    Break("S004-5-3.3", 'notice = "涉及个人隐私和内部不外传的事，不对别人说，不写进看得到的地方。"\n'),
    Break("S004-5-3.3", 'label = "没有对外人说", kind = "tick", clause = "三.3", show_when = { confidential = true }, required_when = { confidential = true }', 'label = "没有对外人说", kind = "tick", clause = "三.3", show_when = { confidential = true }'),
    Break("S004-5-3.3", '  { do = "subject", message = "title_sealed", when = { confidential = true } },\n'),
    Break("S004-5-4.1", ', effects = [{ do = "open_case", category = "incident", copy = "unit spot contact_name contact_phone matter incident_kind" }] }', " }"),
    Break("S004-5-4.1", 'copy = "unit spot contact_name contact_phone matter incident_kind"', 'copy = "unit spot contact_phone matter incident_kind"'),
    Break("S004-5-4.1", 'clause = "四.1"\nwhen = { kind = "incident" }', 'clause = "四.1"\nwhen = { kind = "medical" }'),
    Break("S004-5-4.1", 'when = { incident_kind = { set = true }, kind = { set = false } }', 'when = { kind = "medical" }'),
    Break("S004-5-4.1", 'copy = "unit spot contact_name contact_phone matter incident_kind"', 'copy = "unit spot contact_name contact_phone matter"'),
    Break("S004-5-5", '  { when = { kind = "paid", covered = { has = "repair" } }, to = "handed_on", emits = ["relayed", "closed"], ' + TO_REPAIR),
    Break("S004-5-5", 'when = { kind = "paid", covered = { has = "repair" } }', 'when = { kind = "paid", covered = { lacks = "repair" } }'),
    Break("S004-5-6", '  { when = { kind = "repair", covered = { has = "repair" } }, to = "handed_on", emits = ["relayed", "closed"], ' + TO_REPAIR),
    Break("S004-5-6", 'when = { kind = "repair", covered = { has = "repair" } }', 'when = { kind = "repair", covered = { lacks = "repair" } }'),
    Break("S004-5-7", 'clause = "投诉"\nwhen = { kind = "complaint" }', 'clause = "投诉"\nwhen = { kind = "other" }'),
    Break("S004-5-7", 'when = { kind = "complaint", covered = { has = "complaint" } }', 'when = { kind = "complaint" }'),
    Break("S004-5-8", 'owner = "supervisor"\nstart = [{ event = "relayed", where = { kind', 'owner = "duty_officer"\nstart = [{ event = "relayed", where = { kind'),
    Break("S004-5-8", 'owner = "head"\nstart', 'owner = "supervisor"\nstart'),
    Break("S004-5-8", 'effects = [{ do = "notify", message = "difficult", to = "head" }]\n'),
    Break("S004-5-8", 'cancel = ["escalated"]\nlimit = "open"', 'limit = "open"'),
)  # fmt: skip


def by_name(old: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever is nearest is not looked for: everybody in the order of their names."""
    return lambda *args, **kwargs: {}


def nobody(_old: Callable[..., Any]) -> Callable[..., Any]:
    """Nothing is hidden from anybody."""
    return lambda *args, **kwargs: frozenset()


CODE_BREAKS = (
    CodeBreak("S004-5-2.2a", nearness, "_places", by_name),
    CodeBreak("S004-5-3.3", secrecy, "hidden", nobody),
)
