"""What follows a signed sheet: sheet back, charge, money, archive, calls, rating, and the end of the case."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from guanjia.ledger import queries as ledger
from guanjia.ops.demo import words
from guanjia.ops.demo.world import Story

if TYPE_CHECKING:
    from guanjia.ledger.models import Receipt
    from guanjia.ops.demo.repairs import Repair

METHODS = ("wechat",) * 44 + ("alipay",) * 20 + ("cash",) * 20 + ("bank",) * 8 + ("card",) * 8


def aftermath(repair: Repair) -> Story:
    """Everything until the case is closed."""
    yield from Aftermath(repair).story()


class Aftermath:
    """The papers, the money and the calls of one completed repair, each at its own time."""

    def __init__(self, repair: Repair) -> None:
        self.repair, self.world, self.site, self.rng = repair, repair.world, repair.site, repair.rng
        self.crew = repair.site.crew
        self.supervisor = self.crew.one("eng_supervisor")
        self.fixed = repair.case.facts["charge_state"] != "open"
        self.charged = repair.case.facts["charge_state"] != "none"
        self._todo: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def plan(self, at: datetime, act: Callable[[], None]) -> None:
        """Something to do at a moment."""
        heapq.heappush(self._todo, (at, next(self._order), act))

    def story(self) -> Story:
        """The plan, in order; then the case is closed."""
        done = self.repair.now
        self.plan(self.sheet_time(done), self.sheet_back)
        self.plan(self.call_time(done), self.follow_up)
        if self.world.chance(38):
            self.plan(self.world.daytime(self.site, self.world.minutes(20, 1500), 8, 22), self.rate)
        if self.world.chance(9):
            self.plan(self.world.daytime(self.site, self.world.minutes(5, 600), 8, 22), self.note)
        while self._todo:
            at, _order, act = heapq.heappop(self._todo)
            yield at
            act()
        while self.repair.asking:
            yield self.world.minutes(40, 90)
        yield self.world.daytime(self.site, self.world.minutes(10, 240), 7, 22)
        self.repair.do("close", self.repair.desk())

    # -- when ------------------------------------------------------------------------------------------------------

    def sheet_time(self, done: datetime) -> datetime:
        """At the end of the day; a late one the same evening; now and then only the next morning."""
        local = self.site.local(done)
        if local.hour < 17:
            at = self.world.minutes(0, 75, local.replace(hour=17, minute=0, second=0).astimezone(done.tzinfo))
        else:
            end = local.replace(hour=23, minute=58, second=0).astimezone(done.tzinfo)
            at = max(min(self.world.minutes(12, 45, done), end), done + timedelta(minutes=1))
        if self.world.chance(4):
            at = self.world.daytime(self.site, done + timedelta(hours=14), 9, 12)
        return self.world.present(self.site, self.supervisor, at)

    def call_time(self, done: datetime) -> datetime:
        """Within a day, mostly long before; now and then forgotten."""
        hours = (
            self.rng.choice((2, 3, 4, 16, 17, 18, 19))
            if not self.world.chance(4)
            else self.rng.choice((26, 31))
        )
        at = self.world.minutes(0, 50, done + timedelta(hours=hours))
        at = self.world.daytime(self.site, at, 9, 20)
        if hours < 24 and at - done > timedelta(hours=21):
            at = max(done + timedelta(minutes=40), self.world.minutes(5, 50, done + timedelta(hours=13)))
        return self.world.present(self.site, self.supervisor, at)

    # -- what ------------------------------------------------------------------------------------------------------

    def sheet_back(self) -> None:
        """The supervisor gets the sheet; then the charge, the books and the archive take their turn."""
        self.repair.do("return_sheet", self.supervisor, sheet_back=True)
        bound = self.world.daytime(self.site, self.world.minutes(120, 5200), 9, 18)
        self.plan(self.world.present(self.site, self.supervisor, bound), self.archive)
        if not self.fixed:
            at = self.world.daytime(self.site, self.world.minutes(30, 1200), 9, 18)
            self.plan(self.world.present(self.site, self.supervisor, at), self.fix_charge)
        elif self.charged:
            self.plan(self.world.office_hours(self.site, self.world.minutes(30, 300)), self.book)

    def fix_charge(self) -> None:
        """Both supervisors agree on the charge, one after the other."""
        fee = max(self.repair.fee, 1000)
        self.repair.do("fix_charge", self.supervisor, fee=fee)

        def second() -> None:
            self.repair.do("fix_charge", self.crew.one("cs_supervisor"), fee=fee)
            self.plan(self.world.office_hours(self.site, self.world.minutes(30, 300)), self.book)
            self.plan(self.world.daytime(self.site, self.world.minutes(60, 1500), 9, 20), self.hand_copy)

        self.plan(self.world.office_hours(self.site, self.world.minutes(20, 240)), second)

    def hand_copy(self) -> None:
        """The resident gets the copy that could not be given at once."""
        self.repair.do("hand_resident_copy", self.repair.desk(), resident_copy_handed=True)

    def book(self) -> None:
        """Finance books the charge from its copy."""
        self.repair.do("book", self.crew.one("finance"), finance_copy_here=True)
        days = self.rng.choice((0, 0, 0, 1, 1, 2, 3, 5, 8))
        self.plan(
            self.world.office_hours(self.site, self.world.minutes(20 + days * 1440, 400 + days * 1440)),
            self.pay,
        )

    def pay(self) -> None:
        """The resident pays at the counter: all of it, sometimes in two parts; a receipt may be void or money go back."""
        owed = ledger.balance_of(self.site.office, f"case:{self.repair.case.number}").open_fen
        cashier = self.crew.one("cashier")
        if owed > 8000 and self.world.chance(8):
            part = owed // 200 * 100
            self.repair.do("collect", cashier, received=part, method=self.rng.choice(METHODS))
            self.plan(self.world.office_hours(self.site, self.world.minutes(1440, 6000)), self.pay)
            return
        self.repair.do("collect", cashier, received=owed, method=self.rng.choice(METHODS))
        taken = ledger.receipts_of(self.site.office, f"case:{self.repair.case.number}")[-1]
        dice = self.rng.randrange(100)
        if dice < 2:
            self.plan(self.world.minutes(2, 15), lambda: self.void(taken.number))
        elif dice < 4 and owed > 3000:
            at = self.world.office_hours(self.site, self.world.minutes(300, 2000))
            self.plan(at, lambda: self.refund(taken))

    def void(self, number: str) -> None:
        """A receipt was wrong; the money is taken once more."""
        reason = self.rng.choice(words.VOIDED)
        self.repair.do("void_receipt", self.crew.one("cashier"), receipt=number, void_reason=reason)
        self.plan(self.world.minutes(2, 6), self.pay)

    def refund(self, taken: Receipt) -> None:
        """Some of it is given back, the way it was paid; what was paid by card goes to the bank account."""
        self.repair.do(
            "refund", self.crew.one("cashier"), receipt=taken.number, refund_fen=1000,
            refund_method="bank" if taken.method == "card" else taken.method,
            refund_reason=self.rng.choice(words.REFUNDED),
        )  # fmt: skip

    def archive(self) -> None:
        """The stub is bound into the month's volume."""
        volume = self.site.local(self.repair.now).strftime("%Y-%m")
        self.repair.do("archive", self.supervisor, volume=volume)

    def follow_up(self) -> None:
        """The supervisor asks how it is."""
        happy = not self.world.chance(5)
        self.repair.do(
            "follow_up", self.supervisor, follow_means="phone" if self.world.chance(88) else "visit",
            satisfied="yes" if happy else "no",
            follow_remark=self.rng.choice(words.FOLLOWED if happy else words.COMPLAINED),
        )  # fmt: skip

    def rate(self) -> None:
        """The resident rates the visit by the link."""
        good = not self.world.chance(7)
        more = {} if good else {"rated_remark": self.rng.choice(words.RATED_BADLY)}
        self.repair.do(
            "rate", self.repair.resident(), rated_on_time="yes" if good or self.world.chance(50) else "no",
            rated="satisfied" if good else "unsatisfied", rated_other=self.rng.choice(words.RATINGS), **more,
        )  # fmt: skip

    def note(self) -> None:
        """Somebody at the desk writes something down."""
        self.repair.do("note", self.repair.desk(), text=self.rng.choice(words.NOTED))
