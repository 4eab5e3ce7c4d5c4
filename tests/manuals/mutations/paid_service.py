"""Breaks of the manual of paid services, and of the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.manuals.mutations.kinds import Break, CodeBreak, nothing

from guanjia.engine import resolve
from guanjia.engine.effects import money
from guanjia.ledger import actions as ledger
from guanjia.policy import decide
from guanjia.records import actions as records
from guanjia.reports import printing, tables

RULES = 61

R = "S000-1-"
PRICE = 'require = [{ when = { fee = "=agreed_fee" }, says = "工作单上的金额要和业户同意的一样。", clause = "4.1(3)" }]\n'

BREAKS = (
    Break(R + "2", 'emits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },\n  { do = "complete" },', 'emits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },'),
    Break(R + "3.1", 'clause = "3.1"\nowner = "cs_assistant"', 'clause = "3.1"\nowner = "service_head"'),
    Break(R + "3.2a", 'label = "填开工作单"\nclause = "4.1(3)"\nby = ["cs_group"]', 'label = "填开工作单"\nclause = "4.1(3)"\nby = ["cs_group", "engineering"]'),
    Break(R + "3.2a", 'label = "第一联存档"\nclause = "4.4(1)"\nby = ["cs_group"]', 'label = "第一联存档"\nclause = "4.4(1)"\nby = ["cs_group", "engineering"]'),
    Break(R + "3.2a", 'label = "收费工单统计交财务部"\nclause = "3.3"\nby = ["cs_group"]', 'label = "收费工单统计交财务部"\nclause = "3.3"\nby = ["cs_group", "engineering"]'),
    Break(R + "3.2a", 'label = "跟办"\nclause = "3.2"\nby = ["cs_group"]', 'label = "跟办"\nclause = "3.2"\nby = ["cs_group", "engineering"]'),
    Break(R + "3.2b", 'clause = "4.7"\nowner = "cs_assistant"', 'clause = "4.7"\nowner = "assignee"'),
    Break(R + "3.2b", 'start = ["completed"]\nstop = ["followed_up"]', 'start = ["completed"]\nwhen = { route = { not = "counter" } }\nstop = ["followed_up"]'),
    Break(R + "3.3", 'limit = "@list_due"', 'limit = "@check_due"'),
    Break(R + "3.3", 'where = { state = { not = "stopped" } }\nby = "service"', 'by = "service"'),
    Break(R + "3.3", 'clause = "3.3"\nowner = "cs_assistant"', 'clause = "3.3"\nowner = "finance_dept"'),
    Break(R + "3.4a", 'label = "记进展"\nclause = "3.4"\nby = ["assignee", "service_head"]', 'label = "记进展"\nclause = "3.4"\nby = ["assignee", "service_head", "cleaner"]'),
    Break(R + "3.4a", 'label = "安排人和时间"\nclause = "3.4"\nby = ["service_head"]', 'label = "安排人和时间"\nclause = "3.4"\nby = ["service_head", "cleaner"]'),
    Break(R + "3.4b", 'show_when = { contractor = { set = true } }, required_when = { contractor = { set = true } }', 'show_when = { contractor = { set = true } }'),
    Break(R + "3.4b", 'label = "确认做完"\nclause = "3.4"\nby = ["assignee", "service_head"]', 'label = "确认做完"\nclause = "3.4"\nby = ["assignee", "service_head", "cs_group"]'),
    Break(R + "3.4b", 'roles = ["engineering"], show_when', 'roles = ["engineering", "cs_group"], show_when'),
    Break(R + "3.5a", 'label = "财务确认代收款"\nclause = "4.4"\nby = ["finance_dept"]', 'label = "财务确认代收款"\nclause = "4.4"\nby = ["finance_dept", "office_head"]'),
    Break(R + "3.5a", 'label = "收费"\nclause = "3.5"\nby = ["finance_dept"]', 'label = "收费"\nclause = "3.5"\nby = ["finance_dept", "cs_group"]'),
    Break(R + "3.5b", 'where = { state = { not = "stopped" }, paid_fen = { gt = 0 }, balance_fen = { le = 0 } }', 'where = { state = { not = "stopped" } }'),
    Break(R + "3.5b", 'label = "财务部核对发单和收款"\nclause = "3.5"\nby = ["finance_dept"]', 'label = "财务部核对发单和收款"\nclause = "3.5"\nby = ["finance_dept", "cs_group"]'),
    Break(R + "3.5b", 'any = [{ paid_fen = { le = 0 } }, { balance_fen = { gt = 0 } }]', 'any = [{ paid_fen = { gt = 0 } }]'),
    Break(R + "4.1.1", 'action = "accept"\nform = "work_order"', 'action = "accept"'),
    Break(R + "4.1.1", 'action = "accept"\nform = "work_order"\n', 'form = "work_order"\n'),
    Break(R + "4.1.1", '"eng_supervisor", "cs_supervisor"], required = true }', '"eng_supervisor", "cs_supervisor"] }'),
    Break(R + "4.1.1", 'by = ["cs_head", "service_head", "office_head"]', 'by = ["anyone"]'),
    Break(R + "4.1.2a", '{ key = "told_chargeable", label = "已说明这是收费服务项目", kind = "tick", required = true, clause = "4.1(2)" }', '{ key = "told_chargeable", label = "已说明这是收费服务项目", kind = "tick", clause = "4.1(2)" }'),
    Break(R + "4.1.2b", 'from = ["agreed"]\nto = "ordered"', 'from = ["requested", "agreed"]\nto = "ordered"'),
    Break(R + "4.1.2a", '{ key = "told_chargeable", label = "我知道这是收费服务", kind = "tick", required = true, clause = "4.1(2)" }', '{ key = "told_chargeable", label = "我知道这是收费服务", kind = "tick", clause = "4.1(2)" }'),
    Break(R + "4.1.2b", 'emits = ["charge_told", "refused", "closed"]\neffects = [\n  { do = "void_form"', 'emits = ["charge_told", "refused", "closed"]\neffects = [\n  { do = "issue", form = "work_order" },\n  { do = "void_form"'),
    Break(R + "4.1.2b", 'emits = ["charge_told", "refused", "closed"]\neffects = [{ do = "void_form"', 'emits = ["charge_told", "refused", "closed"]\neffects = [{ do = "issue", form = "work_order" }, { do = "void_form"'),
    Break(R + "4.1.2b", 'kind = "signature", required = true, allow = ["link"], clause = "4.1(2)" }', 'kind = "signature", allow = ["link"], clause = "4.1(2)" }'),
    Break(R + "4.1.2b", 'label = "您的签字", kind = "signature", allow = ["link"], help', 'label = "您的签字", kind = "signature", allow = ["paper"], help'),
    Break(R + "4.1.3", '{ key = "fee", label = "收费金额，元", kind = "amount", required = true, least = 1, default = "=agreed_fee", clause = "4.1(3)" }', '{ key = "fee", label = "收费金额，元", kind = "amount", least = 1, default = "=agreed_fee", clause = "4.1(3)" }'),
    Break(R + "4.1.3", '{ key = "order_item", label = "特约服务项目", required = true,', '{ key = "order_item", label = "特约服务项目",'),
    Break(R + "4.1.3", 'label = "时间", kind = "time", required = true,', 'label = "时间", kind = "time",'),
    Break(R + "4.1.3", '  { label = "特约服务项目", fact = "order_item" },\n'),
    Break(R + "4.1.4", '  { when = { price = { set = true } }, says = "还没有价格：价目表上选不到或判断不了的，先请服务部门到现场评估。", clause = "4.1(4)" },\n'),
    Break(R + "4.2", '{ value = "fax", label = "传真" }] },\n  { key = "handled_as", label = "另加的项目照哪一类办", kind = "choice", show_when = { service = { not = ["engineering", "cleaning", "copying", "typing", "fax"] } }, required_when = { service = { not = ["engineering", "cleaning", "copying", "typing", "fax"] } }, choices = [{ value = "engineering", label = "工程维修" }, { value = "cleaning", label = "室内保洁" }, { value = "copying", label = "复印、打字、传真" }], clause', '{ value = "faxes", label = "传真" }] },\n  { key = "handled_as", label = "另加的项目照哪一类办", kind = "choice", show_when = { service = { not = ["engineering", "cleaning", "copying", "typing", "faxes"] } }, required_when = { service = { not = ["engineering", "cleaning", "copying", "typing", "faxes"] } }, choices = [{ value = "engineering", label = "工程维修" }, { value = "cleaning", label = "室内保洁" }, { value = "copying", label = "复印、打字、传真" }], clause'),
    Break(R + "4.2", 'required = true, more = "@more_services", clause', 'required = true, clause'),
    Break(R + "4.3.1a", 'says = "报给业户的价要照特约服务定价或现场评估的费用。", clause = "4.3(1)" }', 'says = "报给业户的价要照特约服务定价或现场评估的费用。", clause = "4.1(2)" }'),
    Break(R + "4.3.1a", '{ when = { agreed_fee = "=price" }, only_if = { "events.beyond_range" = { set = false } }', '{ when = { agreed_fee = { gt = 0 } }, only_if = { "events.beyond_range" = { set = false } }'),
    Break(R + "4.3.1a", 'of = ["item_price_fen", "quantity"], show_when', 'of = ["item_price_fen"], show_when'),
    Break(R + "4.3.1b", PRICE),
    Break(R + "4.3.1b", '{ label = "收费金额", fact = "fee", kind = "amount" },\n  { label = "时间"', '{ label = "时间"'),
    Break(R + "4.3.1c", '{ do = "issue", form = "work_order", holder = "assignee", when = { technician = { set = true } } },\n'),
    Break(R + "4.3.1c", 'stop = ["dispatched", "served", "relayed"]', 'stop = ["accepted", "served", "relayed"]'),
    Break(R + "4.3.2a", 'show_when = { feasible = "yes" }, required_when = { feasible = "yes" }', 'show_when = { feasible = "yes" }'),
    Break(R + "4.3.2a", '{ key = "feasible", label = "能不能做", kind = "choice", required = true,', '{ key = "feasible", label = "能不能做", kind = "choice",'),
    Break(R + "4.3.2a", 'start = ["relayed"]\nstop = ["assessed"]', 'start = ["dispatched"]\nstop = ["assessed"]'),
    Break(R + "4.3.2b", 'from = ["requested", "assessed", "outside_priced", "repriced"]\nto = "agreed"\nprimary = 90\nplace = "desk"', 'from = ["requested", "assessed", "outside_priced", "repriced", "infeasible"]\nto = "agreed"\nprimary = 90\nplace = "desk"'),
    Break(R + "4.3.2b", '  { when = { agreed_fee = "=price" }, says = "金额变了，请看过新的金额再定。", clause = "4.1(2)" },\n'),
    Break(R + "4.3.2b", 'to = "refused"\nwhen = { quoted_fee', 'to = "agreed"\nwhen = { quoted_fee'),
    Break(R + "4.3.2b", 'from = ["agreed"]\nto = "ordered"', 'from = ["agreed", "assessed"]\nto = "ordered"'),
    Break(R + "4.4a", '{ key = "opinion", label = "业户意见", kind = "long", required_when = { route = "repair" } }', '{ key = "opinion", label = "业户意见", kind = "long" }'),
    Break(R + "4.4a", '{ key = "signature", label = "业户签字", kind = "signature", required = true, allow = ["screen", "paper", "link"] },\n]\nemits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },\n  { do = "complete" },\n  { do = "charge", amount = "fee", item = "特约服务", when', '{ key = "signature", label = "业户签字", kind = "signature", allow = ["screen", "paper", "link"] },\n]\nemits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },\n  { do = "complete" },\n  { do = "charge", amount = "fee", item = "特约服务", when'),
    Break(R + "4.4b", 'require = [{ when = { received = "=fee" }, says = "照工作单上的收费金额收，不多也不少。", clause = "4.4" }]\n'),
    Break(R + "4.4b", 'effects = [{ do = "take_in_hand", amount = "received" }]\n'),
    Break(R + "4.4c", '{ key = "sheet_with_money", label = "三联工作单一起交", kind = "tick", required = true }', '{ key = "sheet_with_money", label = "三联工作单一起交", kind = "tick" }'),
    Break(R + "4.4c", 'require = [{ when = { "events.cash_handed_in" = { set = true } }, says = "钱和三联工作单还没交来。", clause = "4.4" }]\n'),
    Break(R + "4.4c", 'start = ["cash_handed_in"]\nwhen = { route = "repair" }\nstop = ["payment_confirmed"]', 'start = ["completed"]\nstop = ["cash_collected"]'),
    Break(R + "4.4d", '{ key = "delivered_at", label = "送到的时间", kind = "time", required = true }', '{ key = "delivered_at", label = "送到的时间", kind = "time" }'),
    Break(R + "4.4d", 'stop = ["receipt_delivered"]\nlimit = "promptly"', 'stop = ["receipt_delivered", "paid"]\nlimit = "promptly"'),
    Break(R + "4.4.1a", '{ when = { "events.confirmed" = { set = true } }, only_if = { route = { not = "counter" } }, says = "客服助理还没确认完成并签字，不能存档。", clause = "4.4(1)" },\n  { when = { "events.paid" = { set = true } }, only_if = { route = "counter" }, says = "还没交费，不能存档。", clause = "4.6" },\n  { when = { "copies.work_order.first.holder"', '{ when = { "copies.work_order.first.holder"'),
    Break(R + "4.4.1a", 'label = "确认完成并签字"\nclause = "4.4(1)"\nby = ["cs_assistant"]', 'label = "确认完成并签字"\nclause = "4.4(1)"\nby = ["cs_assistant", "assignee"]'),
    Break(R + "4.4.1b", '  { do = "hand_copy", form = "work_order", copy = "second", to = "engineering", when = { route = "repair", "events.marked_owing" = { set = false } } },\n'),
    Break(R + "4.4.1b", '{ key = "third", label = "第三联", paper = "yellow", goes_to = "财务部", archive = true }', '{ key = "third", label = "第三联", paper = "yellow", goes_to = "财务部" }'),
    Break(R + "4.4.2a", '{ key = "owing_signature", label = "业户签字确认欠费", kind = "signature", required = true,', '{ key = "owing_signature", label = "业户签字确认欠费", kind = "signature",'),
    Break(R + "4.4.2a", 'require = [{ when = { owing_fen = "=balance_fen" }, says = "金额变了，请看过新的金额再定。", clause = "4.4(2)" }]\n'),
    Break(R + "4.4.2a", '  { label = "欠费", fact = "events.marked_owing.at", kind = "time" },\n'),
    Break(R + "4.4.2a", 'start = [\n  "marked_owing",\n', 'start = [\n'),
    Break(R + "4.4.2b", 'label = "收费"\nclause = "3.5"\nby = ["finance_dept"]', 'label = "收费"\nclause = "3.5"\nby = ["finance_dept", "office_head"]'),
    Break(R + "4.4.2b", '  { label = "已交费", fact = "events.paid.at", kind = "time" },\n'),
    Break(R + "4.4.2c", '    { do = "notify", message = "stop_chasing", to = "cs_assistant", when = { "events.marked_owing" = { set = true } } },\n'),
    Break(R + "4.4.2d", '    { do = "hand_copy", form = "work_order", copy = "second", to = "engineering", when = { "events.marked_owing" = { set = true } } },\n'),
    Break(R + "4.4.2d", 'copy = "first", to = "cs_group", when = { any = [{ route = "counter" }, { "events.marked_owing" = { set = true } }] } }', 'copy = "first", to = "cs_group", when = { route = "counter" } }'),
    Break(R + "4.4.3a", 'within = "events.marked_owing.first_at"\nbefore = true\nwhere = { balance_fen = { gt = 0 } }', 'within = "events.marked_owing.first_at"\nbefore = true'),
    Break(R + "4.4.3a", 'label = "欠费情况交客服组"\nclause = "4.4(3)"\nby = ["finance_dept"]', 'label = "欠费情况交客服组"\nclause = "4.4(3)"\nby = ["finance_dept", "cs_group"]'),
    Break(R + "4.4.3b", 'clause = "4.4(3)"\nowner = "cs_assistant"', 'clause = "4.4(3)"\nowner = "finance_dept"'),
    Break(R + "4.4.3b", 'start = ["arrears_handed_over"]', 'start = ["arrears_handed_over", "marked_owing"]'),
    Break(R + "4.4.3c", 'again = "keep"\nstop = ["paid"]\nlimit = "open"\ndone_by = "urge"', 'again = "keep"\nstop = ["closed"]\nlimit = "open"\ndone_by = "urge"'),
    Break(R + "4.4.3c", 'text = "{number} {unit_name} 已交费，请停止催收。"', 'text = "{number} {unit_name} 已交费。"'),
    Break(R + "4.4.3d", 'copy = "first", to = "cs_group", when = { any = [{ route = "counter" }, { "events.marked_owing" = { set = true } }] } }', 'copy = "first", to = "cs_group", when = { route = "counter" } }'),
    Break(R + "4.5.1", 'label = "时间", kind = "time", required = true,', 'label = "时间", kind = "time",'),
    Break(R + "4.5.1", '{ key = "order_item", label = "特约服务项目", required = true,', '{ key = "order_item", label = "特约服务项目",'),
    Break(R + "4.5.2a", '  { when = { balance_fen = { le = 0 }, paid_fen = { gt = 0 } }, says = "保洁先交费：业户交清以后才能安排保洁员。", clause = "4.5(2)" },\n'),
    Break(R + "4.5.2a", 'when = { balance_fen = { le = 0 }, paid_fen = { gt = 0 } }, says = "保洁', 'when = { paid_fen = { gt = 0 } }, says = "保洁'),
    Break(R + "4.5.2b", 'key = "signature", label = "业户签字", kind = "signature", required = true, allow = ["screen", "paper", "link"] },\n]\nemits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },\n  { do = "complete" },\n  { do = "charge", amount = "fee", item = "特约服务", when', 'key = "signature", label = "业户签字", kind = "signature", allow = ["screen", "paper", "link"] },\n]\nemits = ["signed", "completed"]\neffects = [\n  { do = "fill", form = "work_order" },\n  { do = "sign", form = "work_order", field = "signature", purpose = "业户签字" },\n  { do = "complete" },\n  { do = "charge", amount = "fee", item = "特约服务", when'),
    Break(R + "4.5.2b", '  { event = "completed", where = { route = "cleaning" } },\n]\nwhen = { route = { not = "counter" } }\nstop = ["sheet_returned"]', ']\nwhen = { route = { not = "counter" } }\nstop = ["sheet_returned"]'),
    Break(R + "4.5.3", '  { do = "direct_copy", form = "work_order", copy = "second", to = "cs_group", when = { route = { not = "repair" } } },\n'),
    Break(R + "4.5.3", '  { do = "receive_copy", form = "work_order", copy = "second", to = "cs_group", when = { route = "cleaning" } },\n  { do = "hand_copy"', '  { do = "hand_copy"'),
    Break(R + "4.6a", 'from = ["ordered"]\nto = "done"', 'from = ["requested", "ordered"]\nto = "done"'),
    Break(R + "4.6b", '{ key = "signature", label = "业户签字", kind = "signature", required = true, allow = ["screen", "paper", "link"], clause = "4.6" }', '{ key = "signature", label = "业户签字", kind = "signature", allow = ["screen", "paper", "link"], clause = "4.6" }'),
    Break(R + "4.6b", '{ key = "served_how", label = "谁做的", kind = "choice", required = true,', '{ key = "served_how", label = "谁做的", kind = "choice",'),
    Break(R + "4.6c", 'show_when = { route = "counter" }, required_when = { route = "counter" }', 'show_when = { route = "counter" }'),
    Break(R + "4.6c", '  { do = "sign", form = "work_order", field = "finance_signature", purpose = "财务签字" },\n'),
    Break(R + "4.6d", '    { do = "hand_copy", form = "work_order", copy = "second", to = "cs_group", when = { route = "counter", served_how = "cs" } },\n'),
    Break(R + "4.6d", 'copy = "first", to = "cs_group", when = { any = [{ route = "counter" }, { "events.marked_owing" = { set = true } }] } }', 'copy = "first", to = "cs_group", when = { "events.marked_owing" = { set = true } } }'),
    Break(R + "4.6e", '  { do = "direct_copy", form = "work_order", copy = "second", to = "field:served_by", when = { served_how = "department" } },\n'),
    Break(R + "4.6e", '    { do = "hand_copy", form = "work_order", copy = "second", to = "field:served_by", when = { route = "counter", served_how = "department" } },\n'),
    Break(R + "4.7", 'limit = "@follow_up_due"', 'limit = "10 days"'),
    Break(R + "4.7", 'label = "回访"\nclause = "4.7"\nby = ["cs_group"]', 'label = "回访"\nclause = "4.7"\nby = ["cs_group", "assignee"]'),
    Break(R + "4.8a", 'cosign = { roles = ["cs_group", "engineering", "finance_dept"], same = ["order_count", "order_amount"] }', 'cosign = { roles = ["cs_group", "engineering", "finance_dept"] }'),
    Break(R + "4.8a", 'cosign = { roles = ["cs_group", "engineering", "finance_dept"], same', 'cosign = { roles = ["cs_group", "engineering"], same'),
    Break(R + "4.8b", '  { do = "archive_copy", form = "month_stats", copy = "file" },\n'),
    Break(R + "4.8b", 'label = "月统计表存档"\nclause = "4.8"\nby = ["cs_group"]', 'label = "月统计表存档"\nclause = "4.8"\nby = ["cs_group", "engineering"]'),
    Break(R + "4.9.1a", 'clause = "4.9(1)"\naction = "mark_outside"\n', 'clause = "4.9(1)"\naction = "agree"\n'),
    Break(R + "4.9.1a", 'says = "耐心说明，争取业户理解。"\nfield = [{ key = "explanation", label = "怎么解释的，业户怎么说", kind = "long", required = true }]', 'says = "耐心说明，争取业户理解。"\nfield = [{ key = "explanation", label = "怎么解释的，业户怎么说", kind = "long" }]'),
    Break(R + "4.9.1b", 'cosign = { roles = ["cs_head", "service_head"] }\n'),
    Break(R + "4.9.1b", 'require = [{ when = { urgent_need = true, within_power = true }', 'require = [{ when = { within_power = true }'),
    Break(R + "4.9.1b", '{ label = "服务部门主管", fact = "joint.approve_outside.service_head.who" },\n'),
    Break(R + "4.9.1c", 'label = "服务部门主管定价"\nclause = "4.9(1)"\nby = ["service_head"]', 'label = "服务部门主管定价"\nclause = "4.9(1)"\nby = ["service_head", "cs_group"]'),
    Break(R + "4.9.1c", '{ when = { agreed_fee = "=price" }, only_if = { "events.beyond_range" = { set = true } }', '{ when = { agreed_fee = { gt = 0 } }, only_if = { "events.beyond_range" = { set = true } }'),
    Break(R + "4.9.2a", 'require = [{ when = { technician_clash = { set = false } }, says = "这个时间他另有安排，请换人，或和业户另约时间。", clause = "4.9(2)" }]\n'),
    Break(R + "4.9.2a", 'require = [{ when = { technician_clash = { set = false } }, says = "这个时间他另有安排，请换人或换时间。", clause = "4.9(2)" }]\n'),
    Break(R + "4.9.2b", 'clause = "4.9(2)"\naction = "reschedule"\n', 'clause = "4.9(2)"\naction = "agree"\n'),
    Break(R + "4.9.2b", 'says = "耐心解释，取得业户谅解；不和业户争执。"\n'),
    Break(R + "4.9.3a", 'stop = ["cash_collected", "paid"]\nlimit = "same day"', 'stop = ["cash_collected", "paid"]\nlimit = "3 days"'),
    Break(R + "4.9.3a", 'stop = ["cash_collected", "paid"]\nlimit', 'stop = ["paid"]\nlimit'),
    Break(R + "4.9.3b", '{ key = "unpaid_reason", label = "未交费原因", kind = "long", required = true }', '{ key = "unpaid_reason", label = "未交费原因", kind = "long" }'),
    Break(R + "4.9.3b", '{ key = "unpaid_explained", label = "怎么解释的", kind = "long", required = true }', '{ key = "unpaid_explained", label = "怎么解释的", kind = "long" }'),
    Break(R + "4.9.4a", '    { "copies.work_order.second.holder" = "客服组", actor_roles = { has = "cs_group" }, route = { not = "repair" } },\n    { "copies.work_order.second.holder" = "工程组", actor_roles = { has = "engineering" }, route = "repair" },\n    { "copies.work_order.second.holder" = "=served_by_name", actor_departments = { has = "=served_by" }, route = "counter" },', '    { "copies.work_order.second.holder" = { set = true } },'),
    Break(R + "4.9.4a", 'label = "第三联存档"\nclause = "4.4(1)"\nby = ["finance_dept"]', 'label = "第三联存档"\nclause = "4.4(1)"\nby = ["finance_dept", "office_head"]'),
    Break(R + "4.9.4b", 'recurrence = "monthly on last day"', 'recurrence = "monthly for previous"'),
    Break(R + "4.9.4b", 'stop = ["submitted"]\nlimit = "end of month"', 'stop = ["submitted"]\nlimit = "5 days"'),
    Break(R + "4.9.4b", 'within = "charged_at"\nwhere = { charged_fen = { gt = 0 } }', 'within = "completed_at"\nwhere = { charged_fen = { gt = 0 } }'),
    Break(R + "4.9.4c", '  { do = "archive_copy", form = "charge_confirm", copy = "finance" },\n'),
    Break(R + "4.9.4c", '  { when = { received_total = "=charges.sums.paid_fen" }, says = "财务账上的实收和明细对不上，不能签；请逐单核对。", clause = "4.9(4)" },\n'),
    Break(R + "4.9.4c", '{ key = "finance_signature", label = "财务部签字", kind = "signature", required = true,', '{ key = "finance_signature", label = "财务部签字", kind = "signature",'),
    Break(R + "4.9.5", 'require = [{ when = { any = [{ "checked_off.count" = "=issued.count" }, { "issued.count" = 0 }, { differences = { set = true } }] }, says = "还有工作单没有核对；不符的请写明怎么回事。", clause = "4.9(5)" }]\n'),
    Break(R + "4.9.5", 'where = { state = { not = "stopped" } }\nby = "service"', 'where = { state = { not = "stopped" } }'),
    Break(R + "5.1", 'title = "特约服务收费明细及确认"', 'title = "收费明细确认表"'),
    Break(R + "5.2", 'title = "特约服务/维修工作单"', 'title = "工作单"'),
    Break(R + "5.3", '  { do = "issue", form = "request_log" },\n'),
    Break(R + "5.3", 'title = "报修/特约服务记录"', 'title = "服务记录"'),
    Break(R + "5.4", 'title = "特约服务/维修月统计表"', 'title = "月统计表"'),
    Break(R + "5.4", '  { label = "工作单件数", fact = "order_count" },\n'),
)  # fmt: skip


def free(_old: Callable[..., Any]) -> Callable[..., Any]:
    """Nobody has anything else to do."""
    return lambda *args, **kwargs: []


def as_of_now(old: Callable[..., Any]) -> Callable[..., Any]:
    """Money as it stands today instead of at the period's end."""

    def draw_up(office: Any, adopted: Any, table: Any, begins: Any, until: Any) -> Any:
        return old(office, adopted, table, begins, until.replace(year=until.year + 1))

    return draw_up


def nobody_differs(_old: Callable[..., Any]) -> Callable[..., Any]:
    """Who entered what otherwise is lost."""
    return lambda *args, **kwargs: {}


CODE_BREAKS = (
    CodeBreak(R + "4.4b", ledger, "take_in_hand", nothing),
    CodeBreak(R + "4.4d", money, "_receipted", nothing),
    CodeBreak(R + "4.4.3a", tables, "_cases", as_of_now),
    CodeBreak(R + "4.6e", records, "direct", nothing),
    CodeBreak(R + "4.8a", decide, "_differing", nobody_differs),
    CodeBreak(R + "4.9.2a", resolve, "_clashes", free),
    CodeBreak(R + "5.1", printing, "_signs", lambda old: lambda *args: ()),
)
