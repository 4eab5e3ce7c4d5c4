"""Whatever people do to a repair, in whatever order: the database verifies, and nobody breaks a rule by accident."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.web.repair import LINE, TO_DONE, Repair, png

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Resident, offers, perform
from guanjia.engine.actors import Doer
from guanjia.engine.advance import advance
from guanjia.engine.facts import reference_of
from guanjia.kernel.problem import Problem
from guanjia.ledger import queries as ledger
from guanjia.obligations.models import Obligation, State
from guanjia.ops.verification import verify
from guanjia.policy.schema import FormField

PEOPLE = (
    "receptionist",
    "cs_supervisor",
    "eng_supervisor",
    "田大勇",
    "陈建军",
    "cashier",
    "finance",
    "director",
    "业户",
)
AT_WORK = ("accepted", "arrived", "inspected", "materials", "repairing", "reconsent", "trial", "signing")
ITEMS = ("水管维修", "更换灯具", "换锁芯", "空调清洗")


class Walk:
    """One repair and the people around it, moved on by dice."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        adoption.forget()
        self.repair = Repair()
        self.stage = self.repair.stage
        self.now = self.repair.at
        self.refused: list[str] = []
        self.done: list[str] = []
        self.case = self.repair.case
        self.begin()

    def begin(self) -> None:
        """The usual course, up to some point."""
        self.repair.case = self.case
        self.repair.play(*TO_DONE[: self.dice.randrange(len(TO_DONE) + 1)])
        self.now = self.repair.at

    def another(self) -> None:
        """The next repair of the household."""
        self.repair.at = self.now
        timing: dict[str, str] = self.dice.choice(
            [{}, {"timing": "appointment", "appointment_at": self.moment()}]
        )
        self.case = self.repair.report(item=self.dice.choice(["水管维修", "更换灯具"]), **timing)
        self.begin()

    def moment(self) -> str:
        return (self.now + timedelta(minutes=self.dice.randrange(-60, 3000))).isoformat()

    def doer(self, who: str) -> Doer:
        return Resident("王", may_act=True) if who == "业户" else self.stage.person(who)

    def step(self) -> None:
        """Time passes; somebody does something that is offered to him (or is not), with input good or bad."""
        self.now += timedelta(minutes=self.dice.choice([0, 1, 7, 40, 600, 2000]))
        advance(self.now, offices=[self.stage.office.pk])
        self.case.refresh_from_db()
        at_work = self.case.assignee.name if self.case.assignee else "receptionist"
        who = self.dice.choice([*PEOPLE, *[at_work] * 12])
        offered = offers(self.case, self.doer(who), self.now)
        possible = [one for one in offered if one.possible and one.action.key not in ("withdraw", "note")]
        if not offered:
            return
        main = [one for one in possible if one.action.primary]
        one = self.dice.choice(main if main and self.dice.random() < 0.7 else possible or offered)
        data = {field.key: self.value(field) for field in one.action.field if self.dice.random() < 0.97}
        late = timedelta(minutes=self.dice.choice([*[0] * 12, 3, 90]))
        try:
            with transaction.atomic():
                perform(
                    self.case, one.action.key, actor=self.doer(who), at=self.now - late, now=self.now,
                    data={key: value for key, value in data.items() if value is not None},
                )  # fmt: skip
            self.done.append(one.action.key)
        except Problem as problem:
            self.refused.append(problem.code)

    def value(self, field: FormField) -> Any:
        """Something for a field: mostly good, now and then not."""
        dice = self.dice
        match field.kind:
            case "choice":
                return dice.choice([choice.value for choice in field.choices])
            case "tick" | "bool":
                return dice.random() < 0.95
            case "amount":
                return dice.choice([0, 1, 4500, 26000, "120.00", "85", 10**15])
            case "time":
                return self.moment()
            case "staff":
                return self.stage.person(dice.choice(["田大勇", "陈建军", "receptionist"])).pk
            case "item":
                return dice.choice(ITEMS)
            case "supplier":
                return dice.choice(["安心锁具", "金音琴行", "没有这家"])
            case "lines":
                return dice.choice([[], [LINE], [LINE, {**LINE, "qty": "2.5"}]])
            case "signature":
                how = dice.choice(["screen", "paper", "link"])
                return {"how": how, "name": "王秀兰", "png": png() if how == "screen" else ""}
            case "receipt":
                rows = ledger.receipts_of(self.stage.office, reference_of(self.case))
                return dice.choice([row.number for row in rows]) if rows else "SJ2603-9999"
            case "photos":
                return None
        return dice.choice(["好", "不好", "换了一只"])

    def check(self) -> None:
        """What must hold at every moment, once the ticker has done what an entry of the past made due."""
        advance(self.now, offices=[self.stage.office.pk])
        assert list(verify(lambda *_: None)) == []
        case = Case.objects.get(pk=self.case.pk)
        rows = list(Obligation.objects.filter(case=case))
        left = [row.key for row in rows if row.state == State.OPEN]
        assert case.closed_at is None or set(left) <= {"return_sheet", "archive"}, "paper outlives its case"
        for row in rows:
            assert row.met_at is None or row.met_at >= row.opened_at
            assert row.state != State.OPEN or row.next_step_at is None or row.next_step_at > self.now
            assert row.missed_at is None or row.missed_at == row.due_at
        happened = case.facts["events"]
        assert "started" not in happened or "inspected" in happened
        assert "paid" not in happened or ledger.balance_of(case.office, reference_of(case)).charged_fen > 0
        assert case.assignee_id is not None or case.state not in AT_WORK


class TestWalks(TestCase):
    """Each example has its own transaction."""

    @given(st.integers(0, 2**32))
    @settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    def test_any_walk_leaves_a_database_that_verifies(self, seed: int) -> None:
        walk = Walk(seed)
        for turn in range(40):
            walk.step()
            if turn % 20 == 19:
                walk.check()
            if Case.objects.get(pk=walk.case.pk).closed_at:
                walk.another()
        walk.check()
