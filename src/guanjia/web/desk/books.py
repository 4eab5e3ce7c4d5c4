"""The books of the desk (登记本): lost property, messages, visitors; what still waits, a new entry, closing one in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.books import SCOPES, kept
from guanjia.cases.models import Case
from guanjia.engine import actors, perform, veiling
from guanjia.engine.books import books_of, cells, facts_of, kept_in, waits
from guanjia.engine.offering import view_of
from guanjia.kernel.problem import Problem
from guanjia.policy import obstacles
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.decision import Actor
from guanjia.policy.schema import Action, Book
from guanjia.records.report import Cell, Column
from guanjia.web import exports, shell, toasts
from guanjia.web.bridge import forms, seen, uploads, words
from guanjia.web.case import opening
from guanjia.web.case.lists import state_words
from guanjia.web.doors import OfficeRequest, office_page


@dataclass(frozen=True)
class Row:
    """An entry: its columns in words, how it stands, and what this person can do with it here."""

    case: Case
    cells: list[str]
    state: str
    days: int | None
    acts: list[Action]


@dataclass(frozen=True)
class Form:
    """The action that is being done with an entry: its fields as typed, and what is wrong."""

    number: str
    subject: str
    action: Action
    fields: list[Any]
    trouble: list[str]
    key: str


def open_counts(request: OfficeRequest, every: Sequence[Adopted]) -> list[tuple[Book, str, int]]:
    """(book, address, entries that still wait) for the desk's lists."""
    return [
        (book, reverse("book", args=[one.compiled.key, book.key]), kept(seen.sight(request), kept_in(one, book)).count())
        for one, book in books_of(every)
    ]  # fmt: skip


def _known(request: OfficeRequest, manual: str, key: str) -> tuple[Adopted, Book]:
    shell.require_door(request, "shift")
    for one, book in books_of(adoption.adopted(request.office, request.now)):
        if (one.compiled.key, book.key) == (manual, key):
            return one, book
    raise Problem("NOT_FOUND", _("本处没有这本登记。"), _("请从值班页的「登记」里选。"), status=404)


@require_safe
@office_page
def index(request: OfficeRequest) -> HttpResponse:
    """The first book; a word on where books come from when there is none."""
    shell.require_door(request, "shift")
    for one, book in books_of(adoption.adopted(request.office, request.now)):
        return redirect("book", one.compiled.key, book.key)
    return render(request, "web/desk/book.html", {"tabs": (), "area": "shift"})


@require_safe
@office_page
def enter(request: OfficeRequest, manual: str, key: str) -> HttpResponseRedirect:
    """The form of a new entry, with what every entry of the book has already in it."""
    one, book = _known(request, manual, key)
    category = one.compiled.categories[book.category]
    word = category.key if category.standard == "duty" else category.standard
    known = {name: str(value).lower() if value is True else value for name, value in book.where.items()}
    asked = urlencode({**known, "book": f"{manual}/{key}"})
    return redirect(f"{reverse('case-new', args=[word])}?{asked}")


@require_http_methods(["GET", "POST"])
@office_page
def show(request: OfficeRequest, manual: str, key: str) -> HttpResponse:
    """A book: what waits (or is done), the longest waiting first; an entry is closed in its row."""
    one, book = _known(request, manual, key)
    form, status = None, 200
    number, act = request.GET.get("do", ""), request.GET.get("act", "")
    if number:
        case = _entry(request, one, book, number)
        action = _closing(one, book, case, act)
        posted = forms.data_of(action, request.POST)
        try:
            if request.method == "POST":
                return _close(request, case, action, posted)
            form = _form(request, case, action, {}, None)
        except Problem as problem:
            form, status = _form(request, case, action, posted, problem), problem.status
    rows = _rows(request, one, book)
    page = Paginator(rows, cases.PAGE).get_page(request.GET.get("page"))
    first = one.compiled.categories[book.category]
    context = {
        "book": book,
        "clause": words.clause_view(one.compiled, book.clause),
        "rows": list(_views(request, one, book, page)),
        "columns": [column.label for column in book.column],
        "page": page,
        "form": form,
        "search": request.GET.get("q", "").strip(),
        "scope": _scope(request),
        "scopes": (("open", _("还等着")), ("done", _("已了结")), ("all", _("全部"))),
        "newest": request.GET.get("order") == "new",
        "tabs": _tabs(request, one, book),
        "manual": manual,
        "may_enter": any(kind is first for _one, kind, _action in opening.kinds(request)),
        "area": "shift",
    }
    return render(request, "web/desk/book.html", context, status=status)


def _tabs(request: OfficeRequest, here: Adopted, own: Book) -> list[tuple[str, str, bool]]:
    """(label, address, whether it is this one); two books of one name say whose they are."""
    every = books_of(adoption.adopted(request.office, request.now))
    labels = [book.label for _one, book in every]
    return [
        (
            f"{book.label}（{one.compiled.manual.manual.short}）" if labels.count(book.label) > 1 else book.label,
            reverse("book", args=[one.compiled.key, book.key]),
            book.key == own.key and one.compiled.key == here.compiled.key,
        )
        for one, book in every
    ]  # fmt: skip


def _scope(request: OfficeRequest) -> str:
    scope = request.GET.get("scope", "open")
    return scope if scope in SCOPES else "open"


def _rows(request: OfficeRequest, one: Adopted, book: Book) -> Any:
    return kept(
        seen.sight(request), kept_in(one, book), scope=_scope(request), search=request.GET.get("q", "").strip(),
        newest=request.GET.get("order") == "new",
    )  # fmt: skip


def _entry(request: OfficeRequest, one: Adopted, book: Book, number: str) -> Case:
    """An entry of this book. Raises Problem NOT_FOUND for any other case."""
    case = seen.case_of(request, number)
    if not kept(seen.sight(request), kept_in(one, book), scope="all").filter(pk=case.pk).exists():
        raise cases.not_found(number)
    return case


def _closing(one: Adopted, book: Book, case: Case, key: str) -> Action:
    """An action that the book lets somebody do in place. Raises Problem ACTION_UNKNOWN."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    procedure = compiled.categories[book.category].procedure
    found = compiled.actions[procedure].get(key)
    if found is None or key not in book.closes:
        raise Problem(
            "ACTION_UNKNOWN", _("这本登记里没有这个动作。"), _("请从那一行的按钮里选。"), status=404
        )
    return found.definition


def _close(
    request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any]
) -> HttpResponseRedirect:
    data = posted | uploads.keep(request, case, action)
    perform(
        case, action.key, actor=request.user, at=request.now, now=request.now, data=data,
        key=request.POST.get("key", "")[:80],
    )  # fmt: skip
    said = _("%(label)s：%(number)s") % {"label": action.label, "number": case.number}
    toasts.say(request, said, draft=f"{case.number}:{action.key}")
    left = request.GET.copy()
    for name in ("do", "act"):
        left.pop(name, None)
    return redirect(f"{request.path}?{left.urlencode()}" if left else request.path)


def _form(
    request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any], problem: Problem | None
) -> Form:
    """The fields of an action under its entry; what was typed stays."""
    view = view_of(case, request.user, request.now)
    errors = forms.errors_of(problem) if problem else {}
    fields = forms.views(
        action, forms.seen_by(view, action.key), view.source_of(action.key), request.office, request.now,
        request.zone, kept=seen.sight(request).kept_numbers, posted=posted, errors=errors,
        warnings=forms.warnings_of(view, action.key),
    )  # fmt: skip
    shown = {field.key for field in fields}
    trouble = [text for key, text in errors.items() if key not in shown]
    [case] = veiling.veil([case], request.user, request.now)
    return Form(
        case.number, case.subject, action, fields, trouble, request.POST.get("key") or uploads.new_key()
    )


def _views(request: OfficeRequest, one: Adopted, book: Book, found: Iterable[Case]) -> Iterator[Row]:
    actor = actors.resolve(request.user, request.office, request.now).actor
    for case in found:
        compiled = adoption.compiled(case.manual_key, case.manual_version)
        facts = facts_of(case, compiled, book, actor)
        yield Row(
            case,
            list(cells(book, compiled, facts, request.zone)),
            state_words(case),
            (request.now - case.opened_at).days if waits(case, book) else None,
            list(_acts(one, compiled, book, facts, actor)),
        )


def _acts(
    one: Adopted, compiled: CompiledManual, book: Book, facts: dict[str, Any], actor: Actor
) -> Iterator[Action]:
    """The closing actions that this person may do with an entry as it stands."""
    held = compiled.roles_of(actor.roles)
    situation = obstacles.Situation((one,), facts, actor, held, ())
    for key in book.closes:
        action = compiled.actions[facts["procedure"]].get(key)
        if (
            action
            and obstacles.in_state(one, action, facts)
            and action.when(facts)
            and obstacles.allowed(action, situation)
        ):
            yield action.definition


@require_safe
@office_page
def export(request: OfficeRequest, manual: str, key: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same entries, all of them, as CSV, XLSX or on paper."""
    one, book = _known(request, manual, key)
    headings: list[str | Column] = [
        "单号",
        Column("登记", "time"),
        *(column.label for column in book.column),
        "状态",
    ]
    return exports.response(
        request, kind, book.label, headings, _lines(request, one, book),
        basis=f"{one.compiled.manual.manual.short} {book.clause}", signs=(_("填表"), _("审核")),
    )  # fmt: skip


def _lines(request: OfficeRequest, one: Adopted, book: Book) -> Iterator[tuple[Cell, ...]]:
    for row in _views(request, one, book, _rows(request, one, book).iterator(500)):
        yield (row.case.number, row.case.opened_at, *row.cells, row.state)
