"""Breaks of the manual of complaints, and of the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from tests.manuals.mutations.kinds import Break, CodeBreak, nothing

from guanjia.cases import kin
from guanjia.policy import fields
from guanjia.policy.loader import read

RULES = 52
TEXT = read(Path(settings.MANUALS_ROOT) / "complaint-handling-8")
OBLIGATION, ACTION, FIGURE = "[[obligation]]", "[[procedure.action]]", "[[figure]]"


def inside(rule: str, head: str, key: str, old: str, new: str = "", nth: int = 1) -> Break:
    """A break within one part of the manual: the nth obligation, action or figure of that key."""
    part = TEXT.split(f'{head}\nkey = "{key}"\n')[nth].split("\n[[")[0]
    assert old in part, f"{key} no longer says {old}"
    whole = f'{head}\nkey = "{key}"\n{part}'
    return Break(rule, whole, whole.replace(old, new, 1))


def owed(number: str, key: str, old: str, new: str = "") -> Break:
    """A break of an obligation."""
    return inside(f"S004-1-{number}", OBLIGATION, key, old, new)


def act(number: str, key: str, old: str, new: str = "", nth: int = 1) -> Break:
    """A break of an action."""
    return inside(f"S004-1-{number}", ACTION, key, old, new, nth)


def text(number: str, old: str, new: str = "") -> Break:
    """A break of a text that stands once."""
    return Break(f"S004-1-{number}", old, new)


FROM_START = 'limit = "2h"'
BLOCKS = 'blocks = ["closed"]\n'

BREAKS = (
    act("1", "classify", '失职、违纪、违法', '做错事'),
    act("1", "classify", ', { value = "funds", label = "经费管理" }'),
    act("1", "classify", ', { value = "discipline", label = "违纪" }', ', { value = "discipline", label = "违规" }'),
    act("1", "classify", 'show_when = { verdict = "valid" }, required_when = { verdict = "valid" }, choices = [{ value = "service"', 'show_when = { verdict = "valid" }, choices = [{ value = "service"'),
    act("1", "classify", 'show_when = { verdict = "valid" }, required_when = { verdict = "valid" }, choices = [{ value = "dereliction"', 'show_when = { verdict = "valid" }, choices = [{ value = "dereliction"'),
    act("2", "classify", 'show_when = { verdict = "assisted" }, required_when = { verdict = "assisted" }', 'show_when = { verdict = "assisted" }'),
    act("2", "classify", 'label = "外部环境" }', 'label = "外部环境" }, { value = "internal", label = "内部" }'),
    act("2", "classify", '开发商、外部环境或服务范围以外的配套', '别人'),
    act("3", "classify", ', { value = "invalid", label = "无效投诉" }]', ', { value = "invalid", label = "无效投诉" }, { value = "unclear", label = "说不清" }]'),
    act("3", "classify", '无效：前两类都不是。'),
    act("4", "join", '{ ge = "=figure.collective_from" }', '{ gt = "=figure.collective_from" }'),
    act("4", "join", '{ ge = "=figure.collective_from" }', '{ ge = 4 }'),
    inside("S004-1-4", FIGURE, "collective_from", 'value = "5"', 'value = "6"'),
    act("4", "join", 'emits = ["became_collective"], effects = [{ do = "urgent" }, ', 'emits = ["became_collective"], effects = ['),
    act("4", "join", '{ within = "=figure.collective_window" }', '{ set = true }'),
    act("4", "join", '{ within = "=figure.collective_window" }', '{ within = "72h" }'),
    act("4", "join", '{ do = "spread", field = "children", event = "became_collective" }, '),
    text("5.1", '  { label = "公司传真", fact = "figure.company_fax" },\n'),
    text("5.1", '  { label = "投诉专用电子信箱", fact = "figure.complaint_email" },\n'),
    text("5.1", '  { label = "公司客户投诉处理中心热线", fact = "figure.centre_hotline" },\n'),
    text("5.1", '  { label = "管理处值班电话", fact = "figure.duty_phone" },\n'),
    text("5.2", 'clause = "五.2"\nrole = "duty_officer"\n', 'clause = "五.2"\nrole = "duty_officer"\nhours = "06:00-22:00"\n'),
    text("5.2", '  { label = "值班员", fact = "events.record_issued.who" },\n'),
    act("6.1a", "register", 'by = ["anyone"]', 'by = ["duty_officer"]'),
    act("6.1a", "register", 'show_when = { settled = true }, required_when = { settled = true } },\n  { key = "settled_at"', 'show_when = { settled = true } },\n  { key = "settled_at"'),
    owed("6.1b", "report_from_settling", '1h after settled_at', '2h after settled_at'),
    owed("6.1b", "report_from_settling", 'owner = "actor"', 'owner = "duty_officer"'),
    owed("6.1b", "report_from_settling", 'stop = ["relayed"]', 'stop = ["answered"]'),
    owed("6.1b", "report_from_receipt", '1h after opened_at', '1h after settled_at'),
    act("6.1c", "accept_report", 'effects = [{ do = "issue", form = "duty_log" }] },\n  { emits', 'effects = [] },\n  { emits'),
    act("6.1c", "accept_report", 'by = ["duty_officer"]', 'by = ["anyone"]'),
    text("6.1c", '  { label = "受理人", fact = "taker_name" },\n'),
    text("6.1c", '  { label = "处理结果", fact = "result" },\n  { label = "处理人"', '  { label = "处理人"'),
    owed("6.1d", "take", 'where = { state = "taken" } }, { event = "reopened"', 'where = { state = "settled" } }, { event = "reopened"'),
    act("6.1d", "register", ', { do = "notify", message = "not_settled", to = "duty_officer", when = { actor_roles = { lacks = "duty_officer" } } }'),
    owed("6.2a", "record", 'limit = "@record_at_once"', 'limit = "1h after received_at"'),
    inside("S004-1-6.2a", FIGURE, "record_at_once", '10m after received_at', '10m'),
    act("6.2a", "register", '{ emits = ["record_issued"], effects = [{ do = "issue", form = "duty_log" }, ', '{ emits = ["record_issued"], effects = ['),
    act("6.2a", "register", 'of = ["received_at"]', 'of = ["opened_at"]'),
    text("6.2a", '  { label = "记录时间", fact = "events.record_issued.first_at", kind = "time" },\n'),
    text("6.2a", '  { label = "接到时间", fact = "received_at", kind = "time" },\n', '  { label = "接到时间", fact = "opened_at", kind = "time" },\n'),
    act("6.2b", "hand_over", '  { do = "assign", field = "handler" },\n'),
    act("6.2b", "hand_over", 'kind = "staff", roles = ["cs_supervisor"], required = true', 'kind = "staff", roles = ["cs_supervisor"]'),
    act("6.2b", "hand_over", '  { do = "notify", message = "handed_over", to = "assignee" },\n'),
    act("6.3", "classify", 'by = ["supervisor", "head"]', 'by = ["supervisor", "head", "duty_officer"]'),
    act("6.3", "classify", 'when = { accused = { set = true } }, only_if', 'when = { matter = { set = true } }, only_if'),
    act("6.3", "contact", 'from = ["valid", ', 'from = ["with_supervisor", "valid", '),
    act("6.3", "solve", 'from = ["valid"', 'from = ["with_supervisor", "valid"'),
    act("6.3", "answer", 'from = ["handled"', 'from = ["with_supervisor", "handled"'),
    owed("6.3", "classify", 'stop = ["classified"]', 'stop = ["solved"]'),
    owed("7.1a", "contact", FROM_START, 'limit = "3h"'),
    owed("7.1a", "contact", 'owner = "supervisor"', 'owner = "duty_officer"'),
    act("7.1a", "contact", 'kind = "time", required = true', 'kind = "time"'),
    owed("7.1a", "contact_from_receipt", 'limit = "2h after opened_at"', FROM_START),
    owed("7.1a", "contact_from_class", FROM_START, 'limit = "2h after opened_at"'),
    owed("7.1a", "contact_from_class", '{ reclassified = { set = true } }, '),
    owed("7.1b", "handle", 'at promised_at', '1h after promised_at'),
    owed("7.1b", "answer_as_agreed", 'at promised_at', '1h after promised_at'),
    act("7.1b", "contact", '{ promised_at = { le = "=day_ends" } }', '{ promised_at = { set = true } }'),
    owed("7.2a", "report_out", 'blocks = ["solved"]'),
    owed("7.2a", "report_out", 'owner = "supervisor"', 'owner = "duty_officer"'),
    act("7.2a", "report_out", 'label = "报告给谁", required = true', 'label = "报告给谁"'),
    act("7.2a", "report_out", 'effects = [{ do = "issue", form = "outside_report" }]'),
    act("7.2a", "track", 'require = [{ when = { "events.handed_over" = { set = true } }, says = "还没有书面报告，先报告再跟进。" }]\n'),
    text("7.2a", '  { label = "日期", fact = "events.handed_over.at", kind = "time" },\n'),
    act("7.2b", "track", 'effects = [{ do = "subject", message = "title_tracked" }]'),
    owed("7.2b", "track", 'start = ["handed_over"]', 'start = ["informed"]'),
    owed("7.2b", "track", 'stop = ["solved"]', 'stop = ["progressed"]'),
    act("7.3", "explain", 'kind = "long", required = true, clause = "七.3"', 'kind = "long", clause = "七.3"'),
    text("7.3", 'when = { state = "invalid" }', 'when = { state = "valid" }'),
    act("7.4a", "report_out", 'by = ["supervisor", "field:taker"]', 'by = ["supervisor"]'),
    owed("7.4a", "pass_on", 'owner = "field:taker"', 'owner = "supervisor"'),
    text("7.4a", '  { label = "报告人", fact = "events.handed_over.who" },\n'),
    text("7.4a", '  { label = "报告给谁", fact = "addressee" },\n'),
    owed("7.4b", "track_developer", 'owner = "field:taker"', 'owner = "supervisor"'),
    owed("7.4b", "track_developer", 'stop = ["solved"]', 'stop = ["progressed"]'),
    owed("7.4b", "track_developer", 'where = { cause = "developer" }', 'where = { cause = "municipal" }'),
    owed("7.5", "negotiate", 'cause = ["municipal", "facilities"]', 'cause = ["municipal"]'),
    owed("7.5", "negotiate", 'cause = ["municipal", "facilities"]', 'cause = ["facilities"]'),
    owed("7.5", "negotiate", 'owner = "field:taker"', 'owner = "supervisor"'),
    owed("7.5", "negotiate", 'blocks = ["solved"]'),
    act("7.5", "negotiate", 'label = "和哪个部门", required = true', 'label = "和哪个部门"'),
    act("7.5", "negotiate", 'label = "商定怎么解决", kind = "long", required = true', 'label = "商定怎么解决", kind = "long"'),
    act("7.6", "close", 'when = { satisfied = "yes" }', 'when = { satisfied = { set = true } }'),
    owed("7.6", "opinion", 'owner = "field:taker"', 'owner = "supervisor"'),
    act("7.6", "again", ', required_when = { any = [{ way = "continue" }, { "figure.dissatisfied" = "continue" }] }'),
    act("7.6", "again", 'to = "valid", emits = ["reopened"]', 'to = "closed", emits = ["closed"]'),
    act("7.6", "again", 'when = { any = [{ way = "new_case" }, { "figure.dissatisfied" = "new_case" }] }', 'when = { way = { not = "continue" } }'),
    act("7.7a", "solve", 'kind = "long", required = true, clause = "七.7"', 'kind = "long", clause = "七.7"'),
    act("7.7a", "solve", '  { do = "fill", form = "duty_log" },\n'),
    owed("7.7a", "write_up", 'owner = "field:taker"', 'owner = "supervisor"'),
    text("7.7a", '  { label = "处理人", fact = "events.solved.who" },\n'),
    text("7.7a", '  { label = "处理完时间", fact = "events.solved.at", kind = "time" },\n'),
    act("7.7b", "answer", '"怎么答复的", kind = "choice", required = true', '"怎么答复的", kind = "choice"'),
    act("7.7b", "answer", ', { value = "oral", label = "口头" }', ', { value = "oral", label = "口头", when = { reply_means = "visit" } }'),
    act("7.8a", "submit_up", 'label = "为什么办不了", kind = "long", required = true', 'label = "为什么办不了", kind = "long"'),
    act("7.8a", "submit_up", '  { do = "notify", message = "for_superior", to = "field:superior" },\n'),
    owed("7.8a", "superior_handles", 'owner = "field:superior"', 'owner = "field:taker"'),
    act("7.8a", "to_company", 'by = ["field:superior", "head"]', 'by = ["field:superior", "head", "duty_officer"]'),
    act("7.8a", "to_company", ', { value = "general_manager", label = "总经理" }'),
    act("7.8a", "to_company", '  { do = "notify", message = "for_leader", to = "field:leader" },\n'),
    act("7.8a", "to_company", 'label = "为什么要报", kind = "long", required = true', 'label = "为什么要报", kind = "long"'),
    owed("7.8a", "leader_handles", 'owner = "field:leader"', 'owner = "head"'),
    act("7.8b", "submit_up", '  { do = "issue", form = "routing_sheet" },\n'),
    act("7.8b", "solve_routed", 'kind = "long", required = true', 'kind = "long"'),
    act("7.8b", "solve_routed", '  { do = "fill", form = "routing_sheet" },\n'),
    text("7.8b", '  { label = "处理人", fact = "events.decided.who" },\n'),
    owed("7.8c", "reply_routed", 'owner = "field:taker"', 'owner = "head"'),
    owed("7.8c", "reply_routed", 'stop = ["answered"]', 'stop = ["solved"]'),
    owed("8.1a", "report_head", 'limit = "@report_at_once"', 'limit = "1h"'),
    owed("8.1a", "report_head", 'start = ["became_collective"]', 'start = ["linked"]'),
    act("8.1a", "join", ', { do = "notify", message = "collective", to = "head" }'),
    owed("8.1a", "acknowledge", 'stop = ["accepted"]', 'stop = ["solved"]'),
    act("8.1a", "acknowledge", 'by = ["head"]', 'by = ["head", "duty_officer"]'),
    owed("8.1b", "tell_vice_president", 'where = { vice_president_told = { set = true } }', 'where = { centre_told = { set = true } }'),
    owed("8.1b", "tell_centre", 'limit = "@report_at_once"', 'limit = "1h"'),
    owed("8.1b", "tell_centre", 'where = { centre_told = { set = true } }', 'where = { vice_president_told = { set = true } }'),
    act("8.1b", "tell_vice_president", 'effects = [{ do = "notify", message = "collective", to = "vice_president" }]'),
    act("8.1b", "tell_centre", 'effects = [{ do = "notify", message = "collective", to = "centre" }]'),
    act("8.1c", "agree", 'kind = "time", required = true', 'kind = "time"'),
    act("8.1c", "agree", 'by = ["head"]', 'by = ["head", "supervisor"]'),
    act("8.1c", "agree", 'require = [{ when = { "children.homes" = { has = "=household" } }, says = "这一户没有并入这件集体投诉。" }]\n'),
    owed("8.1c", "household_time", 'subject = "household" }', 'subject = "*" }'),
    owed("8.1c", "household_time", ', { event = "linked", where = { "events.became_collective" = { set = true } }, subject = "joined_unit" }'),
    owed("8.1c", "household_answer", 'at promised_at', '1h after promised_at'),
    act("8.1c", "organise", 'by = ["head"]', 'by = ["head", "supervisor"]', 2),
    act("8.1c", "organise", '{ do = "assign", field = "helper" }, ', '', 2),
    act("8.1d", "close", 'require = [{ when = { "papers.special_incident_report" = { set = true } }, says = "还没有填特别事故报告。" }]\n', '', 2),
    act("8.1d", "report_incident", 'effects = [{ do = "issue", form = "special_incident_report" }]'),
    text("8.1d", '  { label = "原因和今后怎么防", fact = "lesson" },\n'),
    act("8.2a", "beyond_supervisor", ', { do = "notify", message = "for_head", to = "head" }'),
    owed("8.2a", "head_resolves", 'owner = "head"', 'owner = "supervisor"'),
    owed("8.2a", "head_organises", 'stop = ["dispatched"]', 'stop = ["solved"]'),
    act("8.2a", "organise", 'by = ["head"]', 'by = ["head", "supervisor"]'),
    act("8.2a", "organise", '{ do = "assign", field = "helper" }, '),
    act("8.2b", "to_centre", 'by = ["head"]', 'by = ["head", "supervisor"]'),
    act("8.2b", "to_centre", 'by = ["head"]', 'by = ["head", "duty_officer"]'),
    act("8.2b", "to_centre", 'effects = [{ do = "notify", message = "for_centre", to = "centre" }]'),
    owed("8.2b", "centre_helps", 'owner = "centre"', 'owner = "head"'),
    owed("8.3", "report_back", 'limit = "12h"', 'limit = "24h"'),
    owed("8.3", "report_back", 'life = "beyond"\n'),
    owed("8.3", "report_back", '{ event = "solved", where = { channel = "centre" } }', '"solved"'),
    act("8.3", "report_back", 'effects = [{ do = "notify", message = "report_back", to = "centre" }]'),
    act("9", "solve", '  { do = "fill", form = "duty_log" },\n'),
    act("9", "explain", 'effects = [{ do = "fill", form = "duty_log" }]'),
    owed("9", "result_in_log", 'where = { result = { set = false } }', 'where = { result = { set = true } }'),
    owed("9", "result_in_log", '"solved", "explained"', '"solved"'),
    owed("10.1a", "reply_spot", '2h after settled_at', '3h after settled_at'),
    owed("10.1a", "reply_spot", 'owner = "duty_officer"', 'owner = "supervisor"'),
    owed("10.1a", "reply_spot", '2h after settled_at', '2h'),
    act("10.1b", "reply_spot", 'kind = "long", required = true', 'kind = "long"'),
    act("10.1b", "reply_spot", 'effects = [{ do = "fill", form = "duty_log" }]'),
    owed("10.2a", "same_day", 'limit = "same day"', 'limit = "1 day"'),
    owed("10.2a", "same_day", 'stop = ["answered"]', 'stop = ["contacted"]'),
    owed("10.2a", "same_day_handled", 'limit = "same day"', 'limit = "1 day"'),
    owed("10.2a", "same_day", '"figure.same_day_from" = "received" } }, {', '"figure.same_day_from" = { set = true } } }, {'),
    owed("10.2b", "same_day", '{ event = "promised", where = { special = { set = true } } }, '),
    owed("10.2b", "answer_special", 'at promised_at', 'same day'),
    act("10.2b", "contact", '{ promised_at = { le = "=day_ends" } }, { special', '{ promised_at = { set = true } }, { special'),
    act("10.3a", "answer", '{ value = "visit", label = "上门拜访" }, { value = "phone", label = "电话" }', '{ value = "phone", label = "电话" }, { value = "visit", label = "上门拜访" }'),
    act("10.3a", "answer", ', required_when = { reply_means = ["phone", "counter"], verdict = "valid" }'),
    act("10.3b", "answer", ', required_when = { reply_means = "visit" } },\n]', ' },\n]'),
    act("10.3b", "answer", '{ do = "sign", field = "signature", form = "visit_record", purpose = "回复" }, '),
    act("10.3b", "answer", '{ do = "issue", form = "visit_record" }, { do = "sign", field = "signature", form = "visit_record", purpose = "回复" }, '),
    text("10.3b", '  { label = "业户的意见", fact = "opinion" },\n  { label = "业户签名", fact = "signature", kind = "signature" },\n]\n\n[[form]]\nkey = "outside_report"', '  { label = "业户签名", fact = "signature", kind = "signature" },\n]\n\n[[form]]\nkey = "outside_report"'),
    act("10.3c", "answer", '{ emits = ["answered"], effects = [{ do = "fill", form = "duty_log" }] }', '{ emits = ["answered"] }'),
    act("10.3c", "answer", '{ emits = ["answered"], effects = [{', '{ emits = ["answered"], effects = [{ do = "issue", form = "visit_record" }, {'),
    act("10.3c", "answer", 'required_when = { reply_means = { not = "letter" } } },\n  { key = "satisfied"', 'required_when = { reply_means = "visit" } },\n  { key = "satisfied"'),
    owed("11a", "household_visit", BLOCKS.strip()),
    owed("11a", "household_visit", 'event = "visited"', 'event = "informed"'),
    owed("11a", "household_visit", 'subject = "children.homes"', 'subject = "joined_unit"'),
    act("11a", "visit", 'kind = "signature", required = true', 'kind = "signature"'),
    owed("11b", "answer_written", BLOCKS.strip()),
    owed("11b", "answer_written", 'where = { answered_by = "written" }', 'where = { answered_by = "oral" }'),
    owed("11b", "answer_otherwise", BLOCKS.strip()),
    owed("11b", "answer_written", 'in_writing = true, "figure.written_scope" = "all"', 'in_writing = true, "figure.written_scope" = { set = true }'),
    owed("11b", "answer_otherwise", '{ event = "linked", where = { in_writing = true, "figure.written_scope" = "collective" } }', '{ event = "linked", where = { in_writing = false } }'),
    owed("12", "inform", 'start = [{ event = "progressed", where = { state = "assisted" } }]', 'start = [{ event = "progressed", where = { state = "with_centre" } }]'),
    owed("12", "inform", 'stop = ["informed"]', 'stop = ["solved"]'),
    act("12", "inform_resident", 'effects = [{ do = "notify", message = "progress", to = "resident" }]'),
    owed("13", "invalid_from_class", FROM_START, 'limit = "3h"'),
    owed("13", "invalid_from_class", 'owner = "supervisor"', 'owner = "duty_officer"'),
    owed("13", "invalid_from_receipt", '2h after opened_at', '2h'),
    owed("13", "invalid_from_receipt", '"figure.invalid_from" = "received"', '"figure.invalid_from" = "classified"'),
    act("14", "again", '{ do = "open_case", category = "complaint", copy = "unit contact_name contact_phone matter channel in_writing accused renewal" }'),
    act("14", "again", 'accused renewal"', 'accused"'),
    act("14", "again", '{ "figure.dissatisfied" = "new_case" }] } }, {', '{ "figure.dissatisfied" = "continue" }] } }, {'),
    text("14", 'effects = [{ do = "subject", message = "title_renewed", when = { renewal = "renewed" } }]\n'),
    owed("15a", "month_report", 'by day 5', 'by day 6'),
    owed("15a", "month_report_before", 'before day 5', 'by day 5'),
    owed("15a", "month_report", 'owner = "supervisor"', 'owner = "head"'),
    act("15a", "send_report", '  { do = "notify", message = "report_sent", to = "centre" },\n'),
    act("15b", "send_report", 'require = [{ when = { state = "reviewed" }, says = "主任还没有审阅，不能报出。" }]\n'),
    act("15b", "review", 'by = ["head"]', 'by = ["head", "supervisor"]'),
    text("15b", '  { label = "审阅人", fact = "events.reviewed.who" },\n'),
    text("15b", '  { label = "审阅时间", fact = "events.reviewed.at", kind = "time" },\n'),
    text("16.1", 'category = "complaint"\ncolumn = [\n', 'category = "complaint"\nwhere = { verdict = { set = true } }\ncolumn = [\n'),
    text("16.1", 'category = "complaint"\ncolumn = [\n', 'category = "complaint"\nwhere = { "events.withdrawn" = { set = false } }\ncolumn = [\n'),
    text("16.1", '  { label = "受理的全部投诉", fact = "complaints", kind = "table" },\n'),
    text("16.2", 'recurrence = "@log_check_rhythm"', 'recurrence = "yearly"'),
    owed("16.2", "log_check", 'limit = "@log_check_within"', 'limit = "3 months"'),
    act("16.2", "check_log", 'by = ["supervisor", "head"]', 'by = ["supervisor", "head", "duty_officer"]'),
    act("16.2", "check_log", 'label = "走访了哪几户", kind = "list", required = true', 'label = "走访了哪几户", kind = "list"'),
    act("16.2", "check_log", '  { when = { "sampled.count" = { ge = "=figure.log_check_size" } }, says = "抽的记录不够本处定的条数。" },\n'),
    act("16.2", "check_log", ', required_when = { complete = false }'),
    owed("16.2", "log_check_head", 'by = ["head"]', 'by = ["supervisor"]'),
    text("16.3", 'recurrence = "@satisfaction_rhythm"', 'recurrence = "yearly"'),
    act("16.3", "work_out", 'require = [{ when = { "events.followed_up.n" = { ge = "=figure.satisfaction_size" } }, says = "走访的件数不够本处定的数。" }]\n'),
    act("16.3", "work_out", 'of = ["satisfied_count", "visited_count"]', 'of = ["visited_count", "visited_count"]'),
    act("16.3", "visit_complainant", 'when = { satisfied = "yes" }', 'when = { satisfied = "no" }'),
    act("16.3", "visit_complainant", '"handled_case_events.answered" = { set = true }', '"handled_case_events.reported" = { set = true }'),
    owed("16.3", "satisfaction_check", 'limit = "@satisfaction_within"', 'limit = "1 day"'),
)  # fmt: skip


def nobody(_old: Callable[..., Any]) -> Callable[..., Any]:
    """No case came out of another."""
    return lambda *args, **kwargs: []


CODE_BREAKS = (
    CodeBreak("S004-1-4", kin, "numbers_of_children", nobody),
    CodeBreak("S004-1-16.3", fields, "_share", nothing),
)
