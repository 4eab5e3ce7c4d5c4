"""The cashier's day at the screen: count, bank, hand in, close, check, and the month's charges."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.web.repair import TO_DONE, Repair
from tests.web.test_office_pages import body, said

from guanjia import clock
from guanjia.ledger import actions, days
from guanjia.ledger.models import CashCount, DayClose, Transfer

pytestmark = pytest.mark.django_db
DAY = "/cashier/day/"


@pytest.fixture
def repair(monkeypatch) -> Repair:
    """A repair that 200 of 260 yuan were paid for in cash."""
    found = Repair()
    found.play(*TO_DONE)
    found.do("return_sheet", sheet_back=True)
    found.do("book", by="cashier", finance_copy_here=True)
    found.do("collect", by="cashier", received="200", method="cash")
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def at(repair):
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def count(client: Client, counted: str = "200", key: str = "k", **more: str):
    return client.post(f"{DAY}count/", {"counted": counted, "key": key, **more})


def test_a_difference_needs_its_reason_and_what_was_typed_stays(at):
    client = at("cashier")
    answer = count(client, "190.50")
    assert answer.status_code == 422 and 'value="190.50"' in body(answer) and "没有写原因" in body(answer)
    assert not CashCount.objects.exists()
    assert count(client, "190.50", reason="找零差错").status_code == 302
    count(client, "190.50", reason="找零差错")
    row = CashCount.objects.get()
    assert (row.difference_fen, row.transfer.code) == (-950, "cash_short")
    assert "找零差错" in body(client.get(DAY)) and "190.50" in body(client.get(DAY))


def test_denominations_alone_are_the_count(at):
    assert count(at("cashier"), "", n10000="1", n5000="2").status_code == 302
    assert CashCount.objects.get().notes == {"10000": 1, "5000": 2}
    assert count(at("cashier"), "", key="x", n10000="一").status_code == 422


def test_cash_goes_to_the_bank_with_a_paper_and_comes_back(at):
    client = at("cashier")
    sent = {"amount": "150", "slip": "GH-88", "bank": "工行", "key": "k"}
    assert "库存现金只有 ¥200.00" in body(client.post(f"{DAY}deposit/", sent | {"amount": "200.01"}))
    assert client.post(f"{DAY}deposit/", sent).status_code == 302
    row = Transfer.objects.get(code="cash_deposited")
    assert "GH-88" in body(client.get(DAY))
    words = said(client.get(f"/cashier/deposits/{row.pk}.pdf").content)
    for word in ("送存单", "150.00", "壹佰伍拾元整", "GH-88", "工行", str(row.actor)):
        assert word in words, word
    assert client.post(f"/cashier/deposits/{row.pk}/void/", {"reason": ""}).status_code == 422
    assert client.post(f"/cashier/deposits/{row.pk}/void/", {"reason": "退票"}).status_code == 302
    assert "退票" in body(client.get(DAY))
    assert "已作废：退票" in said(client.get(f"/cashier/deposits/{row.pk}.pdf").content)


def test_a_day_is_closed_and_checked_by_two(repair, at):
    cashier, finance = at("cashier"), at("finance")
    assert "先点款" in body(cashier.post(f"{DAY}close/"))
    count(cashier)
    assert cashier.post(f"{DAY}check/").status_code == 403
    assert "还没有关账" in body(finance.post(f"{DAY}check/"))
    assert cashier.post(f"{DAY}close/").status_code == 302
    assert "复核并签字" in body(finance.get(DAY)) and "复核并签字" not in body(cashier.get(DAY))
    assert finance.post(f"{DAY}check/").status_code == 302
    close = DayClose.objects.get()
    words = said(cashier.get("/cashier/day.pdf").content)
    for word in (str(close.closed_by), str(close.checked_by), close.seal[:16], "200.00"):
        assert word in words, word
    repair.do("collect", by="cashier", received="60", method="wechat")
    page = body(cashier.get(DAY))
    assert "关账以后又记了 1 笔" in page and "重新关账" in page and "¥60.00" in page
    assert "本表没有计入" in said(cashier.get("/cashier/day.pdf").content)


def test_who_closed_is_not_who_checks(at):
    finance = at("finance")
    count(finance)
    finance.post(f"{DAY}close/")
    answer = finance.post(f"{DAY}check/")
    assert answer.status_code == 403 and "另一位财务" in body(answer)


def test_who_only_looks_changes_nothing(at):
    client = at("receptionist")
    page = body(client.get(DAY))
    assert "记点款" not in page and "记送存" not in page and "cashier/day/close" not in page
    for name in ("count", "deposit", "close", "check"):
        assert client.post(f"{DAY}{name}/", {"counted": "0", "key": "k"}).status_code == 403
    assert not CashCount.objects.exists() and not DayClose.objects.exists()


def test_an_unclosed_day_shows_until_it_is_closed(repair, at):
    repair.at += timedelta(days=1)
    client = at("cashier")
    assert "?day=2026-03-24" in body(client.get("/cashier/"))
    count(client)
    assert client.post(f"{DAY}close/?day=2026-03-24").status_code == 302
    assert "?day=2026-03-24" not in body(client.get("/cashier/"))


def test_money_in_hand_since_yesterday_leads_to_its_case_and_warns(repair, at):
    person = repair.person("technician")
    actions.take_in_hand(
        repair.office, payer_ref=Transfer.objects.get(code="charge").debit.reference, payer_name="王秀兰",
        amount_fen=6000, holder=f"user:{person.pk}", holder_name=person.name, reference=f"case:{repair.case.number}",
        key="t", at=repair.at,
    )  # fmt: skip
    assert "隔天未交" not in body(at("cashier").get(DAY))
    repair.at += timedelta(days=1)
    page = body(at("cashier").get(DAY))
    assert "隔天未交" in page and "还有以前收的 ¥60.00" in page and person.name in page
    assert f"/cases/{repair.case.number}/" in page
    (held,) = days.holdings(repair.office)
    assert held.fen == 6000


@pytest.mark.rule("S000-1-4.9.5")
def test_the_month_line_by_line(repair, at):
    client = at("cashier")
    page = body(client.get("/cashier/month/?period=2026-03"))
    for word in (
        f"/cases/{repair.case.number}/",
        "水管维修",
        "260.00",
        "200.00",
        "60.00",
        "现金",
        "SJ2603-0001",
    ):
        assert word in page, word
    assert "这个月没有收费" in body(client.get("/cashier/month/?period=2026-02"))
    assert "没有和「没有的」相符" in body(client.get("/cashier/month/?q=没有的"))
    assert client.get("/cashier/month/?period=2026-13").status_code == 422
    text = b"".join(client.get("/cashier/month.csv?period=2026-03").streaming_content).decode("utf-8-sig")
    assert f"{repair.case.number}," in text and "按方式" in text
    assert client.get("/cashier/month.xlsx?period=2026-03").status_code == 200
    assert "收费明细" in said(client.get("/cashier/month.pdf?period=2026-03").content)
