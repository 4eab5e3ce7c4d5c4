"""What a manual has for the desk, as rows of its page: the books that it keeps, the checklists of its shifts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Action, Book, FormField
from guanjia.web.bridge import words
from guanjia.web.components import ClauseView
from guanjia.web.manuals.saying import Speaker


@dataclass(frozen=True)
class BookRow:
    """A book of the desk: what of, who enters it, its columns."""

    definition: Book
    of: str
    by: str
    columns: tuple[str, ...]
    clause: ClauseView


@dataclass(frozen=True)
class ChecklistView:
    """A checklist: before or after a shift, one for each or for all, its points with their clauses."""

    label: str
    when: str
    by: str
    points: tuple[tuple[str, ClauseView], ...]
    clause: ClauseView


def book_rows(compiled: CompiledManual, speaker: Speaker) -> list[BookRow]:
    """The books of the desk, and who makes an entry: whoever may open a case of the book's category."""
    rows = []
    for one in compiled.manual.book:
        category = compiled.categories[one.category]
        opening = [action for action in compiled.procedures[category.procedure].action if action.opens]
        by = speaker.people(dict.fromkeys(who for action in opening for who in action.by))
        columns = tuple(column.label for column in one.column)
        rows.append(BookRow(one, category.label, by, columns, words.clause_view(compiled, one.clause)))
    return rows


def checklist_views(compiled: CompiledManual, speaker: Speaker) -> list[ChecklistView]:
    """The checklists; a point without a clause of its own rests on the list's."""
    found = []
    for action in checklists(compiled):
        assert action.checklist is not None
        each = _("每人一张") if action.checklist.person else _("全班一张")
        when = _("班前") if action.checklist.at == "start" else _("下班前")
        points = tuple(
            (point.label, words.clause_view(compiled, point.clause or action.clause))
            for point in points_of(action)
        )
        clause = words.clause_view(compiled, action.clause)
        found.append(
            ChecklistView(action.label, f"{when}，{each}", speaker.people(action.by), points, clause)
        )
    return found


def checklists(compiled: CompiledManual) -> list[Action]:
    """The actions of a manual that are checklists."""
    return [action for one in compiled.manual.procedure for action in one.action if action.checklist]


def points_of(action: Action) -> list[FormField]:
    """What a checklist has ticked, point by point."""
    return [field for field in action.field if field.kind == "tick"]
