"""Reception by its two manuals, on the pages: rules and phrases on the board, the form of a call, the two registers."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from guanjia import clock
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.ops.cards.card import ShiftDef
from guanjia.ops.cards.stage import ZONE, Stage, build, moment
from guanjia.policy.loader import read

ROOT = Path(settings.MANUALS_ROOT)
VISITS = read(ROOT / "visitor-reception-flow")
FRONT = read(ROOT / "poly-reception-standard")
__all__ = ["FRONT", "VISITS", "ZONE", "on", "visitor"]


def on(text: str):
    """`03-24 10:42` in the year of the cards."""
    return moment(f"2026-{text}")


def visitor(stage: Stage, who: str, matter: str, at: str) -> Case:
    """A visit that could not be settled at once."""
    data = {
        "visitor": "王秀兰",
        "unit": "3-2-1502",
        "channel": "counter",
        "matter": matter,
        "about": "service",
    }
    data |= {"settled": False, "details": matter, "promised_at": "2026-03-25 10:00"}
    return open_case(stage.office, "reception", actor=stage.person(who), at=on(at), data=data).case


@pytest.fixture
def desk(monkeypatch, db):
    stage = build([FRONT], {"company_rules": "https://rules.example/handbook"}, on("03-01 09:00"))
    monkeypatch.setattr(clock, "now", lambda: on("03-24 10:00"))
    client = Client()
    client.force_login(stage.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    return client


BOARD = (
    ("S001-2-3.0", "3.0", "客户在先，服务第一"),
    ("S001-2-3.1", "3.1", "请、谢谢、对不起"),
    ("S001-2-3.2", "3.2", "先执行后汇报"),
    ("S001-2-3.4", "3.4", "办公电脑不练打字"),
    ("S001-2-3.5", "3.5", "不隐瞒、不擅自处理"),
    ("S001-2-3.7", "3.7", "柜台内不放茶杯、提包、书刊"),
    ("S001-2-3.8", "3.8", "私人电话"),
    ("S001-2-3.9", "3.9", "只留服务人员"),
    ("S001-2-3.10", "3.10", "公司的规章制度"),
    ("S001-2-3.11", "3.11", "不和客人过分亲热"),
    ("S001-2-3.12a", "3.12", "都起立接待"),
    ("S001-2-3.14", "3.14", "不梳头、不化妆"),
)


def test_the_board_shows_eighteen_rules_in_their_order(desk) -> None:
    page = desk.get("/shift/board/").content.decode()
    places = [page.index(f"<dt>第 {number} 条 ") for number in range(1, 19)]
    assert places == sorted(places) and page.index("宗旨") < places[0]


@pytest.mark.parametrize(
    ("clause", "words"),
    [pytest.param(clause, words, marks=pytest.mark.rule(rule), id=rule) for rule, clause, words in BOARD],
)
def test_each_rule_stands_under_its_number(desk, clause, words) -> None:
    rows = desk.get("/shift/board/").content.decode().split("<div><dt>")
    number = clause.removeprefix("3.")
    head = "宗旨 " if number == "0" else f"第 {number} 条 "
    row = next(row for row in rows if row.startswith(head))
    assert words in row and clause in row


@pytest.mark.rule("S001-2-3.0")
def test_the_board_is_reached_from_every_page_of_the_desk(desk) -> None:
    for address in ("/desk/", "/shift/", "/cases/", "/callbacks/", "/cases/new/reception/", "/households/"):
        assert 'href="/shift/board/"' in desk.get(address).content.decode(), address


@pytest.mark.rule("S001-2-3.10")
def test_the_rules_of_the_company_are_a_link(desk) -> None:
    assert 'href="https://rules.example/handbook"' in desk.get("/shift/board/").content.decode()


@pytest.mark.rule("S001-2-1.5")
def test_the_eight_groups_of_phrases_stand_under_their_names(desk) -> None:
    page = desk.get("/shift/board/").content.decode()
    panel = page[page.index("日常用语") :].split("</section>")[0]
    groups = {
        "问候语": ("您好", "早上好"), "祝贺语": ("节日快乐", "好运"), "欢迎语": ("欢迎光临",), "见面语": ("请进", "请坐", "请用茶"),
        "致歉语": ("对不起", "请原谅"), "祈请语": ("请稍候", "请稍等"), "致谢语": ("谢谢",), "辞别语": ("再见", "晚安"),
    }  # fmt: skip
    rows = {row.split(" ")[0]: row for row in panel.split("<div><dt>")[1:]}
    assert list(rows) == list(groups)
    for name, phrases in groups.items():
        assert all(phrase in rows[name] for phrase in phrases), name


@pytest.mark.rule("S001-2-2.4")
def test_a_call_opens_with_greeting_company_and_department_and_the_note_has_the_focus(desk) -> None:
    page = desk.get("/cases/new/enquiry/").content.decode()
    assert "您好！绿城示范物业公司客服组。" in page
    field = page[page.index('id="f-matter"') - 60 : page.index('id="f-matter"') + 80]
    assert "<textarea" in field and " data-focus" in field
    assert page.count(" data-focus") == 1


@pytest.mark.rule("S001-3-5.0")
def test_the_registers_of_visits_are_the_two_under_their_names(monkeypatch, db) -> None:
    stage = build([VISITS], {}, on("03-01 09:00"))
    monkeypatch.setattr(clock, "now", lambda: on("03-24 10:00"))
    client = Client()
    client.force_login(stage.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/registers/").content.decode()
    assert page.count("/registers/visitor-reception-flow/duty_log/") >= 1
    assert page.count("/registers/visitor-reception-flow/handover/") >= 1
    assert "服务中心值班记录表" in page and "服务中心交接班记录表" in page


def test_the_log_of_the_day_names_what_was_entered_without_brackets(monkeypatch, db) -> None:
    early = ShiftDef(who="周敏", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 16:00")
    stage = build([FRONT], {}, on("03-24 07:59"), (), (), (early,))
    advance(on("03-24 08:00"), offices=[stage.office.pk])
    book = Case.objects.select_related("office").get(category="front_shift")
    zhou = stage.person("周敏")
    perform(
        book, "sign_book", actor=zhou, at=on("03-24 08:01"), data={"signer": zhou.pk, "signed_as": "0117"}
    )
    for at, entry in (("08:02", "备茶"), ("08:03", "挂横幅")):
        data = {"entry_kind": "order", "entry": entry}
        perform(book, "enter", actor=zhou, at=on(f"03-24 {at}"), data=data)
    monkeypatch.setattr(clock, "now", lambda: on("03-24 09:00"))
    client = Client()
    client.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/shift/").content.decode()
    assert "【上级交待】备茶；【上级交待】挂横幅" in page and "[&#x27;" not in page
    rows = b"".join(client.get("/shift/log.csv").streaming_content).decode("utf-8-sig")
    assert "【上级交待】备茶；【上级交待】挂横幅" in rows
    assert "备茶" not in client.get("/shift/?q=JB9999").content.decode().split("log-h")[1]
