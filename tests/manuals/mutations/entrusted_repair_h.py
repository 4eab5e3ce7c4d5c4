"""Breaks of the manual of entrusted repairs, and of the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.manuals.mutations.kinds import Break, CodeBreak, nothing, skipping

from guanjia.ledger import actions as ledger
from guanjia.records import actions as records
from guanjia.reports import drafts, monthly
from guanjia.work import actions as work

RULES = 29

UNIT = '{ key = "unit", label = "维修地址", kind = "unit", required = true }'
NO_CASH_AT_SIGN = 'required_when = { charge_state = ["fixed", "open"], no_cash_told = { not = true } }'
UNLISTED = 'require = [{ when = { item_listed = { not = false } }, says = "这个项目不在家庭维修服务项目里，不能派单；请推荐专业供应商。", clause = "一.二)" }]\n'
NOT_OURS = 'require = [{ when = { item_listed = { not = false } }, only_if = { verdict = "own" }'

BREAKS = (
    Break("S004-4-1.1", UNIT, UNIT.replace(", required = true", "")),
    Break("S004-4-1.1", 'key = "contact_phone", label = "联系电话", kind = "phone", required = true', 'key = "contact_phone", label = "联系电话", kind = "phone"'),
    Break("S004-4-1.1", 'key = "matter", label = "维修内容", kind = "long", required = true', 'key = "matter", label = "维修内容", kind = "long"'),
    Break("S004-4-1.1", 'key = "timing", label = "即时还是预约", kind = "choice", required = true, choices = [{ value = "now", label = "即时维修" }, { value = "appointment", label = "预约维修" }] },\n  { key = "appointment_at", label = "约定时间", kind = "time", required_when = { timing = "appointment" }, show_when = { timing = "appointment" } },\n  { key = "channel"', 'key = "timing", label = "即时还是预约", kind = "choice", choices = [{ value = "now", label = "即时维修" }, { value = "appointment", label = "预约维修" }] },\n  { key = "appointment_at", label = "约定时间", kind = "time", required_when = { timing = "appointment" }, show_when = { timing = "appointment" } },\n  { key = "channel"'),
    Break("S004-4-1.1", '  { do = "issue", form = "duty_log" },\n'),
    Break("S004-4-1.1", '{ label = "联系电话", fact = "contact_phone" },\n  { label = "维修内容", fact = "matter" },\n  { label = "即时维修／预约维修"', '{ label = "维修内容", fact = "matter" },\n  { label = "即时维修／预约维修"'),
    Break("S004-4-1.2", UNLISTED + 'emits = ["dispatched"]', 'emits = ["dispatched"]'),
    Break("S004-4-1.2", UNLISTED + 'emits = ["transferred"]', 'emits = ["transferred"]'),
    Break("S004-4-1.2", '  { key = "explained", label = "已向业户说明", kind = "tick", required = true },\n]\nrequire', ']\nrequire'),
    Break("S004-4-1.2", 'require = [{ when = { item_listed = false }, says', 'require = [{ when = { state = { set = true } }, says'),
    Break("S004-4-1.3", 'required_when = { channel = "staff" }, '),
    Break("S004-4-1.4", 'limit = "15m"', 'limit = "20m"'),
    Break("S004-4-1.4", 'limit = "15m"', 'limit = "15m within 08:00-22:00, else 30m"'),
    Break("S004-4-1.4", 'cancel = ["put_off"]\nlimit = "15m"', 'cancel = ["put_off", "declined"]\nlimit = "15m"'),
    Break("S004-4-1.4", 'cancel = ["put_off"]\nlimit = "15m"', 'cancel = ["put_off", "reappointed"]\nlimit = "15m"'),
    Break("S004-4-1.4", 'cancel = ["put_off"]\nlimit = "15m"', 'cancel = ["put_off"]\npause = ["chased"]\nlimit = "15m"'),
    Break("S004-4-1.4", 'stop = ["arrived"]\ncancel = ["put_off"]', 'stop = ["accepted", "arrived"]\ncancel = ["put_off"]'),
    Break("S004-4-1.5", 'stop = ["closed", "supplier_recommended"]', 'stop = ["dispatched", "supplier_recommended"]'),
    Break("S004-4-1.5", 'stop = ["closed", "supplier_recommended"]', 'stop = ["completed", "supplier_recommended"]'),
    Break("S004-4-1.5", 'label = "跟进到办妥"\nclause = "一.五)"\nowner = "duty_officer"', 'label = "跟进到办妥"\nclause = "一.五)"\nowner = "eng_supervisor"'),
    Break("S004-4-1.5", 'emits = ["chased"]', 'emits = ["noted"]'),
    Break("S004-4-2.1.1", 'limit = "at appointment_at"\ndone_by = "arrive"', 'limit = "30m after appointment_at"\ndone_by = "arrive"'),
    Break("S004-4-2.1.1", 'when = { appointment_at = { set = true } }\nstop = ["arrived"]', 'when = { appointment_at = { set = true } }\nstop = ["dispatched"]'),
    Break("S004-4-2.1.2", '  { do = "issue", form = "call_note", holder = "resident" },\n'),
    Break("S004-4-2.1.2", 'from = ["accepted", "materials", "arrived"]\nto = "new_time_needed"', 'from = ["accepted", "materials", "arrived", "new_time_needed"]\nto = "arrived"\noutcome = [{ when = { urgent = true }, to = "new_time_needed" }]'),
    Break("S004-4-2.1.2", 'start = ["nobody_home"]\nstop = ["reappointed"]', 'start = ["stopped"]\nstop = ["reappointed"]'),
    Break("S004-4-2.1.3", 'cancel = ["put_off"]\n'),
    Break("S004-4-2.1.3", '  { do = "notify", message = "put_off", to = "duty_officer" },\n'),
    Break("S004-4-2.1.3", 'key = "appointment_at", label = "下次上门时间", kind = "time", required = true', 'key = "appointment_at", label = "下次上门时间", kind = "time"'),
    Break("S004-4-2.1.3", 'start = ["appointed", "reappointed", "put_off"]\nwhen = { appointment_at = { set = true } }\nstop = ["arrived"]', 'start = ["appointed", "reappointed"]\nwhen = { appointment_at = { set = true } }\nstop = ["arrived"]'),
    Break("S004-4-2.2.1", 'key = "finding", label = "看到什么", kind = "long", required = true', 'key = "finding", label = "看到什么", kind = "long"'),
    Break("S004-4-2.2.1", 'require = [{ when = { "events.inspected" = { set = true } }, says = "还没有初步查看', 'require = [{ when = { "events.arrived" = { set = true } }, says = "还没有初步查看'),
    Break("S004-4-2.2.2a", NOT_OURS, NOT_OURS.replace("{ not = false }", "{ not = 1 }")),
    Break("S004-4-2.2.2a", '{ when = { verdict = "supplier" }, to = "recommended", emits', '{ when = { verdict = "supplier" }, emits'),
    Break("S004-4-2.2.2a", 'show_when = { verdict = "supplier" }, required_when = { verdict = "supplier" }, clause = "二.二).2" },\n  { key = "explained"', 'show_when = { verdict = "supplier" }, clause = "二.二).2" },\n  { key = "explained"'),
    Break("S004-4-2.2.2b", 'required_when = { verdict = "own", no_materials = { not = true } }, clause', 'clause'),
    Break("S004-4-2.2.3a", 'key = "fee", label = "材料费用，元", kind = "amount", required = true', 'key = "fee", label = "材料费用，元", kind = "amount"'),
    Break("S004-4-2.2.3a", '  { do = "appoint", field = "appointment_at" },\n  { do = "fill", form = "repair_sheet" },\n', '  { do = "appoint", field = "appointment_at" },\n'),
    Break("S004-4-2.2.3a", 'emits = ["charge_told", "materials_agreed", "appointed"]', 'emits = ["materials_agreed", "appointed"]'),
    Break("S004-4-2.2.3b", 'label = "已说明维修不收现金", kind = "tick", required = true, clause', 'label = "已说明维修不收现金", kind = "tick", clause'),
    Break("S004-4-2.2.3b", NO_CASH_AT_SIGN + ", "),
    Break("S004-4-2.2.3b", 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk"]', 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk", "repairer"]'),
    Break("S004-4-2.2.3c", 'key = "appointment_at", label = "约好的维修时间", kind = "time", required = true', 'key = "appointment_at", label = "约好的维修时间", kind = "time"'),
    Break("S004-4-2.2.3c", 'emits = ["charge_told", "materials_agreed", "appointed"]', 'emits = ["charge_told", "materials_agreed"]'),
    Break("S004-4-2.3", 'require = [{ when = { "events.inspected" = { set = true } }, says = "还没有初步查看', 'require = [{ when = { "events.arrived" = { set = true } }, says = "还没有初步查看'),
    Break("S004-4-2.3", 'emits = ["started"]', 'emits = ["progressed"]'),
    Break("S004-4-2.4", '{ key = "apologised", label = "已道歉", kind = "tick", required = true }', '{ key = "apologised", label = "已道歉", kind = "tick" }'),
    Break("S004-4-2.4", 'from = ["repairing"]\nto = "trial"', 'from = ["repairing", "reconsent"]\nto = "trial"'),
    Break("S004-4-2.4", '{ key = "items_agreed", label = "改修的内容，同意", kind = "tick", required = true }', '{ key = "items_agreed", label = "改修的内容，同意", kind = "tick" }'),
    Break("S004-4-2.4", '{ key = "materials_agreed", label = "材料，同意", kind = "tick", required = true }', '{ key = "materials_agreed", label = "材料，同意", kind = "tick" }'),
    Break("S004-4-2.4", '{ key = "fee_agreed", label = "费用，同意", kind = "tick", required = true }', '{ key = "fee_agreed", label = "费用，同意", kind = "tick" }'),
    Break("S004-4-2.4", 'says = "对不起，打开以后情况和刚才判断的不一样，耽误您了，我把新的做法和费用跟您说一下。"\n'),
    Break("S004-4-2.5.1", '  { when = { trial = "unsatisfied" }, to = "repairing", emits = ["trial_failed"] },\n'),
    Break("S004-4-2.5.1", 'from = ["signing"]\nto = "completed"', 'from = ["signing", "trial"]\nto = "completed"'),
    Break("S004-4-2.5.2a", '{ key = "opinion", label = "业户意见", kind = "long", required = true }', '{ key = "opinion", label = "业户意见", kind = "long" }'),
    Break("S004-4-2.5.2a", 'kind = "signature", required = true, allow = ["screen", "paper", "link"]', 'kind = "signature", required = true'),
    Break("S004-4-2.5.2a", 'key = "signature", label = "业户签名", kind = "signature", required = true, allow = ["screen", "paper", "link"] },\n  { key = "charge_state"', 'key = "signature", label = "业户签名", kind = "signature", allow = ["screen", "paper", "link"] },\n  { key = "charge_state"'),
    Break("S004-4-2.5.2b", 'show_when = { charge_state = ["fixed", "none"] }, required_when = { charge_state = "fixed" } }', 'show_when = { charge_state = ["fixed", "none"] } }'),
    Break("S004-4-2.5.2b", '  { do = "hand_copy", form = "repair_sheet", copy = "resident", to = "resident", when = { resident_copy_handed = true } },\n'),
    Break("S004-4-2.5.3", 'cosign = { roles = ["eng_supervisor", "cs_supervisor"], same = ["fee"] }\n'),
    Break("S004-4-2.5.3", 'cosign = { roles = ["eng_supervisor", "cs_supervisor"], same = ["fee"] }', 'cosign = { roles = ["eng_supervisor", "cs_supervisor"] }'),
    Break("S004-4-2.5.3", '  { when = { any = [{ "events.charge_fixed" = { set = true } }, { "events.no_charge" = { set = true } }] }, says = "收费还没定，不能记账。", clause = "二.五).3" },\n'),
    Break("S004-4-2.5.4", 'start = ["completed"]\nstop = ["sheet_returned"]', 'start = ["archived"]\nstop = ["sheet_returned"]'),
    Break("S004-4-2.5.4", 'label = "收回维修单"\nclause = "二.五).4"\nby = ["eng_supervisor"]', 'label = "收回维修单"\nclause = "二.五).4"\nby = ["eng_supervisor", "assignee"]'),
    Break("S004-4-2.5.4", '  { do = "assign", field = "technician", department = "engineering" },\n  { do = "issue", form = "repair_sheet", holder = "assignee" },\n  { do = "notify", message = "job", to = "assignee" },\n]\n\n[[procedure.action]]\nkey = "arrive"', '  { do = "assign", field = "technician", department = "engineering" },\n  { do = "notify", message = "job", to = "assignee" },\n]\n\n[[procedure.action]]\nkey = "arrive"'),
    Break("S004-4-2.6.1", 'not_before = "at appointment_at"\n'),
    Break("S004-4-2.6.1", 'label = "打电话问是否准时上门"\nclause = "二.六).1"\nowner = "eng_supervisor"', 'label = "打电话问是否准时上门"\nclause = "二.六).1"\nowner = "duty_officer"'),
    Break("S004-4-2.6.1", 'label = "问是否准时上门"\nclause = "二.六).1"\nby = ["eng_supervisor"]', 'label = "问是否准时上门"\nclause = "二.六).1"\nby = ["eng_supervisor", "duty_officer"]'),
    Break("S004-4-2.6.1", '{ key = "on_time", label = "维修人员准时到了吗", kind = "choice", required = true,', '{ key = "on_time", label = "维修人员准时到了吗", kind = "choice",'),
    Break("S004-4-2.6.2", 'recurrence = "daily"', 'recurrence = "weekly on mon"'),
    Break("S004-4-2.6.2", 'category = "log_check"\nrecurrence = "daily"', 'category = "log_check"\nrecurrence = "every working day"'),
    Break("S004-4-2.6.2", 'limit = "same day"', 'limit = "2 days"'),
    Break("S004-4-2.6.2", '{ key = "remarks", label = "看到什么，催了什么", kind = "long", required = true }', '{ key = "remarks", label = "看到什么，催了什么", kind = "long" }'),
    Break("S004-4-2.6.3", 'limit = "24h"', 'limit = "48h"'),
    Break("S004-4-2.6.3", 'limit = "24h"', 'limit = "1 working day"'),
    Break("S004-4-2.6.3", 'start = ["completed"]\nstop = ["followed_up"]', 'start = ["completed"]\nagain = "once"\nstop = ["followed_up"]'),
    Break("S004-4-2.6.3", 'label = "回访"\nclause = "二.六).3"\nby = ["eng_supervisor"]', 'label = "回访"\nclause = "二.六).3"\nby = ["eng_supervisor", "repairer"]'),
    Break("S004-4-2.7a", '  { key = "finance", label = "财务联", paper = "red", goes_to = "财务内勤" },\n', '  { key = "finance", label = "副联", paper = "red", goes_to = "财务内勤" },\n'),
    Break("S004-4-2.7a", 'goes_to = "工程主管存档", archive = true }', 'goes_to = "工程主管存档" }'),
    Break("S004-4-2.7b", '  { when = { sheet_back = true }, says = "维修单还没交回，财务联不在。", clause = "二.五).4" },\n'),
    Break("S004-4-2.7b", 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk"]', 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk", "eng_supervisor"]'),
    Break("S004-4-2.7b", 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk"]', 'label = "收费"\nclause = "二.七)"\nby = ["finance_clerk", "assignee"]'),
    Break("S004-4-2.7b", '  { do = "set_charge", amount = "fee", item = "委托维修" },\n'),
    Break("S004-4-2.7b", '{ do = "set_charge", amount = "fee"', '{ do = "charge", amount = "fee"'),
    Break("S004-4-2.7b", '{ event = "no_charge", where = { charged_fen = { gt = 0 } } }', '{ event = "no_charge", where = { charged_fen = { lt = 0 } } }'),
    Break("S004-4-2.7b", '{ fee = { le = "=paid_fen" } }] }, emits = ["paid"] }', '{ fee = { lt = 0 } }] }, emits = ["paid"] }'),
    Break("S004-4-2.7b", 'only_if = { "events.no_charge" = { set = true }, charged_fen = { gt = 0 } }, says', 'only_if = { "events.no_charge" = { set = true }, charged_fen = { lt = 0 } }, says'),
    Break("S004-4-2.7a", '{ do = "find_copy", form = "repair_sheet", copy = "field:found_copy" }'),
    Break("S004-4-2.7a", '{ event = "copy_found", where = { found_copy = "stub", sheet_back = true } }', '{ event = "copy_found", where = { found_copy = "stub", sheet_back = false } }'),
    Break("S004-4-2.5.2a", '{ key = "witness", label = "见证人", required = true,', '{ key = "witness", label = "见证人",'),
    Break("S004-4-2.5.2a", 'key = "unsigned_reason", label = "业户为什么不签", kind = "long", required = true', 'key = "unsigned_reason", label = "业户为什么不签", kind = "long"'),
    Break("S004-4-2.5.2a", '  { do = "refuse_signature", form = "repair_sheet", field = "witness", reason = "unsigned_reason", purpose = "业户签署意见" },\n'),
    Break("S004-4-2.5.2a", '"reconsent", "trial"]\nto = "stopped"', '"reconsent", "trial", "signing"]\nto = "stopped"'),
    Break("S004-4-2.8a", 'recurrence = "monthly for previous"', 'recurrence = "quarterly for previous"'),
    Break("S004-4-2.8a", 'category = "item_review"\nrecurrence = "monthly for previous"', 'category = "item_review"\nrecurrence = "monthly"'),
    Break("S004-4-2.8a", 'where = { "events.supplier_recommended" = { set = true } }\nby = "item"', 'where = { state = "stopped" }\nby = "item"'),
    Break("S004-4-2.8a", 'where = { satisfied = "yes" }', 'where = { satisfied = "no" }'),
    Break("S004-4-2.8a", '{ key = "satisfaction", label = "满意度评价", kind = "long", required = true }', '{ key = "satisfaction", label = "满意度评价", kind = "long" }'),
    Break("S004-4-2.8b", '  { do = "change_items", field = "item_changes" },\n'),
    Break("S004-4-2.8c", '  { do = "add_suppliers", field = "new_suppliers" },\n'),
)  # fmt: skip


def without_evaluation(old: Callable[..., Any]) -> Callable[..., Any]:
    """A change of the list is written down without the evaluation that it rests on."""
    return lambda *args, **kwargs: old(*args, **{**kwargs, "evaluation": "口头"})


def no_gaps_seen(old: Callable[..., Any]) -> Callable[..., Any]:
    """The draft does not show what stands on no list."""
    return lambda *args, **kwargs: []


CODE_BREAKS = (
    CodeBreak("S004-4-2.7a", records, "take", skipping),
    CodeBreak("S004-4-2.7a", records, "hold_earlier", no_gaps_seen),
    CodeBreak("S004-4-2.7b", ledger, "charge", nothing),
    CodeBreak("S004-4-2.8a", monthly, "_cases", no_gaps_seen),
    CodeBreak("S004-4-2.8b", work, "add_item", without_evaluation),
    CodeBreak("S004-4-2.8b", work, "end_item", without_evaluation),
    CodeBreak("S004-4-2.8c", drafts, "_gaps", no_gaps_seen),
    CodeBreak("S004-4-2.8c", work, "add_supplier", without_evaluation),
)
