"""The office's mailbox: where letters are read and handed over, its password, a try, switching it off.

The password goes into its file (`notify.mailboxes`) and is never sent back to a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.intake import wires
from guanjia.intake.mail import boxes
from guanjia.intake.models import WireChange
from guanjia.kernel.problem import Problem, Problems
from guanjia.notify import mailboxes
from guanjia.notify.models import Mailbox
from guanjia.records.report import Cell, Column
from guanjia.staff import queries as staff
from guanjia.web import exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.components import ChoiceView, FieldView
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs

TAB = "settings-mailbox"
DRAFT = "mailbox"
PAGE = 50
HEADINGS = (Column("时间", "time"), Column("做了什么", width=3), "由谁")


@require_http_methods(["GET", "POST"])
@office_page
def page(request: OfficeRequest) -> HttpResponse:
    """How the mailbox goes, and its settings; saving switches one on again that was off."""
    tabs.require(request, "administer")
    if request.method != "POST":
        return _show(request)
    try:
        box = _save(request)
    except Problem as problem:
        return _show(request, problem)
    toasts.say(request, _("已保存 %s。请试一试连不连得上。") % box.address, draft=DRAFT)
    return redirect(TAB)


def _save(request: OfficeRequest) -> Mailbox:
    typed, problems = request.POST, []
    servers = {}
    for kind in boxes.PORTS:
        try:
            servers[kind] = boxes.server(typed.get(kind, ""), typed.get(f"{kind}_tls", ""), kind)
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return boxes.set_up(
        request.office, typed.get("address", ""), servers["imap"], servers["smtp"], at=request.now, by=request.user,
        user=typed.get("user", ""), registrar=boxes.registrar(request.office, typed.get("registrar", ""), request.now),
        password="" if mailboxes.from_environment() else typed.get("password", ""),
    )  # fmt: skip


def _show(request: OfficeRequest, problem: Problem | None = None) -> HttpResponse:
    box = mailboxes.known_of(request.office)
    errors = errors_of(problem) if problem else {}
    fields = _fields(request, box, errors)
    inputs = {one.key for one in fields} | {"password", "registrar", "to"}
    in_use = box is not None and box.stopped_at is None
    people = staff.staff_of(request.office, request.now)
    names = staff.told_apart(people)
    registrar = box.registrar.username if box and box.registrar else ""
    context = {
        "box": box,
        "in_use": in_use,
        "traffic": boxes.traffic(box, request.now) if box else None,
        "fields": fields,
        "people": [(one.username, name) for one, name in zip(people, names, strict=True)],
        "registrar": request.POST.get("registrar", registrar),
        "to": request.POST.get("to", box.address if box else ""),
        "has_password": mailboxes.has_password(request.office),
        "from_environment": mailboxes.from_environment(),
        "open": in_use and Mailbox.Tls.NONE in (box.imap_tls, box.smtp_tls) if box else False,
        "changes": Paginator(wires.changes(request.office, wires.MAILBOX), PAGE).get_page(
            request.GET.get("then")
        ),
        "errors": errors,
        "trouble": [text for key, text in errors.items() if key not in inputs],
    }
    return tabs.show(request, TAB, "mailbox", context, problem)


def _fields(request: OfficeRequest, box: Mailbox | None, errors: dict[str, str]) -> list[FieldView]:
    typed = request.POST
    tls = (
        ChoiceView("tls", "TLS"),
        ChoiceView("starttls", "STARTTLS"),
        ChoiceView("none", _("不加密")),
    )

    def field(key: str, label: str, value: str, **more: object) -> FieldView:
        return FieldView(
            key,
            label,
            value=typed.get(key, value),
            error=errors.get(key, ""),
            half=True,
            **more,  # type: ignore[arg-type]
        )

    known = {
        "imap": f"{box.imap_host}:{box.imap_port}" if box else "",
        "smtp": f"{box.smtp_host}:{box.smtp_port}" if box else "",
    }
    return [
        field("address", _("邮箱地址"), box.address if box else "", required=True),
        field("user", _("登录账号"), box.user if box else "", help=_("不填就是邮箱地址")),
        field(
            "imap", _("收信服务器（IMAP）"), known["imap"], required=True, placeholder="imap.example.com:993",
            help=_("不写端口为 993"),
        ),
        field("imap_tls", _("收信加密"), box.imap_tls if box else "tls", kind="choice", choices=tls),
        field(
            "smtp", _("发信服务器（SMTP）"), known["smtp"], required=True, placeholder="smtp.example.com:465",
            help=_("不写端口为 465；STARTTLS 多用 587"),
        ),
        field("smtp_tls", _("发信加密"), box.smtp_tls if box else "tls", kind="choice", choices=tls),
    ]  # fmt: skip


@form_on("settings-mailbox")
@office_page
def check(request: OfficeRequest) -> HttpResponse:
    """Has the worker sign in at both servers, and send a letter when an address is given; leads to how that goes."""
    tabs.require(request, "administer")
    try:
        box = mailboxes.mailbox_of(request.office)
        job = boxes.ask_check(box, request.POST.get("to", "").strip(), at=request.now, by=request.user)
    except Problem as problem:
        return _show(request, problem)
    return redirect("settings-job", job.pk)


@require_POST
@office_page
def stop(request: OfficeRequest) -> HttpResponse:
    """Switch the mailbox off: nothing is read or sent any more; what was read stays."""
    tabs.require(request, "administer")
    box = mailboxes.mailbox_of(request.office)
    boxes.stop(box, at=request.now, by=request.user)
    toasts.say(request, _("已停用 %s。") % box.address)
    return redirect(TAB)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """What was done to the mailbox, all of it."""
    tabs.require(request, "administer")
    rows = wires.changes(request.office, wires.MAILBOX)
    return exports.response(request, kind, _("邮箱的变动"), HEADINGS, _lines(rows.iterator(500)))


def _lines(rows: Iterator[WireChange]) -> Iterator[tuple[Cell, ...]]:
    for one in rows:
        yield one.at, one.what, one.by.name if one.by else _("服务器命令行")
