"""The books that an office's manuals keep (登记本), and their entries."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from guanjia.adoption import queries as adoption
from guanjia.api.shapes.common import Moment, state_label
from guanjia.cases.models import Case
from guanjia.engine import books
from guanjia.policy.compiled import Adopted
from guanjia.policy.decision import Actor
from guanjia.policy.schema import Book


class BookOut(BaseModel):
    """A book."""

    manual: str
    version: str
    key: str
    label: str
    clause: str
    category: str
    category_label: str
    columns: list[str] = Field(description="各栏的名字；一笔的 cells 依这个次序")
    open: int = Field(description="还等着几件")

    @classmethod
    def of(cls, one: Adopted, book: Book, waiting: int) -> BookOut:
        """A book of a manual, with how many of its entries still wait."""
        category = one.compiled.categories[book.category]
        return cls(
            manual=one.compiled.key,
            version=one.compiled.version,
            key=book.key,
            label=book.label,
            clause=book.clause,
            category=books.kept_in(one, book).category,
            category_label=category.label,
            columns=[column.label for column in book.column],
            open=waiting,
        )


class EntryOut(BaseModel):
    """An entry: a case as its book shows it. What is confided to others is left empty, telephone numbers are masked."""

    number: str
    opened: Moment
    state: str
    state_label: str
    waiting: bool = Field(description="还等着")
    cells: list[str] = Field(description="各栏的内容，次序同登记本的 columns；不该看的为空")
    url: str

    @classmethod
    def of(cls, case: Case, book: Book, actor: Actor, zone: ZoneInfo) -> EntryOut:
        """An entry as this person may read it."""
        compiled = adoption.compiled(case.manual_key, case.manual_version)
        facts = books.facts_of(case, compiled, book, actor)
        return cls(
            number=case.number,
            opened=case.opened_at,
            state=case.state,
            state_label=state_label(compiled, case.category, case.state),
            waiting=books.waits(case, book),
            cells=list(books.cells(book, compiled, facts, zone)),
            url=f"/api/v1/cases/{case.number}?office={case.office.code}",
        )
