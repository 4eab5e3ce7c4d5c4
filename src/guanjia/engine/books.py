"""The books that an office's manuals keep (登记本), and what an entry shows to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.books import Kept
from guanjia.cases.models import Case
from guanjia.estate.phones import mask
from guanjia.kernel.moments import iso
from guanjia.policy import forms as papers
from guanjia.policy import secrecy
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.complementing import supplier
from guanjia.policy.conditions import lookup
from guanjia.policy.decision import Actor
from guanjia.policy.schema import Book

TEXT = ("text", "choice")


def books_of(every: Sequence[Adopted]) -> list[tuple[Adopted, Book]]:
    """The books of an office's manuals, in their order; none of a category that another manual treats there."""
    found = []
    for one in every:
        for book in one.compiled.manual.book:
            category = one.compiled.categories[book.category]
            if not category.yields or supplier(every, category.standard) is one:
                found.append((one, book))
    return found


def kept_in(one: Adopted, book: Book) -> Kept:
    """What the database is asked for."""
    category = one.compiled.categories[book.category]
    own = category.key if category.standard == "duty" else category.standard
    recorded = {field for known in one.compiled.labels for field in (known, f"{known}_name")}
    shown = tuple(column.fact for column in book.column if column.kind in TEXT and column.fact in recorded)
    return Kept(one.compiled.key, own, book.where, book.form, book.waiting, shown)


def waits(case: Case, book: Book) -> bool:
    """Whether an entry still waits."""
    return case.state in book.waiting if book.waiting else case.closed_at is None


def facts_of(case: Case, compiled: CompiledManual, book: Book, actor: Actor) -> dict[str, Any]:
    """What the columns read, without what this person may not; telephone numbers masked."""
    facts = {
        **case.facts,
        "number": case.number,
        "category": case.category,
        "state": case.state,
        "assignee": case.assignee_id,
        "assignee_name": case.assignee.name if case.assignee else "",
        "unit_name": case.unit.name if case.unit else "",
        "opened_at": iso(case.opened_at),
        "procedure": compiled.categories[book.category].procedure,
    }
    manuals = [adoption.compiled(key, version) for key, version in case.versions.items()]
    hidden = secrecy.hidden(compiled, facts, actor) | secrecy.confided(manuals, facts, actor)
    masked = {name: mask(str(facts[name])) for name in compiled.phones if facts.get(name)}
    return {name: value for name, value in {**facts, **masked}.items() if name not in hidden}


def cells(book: Book, compiled: CompiledManual, facts: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """The columns of an entry in words, in the book's order."""
    for column in book.column:
        value = lookup(facts, column.fact)
        yield str(papers.text_of(compiled, column.fact, column.kind, value, zone) or "")
