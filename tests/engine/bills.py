"""An office that works by the manual of payment requests in the authors' page, with confirmed orders of March."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from scripts.manual_tables import PAGE

from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.engine.door import Intake
from guanjia.ops.cards import stage as stages
from guanjia.reports import drafts

MANUAL = next(
    text
    for text in re.findall(r"^```toml manual\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    if 'key = "monthly-bills"' in text
)
MARCH = stages.moment("2026-03-02 09:00")
ROUND = stages.moment("2026-03-15 09:00")


class Bills:
    """The stage, and who does what on it."""

    def __init__(self, homes: Iterable[str] = ()) -> None:
        self.stage = stages.build([MANUAL], {"cut_off": "15", "pay_by": "by day 20"}, MARCH, homes)
        self.office = self.stage.office
        self.clerk = self.stage.person("receptionist")

    def order(self, unit: str, fen: int, at: datetime = MARCH) -> Case:
        """A confirmed order."""
        data = {"unit": unit, "contact_phone": "13800001234", "matter": "修理"}
        case = open_case(
            self.office, "repair", actor=self.clerk, at=at, data=data, intake=Intake(self.stage.parties[unit])
        ).case
        return perform(case, "confirm", actor=self.clerk, at=at, data={"fee": fen}).case

    def send(self, at: datetime = ROUND) -> list[Case]:
        """The round of the 15th; the requests by house."""
        self.begin(at)
        rows = Case.objects.filter(office=self.office, category="payment_request")
        return list(rows.order_by("opened_at", "unit__code"))

    def begin(self, at: datetime = ROUND) -> Case:
        """The round as it is right after the button."""
        advance(at, offices=[self.office.pk])
        return self.press(Case.objects.get(office=self.office, category="round", closed_at=None), at)

    def press(self, due: Case, at: datetime = ROUND) -> Case:
        """The button of a round."""
        data = drafts.complete(due, "send_requests", {}, at)
        return perform(due, "send_requests", actor=self.clerk, at=at, data=data).case

    def do(self, case: Case, action: str, at: datetime, **data: Any) -> Mapping[str, Any]:
        """An action on a case; its results."""
        who = self.clerk if action == "collect_request" else self.stage.person("cs_supervisor")
        case.refresh_from_db()
        return perform(case, action, actor=who, at=at, data=data).results
