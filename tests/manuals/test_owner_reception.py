"""The manuals of receiving owners where a card cannot show it: lists, registers of a day, secrecy, what a page offers."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.api.conftest import Caller

from guanjia import clock
from guanjia.adoption import actions as adoptions
from guanjia.adoption import queries as adoption
from guanjia.api.actions import issue_token
from guanjia.cases.models import Access, Case
from guanjia.engine import adopting, open_case, perform
from guanjia.engine.facts import reference_of
from guanjia.kernel.problem import Problem
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.records.models import Record

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(settings.MANUALS_ROOT)
FIVE, FOUR = "owner-reception-procedure-5", "owner-reception-manual"
BOOKS = {FIVE: "业主接待记录表", FOUR: "业主来电来访登记表"}
BOTH = pytest.mark.parametrize("key", [FIVE, FOUR])
DATA: dict[str, dict[str, Any]] = {
    "after_sales": {"unit": "3-2-1502", "matter": "墙面裂缝"},
    "repair": {"unit": "3-2-1502", "matter": "水管漏了"},
    "complaint": {"matter": "电梯总坏", "accused_department": "engineering", "apology": True},
    "paid_service": {"unit": "3-2-1402", "matter": "擦窗"},
    "praise": {"matter": "田师傅修得快"},
    "suggestion": {"matter": "多装路灯"},
    "other": {"matter": "丢了钥匙"},
}


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def staged(key: str, *more: str, **figures: str) -> Stage:
    adoption.forget()
    return build([read(ROOT / name) for name in (key, *more)], figures, on("03-01 09:00"))


def taken(
    stage: Stage, category: str, at: str = "03-24 10:00", by: str = "receptionist", **more: Any
) -> Case:
    data = {"channel": "phone", **DATA[category], **more}
    if category == "complaint":
        data.setdefault("head", stage.person("eng_supervisor").pk)
    return open_case(stage.office, category, actor=stage.person(by), at=on(at), data=data).case


def act(stage: Stage, case: Case, who: str, action: str, at: str, **data: Any) -> None:
    case.refresh_from_db()
    perform(case, action, actor=stage.person(who), at=on(at), data=data)


def browser(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: str) -> Client:
    monkeypatch.setattr(clock, "now", lambda: on(now))
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


class TestWorkLists:
    @pytest.mark.rule("S001-1-2.0")
    def test_reception_complaints_praise_and_follow_ups_stand_on_the_desk(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = staged(FIVE)
        taken(stage, "complaint")
        taken(stage, "praise")
        taken(stage, "praise")
        client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
        links = self.links(text_of(client, reverse("desk")))
        assert links["接待"][0] == "《业主接待记录表》"
        assert (links["投诉"][0], links["表扬"][0]) == ("1 《业主接待记录表》", "2 《业主接待记录表》")
        assert "回访" in links
        for word, matter in (("接待", "电梯总坏"), ("投诉", "电梯总坏"), ("表扬", "田师傅修得快")):
            assert matter in text_of(client, links[word][1]), word
        assert "田师傅" not in text_of(client, links["投诉"][1])
        assert text_of(client, links["回访"][1])

    @pytest.mark.rule("S001-4-0")
    def test_they_carry_the_names_of_the_forms_of_the_manual_in_use(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = staged(FOUR)
        client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
        links = self.links(text_of(client, reverse("desk")))
        assert links["接待"][0] == "《业主来电来访登记表》"
        assert links["投诉"][0] == "0 《业主投诉记录表》"
        assert links["表扬"][0] == "0 《业主来电来访登记表》"
        assert links["回访"][0] == "0 《业主投诉记录表》"
        assert "业主接待记录表" not in text_of(client, reverse("registers"))
        page = text_of(browser(stage, "director", monkeypatch, "03-24 12:01"), reverse("manuals"))
        assert "业主接待工作标准作业规程" in page
        with pytest.raises(Problem) as clash:
            build_both(stage)
        assert clash.value.code == "ADOPTION_CLASH"

    @staticmethod
    def links(page: str) -> dict[str, tuple[str, str]]:
        strip = page[page.index('id="lists"') : page.index('id="worklist"')]
        found = {}
        for href, inner in re.findall(r'<a class="btn small" href="([^"]+)">(.*?)</a>', strip, re.S):
            words = " ".join(re.sub(r"<[^>]+>", " ", inner).split())
            label, _space, rest = words.partition(" ")
            found[label] = (rest, href.replace("&amp;", "&"))
        return found


def build_both(stage: Stage) -> None:
    stored = adoptions.keep_version(read(ROOT / FIVE), at=on("03-25 09:00"))
    adopting.adopt(
        stage.office, stored, at=on("03-25 09:00"), by=stage.person("director"),
        figures={figure.key: figure.suggest for figure in adoption.compiled(FIVE, stored.version).manual.figure if figure.suggest},
    )  # fmt: skip


@BOTH
@pytest.mark.rule("S001-1-3.1", "S001-1-3.2", "S001-4-01.1", "S001-4-01.2")
def test_manager_and_supervisor_see_every_entry_whoever_took_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(key)
    cases = [
        taken(stage, word, by=by)
        for word, by in zip(DATA, ["receptionist", "security", "cleaner"] * 3, strict=False)
    ]
    case = cases[2]
    for who in ("director", "cs_supervisor"):
        client = browser(stage, who, monkeypatch, "03-24 12:00")
        page = text_of(client, reverse("cases"))
        assert all(one.number in page and one.subject in page for one in cases)
        row = page[page.index(case.number) :].split("</tr>")[0]
        assert "处理中" in row and "雷志刚" in row
        book = text_of(client, reverse("register", args=[key, "reception"]))
        assert all(one.number in book for one in cases)
        assert text_of(client, reverse("case", args=[case.number]))


@BOTH
@pytest.mark.rule("S001-1-4.4a", "S001-4-02.4a")
def test_the_book_of_a_day_prints_its_lines_in_the_order_of_receipt(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(key)
    taken(stage, "other", "03-23 09:00", matter="前一天的事")
    words = [list(DATA)[n % 7] for n in range(15)]
    for n, word in enumerate(words):
        taken(stage, word, f"03-24 10:{n:02}", matter=f"第{n + 1:02}件事")
    client = browser(stage, "receptionist", monkeypatch, "03-24 18:00")
    answer = client.get(reverse("register-export", args=[key, "reception", "csv"]), {"day": "2026-03-24"})
    rows = b"".join(answer.streaming_content).decode().strip().splitlines()[1:]  # type: ignore[attr-defined]
    assert [re.search(r"第\d\d件事", row)[0] for row in rows] == [f"第{n:02}件事" for n in range(1, 16)]  # type: ignore[index]
    printed = client.get(reverse("register-export", args=[key, "reception", "pdf"]), {"day": "2026-03-24"})
    content = b"".join(printed.streaming_content) if printed.streaming else printed.content  # type: ignore[attr-defined]
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pages:
        text = "".join("".join(page.get_textpage().get_text_bounded() for page in pages).split())
    assert BOOKS[key] in text and "前一天的事" not in text
    assert len(set(re.findall(r"JD2603-\d{4}", text))) == 15


@BOTH
@pytest.mark.rule("S001-1-4.11a", "S001-4-02.16a")
def test_the_list_of_what_is_open_says_kind_department_and_age(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged(key)
    for n in range(31):
        done = taken(stage, "suggestion", f"03-10 09:{n:02}", matter=f"办完了{n}")
        act(stage, done, "director", "read", "03-11 09:00")
    left = [taken(stage, word, "03-20 10:00") for word in [*DATA, "other", "praise"]]
    client = browser(stage, "receptionist", monkeypatch, "03-24 10:01")
    page = text_of(client, reverse("cases"))
    assert len(re.findall(r"<tr><td", page)) == 9 and "办完了" not in page
    for case, label in zip(left, ["售后", "报修", "投诉", "服务", "表扬", "建议", "其它"], strict=False):
        row = page[page.index(case.number) :].split("</tr>")[0]
        assert f'data-label="类别">{label}</td>' in row and "4 天" in row
    row = page[page.index(left[2].number) :].split("</tr>")[0]
    assert "工程组" in row


class TestSecrecy:
    RULES = pytest.mark.rule("S001-1-4.12", "S001-4-02.17")
    NAME, PHONE = "王秀兰", "13800001234"

    def secret(self, stage: Stage) -> Case:
        return taken(
            stage, "complaint", matter="夫妻吵架的事", contact_name=self.NAME, contact_phone=self.PHONE,
            unit="3-2-1502",
        )  # fmt: skip

    @BOTH
    @RULES
    @pytest.mark.parametrize(("who", "reads"), [("receptionist", True), ("director", True), ("finance", False), ("cashier", False)])  # fmt: skip
    def test_who_has_no_right_of_reception_reads_neither_name_nor_phone_nor_content(
        self, key: str, who: str, reads: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = staged(key)
        case = self.secret(stage)
        client = browser(stage, who, monkeypatch, "03-24 12:00")
        pages = [text_of(client, reverse("case", args=[case.number])), text_of(client, reverse("cases"))]
        for page in pages:
            assert ("夫妻吵架" in page) is reads
            assert case.number in page
        assert (self.NAME in pages[0]) is reads
        assert reads or "0001234" not in "".join(pages).replace("138****1234", "")
        assert reads or self.NAME not in pages[1]
        exported = b"".join(client.get(reverse("cases-export", args=["csv"])).streaming_content)  # type: ignore[attr-defined]
        assert ("夫妻吵架" in exported.decode()) is reads
        token = Caller(issue_token(stage.person(who), label="试", at=on("03-24 12:00"))[1])
        told = [token.request("get", f"/cases/{case.number}{more}") for more in ("", "/timeline")]
        listed = token.request("get", f"/offices/{stage.office.code}/cases")
        assert all(("夫妻吵架" in str(one.json())) is reads for one in (*told, listed))
        paper = client.get(reverse("case-sheet", args=[case.number, self.paper(case)]))
        assert (paper.status_code == 200) is reads
        book = client.get(reverse("register-export", args=[key, "reception", "csv"]))
        assert (book.status_code == 200) is reads
        assert not reads or "夫妻吵架" in b"".join(book.streaming_content).decode()  # type: ignore[attr-defined]

    @staticmethod
    def paper(case: Case) -> int:
        return Record.objects.filter(reference=reference_of(case), form="reception").get().pk

    @RULES
    def test_every_look_is_written_down_and_can_be_listed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stage = staged(FIVE)
        case = self.secret(stage)
        client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
        text_of(client, reverse("case", args=[case.number]))
        [look] = Access.objects.filter(office=stage.office, what__contains=case.number)
        assert (look.user, look.at) == (stage.person("receptionist"), on("03-24 12:00"))
        page = text_of(browser(stage, "director", monkeypatch, "03-24 13:00"), reverse("settings-access"))
        assert case.number in page and "周敏" in page

    @BOTH
    @RULES
    def test_the_reminder_stands_on_the_form(self, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        client = browser(staged(key), "receptionist", monkeypatch, "03-24 12:00")
        for word in DATA:
            assert "业主的事只在办事的人中间说" in text_of(client, reverse("case-new", args=[word]))


class TestEveryEmployee:
    @BOTH
    @pytest.mark.rule("S001-1-4.1a", "S001-4-02.1a")
    def test_a_guard_enters_a_suggestion_from_his_own_page(
        self, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = staged(key)
        client = browser(stage, "security", monkeypatch, "03-24 21:00")
        assert reverse("case-choose") in text_of(client, reverse("field"))
        address = reverse("case-new", args=["suggestion"])
        assert address in text_of(client, reverse("case-choose"))
        posted = {"channel": "counter", "matter": "后门太暗", "key": "k1"}
        assert client.post(address, posted).status_code == 302
        case = Case.objects.get(office=stage.office, category="suggestion")
        desk = browser(stage, "receptionist", monkeypatch, "03-24 21:05")
        book = text_of(desk, reverse("register", args=[key, "reception"]))
        assert case.number in book
        assert "赵铁军" in text_of(desk, reverse("case-sheet", args=[case.number, TestSecrecy.paper(case)]))

    @BOTH
    @pytest.mark.rule("S001-1-4.1b", "S001-4-02.1a")
    def test_who_does_not_take_it_shows_how_to_complain(
        self, key: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = staged(key, complaint_channels="前台，或打 0755-00000120")
        client = browser(stage, "cleaner", monkeypatch, "03-24 12:00")
        assert reverse("case-new", args=["complaint"]) in text_of(client, reverse("case-choose"))
        version = adoption.versions_at(stage.office, on("03-24 12:00"))[key]
        page = text_of(client, reverse("manual", args=[key, version]))
        assert "业主投诉途径" in page and "0755-00000120" in page
        printed = client.get(reverse("manual-notice", args=[key, version, "channels"]))
        assert printed.status_code == 200


@BOTH
@pytest.mark.rule("S001-1-4.3a", "S001-4-02.3a")
def test_how_to_receive_a_visitor_or_a_caller_stands_beside_the_form(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(staged(key), "receptionist", monkeypatch, "03-24 12:00")
    for channel in ("counter", "phone"):
        page = text_of(client, reverse("case-new", args=["suggestion"]), channel=channel)
        assert "不狡辩" in page and "耐心听" in page


@pytest.mark.rule("S001-1-5.0")
def test_five_records_are_listed_searched_and_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = staged(FIVE)
    slip = taken(stage, "after_sales")
    act(stage, slip, "receptionist", "hand_over", "03-24 10:10", slip_to="李工")
    client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
    page = text_of(client, reverse("registers"))
    five = {"reception": "业主接待记录表", "rework_slip": "物业返修联系单", "complaint_summary": "投诉情况月汇总表", "lost_found": "失物招领登记表", "major_events": "重大(突发)事件处理记录表"}  # fmt: skip
    for form, title in five.items():
        assert f"《{title}》" in page
        found = text_of(client, reverse("register", args=[FIVE, form]), q=slip.number)
        assert (f">{slip.number}</a>" in found) is (form in ("reception", "rework_slip"))
        assert client.get(reverse("register-export", args=[FIVE, form, "pdf"])).status_code == 200


@pytest.mark.rule("S001-1-6.0")
def test_five_documents_are_named_and_lead_to_where_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = staged(FIVE, handbook_document="https://files.example.com/handbook.pdf")
    client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
    version = adoption.versions_at(stage.office, on("03-24 12:00"))[FIVE]
    page = text_of(client, reverse("manual", args=[FIVE, version]))
    for title in ("业主投诉处理标准作业规程", "不合格纠正与预防标准作业规程", "业主报修标准作业规程", "住户有偿保洁服标准作业规程", "员工手册"):  # fmt: skip
        assert f"《{title}》放在哪里" in page
    assert '<a href="https://files.example.com/handbook.pdf">' in page
