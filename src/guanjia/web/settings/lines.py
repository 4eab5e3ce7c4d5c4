"""Telephone lines: opening, naming, new keys, switching off, a ring to try; whose desk an extension is.

A key is shown in the answer to the form that made it and nowhere else: not in the address, the session or a toast.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.intake import wires
from guanjia.intake.models import PhoneLine
from guanjia.intake.telephone import lines, trial
from guanjia.kernel.problem import Problem
from guanjia.records.report import Cell, Column
from guanjia.staff import queries as staff
from guanjia.web import exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.components import FieldView
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs

TAB = "settings-lines"
DRAFT = "line-new"
PAGE = 50
HEADINGS = (
    "名称", "号码", "状态", "几声以内算及时", "七天来电", Column("最近报告", "time"), Column("最近拒绝", "time"),
    "为什么拒绝",
)  # fmt: skip


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The office's lines, those in use first, its extensions and what was changed."""
    return _list(request)


def _list(request: OfficeRequest, problem: Problem | None = None) -> HttpResponse:
    tabs.require(request, "administer")
    search = request.GET.get("q", "").strip()
    errors = errors_of(problem) if problem else {}
    people = staff.staff_of(request.office, request.now)
    names = staff.told_apart(people)
    context = {
        "page": Paginator(lines.counted(request.office, request.now, search), PAGE).get_page(
            request.GET.get("page")
        ),
        "search": search,
        "extensions": lines.extensions(request.office),
        "people": [(str(one.pk), name) for one, name in zip(people, names, strict=True)],
        "changes": Paginator(wires.changes(request.office, wires.LINE), PAGE).get_page(
            request.GET.get("then")
        ),
        "typed": request.POST,
        "errors": errors,
        "trouble": [errors[""]] if "" in errors else [],
    }
    return tabs.show(request, TAB, "lines", context, problem)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them; keys stand nowhere."""
    tabs.require(request, "administer")
    rows = lines.counted(request.office, request.now, request.GET.get("q", "").strip())
    return exports.response(request, kind, _("电话线路"), HEADINGS, _rows(rows.iterator(500)))


def _rows(rows: Iterator[PhoneLine]) -> Iterator[tuple[Cell, ...]]:
    for one in rows:
        yield (
            one.label, one.number, _("停用") if one.revoked_at else _("在用"), str(one.rings_in_time), str(one.week),  # type: ignore[attr-defined]
            one.heard_at, one.trouble_at, one.trouble,
        )  # fmt: skip


# ---------------------------------------------------------------- one line


def _fields(
    request: OfficeRequest, errors: dict[str, str], known: PhoneLine | None = None
) -> list[FieldView]:
    typed = request.POST if errors else {}

    def field(key: str, label: str, value: object, **more: object) -> FieldView:
        return FieldView(
            key,
            label,
            value=typed.get(key, value),
            error=errors.get(key, ""),
            half=True,
            **more,  # type: ignore[arg-type]
        )

    found = [
        field("label", _("名称"), known.label if known else "", help=_("如 服务热线；在来电里这样显示")),
        field(
            "rings_in_time", _("几声以内接算及时"), known.rings_in_time if known else 2, kind="number", required=True,
            suffix=_("声"), help=_("2 是第三声之前"),
        ),
    ]  # fmt: skip
    if known is None:
        number = field(
            "number",
            _("号码"),
            "",
            kind="phone",
            required=True,
            help=_("业户拨打的号码，带区号，如 0755-88000120"),
        )
        found.insert(0, number)
        if not lines.calls_back(request.office, request.now):
            found.append(
                field(
                    "call_back",
                    _("没接到的多久内打回去"),
                    "",
                    help=_(
                        "本处的规程没有管未接来电，开通时采用软件自带的《来电》；如 30m 是三十分钟，不填照它的建议"
                    ),
                )  # fmt: skip
            )
    return found


def _rings(request: OfficeRequest) -> int:
    text = request.POST.get("rings_in_time", "").strip()
    return int(text) if text.isdecimal() and len(text) < 4 else 0


@never_cache
@require_http_methods(["GET", "POST"])
@office_page
def create(request: OfficeRequest) -> HttpResponse:
    """A new line; the answer shows its key once."""
    tabs.require(request, "administer")
    problem = None
    if request.method == "POST":
        typed = request.POST
        try:
            made, secret = lines.add(
                request.office, typed.get("number", ""), typed.get("label", ""), at=request.now, by=request.user,
                rings_in_time=_rings(request), call_back=typed.get("call_back", "").strip(),
            )  # fmt: skip
            toasts.say(request, _("已开通 %s。") % made.label, draft=DRAFT)
            return _show(request, made.pk, secret=secret)
        except Problem as found:
            problem = found
    errors = errors_of(problem) if problem else {}
    fields = _fields(request, errors)
    shown = {one.key for one in fields}
    context = {"fields": fields, "trouble": [text for key, text in errors.items() if key not in shown]}
    return tabs.show(request, TAB, "line_new", context, problem)


@require_safe
@office_page
def line(request: OfficeRequest, pk: int) -> HttpResponse:
    """One line: how it goes, how the telephone system is connected, a ring to try."""
    tabs.require(request, "administer")
    return _show(request, pk)


@never_cache
@form_on("settings-line", "pk")
@office_page
def rotate(request: OfficeRequest, pk: int) -> HttpResponse:
    """A new key for the line, shown once; the old one opens nothing any more."""
    tabs.require(request, "administer")
    found = lines.line_for(request.office, pk, request.now)
    try:
        secret = lines.rotate(found, at=request.now, by=request.user)
    except Problem as problem:
        return _show(request, pk, problem)
    return _show(request, pk, secret=secret)


@form_on("settings-line", "pk")
@office_page
def change(request: OfficeRequest, pk: int, what: str) -> HttpResponse:
    """name, stop or ring: one change of a line, or a call that is made up."""
    tabs.require(request, "administer")
    found = lines.line_for(request.office, pk, request.now)
    try:
        if what == "name":
            lines.change(
                found, request.POST.get("label", ""), _rings(request), at=request.now, by=request.user
            )
            said = _("已保存「%s」。") % found.label
        elif what == "stop":
            lines.revoke(found, at=request.now, by=request.user)
            said = _("已停用 %s，密钥已经失效。") % found.label
        elif what == "ring":
            trial.ring_once(found, request.POST.get("extension", ""), now=request.now)
            said = _("正在响：请看接待员的工作台，一分半钟后自己停。")
        else:
            raise Problem("NOT_FOUND", _("没有这一项。"), status=404)
    except Problem as problem:
        return _show(request, pk, problem)
    toasts.say(request, said)
    return redirect("settings-line", pk)


def _show(request: OfficeRequest, pk: int, problem: Problem | None = None, secret: str = "") -> HttpResponse:
    found = lines.line_for(request.office, pk, request.now)
    errors = errors_of(problem) if problem else {}
    fields = _fields(request, errors, found)
    shown = {one.key for one in fields}
    address = reverse("api-1:call_event")
    context = {
        "line": found,
        "secret": secret,
        "address": settings.ORIGIN + address if settings.ORIGIN else request.build_absolute_uri(address),
        "example": json.dumps(
            trial.example(found, request.now.astimezone(request.zone)), ensure_ascii=False, indent=2
        ),
        "fields": fields,
        "extensions": lines.extensions(request.office),
        "silent": not found.heard_at or bool(found.keyed_at and found.heard_at < found.keyed_at),
        "troubled": bool(found.trouble_at and not (found.heard_at and found.heard_at > found.trouble_at)),
        "trouble": [text for key, text in errors.items() if key not in shown],
    }
    return tabs.show(request, TAB, "line", context, problem)


# ---------------------------------------------------------------- extensions


@form_on("settings-lines")
@office_page
def give(request: OfficeRequest) -> HttpResponse:
    """An extension becomes somebody's desk."""
    tabs.require(request, "administer")
    typed = request.POST
    try:
        people = {str(one.pk): one for one in staff.staff_of(request.office, request.now)}
        owner = people.get(typed.get("user", ""))
        if owner is None:
            raise Problem("FIELD_REQUIRED", _("「在谁的台上响」要选。"), field="user")
        row = lines.give_extension(
            request.office, typed.get("extension", ""), owner, at=request.now, by=request.user
        )
    except Problem as problem:
        return _list(request, problem)
    toasts.say(
        request, _("分机 %(number)s 在%(name)s的台上响。") % {"number": row.number, "name": owner.name}
    )
    return redirect(TAB)


@require_POST
@office_page
def drop(request: OfficeRequest, pk: int) -> HttpResponse:
    """An extension is nobody's desk any more."""
    tabs.require(request, "administer")
    number = lines.drop_extension(request.office, pk, at=request.now, by=request.user)
    toasts.say(request, _("分机 %s 不再归人，来电在每个台上响。") % number)
    return redirect(TAB)
