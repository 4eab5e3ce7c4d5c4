"""The books of the desk: lost property, messages, visitors, as the office's manuals keep them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from ninja import Router
from pydantic import Field

from guanjia.adoption import queries as adoption
from guanjia.api import tables
from guanjia.api.keys import ApiRequest, Caller
from guanjia.api.openapi import file_of
from guanjia.api.params import OfficeCode, PageNumber, PageSize, Says, Search
from guanjia.api.shapes.books import BookOut, EntryOut
from guanjia.api.shapes.common import Page, cut
from guanjia.cases.books import kept
from guanjia.cases.models import Case
from guanjia.engine import actors
from guanjia.engine.books import books_of, kept_in
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Book

router = Router(tags=["登记本"])
Manual = Annotated[str, Field(max_length=60), Says("哪部规程的")]
BookKey = Annotated[str, Field(max_length=60), Says("登记本的代码")]
Scope = Annotated[Literal["open", "done", "all"], Says("open 还等着的，done 已了结的，all 全部")]
Newest = Annotated[bool, Says("最近的在前；不写为等得最久的在前")]


@router.get("/offices/{office}/books", response=Page[BookOut], summary="登记本")
def books(
    request: ApiRequest, office: OfficeCode, page: PageNumber = 1, size: PageSize = 50
) -> Page[BookOut]:
    """The books of the manuals that the office works under."""
    caller = request.auth
    place = _place(caller, office)
    rows, numbers = cut(books_of(adoption.adopted(place, caller.now)), page, size)
    sight = caller.sight(place)
    items = [BookOut.of(one, book, kept(sight, kept_in(one, book)).count()) for one, book in rows]
    return Page[BookOut](items=items, **numbers)


@router.get("/offices/{office}/books/{manual}/{book}", response=Page[EntryOut], summary="一本登记")
def entries(
    request: ApiRequest, office: OfficeCode, manual: Manual, book: BookKey, scope: Scope = "open",
    search: Search = "", newest: Newest = False, page: PageNumber = 1, size: PageSize = 50,
) -> Page[EntryOut]:  # fmt: skip
    """The entries of a book, as far as the caller sees."""
    caller = request.auth
    place = _place(caller, office)
    one, found = _book(caller, place, manual, book)
    rows, numbers = cut(_rows(caller, place, one, found, scope, search, newest), page, size)
    return Page[EntryOut](items=list(_shown(caller, place, found, rows)), **numbers)


@router.get(
    "/offices/{office}/books/{manual}/{book}/csv", summary="一本登记，CSV", openapi_extra=file_of("text/csv")
)
def export_entries(
    request: ApiRequest, office: OfficeCode, manual: Manual, book: BookKey, scope: Scope = "open",
    search: Search = "", newest: Newest = False,
) -> StreamingHttpResponse:  # fmt: skip
    """The same entries, all of them."""
    caller = request.auth
    place = _place(caller, office)
    one, found = _book(caller, place, manual, book)
    headings = ("单号", "登记", *(column.label for column in found.column), "状态")
    zone = ZoneInfo(place.time_zone)
    rows = _rows(caller, place, one, found, scope, search, newest).iterator(500)
    lines = (
        (row.number, f"{row.opened.astimezone(zone):%Y-%m-%d %H:%M}", *row.cells, row.state_label)
        for row in _shown(caller, place, found, rows)
    )
    return tables.csv_of(found.label, headings, lines)


def _place(caller: Caller, office: str) -> Office:
    """An office in which the caller works at the desk, as the pages of the books ask it."""
    place = caller.office(office)
    caller.require("register", place)
    return place


def _book(caller: Caller, place: Office, manual: str, key: str) -> tuple[Adopted, Book]:
    for one, book in books_of(adoption.adopted(place, caller.now)):
        if (one.compiled.key, book.key) == (manual, key):
            return one, book
    raise Problem("NOT_FOUND", "本处没有这本登记。", "见 books。", status=404)


def _rows(
    caller: Caller, place: Office, one: Adopted, book: Book, scope: str, search: str, newest: bool
) -> QuerySet[Case]:
    return kept(caller.sight(place), kept_in(one, book), scope=scope, search=search, newest=newest)


def _shown(caller: Caller, place: Office, book: Book, rows: Iterable[Case]) -> Iterable[EntryOut]:
    actor = actors.resolve(caller.user, place, caller.now).actor
    zone = ZoneInfo(place.time_zone)
    return (EntryOut.of(case, book, actor, zone) for case in rows)
