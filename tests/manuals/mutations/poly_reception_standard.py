"""Breaks of the reception standard, and of what must be done before other work."""

from __future__ import annotations

from tests.manuals.mutations.kinds import Break, CodeBreak, nothing

from guanjia.engine import holding

RULES = 35

TICK = 'kind = "tick", required = true, keep = false'
LOOSE = 'kind = "tick", keep = false'
NO_TICK = 'kind = "bool", keep = false'

BREAKS = (
    Break("S001-2-1.1", 'text = "先招呼来访的业主；人一进来就起立，微笑相迎。"', 'text = "接待。"'),
    Break("S001-2-1.3a", 'when = { any = [{ contact_name = { set = false } }, { unit = { set = false } }] }', "when = { contact_name = { set = false } }"),
    Break("S001-2-1.3a", 'when = { any = [{ contact_name = { set = false } }, { unit = { set = false } }] }', "when = { unit = { set = false } }"),
    Break("S001-2-1.3b", 'text = "有礼貌地问姓名、住处，请坐，双手上茶。"', 'text = "问姓名、住处。"'),
    Break("S001-2-1.4a", 'when = { channel = { set = true } }\neffects = [{ do = "issue", form = "daily_record" }]', 'when = { channel = "phone" }\neffects = [{ do = "issue", form = "daily_record" }]'),
    Break("S001-2-1.4a", 'event = "reported"\ncategory = ["*"]\nwhen = { channel = { set = true } }', 'event = "reported"\ncategory = ["reception"]\nwhen = { channel = { set = true } }'),
    Break("S001-2-1.4a", '  { label = "来访原因", fact = "matter" },\n'),
    Break("S001-2-1.4b", '  { when = { settled = true }, to = "done", emits = ["settled_on_spot", "closed"] },\n', '  { when = { settled = true }, emits = ["settled_on_spot"] },\n'),
    Break("S001-2-1.4b", 'show_when = { settled = true }, required_when = { settled = true }', 'show_when = { settled = true }'),
    Break("S001-2-1.4c", 'limit = "same day"\ndone_by = "to_head"', 'limit = "2 days"\ndone_by = "to_head"'),
    Break("S001-2-1.4c", 'start = ["reported"]\nstop = ["relayed"]\ncancel', 'start = ["relayed"]\nstop = ["relayed"]\ncancel'),
    Break("S001-2-1.4d", 'by = ["field:head"]\nfrom = ["with_head"]', 'by = ["head"]\nfrom = ["with_head"]'),
    Break("S001-2-1.4d", 'key = "decision", label = "怎么办", kind = "long", required = true', 'key = "decision", label = "怎么办", kind = "long"'),
    Break("S001-2-1.4d", '  { do = "assign", field = "handler" },\n'),
    Break("S001-2-1.4e", 'start = ["completed"]\nstop = ["fulfilled"]', 'start = ["decided"]\nstop = ["completed"]'),
    Break("S001-2-1.4e", 'event = "fulfilled"\ncategory = ["reception"]', 'event = "decided"\ncategory = ["reception"]'),
    Break("S001-2-2.1", 'kind = "elapsed", of = ["began_at"]', 'kind = "elapsed", of = ["opened_at"]'),
    Break("S001-2-2.1", '  { label = "分钟", fact = "outage_minutes" },\n'),
    Break("S001-2-2.2", 'where = { rings = { ge = "=figure.late_ring" } }', 'where = { rings = { lt = "=figure.late_ring" } }'),
    Break("S001-2-2.2", 'kind = "number", least = 1, required = true', 'kind = "number", least = 1'),
    Break("S001-2-2.3", 'text = "声音清晰悦耳，语速合适。"', 'text = "接听。"'),
    Break("S001-2-2.4", 'text = "您好！{company}{department}。（同时准备记录）"', 'text = "{company}{department}，您好！"'),
    Break("S001-2-2.5", 'key = "contact_name", label = "来电人", required = true', 'key = "contact_name", label = "来电人"'),
    Break("S001-2-2.5", 'event = "reported"\ncategory = ["*"]\nwhen = { channel = "phone" }', 'event = "reported"\nwhen = { channel = "phone" }'),
    Break("S001-2-2.5", '  { label = "接听人", fact = "events.reported.who" },\n'),
    Break("S001-2-2.6", 'by = ["desk", "shift_leader"]\nfrom = ["unread"]', 'by = ["staff_member"]\nfrom = ["unread"]'),
    Break("S001-2-2.6", 'key = "told_how", label = "怎么告诉的", kind = "choice", required = true', 'key = "told_how", label = "怎么告诉的", kind = "choice"'),
    Break("S001-2-2.6", 'label = "本人说知道了", kind = "tick", required = true', 'label = "本人说知道了", kind = "tick"'),
    Break("S001-2-2.6", 'effects = [{ do = "notify", message = "message_told", to = "field:taker" }]\n'),
    Break("S001-2-2.6", ', { do = "notify", message = "message_for_you", to = "field:for_whom" }'),
    Break("S001-2-2.6", 'effects = [{ do = "notify", message = "message_read", to = "field:taker" }]\n'),
    Break("S001-2-2.6", 'by = ["field:for_whom"]\nfrom', 'by = ["staff_member"]\nfrom'),
    Break("S001-2-3.1", f'label = "微笑、主动，请、谢谢、对不起不离口", {LOOSE}', f'label = "微笑、主动，请、谢谢、对不起不离口", {NO_TICK}'),
    Break("S001-2-3.2", 'require = [{ when = { "events.completed" = { set = true } }, says = "交给您的事不能推，先办，办完再提意见。", clause = "3.2" }]\n'),
    Break("S001-2-3.3", 'require = [{ when = { granted = true }, says = "当值主管还没有准，不能离岗。", clause = "3.3" }]\n'),
    Break("S001-2-3.3", 'by = ["shift_leader"]\nfrom = ["running"]\nwhen = { "owed.allow.state" = "open" }', 'by = ["desk", "shift_leader"]\nfrom = ["running"]\nwhen = { "owed.allow.state" = "open" }'),
    Break("S001-2-3.3", 'emits = ["returned"]', 'emits = ["noted"]'),
    Break("S001-2-3.4", f'label = "电脑上没有与工作无关的东西", {LOOSE}', f'label = "电脑上没有与工作无关的东西", {NO_TICK}'),
    Break("S001-2-3.5", 'action = "equipment_failed"', 'action = "enter"'),
    Break("S001-2-3.5", 'clause = "3.5"\naction = "enter"', 'clause = "3.5"\naction = "arrive"'),
    Break("S001-2-3.6", "first = true\n"),
    Break("S001-2-3.6", 'require = [{ when = { signer = "=actor" }, says = "交班簿要本人签。" }]\n'),
    Break("S001-2-3.6", 'key = "signed_as", label = "工号或姓名", required = true, keep = true', 'key = "signed_as", label = "工号或姓名"'),
    Break("S001-2-3.6", 'limit = "@at_once"', 'limit = "1h"'),
    Break("S001-2-3.6", '  { label = "上一班留下的", fact = "previous.entries" },\n'),
    Break("S001-2-3.6", 'step = [{ at = "due", to = "shift_leader", label = "交班簿还没签", message = "book_unsigned" }]\n'),
    Break("S001-2-3.7", f'label = "现场整洁，没有与工作无关的东西", {TICK}', f'label = "现场整洁，没有与工作无关的东西", {LOOSE}'),
    Break("S001-2-3.7", f'label = "大厅里没人吃喝", {TICK}', f'label = "大厅里没人吃喝", {LOOSE}'),
    Break("S001-2-3.7", f'label = "柜台内没有茶杯、手提包、书刊等私人物品", {TICK}', f'label = "柜台内没有茶杯、手提包、书刊等私人物品", {LOOSE}'),
    Break("S001-2-3.12a", 'text = "客人进大堂，所有人起立，主动接待。"', 'text = "接待。"'),
    Break("S001-2-3.12b", f'label = "戴工号牌", {LOOSE}', f'label = "戴工号牌", {NO_TICK}'),
    Break("S001-2-3.12b", f'label = "穿戴照公司规定（女员工淡妆）", {LOOSE}', f'label = "穿戴照公司规定（女员工淡妆）", {NO_TICK}'),
    Break("S001-2-3.12b", 'checklist = { at = "start", person = "checked" }\n'),
    Break("S001-2-3.12b", 'text = "{looked_at_name}：{appearance}"', 'text = "{looked_at_name}"'),
    Break("S001-2-3.13", 'limit = "at shift_begins_at"', 'limit = "10m"'),
    Break("S001-2-3.15", '  { do = "pass_on", field = "matters" },\n'),
    Break("S001-2-3.15", '  { label = "上一班没办完的", fact = "previous.matters_lines" },\n'),
    Break("S001-2-3.15", ', clause = "3.15", choices = [{ value = "order", label = "上级交待" }, { value = "unfinished", label = "未完成" }, { value = "problem", label = "发生的问题" }] },\n  { key = "hander"', ', clause = "3.15" },\n  { key = "hander"'),
    Break("S001-2-3.15", 'text = "【{entry_kind}】{entry}"', 'text = "{entry}"'),
    Break("S001-2-3.16", '  { do = "notify", message = "equipment_failed", to = "shift_leader" },\n'),
    Break("S001-2-3.16", '  { do = "append", message = "failure_line", into = "entries" },\n'),
    Break("S001-2-3.16", 'start = ["escalated"]\nstop = ["rectified"]', 'start = ["rectified"]\nstop = ["rectified"]'),
    Break("S001-2-3.17", 'value = "30m"', 'value = "45m"'),
    Break("S001-2-3.17", 'category = ["*"]\nstart = [{ event = "reported", where = { channel = { set = true } } }]', 'category = ["enquiry"]\nstart = [{ event = "reported", where = { channel = { set = true } } }]'),
    Break("S001-2-3.17", 'stop = ["relayed", "dispatched"]\ncancel', 'stop = ["relayed"]\ncancel'),
    Break("S001-2-3.18", 'more = "@severities", required = true', 'more = "@severities"'),
    Break("S001-2-3.18", 'more = "@measures", required = true', 'more = "@measures"'),
    Break("S001-2-3.18", '  { label = "第几条", fact = "rule_no", kind = "choice" },\n'),
    # what stands on the board
    Break("S001-2-3.0", "；客户在先，服务第一。", "。"),
    Break("S001-2-3.8", 'label = "第 8 条"\ntext = "大厅里不打、不接私人电话。"', 'label = "第 8 条"\ntext = "大厅里不打私人电话。"'),
    Break("S001-2-3.8", 'clause = "3.8"\nboard = "前台工作守则"', 'clause = "3.8"\naction = "enter"'),
    Break("S001-2-3.9", "只留服务人员，别人没事不进。", "只留服务人员。"),
    Break("S001-2-3.10", "，见 {figure.company_rules}", ""),
    Break("S001-2-3.11", "，不长时间谈与工作无关的事。", "。"),
    Break("S001-2-3.14", 'label = "第 14 条"\ntext', 'label = "第 15 条"\ntext'),
    Break("S001-2-3.14", "不梳头、不化妆，不做", "不做"),
    Break("S001-2-1.5", "欢迎！欢迎光临！", "欢迎！"),
    Break("S001-2-1.5", 'label = "致谢语"', 'label = "辞别语"'),
    Break("S001-2-1.5", 'clause = "1.5"\nboard = "日常用语"', 'clause = "1.5"\nboard = "其他用语"'),
)  # fmt: skip

CODE_BREAKS = (CodeBreak("S001-2-3.6", holding, "check", nothing),)
