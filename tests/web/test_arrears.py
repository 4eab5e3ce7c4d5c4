"""催收 at the screen: who owes for how long, which step runs, the step taken in place; what is paid is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.web.repair import TO_DONE, Repair
from tests.web.test_office_pages import body, said
from tests.web.test_paid_service import NOW, TECH, Office, office  # noqa: F401
from tests.web.test_reconcile import FIELD, cleaning, repaired

from guanjia import clock
from guanjia.cases.models import Case
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.ledger import actions as ledger
from guanjia.obligations.models import Obligation
from guanjia.reports import arrears

pytestmark = pytest.mark.django_db
PAGE = "/cashier/arrears/"
DAY = timedelta(days=1)


def owing(office: Office) -> Case:  # noqa: F811
    """A repair of 50 yuan whose household signed that it pays at finance."""
    case = repaired(office)
    office.act(
        TECH,
        "mark_owing",
        case.number,
        **FIELD,
        **{"owing_signature-how": "paper", "owing_signature-name": "王秀兰"},
    )
    return case


def later(office: Office, day: int, month: int = 3) -> None:  # noqa: F811
    """It is nine o'clock on that day, and everything that fell due before has happened."""
    office.now = datetime(2026, month, day, 9, 0, tzinfo=NOW.tzinfo)
    advance(office.now, offices=[office.stage.office.pk])


def listed(office: Office, **how: str) -> list[arrears.Debtor]:  # noqa: F811
    roles = frozenset({"receptionist"})
    return arrears.debtors(office.stage.office, office.now, roles, **how)


@pytest.mark.rule("S000-1-4.4.2c")
@pytest.mark.rule("S000-1-4.9.3b")
def test_the_visit_is_done_in_place_and_a_paid_household_is_gone(office: Office) -> None:  # noqa: F811
    case = owing(office)
    later(office, 3)
    client = office.client("receptionist")
    page = body(client.get(PAGE))
    for words in (
        "王秀兰",
        "¥50.00",
        "已欠 1 天",
        "138****1234",
        "当日结清",
        "回访，了解未交费原因",
        case.number,
    ):
        assert words in page, words
    assert "13800001234" not in page and "do=collect" not in page and "/do/collect/" not in page
    opened = body(client.get(f"{PAGE}?sort=most&open={case.number}&do=ask_unpaid"))
    assert 'name="unpaid_reason"' in opened and f"{PAGE}{case.number}/ask_unpaid/?sort=most" in opened
    wrong = client.post(f"{PAGE}{case.number}/ask_unpaid/?sort=most", {"unpaid_reason": "出差", "key": "a"})
    assert wrong.status_code == 422 and "出差" in body(wrong) and 'name="unpaid_explained"' in body(wrong)
    told = {"unpaid_reason": "出差", "unpaid_explained": "说明一般当日结清", "key": "b"}
    done = client.post(f"{PAGE}{case.number}/ask_unpaid/?sort=most", told)
    assert done.status_code == 302 and done["Location"] == f"{PAGE}?sort=most"
    assert Obligation.objects.get(case=case, key="visit_unpaid").state == "met"
    page = body(client.get(PAGE))
    assert "联系过" in page and "回访，了解未交费原因" not in page
    office.act("cashier", "collect", case.number, received="50.00", method="cash")
    assert "没有欠费" in body(client.get(PAGE)) and listed(office) == []
    late = client.post(f"{PAGE}{case.number}/urge/", {"urge_remark": "再催", "key": "c"})
    assert late.status_code == 302 and "已经不用催了" in body(client.get(PAGE))
    assert "已经不用催了" in body(client.get(f"{PAGE}?open={case.number}&do=urge"))


@pytest.mark.rule("S000-1-4.4.3b")
@pytest.mark.rule("S000-1-4.4.3c")
def test_the_months_list_starts_a_step_for_each_order(office: Office) -> None:  # noqa: F811
    first, second = owing(office), owing(office)
    later(office, 1, 4)
    office.act("finance", "hand_over", Case.objects.get(category="arrears").number)
    (home,) = listed(office)
    assert (home.fen, home.days, [debt.number for debt in home.debts]) == (
        10000,
        30,
        [first.number, second.number],
    )
    for debt in home.debts:
        assert "chase_payment" in [step.key for step in debt.steps]
        assert [act.key for act in debt.acts] == ["urge", "ask_unpaid"]
    office.act("cashier", "collect", first.number, received="50.00", method="cash")
    (home,) = listed(office)
    assert [debt.number for debt in home.debts] == [second.number]
    assert Obligation.objects.get(case=first, key="chase_payment").state == "met"


@pytest.mark.rule("S000-1-4.5.2a")
def test_what_is_paid_before_the_work_is_no_arrears(office: Office) -> None:  # noqa: F811
    cleaning(office, paid=False)
    assert listed(office) == []


def test_a_manual_without_such_steps_says_so_and_lets_one_write_it_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repair = Repair()
    repair.play(*TO_DONE)
    repair.do("return_sheet", sheet_back=True)
    repair.do("book", by="cashier", finance_copy_here=True)
    monkeypatch.setattr(clock, "now", lambda: repair.at)
    client = Client()
    client.force_login(repair.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    page = body(client.get(PAGE))
    assert "规程没有催收的步骤" in page and f"/cases/{repair.case.number}/do/note/" in page


def test_oldest_or_most_first_searched_paged_and_exported(office: Office) -> None:  # noqa: F811
    place = office.stage.office
    for n in range(25):
        ledger.charge(
            place, payer_ref=f"unit:9-{n}", payer_name=f"9-{n} 某{n}", amount_fen=1000 + 100 * n, item="旧账", reference=f"old:{n}",
            key=f"o{n}", at=office.now - n * DAY,
        )  # fmt: skip
    assert [one.payer_ref for one in listed(office)][:2] == ["unit:9-24", "unit:9-23"]
    ledger.charge(
        place, payer_ref="unit:9-0", payer_name="9-0 某0", amount_fen=90000, item="旧账", reference="old:x", key="x", at=office.now,
    )  # fmt: skip
    assert [one.fen for one in listed(office, order="most")][:2] == [91000, 3400]
    client = office.client("cashier")
    page = body(client.get(f"{PAGE}?sort=most"))
    assert "25 户" in page and "第 1 页，共 2 页" in page and "¥910.00" in page
    assert "某19" not in body(client.get(f"{PAGE}?sort=most&page=2")) and "某1<" in body(
        client.get(f"{PAGE}?sort=most&page=2")
    )
    assert "没有和「没有的」相符的欠费" in body(client.get(f"{PAGE}?q=没有的"))
    text = b"".join(client.get("/cashier/arrears.csv?q=某7").streaming_content).decode("utf-8-sig")
    assert "某7" in text and "某8" not in text and "合计" in text
    assert client.get("/cashier/arrears.xlsx").status_code == 200
    assert "欠费催收清单" in said(client.get("/cashier/arrears.pdf").content)


def test_the_number_of_the_register_is_revealed_and_only_customer_service_duns(office: Office) -> None:  # noqa: F811
    case = owing(office)
    party = office.stage.parties["3-2-1502"]
    Case.objects.filter(pk=case.pk).update(party=party)
    page = body(office.client("receptionist").get(PAGE))
    assert f"/desk/phone/{party.phones.get().pk}/" in page
    page = body(office.client("cashier").get(PAGE))
    assert "/desk/phone/" not in page and f"/cases/{case.number}/do/collect/" in page
    assert "do=urge" not in page, "the manual gives dunning to customer service"
    for who in (TECH, "eng_supervisor", "quality"):
        assert office.client(who).get(PAGE).status_code == 403
        assert office.client(who).post(f"{PAGE}{case.number}/urge/", {"urge_remark": "x"}).status_code == 403
    assert PAGE not in body(office.client("eng_supervisor").get("/cashier/"))
    assert PAGE in body(office.client("receptionist").get("/callbacks/"))


def test_a_step_of_another_kind_is_not_taken_from_here(office: Office) -> None:  # noqa: F811
    case = owing(office)
    sent = office.client("receptionist").post(
        f"{PAGE}{case.number}/follow_up/", {"follow_means": "phone", "satisfied": "yes", "key": "k"}
    )
    assert sent.status_code == 302
    case.refresh_from_db()
    assert "followed_up" not in case.facts["events"]


def test_a_number_that_is_nobodys_is_masked_as_it_was_given(office: Office) -> None:  # noqa: F811
    case = owing(office)
    Case.objects.filter(pk=case.pk).update(facts=case.facts | {"contact_phone": "13911112222"}, party=estate.create_party(office.stage.office, "甲", title="mr", phones=["13800009999"]))  # fmt: skip
    (home,) = listed(office)
    assert (home.phone, home.phone_id) == ("139****2222", None)
