"""The checklists of a running shift on the duty page: who has ticked what and when, and ticking one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guanjia.engine import perform
from guanjia.engine.offering import CaseView, view_of
from guanjia.kernel.moments import from_iso
from guanjia.kernel.problem import Problem
from guanjia.policy import checklists
from guanjia.policy.schema import Action, FormField
from guanjia.web import toasts
from guanjia.web.bridge import forms, seen, uploads, words
from guanjia.web.components import ClauseView
from guanjia.web.doors import OfficeRequest


@dataclass(frozen=True)
class Item:
    """Something to tick: its words and clause; who ticked it and when, or neither."""

    key: str
    label: str
    help: str
    clause: ClauseView | None
    who: str
    at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """One checklist of one person (or of the whole shift, name ""): `mine` may be ticked by whoever looks."""

    action: Action
    clause: ClauseView
    name: str
    items: list[Item]
    mine: bool
    key: str

    @property
    def left(self) -> int:
        """How many items are not ticked."""
        return sum(item.at is None for item in self.items)

    @property
    def starts(self) -> bool:
        """Whether it belongs to the beginning of the shift."""
        return bool(self.action.checklist and self.action.checklist.at == "start")


def sheets_of(request: OfficeRequest, view: CaseView) -> Iterator[Sheet]:
    """Every checklist of a shift's case, those of the beginning first, one's own before the others'."""
    compiled = view.adopted[0].compiled
    possible = {offer.action.key for offer in view.offers if offer.possible}
    found = []
    for action in compiled.checklists.get(view.facts["procedure"], ()):
        for subject, name in checklists.subjects(action, view.facts):
            own = subject in (checklists.SHIFT, str(request.user.pk))
            done = checklists.marks(action, subject, view.facts)
            items = [_item(compiled, field, done.get(field.key)) for field in checklists.items(action)]
            source = words.clause_view(compiled, action.clause)
            found.append(
                Sheet(action, source, name, items, own and action.key in possible, uploads.new_key())
            )
    yield from sorted(found, key=lambda one: (not one.starts, not one.mine))


def _item(compiled: Any, field: FormField, mark: dict[str, Any] | None) -> Item:
    clause = words.clause_view(compiled, field.clause) if field.clause else None
    at = from_iso(mark["at"]) if mark else None
    return Item(field.key, field.label, field.help, clause, str(mark["who"]) if mark else "", at)


def tick(request: OfficeRequest, number: str, key: str) -> HttpResponseRedirect:
    """Tick what was sent of a checklist. Raises Problem ACTION_UNKNOWN, and what `perform` raises."""
    case = seen.case_of(request, number)
    view = view_of(case, request.user, request.now)
    lists = view.adopted[0].compiled.checklists.get(view.facts["procedure"], ())
    action = next((one for one in lists if one.key == key), None)
    if action is None:
        raise Problem("ACTION_UNKNOWN", _("这一班没有这张清单。"), _("请从值班页勾。"), status=404)
    data = forms.data_of(action, request.POST)
    perform(
        case, key, actor=request.user, at=request.now, now=request.now, data=data,
        key=request.POST.get("key", "")[:80],
    )  # fmt: skip
    toasts.say(request, _("%s：勾好了。") % action.label)
    return redirect("shift")
