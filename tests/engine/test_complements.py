"""Manuals that complement one another: a category that yields, what a manual does of itself, actions that it adds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform, speaking, view_of
from guanjia.kernel.problem import Problem
from guanjia.notify.models import Message
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy import lint, scripts
from guanjia.policy.loader import compile_text
from guanjia.records.models import Record
from guanjia.web.case import opening

BASE = """
schema = 1
[manual]
key = "base"
version = "1"
title = "投诉规程"
short = "投诉规程"

[[clause]]
id = "1"
text = "登记、答复。"

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "handle"

[[form]]
key = "log"
title = "投诉登记表"
clause = "1"
nature = "register"
prefix = "TD"
line = [{ label = "什么事", fact = "matter" }]

[[procedure]]
key = "handle"
label = "投诉"
[[procedure.state]]
key = "open"
label = "处理中"
[[procedure.state]]
key = "done"
label = "已答复"
end = true
[[procedure.action]]
key = "register"
label = "登记投诉"
clause = "1"
by = ["receptionist"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么事", required = true }]
emits = ["reported"]
effects = [{ do = "issue", form = "log" }]
[[procedure.action]]
key = "answer"
label = "答复"
clause = "1"
by = ["cs_supervisor"]
from = ["open"]
to = "done"
emits = ["answered", "closed"]
"""

EXTRA = """
schema = 1
[manual]
key = "extra"
version = "1"
title = "接待标准"
short = "接待标准"

[[role]]
key = "guard"
label = "门岗"
is = ["security"]

[[clause]]
id = "甲"
text = "样样记进日志，问问满意没有。"

[[figure]]
key = "how_many"
label = "问几次"
clause = "甲"
kind = "number"
value = "2"

[[category]]
key = "complaint"
standard = "complaint"
label = "意见"
prefix = "YJ"
procedure = "own"
yields = true

[[form]]
key = "log"
title = "日工作记录"
clause = "甲"
nature = "register"
prefix = "RJ"
line = [{ label = "什么事", fact = "matter" }, { label = "问的结果", fact = "satisfied", kind = "choice" }]

[[message]]
key = "come"
text = "{number} {matter}，请留意。"

[[reaction]]
key = "write_down"
label = "记进日志"
clause = "甲"
event = "reported"
category = ["*"]
effects = [{ do = "issue", form = "log" }, { do = "notify", message = "come", to = "guard", when = { matter = "吵闹" } }]

[[addition]]
key = "ask"
category = ["*"]
[addition.action]
key = "ask"
label = "问满意没有"
clause = "甲"
by = ["guard"]
from = ["*", "ended"]
when = { any = [{ "events.rated" = { set = false } }, { "events.rated.n" = { lt = "=figure.how_many" } }] }
field = [{ key = "satisfied", label = "满意吗", kind = "choice", required = true, choices = [{ value = "yes", label = "满意" }, { value = "no", label = "不满意" }] }]
emits = ["rated"]
effects = [{ do = "fill", form = "log" }]

[[obligation]]
key = "ask"
label = "问满意没有"
clause = "甲"
owner = "guard"
category = ["*"]
start = ["answered"]
stop = ["rated"]
limit = "2h"
life = "beyond"
done_by = "ask"

[[script]]
key = "hello"
label = "问候"
text = "您好。"
clause = "甲"
category = ["*"]
channel = "phone"

[[script]]
key = "calm"
label = "安抚"
text = "请您别急。"
clause = "甲"
category = ["complaint"]
when = { matter = "吵闹" }

[[script]]
key = "how"
label = "怎么问"
text = "请问您满意吗？"
clause = "甲"
category = ["*"]
action = "ask"

[[procedure]]
key = "own"
label = "意见"
[[procedure.state]]
key = "open"
label = "待答复"
[[procedure.state]]
key = "done"
label = "已答复"
end = true
[[procedure.action]]
key = "hear"
label = "听意见"
clause = "甲"
by = ["receptionist"]
opens = true
to = "open"
field = [{ key = "matter", label = "什么事", required = true }]
emits = ["reported"]
[[procedure.action]]
key = "reply"
label = "回话"
clause = "甲"
by = ["receptionist"]
from = ["open"]
to = "done"
emits = ["answered", "closed"]
"""


@pytest.fixture
def stage(db: None) -> Stage:
    adoption.forget()
    return build([EXTRA, BASE], {}, at("24 09:00"))


def complain(stage: Stage, matter: str = "漏水") -> Case:
    return open_case(
        stage.office,
        "complaint",
        actor=stage.person("receptionist"),
        at=at("24 10:00"),
        data={"matter": matter},
    ).case


def act(stage: Stage, case: Case, who: str, action: str, when: str = "24 11:00", **data: Any) -> Case:
    return perform(case, action, actor=stage.person(who), at=at(when), data=data).case


class TestWhoSupplies:
    def test_the_manual_that_yields_gives_way(self, stage: Stage) -> None:
        case = complain(stage)
        assert (case.manual_key, case.number[:2]) == ("base", "TS")

    def test_alone_it_supplies_the_procedure_itself(self, db: None) -> None:
        adoption.forget()
        assert complain(build([EXTRA], {}, at("24 09:00"))).manual_key == "extra"

    def test_of_two_that_yield_the_first_adopted_counts(self, db: None) -> None:
        adoption.forget()
        other = EXTRA.replace('key = "extra"', 'key = "later"')
        assert complain(build([EXTRA, other], {}, at("24 09:00"))).manual_key == "extra"

    def test_nothing_stands_against_adopting_both(self) -> None:
        manuals = [compile_text(text).manual for text in (EXTRA, BASE)]
        assert lint.check_together(manuals) == []
        firm = [compile_text(EXTRA.replace("yields = true", "")).manual, manuals[1]]
        assert lint.check_together(firm) != []

    def test_what_it_yields_is_not_offered_to_be_opened(self, stage: Stage, rf: Any) -> None:
        request = rf.get("/")
        request.office, request.now, request.roles = (
            stage.office,
            at("24 10:00"),
            frozenset({"receptionist"}),
        )
        assert [kind.label for _one, kind, _opening in opening.kinds(request)] == ["投诉"]


class TestReactions:
    def test_its_own_form_beside_the_procedures_of_the_same_name(self, stage: Stage) -> None:
        case = complain(stage)
        papers = {record.title: record for record in Record.objects.filter(office=stage.office)}
        assert set(papers) == {"投诉登记表", "日工作记录"}
        assert papers["日工作记录"].number.startswith("RJ")
        assert papers["日工作记录"].data["matter"] == "漏水"
        assert case.facts["papers"] == {
            "log": papers["投诉登记表"].number,
            "extra/log": papers["日工作记录"].number,
        }

    def test_it_tells_its_own_people_when_its_condition_holds(self, stage: Stage) -> None:
        complain(stage)
        assert not Message.objects.filter(body__contains="请留意").exists()
        complain(stage, "吵闹")
        told = Message.objects.filter(body__contains="吵闹，请留意")
        assert {one.to_user for one in told} == set(stage.people["security"])

    def test_only_what_needs_no_input(self) -> None:
        wrong = EXTRA.replace(
            '{ do = "issue", form = "log" }, ', '{ do = "assign", department = "service" }, '
        )
        assert [one.rule for one in lint.check_text(wrong, "manual.toml")] == ["reaction-effect"]


class TestAdditions:
    def test_whoever_it_names_may_do_it_and_nobody_else(self, stage: Stage) -> None:
        case = complain(stage)
        guard = view_of(case, stage.person("security"), at("24 10:30"))
        offer = next(one for one in guard.offers if one.action.key == "ask")
        assert offer.possible
        assert guard.source_of("ask").key == "extra"
        with pytest.raises(Problem) as refused:
            act(stage, case, "receptionist", "ask", satisfied="yes")
        assert refused.value.code == "ACTION_REFUSED"

    def test_it_fills_its_own_form_and_its_own_figure_counts(self, stage: Stage) -> None:
        case = complain(stage)
        act(stage, case, "security", "ask", satisfied="no")
        act(stage, case, "security", "ask", "24 11:10", satisfied="yes")
        record = Record.objects.get(office=stage.office, manual_key="extra")
        assert record.data["satisfied"] == "yes"
        with pytest.raises(Problem):
            act(stage, case, "security", "ask", "24 11:20", satisfied="yes")

    def test_after_the_end_it_meets_what_outlives_the_case(self, stage: Stage) -> None:
        case = act(stage, complain(stage), "cs_supervisor", "answer")
        view = view_of(case, stage.person("security"), at("24 11:30"))
        assert [(row.key, row.state) for row in view.owed] == [("ask", "open")]
        case = act(stage, case, "security", "ask", "24 12:00", satisfied="yes")
        view = view_of(case, stage.person("security"), at("24 12:30"))
        assert [(row.key, row.state) for row in view.owed] == [("ask", "met")]
        assert case.state == "done"

    def test_it_stays_away_from_cases_that_it_is_not_for(self, db: None) -> None:
        adoption.forget()
        narrow = EXTRA.replace('key = "ask"\ncategory = ["*"]', 'key = "ask"\ncategory = ["repair"]', 1)
        stage = build([narrow, BASE], {}, at("24 09:00"))
        view = view_of(complain(stage), stage.person("security"), at("24 10:30"))
        assert "ask" not in {one.action.key for one in view.offers}

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('from = ["*", "ended"]', 'from = ["open"]'),
            ('from = ["*", "ended"]', 'from = ["*"]\nto = "done"'),
            ('[addition.action]\nkey = "ask"', '[addition.action]\nkey = "asks"'),
            ('emits = ["rated"]', 'emits = ["rated", "closed"]'),
        ],
    )
    def test_it_leaves_the_states_alone(self, old: str, new: str) -> None:
        found = lint.check_text(EXTRA.replace(old, new), "manual.toml")
        assert "addition" in {one.rule for one in found}


class TestWords:
    def test_when_somebody_calls_when_it_holds_and_at_the_action(self, stage: Stage) -> None:
        desk, when = stage.person("receptionist"), at("24 09:30")
        adopted = adoption.adopted(stage.office, when)
        said = speaking.at_reception(adopted, stage.office, desk, when)
        assert [(one.compiled.key, one.text) for one in said] == [("extra", "您好。")]
        view = view_of(complain(stage, "吵闹"), desk, at("24 10:30"))
        assert [one.script.text for one in scripts.pinned(view.adopted, view.facts)] == ["请您别急。"]
        action = view.adopted[0].compiled.actions["handle"]["ask"].definition
        said = speaking.spoken(
            view.adopted, action, stage.office, desk, when, category="complaint", source="extra"
        )
        assert [(one.compiled.key, one.text) for one in said] == [("extra", "请问您满意吗？")]
        calm = view_of(complain(stage), stage.person("receptionist"), at("24 10:30"))
        assert scripts.pinned(calm.adopted, calm.facts) == []

    def test_what_holds_on_the_page_of_a_case_says_the_office_s_figure(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adoption.forget()
        figure = '[[figure]]\nkey = "patience"\nlabel = "听多久"\nclause = "甲"\nvalue = "10m"\n'
        text = EXTRA.replace("请您别急。", "请您别急，{matter}的事听满{figure.patience}。")
        stage = build([f"{text}\n{figure}", BASE], {"patience": "20m"}, at("24 09:00"))
        monkeypatch.setattr(clock, "now", lambda: at("24 10:30"))
        case, client = complain(stage, "吵闹"), Client()
        client.force_login(stage.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("case", args=[case.number])).content.decode()
        assert "请您别急，吵闹的事听满20分钟内。" in page
