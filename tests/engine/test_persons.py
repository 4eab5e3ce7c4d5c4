"""Who owes: the person or the role recorded in a fact, and the subject of an obligation itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.small import at

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.ops.verification import verify

pytestmark = pytest.mark.django_db

TEXT = """\
schema = 1
[manual]
key = "persons"
version = "1"
title = "谁来办"
short = "谁来办"

[[role]]
key = "desk"
label = "前台"
is = ["receptionist"]

[[role]]
key = "chief"
label = "部门负责人"
is = ["cs_supervisor"]

[[clause]]
id = "1"
text = "点到谁，谁办。"

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "handle"

[[procedure]]
key = "handle"
label = "处理"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "done"
label = "办结"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "1"
by = ["desk"]
opens = true
to = "open"
field = [
  { key = "leader", label = "哪位领导回访", kind = "staff", roles = ["director", "chief"] },
  { key = "side", label = "哪个部门改", kind = "choice", choices = [{ value = "chief", label = "客服" }, { value = "eng_supervisor", label = "工程" }] },
  { key = "on_duty", label = "当班的人", kind = "list" },
]
emits = ["reported"]

[[procedure.action]]
key = "change"
label = "换人"
clause = "1"
by = ["desk"]
from = ["open"]
field = [{ key = "leader", label = "哪位领导回访", kind = "staff", roles = ["director", "chief"], required = true }]
emits = ["transferred"]
effects = [{ do = "notify", message = "yours", to = "field:leader" }]

[[procedure.action]]
key = "improve"
label = "改进"
clause = "1"
by = ["field:side"]
from = ["open"]
emits = ["solved"]

[[procedure.action]]
key = "sign_book"
label = "签交班簿"
clause = "1"
by = ["anyone"]
from = ["open"]
field = [{ key = "signer", label = "姓名", required = true }]
emits = ["handover_signed"]

[[procedure.action]]
key = "finish"
label = "办结"
clause = "1"
by = ["desk"]
from = ["open"]
to = "done"
emits = ["closed"]

[[obligation]]
key = "leader_calls"
label = "领导回访"
clause = "1"
owner = "field:leader"
start = ["reported"]
stop = ["closed"]
limit = "1h"
step = [
  { at = "30m before", to = "field:leader", label = "快到了", kind = "warn", message = "yours" },
  { at = "1h after", to = "chief", label = "转主管", reassign = true },
]

[[obligation]]
key = "improve"
label = "改进"
clause = "1"
owner = "field:side"
start = ["reported"]
stop = ["solved"]
limit = "24h"

[[obligation]]
key = "sign_book"
label = "看交班簿"
clause = "1"
owner = "subject"
subject = "on_duty"
start = ["reported"]
when = { on_duty = { set = true } }
stop = [{ event = "handover_signed", subject = "signer" }]
limit = "2h"
step = [{ at = "due", to = "subject", label = "没签", message = "yours" }]

[[message]]
key = "yours"
text = "{number} 等您办。"
"""


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT], {}, at("24 09:00"))


def opened(stage: Stage, **data: Any) -> Case:
    named = {key: stage.person(value).pk if key == "leader" else value for key, value in data.items()}
    desk = stage.person("receptionist")
    return open_case(stage.office, "complaint", actor=desk, at=at("24 10:00"), data=named).case


def owed(case: Case, key: str) -> Obligation:
    return Obligation.objects.select_related("owner").get(case=case, key=key)


def change(stage: Stage, case: Case, when: str, to: str) -> Case:
    who = stage.person("receptionist")
    return perform(case, "change", actor=who, at=at(when), data={"leader": stage.person(to).pk}).case


def told() -> list[str]:
    return list(Message.objects.order_by("id").values_list("to_user__name", flat=True))


class TestField:
    def test_the_person_in_the_fact_owes_it_and_is_told(self, stage: Stage) -> None:
        case = opened(stage, leader="director")
        assert str(owed(case, "leader_calls").owner) == "林国栋"
        advance(at("24 10:45"), offices=[stage.office.pk])
        assert told() == ["林国栋"]

    def test_it_passes_to_whoever_is_named_next(self, stage: Stage) -> None:
        case = change(stage, opened(stage, leader="director"), "24 10:10", "cs_supervisor")
        assert str(owed(case, "leader_calls").owner) == "何静"
        assert told() == ["何静"]
        advance(at("24 10:45"), offices=[stage.office.pk])
        assert told() == ["何静", "何静"]
        assert list(verify(lambda *_: None)) == []

    def test_what_a_step_passed_on_stays_there(self, stage: Stage) -> None:
        case = opened(stage, leader="director")
        advance(at("24 12:30"), offices=[stage.office.pk])
        case = change(stage, case, "24 12:40", "director")
        row = owed(case, "leader_calls")
        assert (row.owner_role, row.owner) == ("cs_supervisor", None)

    def test_until_somebody_is_named_the_role_owes_it_of_which_he_is_to_be(self, stage: Stage) -> None:
        case = opened(stage)
        row = owed(case, "leader_calls")
        assert (row.owner_role, row.owner) == ("director", None)
        case = change(stage, case, "24 10:10", "director")
        assert str(owed(case, "leader_calls").owner) == "林国栋"

    def test_a_role_in_the_fact_owes_it_and_may_do_it(self, stage: Stage) -> None:
        case = opened(stage, side="chief")
        assert (owed(case, "improve").owner_role, owed(case, "improve").owner) == ("cs_supervisor", None)
        done = perform(case, "improve", actor=stage.person("cs_supervisor"), at=at("24 11:00"), data={})
        assert owed(done.case, "improve").state == "met"
        other = opened(stage, side="eng_supervisor")
        assert owed(other, "improve").owner_role == "eng_supervisor"


class TestSubject:
    def test_each_on_the_list_owes_his_own(self, stage: Stage) -> None:
        case = opened(stage, on_duty="田大勇、陈建军、临时工老张")
        rows = Obligation.objects.filter(case=case, key="sign_book").order_by("id")
        assert [(row.label, str(row.owner or row.owner_role)) for row in rows] == [
            ("看交班簿：田大勇", "田大勇"),
            ("看交班簿：陈建军", "陈建军"),
            ("看交班簿：临时工老张", "cs_supervisor"),
        ]
        who = stage.person("陈建军")
        perform(case, "sign_book", actor=who, at=at("24 10:20"), data={"signer": "陈建军"})
        assert [row.state for row in rows.all()] == ["open", "met", "open"]
        advance(at("24 12:00"), offices=[stage.office.pk])
        assert sorted(name for name in told() if name != "林国栋") == sorted(["田大勇", "何静"])
