"""对账 at the screen: orders, books and papers of a month, where they differ, and the form that both sides sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.web.repair import TO_DONE, Repair
from tests.web.test_office_pages import body, said
from tests.web.test_paid_service import NOW, TECH, Office, office  # noqa: F401

from guanjia.cases.models import Case
from guanjia.engine.advance import advance
from guanjia.ledger import actions
from guanjia.ledger.models import DayClose, Receipt, Transfer
from guanjia.reports import reconcile

pytestmark = pytest.mark.django_db
PAGE = "/cashier/reconcile/?period=2026-03"
FIELD = {"at": "field-act"}


def cleaning(office: Office, *, paid: bool = True) -> Case:  # noqa: F811
    """An order for window cleaning at 100 yuan, paid in cash or not."""
    case = office.ordered(service="cleaning", item="擦窗", matter="擦窗")
    if paid:
        office.act("cashier", "collect", case.number, received="100.00", method="cash")
    return case


def month(office: Office) -> reconcile.Month:  # noqa: F811
    return reconcile.month_of(office.stage.office, "2026-03", office.now)


def texts(found: reconcile.Month) -> dict[str, list[str]]:
    return {line.number: [one.text for one in line.differences] for line in found.lines if line.differences}


def repaired(office: Office) -> Case:  # noqa: F811
    """A repair of 50 yuan, done and signed."""
    case = office.ordered()
    office.act("receptionist", "dispatch", case.number, technician=str(office.stage.person(TECH).pk))
    for action, data in (
        ("accept", {}),
        ("arrive", {}),
        ("finish", {"done": "通了", "quality": "good"}),
        ("sign", {"opinion": "好", "signature-how": "paper", "signature-name": "王秀兰"}),
    ):
        office.act(TECH, action, case.number, **FIELD, **data)
    return case


def confirmation(office: Office) -> str:  # noqa: F811
    """The last day of March: the case in which both sides sign."""
    office.now = datetime(2026, 3, 31, 9, 0, tzinfo=NOW.tzinfo)
    advance(office.now, offices=[office.stage.office.pk])
    return Case.objects.get(category="charge_confirm").number


def signed(name: str, who: str) -> dict[str, Any]:
    return {f"{name}-how": "paper", f"{name}-name": who}


@pytest.mark.rule("S000-1-4.9.4b")
@pytest.mark.rule("S000-1-4.9.5")
def test_orders_books_papers_and_days_agree_line_by_line(office: Office) -> None:  # noqa: F811
    paid, owing = cleaning(office), cleaning(office, paid=False)
    found = month(office)
    assert [
        (line.number, line.ordered_fen, line.side.charged_fen, line.side.paid_fen, line.side.unpaid_fen, line.side.papers_fen)
        for line in found.lines
    ] == [(paid.number, 10000, 10000, 10000, 0, 10000), (owing.number, 10000, 10000, 0, 10000, 0)]  # fmt: skip
    assert found.differing == 0
    client = office.client("cashier")
    page = body(client.get(PAGE))
    for words in (f"/cases/{paid.number}/", "SJ2603-0001", "¥200.00", "¥100.00", "2 单", "平"):
        assert words in page, words
    assert "不平：" not in page and "差在哪里" not in page
    assert "这个月还没有收费" in body(client.get("/cashier/reconcile/?period=2026-02"))
    assert "没有相符的单" in body(client.get(f"{PAGE}&q=没有的"))
    assert client.get("/cashier/reconcile/?period=x").status_code == 422
    words = said(client.get("/cashier/reconcile.pdf?period=2026-03").content)
    for one in ("收费对账", "平", paid.number, "SJ2603-0001", "收据和日结"):
        assert one in words, one
    assert client.get("/cashier/reconcile.xlsx?period=2026-03").status_code == 200
    assert client.get("/cashier/reconcile.csv?period=2026-03").status_code == 404


@pytest.mark.rule("S000-1-4.9.5")
def test_what_one_side_has_and_the_other_has_not_is_named_with_its_amount(office: Office) -> None:  # noqa: F811
    """Each side is changed behind the others' back; the page says which line, by how much."""
    changed, lost, short = cleaning(office), cleaning(office), cleaning(office)
    Case.objects.filter(pk=changed.pk).update(facts=changed.facts | {"fee": 12000})
    Receipt.objects.filter(reference=f"case:{lost.number}").update(reference="case:X")
    Transfer.objects.filter(reference=f"case:{short.number}", code="charge").update(amount_fen=9000)
    found = month(office)
    assert texts(found) == {
        changed.number: ["工作单 120.00，账上应收 100.00"],
        lost.number: ["账上实收 100.00，收据 0.00"],
        short.number: ["工作单 100.00，账上应收 90.00"],
        "X": ["账上实收 0.00，收据 100.00"],
    }
    assert (found.gap_of("order"), found.gap_of("paper")) == (3000, 20000)
    page = body(office.client("finance").get(PAGE))
    assert "不平：4 处" in page and "差在哪里" in page and page.index(changed.number) < page.index("全月合计")
    assert changed.number in body(office.client("finance").get(f"{PAGE}&only=gap"))


@pytest.mark.rule("S000-1-4.4c")
def test_money_at_the_door_is_with_its_holder_until_finance_has_it(office: Office) -> None:  # noqa: F811
    case = repaired(office)
    assert month(office).differing == 0, "owing is no difference"
    office.act(TECH, "collect_cash", case.number, **FIELD, received="50.00")
    assert texts(month(office)) == {case.number: [f"{TECH}收了 50.00，还没有开收据"]}
    office.act(TECH, "hand_in", case.number, **FIELD, sheet_with_money="on")
    office.now = datetime(2026, 4, 1, 9, 0, tzinfo=NOW.tzinfo)
    office.act("finance", "confirm_payment", case.number, counted="50.00", method="cash")
    assert month(office).gap_of("paper") == 5000, "at the end of March he still had it"
    april = reconcile.month_of(office.stage.office, "2026-04", office.now)
    (line,) = april.lines
    assert (line.side.papers_fen, line.side.carried_fen, line.differences) == (5000, 5000, ())


def test_a_waiver_a_refund_and_a_void_are_no_difference(office: Office) -> None:  # noqa: F811
    back, void = cleaning(office), cleaning(office)
    receipt = {
        "receipt": "SJ2603-0001",
        "refund_fen": "30.00",
        "refund_method": "cash",
        "refund_reason": "少擦一扇",
    }
    office.act("cashier", "refund", back.number, **receipt)
    office.act("cashier", "void_receipt", void.number, receipt="SJ2603-0002", void_reason="写错")
    found = month(office)
    assert found.differing == 0
    assert [(line.side.allowed_fen, line.side.paid_fen, line.side.papers_fen) for line in found.lines] == [
        (3000, 7000, 7000), (0, 0, 0),
    ]  # fmt: skip


@pytest.mark.rule("S000-1-4.9.4b")
@pytest.mark.rule("S000-1-4.9.4c")
def test_a_form_that_does_not_agree_shows_where_and_is_not_signed(office: Office) -> None:  # noqa: F811
    paid, late = cleaning(office), cleaning(office, paid=False)
    number = confirmation(office)
    page = body(office.client("receptionist").get(PAGE))
    assert "现在填会是 2 单" in page and f"/cases/{number}/do/fill_in/" in page and "填写并签字" in page
    assert "/cashier/reconcile/?period=2026-03" in office.get("receptionist", "case", number), "and back"
    office.act("receptionist", "fill_in", number, **signed("cs_signature", "周敏"))
    assert f"/cases/{number}/do/countersign/" in body(office.client("finance").get(PAGE))
    assert month(office).differing == 0
    office.act("cashier", "collect", late.number, received="100.00", method="cash")
    found = month(office)
    assert texts(found) == {
        late.number: ["《收费明细及确认》应收 100.00 实收 0.00，账上应收 100.00 实收 100.00"]
    }
    page = body(office.client("finance").get(PAGE))
    assert "不平：1 处" in page and "表上 2 单，应收 ¥200.00，实收 ¥100.00" in page
    answer = office.client("finance").post(
        f"/cases/{number}/do/countersign/",
        {"received_total": "200.00", **signed("finance_signature", "钱会计"), "key": "k"},
    )
    assert answer.status_code == 409 and "有变动" in body(answer)
    office.act("receptionist", "redo", number, redo_reason="又交了一户")
    assert month(office).differing == 0, "what is to be filled in again counts for nothing"
    office.act("receptionist", "fill_in", number, **signed("cs_signature", "周敏"))
    office.act(
        "finance", "countersign", number, received_total="200.00", **signed("finance_signature", "钱会计")
    )
    assert month(office).differing == 0 and "双方已签" in body(office.client("finance").get(PAGE))
    assert paid.number in body(office.client("finance").get(PAGE))


def test_days_are_laid_beside_their_papers_and_an_open_one_is_named(office: Office) -> None:  # noqa: F811
    cleaning(office)
    at, day = office.now, office.now.date()
    cashier, place = office.stage.person("cashier"), office.stage.office
    office.now = datetime(2026, 3, 3, 9, 0, tzinfo=NOW.tzinfo)
    page = body(office.client("cashier").get(PAGE))
    assert "还有 1 天没有关账" in page and "/cashier/day/?day=2026-03-02" in page
    actions.count_cash(place, counted_fen=10000, reason="", key="c", at=at, actor=cashier)
    actions.close_day(place, day, at=at, actor=cashier)
    found = month(office)
    assert not found.open_days and [one.side.closed_fen for one in found.days] == [10000]
    close = DayClose.objects.get()
    close.figures["lines"][0]["received_fen"] = 8000
    close.save()
    assert [one.text for line in month(office).days for one in line.differences] == [
        "收据 100.00，关账时 80.00"
    ]


def test_work_that_is_done_and_not_booked_is_named_unless_it_is_free() -> None:
    repair = Repair()
    repair.play(*TO_DONE)
    found = reconcile.month_of(repair.office, "2026-03", repair.at)
    assert texts(found) == {repair.case.number: ["工作单 260.00，账上还没有记应收"]}
    facts = repair.case.facts | {"events": {**repair.case.facts["events"], "no_charge": {"at": "x"}}}
    Case.objects.filter(pk=repair.case.pk).update(facts=facts)
    assert reconcile.month_of(repair.office, "2026-03", repair.at).lines == []


def test_who_has_nothing_to_do_with_money_is_shown_the_door(office: Office) -> None:  # noqa: F811
    assert office.client(TECH).get(PAGE).status_code == 403
    assert office.client(TECH).get("/cashier/reconcile.pdf").status_code == 403
