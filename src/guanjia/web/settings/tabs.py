"""The pages of administration: who may see which. One table; the first open one is where `settings` leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guanjia.kernel.problem import Problem
from guanjia.staff.rules import PERMISSIONS
from guanjia.web.doors import OfficeRequest, office_page


@dataclass(frozen=True)
class Tab:
    """A page of administration, by the name of its address; any one of the permissions opens it."""

    name: str
    label: object
    permissions: tuple[str, ...]


TABS = (
    Tab("settings-people", _("人员"), ("administer", "manage_shifts")),
    Tab("settings-shifts", _("排班"), ("manage_shifts", "administer")),
    Tab("settings-hours", _("办公时间"), ("manage_hours",)),
    Tab("settings-table", _("分类"), ("manage_services", "administer")),
    Tab("settings-items", _("服务项目"), ("manage_services",)),
    Tab("settings-suppliers", _("供应商"), ("manage_services",)),
    Tab("settings-households", _("住户导入"), ("manage_households",)),
    Tab("settings-jobs", _("后台任务"), ("manage_households", "administer")),
    Tab("settings-access", _("查看记录"), ("see_access_log",)),
    Tab("settings-outbox", _("外发消息"), ("see_outbox",)),
    Tab("settings-lines", _("电话线路"), ("administer",)),
    Tab("settings-mailbox", _("邮箱"), ("administer",)),
    Tab("settings-keys", _("接口密钥"), ("administer",)),
)


def can(request: OfficeRequest, *permissions: str) -> bool:
    """Whether the person holds any of the permissions here; asks the roles that the page already knows."""
    return any(PERMISSIONS[permission] & request.roles for permission in permissions)


def permissions_of(tab: str) -> tuple[str, ...]:
    """The permissions of which any opens a page of administration."""
    return next(one.permissions for one in TABS if one.name == tab)


def require(request: OfficeRequest, *permissions: str) -> None:
    """Nothing, or Problem FORBIDDEN when the person holds none of the permissions here."""
    if not can(request, *permissions):
        raise Problem("FORBIDDEN", str(_("您的岗位不能办这件事。")), str(_("请能办的同事来办。")), status=403)


def show(
    request: OfficeRequest,
    tab: str,
    template: str,
    context: Mapping[str, object],
    problem: Problem | None = None,
) -> HttpResponse:
    """A page of administration with its tabs; after a refusal with the status of its Problem."""
    tabs = [(one.name, one.label, one.name == tab) for one in TABS if can(request, *one.permissions)]
    everything = {"area": "settings", "tabs": tabs, "tab": tab, **context}
    return render(
        request, f"web/settings/{template}.html", everything, status=problem.status if problem else 200
    )


@require_safe
@office_page
def home(request: OfficeRequest) -> HttpResponse:
    """Leads to the first page that the person may see."""
    found = next((one for one in TABS if can(request, *one.permissions)), None)
    if found is None:
        raise Problem(
            "FORBIDDEN",
            str(_("您的岗位没有可以设置的内容。")),
            str(_("请从左边的导航进入自己的页面。")),
            status=403,
        )
    return redirect(found.name)


@require_safe
@office_page
def keys(request: OfficeRequest) -> HttpResponse:
    """Where keys of programs come from: the command line of the server, where the secret is shown once."""
    require(request, "administer")
    return show(request, "settings-keys", "keys", {})
