"""Desk, case, lists, cashier and director as the server makes them: what they cost, who may, what is exported."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pypdfium2
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.web.repair import FIRST, TO_DONE, Repair

from guanjia import clock
from guanjia.cases.models import Case, CaseLink
from guanjia.engine.advance import advance
from guanjia.ledger.models import Receipt

pytestmark = pytest.mark.django_db


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def at(repair):
    """`at("cashier")` is a browser signed in as that person."""

    def sign_in(who: str = "receptionist") -> Client:
        client = Client()
        client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def body(response) -> str:
    return response.content.decode()


def another(repair: Repair, *, until: tuple[str, ...] = TO_DONE) -> Case:
    """One more repair, played to the end of the visit, handed in and booked."""
    repair.at += timedelta(minutes=1)
    repair.case = repair.report("3-2-1402", "换水龙头", contact_name="何先明")
    repair.play(*until)
    if until == TO_DONE:
        repair.do("return_sheet", sheet_back=True)
        repair.do("book", by="cashier", finance_copy_here=True)
    return repair.case


def paid(repair: Repair) -> Case:
    """One more, with its money taken."""
    case = another(repair)
    repair.do("collect", by="cashier", received="260", method="wechat")
    return case


LISTS = {
    "cases": ("receptionist", "/cases/?scope=all", 9, another),
    "worklist": ("receptionist", "/desk/", 17, another),
    "callbacks": ("eng_supervisor", "/callbacks/", 10, another),
    "cashier": ("cashier", "/cashier/", 20, another),
    "month": ("cashier", "/cashier/month/?period=2026-03", 12, paid),
    "arrears": ("cashier", "/cashier/arrears/", 16, another),
    "reconcile": ("cashier", "/cashier/reconcile/?period=2026-03", 23, paid),
    "day": ("cashier", "/cashier/day/?day=2026-03-24", 36, paid),
    "receipts": ("cashier", "/cashier/receipts/", 13, paid),
    "register": ("receptionist", "/registers/entrusted-repair-h/duty_log/", 13, another),
    "slips": ("receptionist", "/registers/entrusted-repair-h/repair_sheet/", 13, another),
    "outstanding": ("receptionist", "/registers/outstanding/", 7, another),
    "archive": ("receptionist", "/registers/archive/?month=2026-03", 7, another),
    "statement": ("cashier", "/cashier/statement/unit:3-2-1402/", 8, paid),
    "behind": ("director", "/statistics/2026-03/entrusted-repair-h/arrived_in_time/", 12, another),
    "director": ("director", "/director/", 25, another),
    "arrivals": ("director", "/director/arrivals/", 7, another),
    "weeks": ("director", "/director/weeks/", 7, another),
    "duties": ("director", "/director/duties/", 10, another),
    "households": ("receptionist", "/households/", 9, another),
    "shift": ("receptionist", "/shift/", 15, another),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(
    name, repair, at, django_assert_num_queries
):
    who, address, queries, more = LISTS[name]
    client = at(who)
    more(repair)
    client.get(address)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
    more(repair)
    more(repair)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


FORBIDDEN = {
    FIRST: ("/desk/", "/cases/", "/cashier/", "/cashier/receipts/", "/registers/", "/director/", "/statistics/", "/households/", "/callbacks/", "/shift/"),
    "receptionist": ("/statistics/", "/statistics/2026-03.csv"),
    "cashier": ("/desk/", "/callbacks/"),
}  # fmt: skip


@pytest.mark.parametrize(("who", "address"), [(who, one) for who, all_ in FORBIDDEN.items() for one in all_])
def test_what_a_post_does_not_use_says_so(who, address, at):
    response = at(who).get(address)
    assert response.status_code == 403
    assert "岗位" in body(response)


def test_who_does_not_take_money_is_not_offered_it(repair, at):
    case = another(repair)
    assert "收款" in body(at("cashier").get("/cashier/"))
    assert "do/collect/" not in body(at("receptionist").get("/cashier/"))
    answer = at("receptionist").post(
        f"/cases/{case.number}/do/collect/", {"received": "260", "method": "cash", "key": "x"}
    )
    assert answer.status_code in (403, 404, 409)
    assert not Receipt.objects.exists()


class TestExports:
    def test_a_cell_that_would_be_a_formula_stays_text(self, repair, at):
        repair.report("3-2-1402", '=HYPERLINK("http://x")', contact_name="何先明")
        text = b"".join(at().get("/cases/export.csv?scope=all").streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[0][:3] == ["单号", "类别", "状态"]
        subjects = {row[5] for row in rows[1:]}
        assert subjects == {"厨房水管爆裂", '\'=HYPERLINK("http://x")'}
        assert rows[1][9].startswith("2026-03-24 10:4")

    def test_the_workbook_has_moments_and_money_as_such(self, repair, at):
        another(repair)
        answer = at("cashier").get("/cashier/open.xlsx")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        heads = next(row for row in sheet if row[0] == "交款人")
        line = sheet[sheet.index(heads) + 1]
        assert heads[3] == "应收，元" and line[3] == 260.0

    @pytest.mark.parametrize(
        ("who", "address", "says"),
        [
            ("receptionist", "/registers/entrusted-repair-h/duty_log.pdf?month=2026-03", "值班记录表"),
            ("receptionist", "/registers/outstanding.pdf", "联单去向"),
            ("cashier", "/cashier/day.pdf?day=2026-03-24", "日结表"),
            ("cashier", "/cashier/receipts.pdf", "收据登记"),
            ("director", "/statistics/2026-03.pdf", "月统计"),
            ("director", "/director/duties/export.pdf?scope=overdue", "超时清单"),
            ("receptionist", "/cases/export.pdf", "事项"),
        ],
    )
    def test_lists_print(self, who, address, says, repair, at):
        paid(repair)
        answer = at(who).get(address)
        assert answer.status_code == 200, body(answer)[:300]
        assert says in said(answer.content)

    def test_an_unknown_kind_is_refused(self, at):
        assert at().get("/cases/export.exe").status_code == 404


def said(content: bytes) -> str:
    """The words of a PDF without breaks."""
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def test_every_form_of_a_case_prints(repair, at):
    repair.play(*TO_DONE)
    page = body(at().get(f"/cases/{repair.case.number}/"))
    papers = [line.split('"')[0] for line in page.split('href="')[1:] if ".pdf" in line.split('"')[0]]
    assert len(papers) == 2
    for address in papers:
        answer = at().get(address)
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")


class TestSearchAndPages:
    def test_cases_are_found_by_any_word(self, repair, at):
        repair.report("3-2-1402", "换水龙头", contact_name="何先明")
        assert "BX2603-0002" in body(at().get("/cases/?q=何先明"))
        assert "BX2603-0002" in body(at().get("/cases/?q=3-2-1402+龙头"))
        assert "BX2603-0001" not in body(at().get("/cases/?q=3-2-1402"))
        assert "BX2603-0002" in body(at().get("/cases/?q=1402"))
        assert "BX2603-0002" in body(at().get("/desk/?find=1402"))
        assert "BX2603-0001" not in body(at().get("/cases/?q=1402"))
        assert "没有和「没有这样的」相符" in body(at().get("/cases/?q=没有这样的"))

    def test_a_page_follows_a_page(self, repair, at, monkeypatch):
        monkeypatch.setattr("guanjia.cases.queries.PAGE", 2)
        for unit in ("3-2-1402", "3-2-1602"):
            repair.report(unit, "换灯", contact_name="某人")
        first, second = body(at().get("/cases/")), body(at().get("/cases/?page=2"))
        assert "第 1 页，共 2 页" in first and "BX2603-0001" in second and "BX2603-0001" not in first


class TestTies:
    def test_two_cases_are_tied_and_untied_and_both_say_so(self, repair, at):
        other = repair.report("3-2-1402", "天花板滴水", contact_name="何先明")
        client = at()
        client.post(f"/cases/{repair.case.number}/tie/", {"other": other.number.lower()})
        assert CaseLink.objects.count() == 1
        assert f"和 {repair.case.number} 关联" in body(client.get(f"/cases/{other.number}/"))
        client.post(f"/cases/{other.number}/untie/", {"other": repair.case.number})
        assert not CaseLink.objects.exists()
        assert "解除关联" in body(client.get(f"/cases/{repair.case.number}/"))

    def test_a_case_is_not_tied_to_itself(self, repair, at):
        answer = at().post(f"/cases/{repair.case.number}/tie/", {"other": repair.case.number})
        assert answer.status_code == 409 and not CaseLink.objects.exists()


class TestForms:
    def test_what_happened_meanwhile_is_told_and_the_words_are_kept(self, repair, at):
        client, address = at(), f"/cases/{repair.case.number}/do/dispatch/"
        seq = repair.case.last_seq
        repair.send()
        sent = {
            "technician": repair.person("陈建军").pk,
            "dispatch_note": "带两只角阀",
            "seq": seq,
            "key": "k",
        }
        answer = client.post(address, sent)
        assert answer.status_code in (404, 409)
        text = body(answer)
        assert "现在是「已派单」" in text and "周敏 派单" in text and "带两只角阀" in text

    def test_an_action_that_is_gone_says_where_the_case_stands(self, repair, at):
        answer = at().get(f"/cases/{repair.case.number}/do/close/")
        assert answer.status_code == 404 and "已登记" in body(answer)

    def test_the_receipt_in_the_address_stands_in_the_form(self, repair, at):
        case = paid(repair)
        number = Receipt.objects.get().number
        assert number in body(at("cashier").get(f"/cases/{case.number}/do/refund/?receipt={number}"))

    def test_an_earlier_time_is_written_as_such(self, repair, at):
        repair.at += timedelta(hours=2)
        answer = at().post(
            f"/cases/{repair.case.number}/do/dispatch/",
            {"technician": repair.person(FIRST).pk, "at": "2026-03-24T10:50", "key": "k"},
        )
        assert answer.status_code == 302
        event = repair.case.events.get(action="dispatch")
        assert event.written_at - event.at == timedelta(hours=1, minutes=52)
        assert "补记" in body(at().get(f"/cases/{repair.case.number}/"))

    def test_the_same_form_sent_twice_counts_once(self, repair, at):
        client = at()
        for _time in range(2):
            client.post(f"/cases/{repair.case.number}/do/note/", {"text": "来电催问", "key": "once"})
        assert repair.case.events.filter(action="note").count() == 1


class TestDuties:
    def test_the_log_check_has_its_day_beside_it(self, repair, at):
        advance(repair.at + timedelta(days=1))
        repair.at += timedelta(days=1)
        check = Case.objects.filter(category="log_check").order_by("opened_at").first()
        page = body(at("eng_supervisor").get(f"/cases/{check.number}/do/check_log/"))
        assert "的值班记录" in page and "看到什么，催了什么" in page
        day = Case.objects.filter(category="log_check", facts__period="2026-03-24").first()
        if day:
            assert "厨房水管爆裂" in body(at("eng_supervisor").get(f"/cases/{day.number}/do/check_log/"))

    def test_the_monthly_review_carries_the_figures_and_changes_the_lists(self, repair, at):
        another(repair)
        repair.report("6-1-0302", "钢琴调律", contact_name="刘伟", item="通钢琴")
        april = repair.at.replace(month=4, day=2)
        advance(april)
        repair.at = april
        review = Case.objects.get(category="item_review", facts__period="2026-03")
        client, address = at("cs_supervisor"), f"/cases/{review.number}/do/review/"
        page = body(client.get(address))
        assert "2026-03 的数" in page and "通钢琴（1 次）" in page
        answer = client.post(
            address,
            {
                "effectiveness": "水电为主，够用", "satisfaction": "回访都满意", "key": "k",
                "item_changes-0-name": "更换角阀", "item_changes-0-op": "add", "item_changes-0-price": "60",
                "new_suppliers-0-name": "弦外琴行", "new_suppliers-0-phone": "0755-00003333", "new_suppliers-0-items": "通钢琴",
            },
        )  # fmt: skip
        assert answer.status_code == 302, body(answer)
        page = body(client.get(f"/cases/{review.number}/"))
        paper = page.split('href="')
        pdf = next(part.split('"')[0] for part in paper if part.split('"')[0].endswith(".pdf"))
        text = said(client.get(pdf).content)
        for words in ("本期的数", "报修件数", "更换角阀", "弦外琴行", "水电为主，够用"):
            assert words in text, words
        book = client.get(pdf.replace(".pdf", ".xlsx"))
        names = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names
        assert "本期的数" in names and "调整服务项目" in names


def test_the_refresh_is_silent_while_nothing_happens(repair, at):
    client = at()
    page = body(client.get("/desk/"))
    address = page.split('hx-get="/desk/worklist/')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(f"/desk/worklist/{address}").status_code == 204
    repair.send()
    answer = client.get(f"/desk/worklist/{address}")
    assert answer.status_code == 200 and "到达维修现场" in body(answer)
