"""What the cashier does with the till of a day: counts it, takes cash to the bank, closes the day; finance checks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kernel.money import parse_yuan, yuan, yuan_sign
from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, days
from guanjia.records.report import Block, Cell, Column, Report, Table, report_data
from guanjia.staff import rules
from guanjia.web import exports, toasts
from guanjia.web.cashier.day import page
from guanjia.web.cashier.views import day_of
from guanjia.web.doors import OfficeRequest, form_on, office_page


def _done(request: OfficeRequest, chosen: date, do: Callable[[], str]) -> HttpResponse:
    """Back to the day with word of what was done, or the day with what is wrong and what was typed."""
    try:
        word = do()
    except Problem as problem:
        return page(request, chosen, problem)
    toasts.say(request, word)
    return redirect(f"{reverse('cashier-day')}?day={chosen:%Y-%m-%d}")


def _key(request: OfficeRequest, what: str) -> str:
    """The key of the form, so that a form sent twice counts once."""
    given = request.POST.get("key", "")[:80]
    if not given:
        raise Problem("KEY_INVALID", _("这张表不完整。"), _("请刷新页面再办。"))
    return f"{what}:{given}"


@form_on("cashier-day")
@office_page
def count(request: OfficeRequest) -> HttpResponse:
    """The cash was counted, by denomination or as a sum; a difference needs its reason."""
    rules.require("take_money", request.user, request.office, request.now)
    return _done(request, day_of(request), lambda: _count(request))


def _count(request: OfficeRequest) -> str:
    notes = {fen: _number(request.POST.get(f"n{fen}", "")) for fen in days.DENOMINATIONS}
    text = request.POST.get("counted", "").strip()
    total = sum(fen * number for fen, number in notes.items())
    counted = parse_yuan(text, field="counted") if text or not any(notes.values()) else total
    row = actions.count_cash(
        request.office, counted_fen=counted, notes=notes, reason=request.POST.get("reason", ""),
        key=_key(request, "count"), at=request.now, actor=request.user,
    )  # fmt: skip
    return _("已点款 %s。") % yuan_sign(row.counted_fen)


def _number(text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Problem("FIELD_INVALID", _("「%s」不是张数。") % text, _("请填整数。"), field="notes")
    return int(text)


@form_on("cashier-day")
@office_page
def deposit(request: OfficeRequest) -> HttpResponse:
    """Cash was taken to the bank."""
    rules.require("take_money", request.user, request.office, request.now)
    return _done(request, day_of(request), lambda: _deposit(request))


def _deposit(request: OfficeRequest) -> str:
    slip = request.POST.get("slip", "").strip()
    if not 0 < len(slip) <= 40:
        raise Problem(
            "FIELD_REQUIRED", _("没有填银行回单号。"), _("请照银行回单填写，最多 40 个字符。"), field="slip"
        )
    row = actions.deposit_cash(
        request.office, amount_fen=parse_yuan(request.POST.get("amount", ""), field="amount"), slip=slip,
        memo=request.POST.get("bank", "").strip(), key=_key(request, "deposit"), at=request.now, actor=request.user,
    )  # fmt: skip
    return _("已送存 %s。") % yuan_sign(row.amount_fen)


@form_on("cashier-day")
@office_page
def void_deposit(request: OfficeRequest, number: int) -> HttpResponse:
    """A deposit was written down wrongly."""
    rules.require("take_money", request.user, request.office, request.now)
    row = days.deposit_of(request.office, number)

    def do() -> str:
        actions.void_deposit(
            row, reason=request.POST.get("reason", ""), key=f"unbank:{row.pk}", at=request.now, actor=request.user
        )  # fmt: skip
        return _("送存 %s 已作废，钱回到库存现金。") % yuan(row.amount_fen)

    return _done(request, row.at.astimezone(request.zone).date(), do)


@require_safe
@office_page
def deposit_pdf(request: OfficeRequest, number: int) -> HttpResponse:
    """《送存单》: figures and words, who took it, who checked."""
    rules.require("see_money", request.user, request.office, request.now)
    row = days.deposit_of(request.office, number)
    back = getattr(row, "reversed_by", None)
    columns = (
        Column(_("时间"), "time"),
        Column(_("银行回单号")),
        Column(_("存入银行")),
        Column(_("金额，元"), "money"),
    )
    line: tuple[Cell, ...] = (row.at, days.slip_number(row), row.memo, row.amount_fen)
    table = Table(columns, [line], words=(_("大写"), row.amount_fen))
    said = [_("已作废：%s") % back.memo] if back else []
    title = _("送存单")
    report = Report(
        title, request.office.name, f"{row.at.astimezone(request.zone):%Y-%m-%d}", [Block(text=said, table=table)],
        request.now, request.zone, number=f"{row.pk}", signs=(_("送存") + f" {row.actor or ''}", _("复核")),
    )  # fmt: skip
    return exports.paper("report", report_data(report), f"{title}-{row.pk}")


@form_on("cashier-day")
@office_page
def close(request: OfficeRequest) -> HttpResponse:
    """The cashier closes a day that is counted."""
    rules.require("take_money", request.user, request.office, request.now)
    chosen = day_of(request)

    def do() -> str:
        row = actions.close_day(request.office, chosen, at=request.now, actor=request.user)
        return _("%s 已关账，请财务复核。") % row.day

    return _done(request, chosen, do)


@form_on("cashier-day")
@office_page
def check(request: OfficeRequest) -> HttpResponse:
    """Finance signs for a closed day."""
    rules.require("check_money", request.user, request.office, request.now)
    chosen = day_of(request)

    def do() -> str:
        closes = days.closes_of(request.office, chosen)
        if not closes:
            raise Problem("DAY_OPEN", _("这一天还没有关账。"), _("请收费员先点款、关账。"), status=409)
        actions.check_day(closes[0], at=request.now, actor=request.user)
        return _("%s 的关账已复核。") % chosen

    return _done(request, chosen, do)
