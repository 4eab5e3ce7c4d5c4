"""What stands at the top of a case as long as it holds: what to keep in mind, who is nearest, what one press does."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from guanjia.engine import nearness
from guanjia.engine.offering import CaseView
from guanjia.policy import scripts
from guanjia.policy.decision import Offer
from guanjia.records.models import Record
from guanjia.web.bridge import words
from guanjia.web.bridge.uploads import new_key
from guanjia.web.components import ClauseView
from guanjia.web.doors import OfficeRequest

NEAREST = 3


@dataclass(frozen=True)
class NearView:
    """Somebody who could go: where he is, whether he is on shift, his telephone, and the form that sends him."""

    name: str
    where: str
    near: bool
    on_shift: bool
    phone: str
    href: str


@dataclass(frozen=True)
class PressView:
    """An action without a form: one press does it."""

    label: str
    href: str
    key: str


@dataclass(frozen=True)
class PinnedView:
    """The panel; urgent: it is about life, property or order, and not only a reminder."""

    lines: list[tuple[str, ClauseView]]
    people: list[NearView]
    presses: list[PressView]
    papers: list[Record]
    urgent: bool


def gather(request: OfficeRequest, view: CaseView, papers: list[Record]) -> PinnedView | None:
    """The panel of a case for this person; None where its manual has nothing to say now (S004-5-2.5)."""
    found = scripts.pinned(view.adopted, view.facts)
    if not found:
        return None
    possible = [offer for offer in view.offers if offer.possible]
    return PinnedView(
        lines=[
            (
                scripts.words_of(view.adopted, one, view.facts),
                words.clause_view(one.manual, one.script.clause),
            )
            for one in found
        ],
        people=_people(request, view, possible),
        presses=[_press(view, offer) for offer in possible if not offer.action.field],
        papers=papers if view.case.urgent else [],
        urgent=view.case.urgent,
    )


def _people(request: OfficeRequest, view: CaseView, possible: list[Offer]) -> list[NearView]:
    """The nearest of whom somebody is to be sent, as long as nobody has gone; each leads to the form with his name."""
    if view.case.assignee_id is not None:
        return []
    for offer in possible:
        field = next((one for one in offer.action.field if one.kind == "staff" and one.near), None)
        if field is not None:
            form = reverse("case-act", args=[view.case.number, offer.action.key])
            rows = nearness.nearest(request.office, field.roles, view.case.unit, request.now)[:NEAREST]
            return [
                NearView(
                    one.user.name, one.where, one.near, one.available, one.user.phone,
                    f"{form}?{urlencode({field.key: one.user.pk})}",
                )
                for one in rows
            ]  # fmt: skip
    return []


def _press(view: CaseView, offer: Offer) -> PressView:
    return PressView(
        offer.action.label, reverse("case-act", args=[view.case.number, offer.action.key]), new_key()
    )
