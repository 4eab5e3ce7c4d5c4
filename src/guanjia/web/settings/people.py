"""Staff and their posts: create, change, give and end posts, skills, a new password, closing an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.kernel.problem import Problem
from guanjia.staff import actions, directory, queries
from guanjia.staff.models import Post, Role, User
from guanjia.web import exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.components import ChoiceView, FieldView
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs

TAB = "settings-people"
PAGE = 50
HEADINGS = ("姓名", "用户名", "电话", "邮箱", "岗位", "技能", "能否登录")


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """Everybody who has or had a post here, and who is on duty now."""
    tabs.require(request, "administer", "manage_shifts")
    search = request.GET.get("q", "").strip()
    page = Paginator(directory.everybody(request.office, search), PAGE).get_page(request.GET.get("page"))
    on_duty = {user.pk for user in queries.on_duty(request.office, request.now)}
    context = {
        "page": page,
        "rows": [(user, _posts(request, user), user.pk in on_duty) for user in page],
        "search": search,
        "may_administer": tabs.can(request, "administer"),
    }
    return tabs.show(request, TAB, "people", context)


def _posts(request: OfficeRequest, user: User) -> list[str]:
    """The posts that hold today and reach this office, in words."""
    today = queries.day_in(request.office, request.now)
    return [_post_words(post) for post in _reaching(request, user) if directory.holds(post, today)]


def _reaching(request: OfficeRequest, user: User) -> list[Post]:
    office = request.office
    return [
        post
        for post in user.posts.all()
        if post.office_id in (office.pk, None) and post.company_id == office.company_id
    ]


def _post_words(post: Post) -> str:
    where = "" if post.office_id else _("（全公司）")
    department = f"·{post.department.name}" if post.department else ""
    return f"{post.get_role_display()}{department}{where}"


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same list, all of it."""
    tabs.require(request, "administer")
    rows = directory.everybody(request.office, request.GET.get("q", "").strip())
    return exports.response(request, kind, _("人员"), HEADINGS, _lines(request, rows.iterator(500)))


def _lines(request: OfficeRequest, rows: Iterator[User]) -> Iterator[tuple[str, ...]]:
    for user in rows:
        skills = "、".join(skill.key for skill in user.skills.all())
        posts = "、".join(_posts(request, user))
        active = _("能") if user.is_active else _("停用")
        yield (user.name, user.username, user.phone, user.email, posts, skills, active)


# ---------------------------------------------------------------- one person


def _role_field(request: OfficeRequest, errors: dict[str, str], value: str = "") -> FieldView:
    choices = tuple(ChoiceView(role.value, str(role.label)) for role in Role)
    return FieldView("role", _("岗位"), "staff", True, value, choices, errors.get("role", ""), half=True)


def _new_fields(request: OfficeRequest, errors: dict[str, str]) -> list[FieldView]:
    typed = request.POST
    return [
        FieldView("name", _("姓名"), required=True, value=typed.get("name", ""), error=errors.get("name", ""), half=True),
        FieldView(
            "username", _("用户名"), required=True, value=typed.get("username", ""), error=errors.get("username", ""),
            help=_("登录用；字母、数字和 @ . + - _"), half=True,
        ),
        FieldView("phone", _("电话"), "phone", value=typed.get("phone", ""), error=errors.get("phone", ""), half=True),
        FieldView("email", _("邮箱"), value=typed.get("email", ""), error=errors.get("email", ""), half=True),
        _role_field(request, errors, typed.get("role", "")),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@office_page
def create(request: OfficeRequest) -> HttpResponse:
    """A new member of staff with a first post."""
    tabs.require(request, "administer")
    problem = None
    if request.method == "POST":
        try:
            user = actions.hire(
                request.office,
                request.POST.get("username", ""),
                request.POST.get("name", ""),
                role=request.POST.get("role", ""),
                password=request.POST.get("password", ""),
                phone=request.POST.get("phone", ""),
                email=request.POST.get("email", ""),
            )
            toasts.say(request, _("已建账号 %s。") % user.name)
            return redirect("settings-person", user.pk)
        except Problem as found:
            problem = found
    errors = errors_of(problem) if problem else {}
    context = {
        "fields": _new_fields(request, errors),
        "errors": errors,
        "trouble": [text for key, text in errors.items() if key not in ("name", "username", "phone", "email", "role", "password")],
    }  # fmt: skip
    return tabs.show(request, TAB, "person_new", context, problem)


@require_safe
@office_page
def person(request: OfficeRequest, pk: int) -> HttpResponse:
    """One person: posts, skills, account."""
    tabs.require(request, "administer", "manage_shifts")
    return _person_page(request, directory.person_for(request.office, pk), None)


def _person_page(request: OfficeRequest, user: User, problem: Problem | None) -> HttpResponse:
    today = queries.day_in(request.office, request.now)
    errors = errors_of(problem) if problem else {}
    posts = [
        (post, _post_words(post), directory.holds(post, today), post.office_id == request.office.pk)
        for post in _reaching(request, user)
    ]
    try:
        directory.require_account(request.user, user, request.office, request.now)
        locked = ""
    except Problem as refused:
        locked = f"{refused.message}{refused.hint}"
    context = {
        "person": user,
        "posts": sorted(posts, key=lambda row: (not row[2], row[0].pk)),
        "skills": " ".join(skill.key for skill in user.skills.all()),
        "role_field": _role_field(request, errors),
        "departments": queries.departments_of(request.office),
        "today": today,
        "may_administer": tabs.can(request, "administer"),
        "locked": locked,
        "errors": errors,
        "trouble": [
            f"{text}" for key, text in errors.items() if key not in ("role", "password", "phone", "email")
        ],
    }
    return tabs.show(request, TAB, "person", context, problem)


@form_on("settings-person", "pk")
@office_page
def change(request: OfficeRequest, pk: int, what: str) -> HttpResponse:
    """One change of a person: details, give, end, skills, password, close or open."""
    user = directory.person_for(request.office, pk)
    doer = CHANGES.get(what)
    if doer is None:
        raise Problem("NOT_FOUND", _("没有这一项。"), status=404)
    try:
        word = doer(request, user)
    except Problem as problem:
        if problem.status in (403, 404):
            raise
        return _person_page(request, user, problem)
    toasts.say(request, word)
    return redirect("settings-person", pk)


def _details(request: OfficeRequest, user: User) -> str:
    directory.require_account(request.user, user, request.office, request.now)
    typed = request.POST
    actions.change_user(
        user, name=typed.get("name", ""), phone=typed.get("phone", ""), email=typed.get("email", "")
    )
    return _("已改 %s 的资料。") % user.name


def _give(request: OfficeRequest, user: User) -> str:
    tabs.require(request, "administer")
    key = request.POST.get("department", "")
    department = queries.departments_of(request.office).filter(key=key).first() if key else None
    since = _day(request.POST.get("since", ""), "since") or queries.day_in(request.office, request.now)
    post = actions.give_post(
        user, request.POST.get("role", ""), office=request.office, department=department, since=since
    )
    return _("已给 %(name)s 岗位：%(post)s。") % {"name": user.name, "post": post.get_role_display()}


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("「%s」不是日期。") % text, _("请写成 2026-03-24。"), field=field
        ) from None


def _end(request: OfficeRequest, user: User) -> str:
    tabs.require(request, "administer")
    number = request.POST.get("post", "")
    post = directory.post_for(request.office, int(number) if number.isdecimal() else 0)
    if post.user_id != user.pk:
        raise Problem("NOT_FOUND", _("本处没有这个岗位。"), status=404)
    until = _day(request.POST.get("until", ""), "until") or queries.day_in(request.office, request.now)
    actions.end_post(post, until)
    return _("%(name)s 的%(post)s岗位到此为止。") % {"name": user.name, "post": post.get_role_display()}


def _skills(request: OfficeRequest, user: User) -> str:
    tabs.require(request, "administer", "manage_shifts")
    text = request.POST.get("skills", "")
    actions.set_skills(user, text.replace("、", " ").replace("，", " ").split())
    return _("已改 %s 的技能。") % user.name


def _password(request: OfficeRequest, user: User) -> str:
    directory.require_account(request.user, user, request.office, request.now)
    actions.set_password(user, request.POST.get("password", ""))
    return _("已给 %s 设新密码。请当面告诉本人，并请本人登录后再改。") % user.name


def _close(request: OfficeRequest, user: User) -> str:
    directory.require_account(request.user, user, request.office, request.now)
    if user.pk == request.user.pk:
        raise Problem("SELF_CLOSE", _("不能停用自己的账号。"), _("请别的管理员来办。"), field="")
    actions.set_active(user, active=False)
    return _("已停用 %s 的账号。") % user.name


def _open(request: OfficeRequest, user: User) -> str:
    directory.require_account(request.user, user, request.office, request.now)
    actions.set_active(user, active=True)
    return _("%s 又可以登录了。") % user.name


CHANGES = {
    "details": _details,
    "give": _give,
    "end": _end,
    "skills": _skills,
    "password": _password,
    "close": _close,
    "open": _open,
}
