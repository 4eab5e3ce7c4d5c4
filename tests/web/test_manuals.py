"""Manual pages: read as a person reads them, adopted with the office's figures first, changed by those allowed only."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.obligations.models import Schedule
from guanjia.ops.cards.stage import build
from guanjia.policy.loader import compile_text, read
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db

KEY, VERSION = "entrusted-repair-h", "2026.1"
TEXT = read(settings.MANUALS_ROOT / KEY)
BLANK_OF_PAID = {
    one.key: one.suggest
    for one in compile_text(read(settings.MANUALS_ROOT / "paid-service")).manual.figure
    if one.unspecified and one.suggest
}


@pytest.fixture(autouse=True)
def at(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: BEGINS)


@pytest.fixture
def browser(stage):
    """`browser("director")`: somebody of the office, signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def bare(db):
    """The director of an office that has adopted nothing, signed in; and the office."""
    queries.forget()
    office = estate.create_office(
        estate.create_company("别的物业", "别的"),
        "other",
        "清风苑管理处",
        "清风苑",
        duty_phone="0755-00000121",
    )
    user = staff.create_user("zhang", "张主任")
    staff.give_post(user, "director", office=office)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.office = office
    return client


def body(response) -> str:
    return response.content.decode()


def page() -> str:
    return reverse("manual", args=[KEY, VERSION])


def newer(**changes: str) -> str:
    """The text of a later version."""
    text = TEXT.replace('version = "2026.1"', 'version = "2026.2"')
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def test_a_manual_reads_in_words(browser):
    said = body(browser("receptionist").get(page()))
    for words in (
        "小区业户委托维修服务工作规程",
        "15分钟内",
        "到达维修现场",
        "值班员",
        "到期后15分钟",
        "业户联",
        "客服助理",
    ):
        assert words in said
    assert "no_cash_told" not in said
    assert "<svg" in said and "退单 → 已登记" in said
    assert "timing" not in said, "conditions are said in the manual's labels"


def test_the_books_and_checklists_of_a_manual_stand_on_its_page(bare):
    """What poly-reception-standard has: a book of messages, and a check before the shift, point by point."""
    shown = reverse("manual", args=["poly-reception-standard", "2026.1"])
    said = re.sub(r"<[^>]+>", " ", body(bare.get(shown)))
    said = " ".join(said.split())
    book = said.index("转告", said.index("谁记"))
    for words in ("找谁、谁来的电话、电话、什么话、接听人", "2.6"):
        assert book < said.index(words, book) < book + 400
    assert "清单：班前自查" in said and "班前，每人一张" in said
    for point, clause in (("电脑上没有与工作无关的东西", "3.4"), ("戴工号牌", "3.12")):
        at = said.index(point, said.index("班前，每人一张"))
        assert clause in said[at : at + 60]
    assert "清单「戴工号牌」" in said, "the clause says what rests on it"


def test_the_office_s_figure_is_told_apart_from_a_blank(browser, bare):
    assert "本处设定" in body(browser("technician").get(page()))
    said = body(bare.get(page()))
    assert "规程留空" in said and "本处没有采用这一版" in said


def test_a_clause_is_found_and_marked(browser):
    client = browser("receptionist")
    response = client.get(reverse("manual-clause", args=[KEY, VERSION, "二.六).3"]))
    assert response.status_code == 302 and "#c-" in response["Location"]
    anchor = response["Location"].rpartition("#")[2]
    said = body(client.get(response["Location"]))
    assert f'id="{anchor}" tabindex="-1" aria-current="true"' in said
    assert "应办「修后回访」" in said
    assert client.get(reverse("manual-clause", args=[KEY, VERSION, "九.九"])).status_code == 404


def test_blank_figures_keep_a_manual_from_being_adopted(bare):
    address = reverse("manual-adopt", args=[KEY, VERSION])
    said = body(bare.get(address))
    assert "维修单多久内交回" in said and "建议：same day" in said
    response = bare.post(address, {"sheet_return": "same day", "review_due": "by day 5"})
    assert response.status_code == 409
    assert "原文没有给数字" in body(response)
    assert 'value="same day"' in body(response), "what was typed stays"
    assert not queries.adoptions(bare.office)
    assert not queries.figures(bare.office), "all or nothing"


def test_a_wrong_figure_is_said_at_its_field(bare):
    figures = {"sheet_return": "soonish", "review_due": "by day 5", "punctuality_call": "30m"}
    response = bare.post(reverse("manual-adopt", args=[KEY, VERSION]), figures)
    assert response.status_code == 422
    assert 'id="f-sheet_return-error"' in body(response)


def test_adopting_starts_the_recurring_duties_and_dropping_ends_them(bare):
    figures = {"sheet_return": "same day", "review_due": "by day 5", "punctuality_call": "30m"}
    response = bare.post(reverse("manual-adopt", args=[KEY, VERSION]), figures)
    assert response.status_code == 302
    assert queries.versions_at(bare.office, BEGINS) == {KEY: VERSION}
    running = Schedule.objects.filter(office=bare.office, next_at__isnull=False)
    assert set(running.values_list("duty", flat=True)) == {"daily_check", "review"}
    assert bare.post(reverse("manual-adopt", args=[KEY, VERSION]), figures).status_code == 409
    assert bare.post(reverse("manual-drop", args=[KEY])).status_code == 302
    assert queries.versions_at(bare.office, BEGINS) == {}
    assert not running.exists()
    assert bare.post(reverse("manual-drop", args=[KEY])).status_code == 409


def test_only_some_roles_change_anything(browser, stage):
    for who in ("receptionist", "technician", "administrator"):
        client = browser(who)
        assert "录入本处原文" not in body(client.get(page()))
        assert client.post(reverse("manual-drop", args=[KEY])).status_code == 403
        assert client.get(reverse("manual-adopt", args=[KEY, VERSION])).status_code == 403
        assert client.get(reverse("manual-figures", args=[KEY])).status_code == 403
        assert client.get(reverse("manual-add")).status_code == 403
        wording = client.post(
            reverse("manual-wording", args=[KEY, VERSION]), {"clause": "一.四)", "text": "x"}
        )
        assert wording.status_code == 403
    assert queries.versions_at(stage.office, BEGINS) == {KEY: VERSION}


def test_the_office_s_wording_and_figures_are_its_own(browser, bare):
    client = browser("quality")
    address = reverse("manual-wording", args=[KEY, VERSION])
    client.post(address, {"clause": "一.四)", "text": "本处的原文在此"})
    assert "本处的原文在此" in body(client.get(page()))
    assert "本处的原文在此" not in body(bare.get(page()))
    client.post(reverse("manual-figures", args=[KEY]), {"sheet_return": "2h"})
    assert "2小时内" in body(client.get(page()))
    assert "2小时内" not in body(bare.get(page()))
    client.post(address, {"clause": "一.四)", "text": " "})
    assert "本处的原文在此" not in body(client.get(page()))


def test_the_company_sets_a_figure_for_its_offices_and_each_may_set_its_own(browser, stage):
    address = reverse("manual-company-figures", args=[KEY])
    for who in ("director", "receptionist", "administrator"):
        assert browser(who).get(address).status_code == 403
    assert browser("quality").get(address).status_code == 403, "he holds it in one office only"
    staff.give_post(stage.person("quality"), "quality", company=stage.office.company)
    client = browser("quality")
    assert "翠湖花园管理处 当日内" in body(client.get(address)), "what an office has set stands beside it"
    assert client.post(address, {"sheet_return": "soon"}).status_code == 422
    assert client.post(address, {"sheet_return": "2h"}).status_code == 302
    said = body(client.get(page()))
    assert "公司设定" in said and "2小时内" not in said, "the office has its own"
    client.post(reverse("manual-figures", args=[KEY]), {"sheet_return": ""})
    said = body(client.get(page()))
    assert '2小时内</b> <span class="tag own">公司设定' in said
    mine = body(client.get(reverse("manual-figures", args=[KEY])))
    assert "公司定：2小时内" in mine
    assert reverse("manual-company-figures", args=[KEY]) not in body(browser("director").get(page()))


def test_the_list_names_what_is_in_use_and_what_may_be_adopted(browser, bare):
    said = body(browser("director").get(reverse("manuals")))
    assert "都已定" in said and page() in said
    said = body(bare.get(reverse("manuals")))
    assert "还没有采用规程" in said and reverse("manual-adopt", args=[KEY, VERSION]) in said


def test_a_new_version_is_checked_kept_compared_and_adopted(browser, stage):
    client = browser("quality")
    faulty = client.post(reverse("manual-add"), {"text": newer(**{'limit = "15m"': 'limt = "15m"'})})
    assert faulty.status_code == 422
    assert "manual.toml:" in body(faulty) and "limit" in body(faulty)
    same = client.post(reverse("manual-add"), {"text": TEXT + "\n# 改了\n"})
    assert same.status_code == 409 and "换一个版本号" in body(same)
    text = newer(**{'limit = "15m"': 'limit = "20m"', "15 分钟内必须有人到现场": "20 分钟内必须有人到现场"})
    assert client.post(reverse("manual-add"), {"text": text}).status_code == 302
    said = body(client.get(reverse("manual-diff", args=[KEY, VERSION, "2026.2"])))
    assert "<del>15m</del>" in said and "<ins>20m</ins>" in said and "时限文字" in said
    assert said.count('rowspan="') == 3, "the version, one obligation and one clause differ"
    chosen = client.get(reverse("manual-diff", args=[KEY, "2026.2", "2026.2"]), {"with": VERSION})
    assert chosen["Location"] == reverse("manual-diff", args=[KEY, VERSION, "2026.2"])
    assert client.post(reverse("manual-adopt", args=[KEY, "2026.2"])).status_code == 302
    assert queries.versions_at(stage.office, BEGINS) == {KEY: "2026.2"}
    assert "本处用到" in body(client.get(page()))


def test_the_text_of_a_manual_can_be_taken_away(browser):
    response = browser("technician").get(reverse("manual-text", args=[KEY, VERSION]))
    assert body(response) == TEXT


def test_a_version_that_nobody_kept_is_not_found(browser):
    assert browser("director").get(reverse("manual", args=[KEY, "1999"])).status_code == 404


def test_a_stored_version_with_faults_is_refused_by_the_room(stage):
    with pytest.raises(Exception, match="换一个版本号"):
        adoption.keep_version(TEXT + "\n", at=BEGINS)


class TestRivals:
    """Two manuals that give the same category are two ways; an office works by one of them."""

    @pytest.fixture
    def home(self, db) -> tuple[Client, Office]:
        queries.forget()
        adopted = build([read(settings.MANUALS_ROOT / "home-service")], {}, BEGINS)
        client = Client()
        client.force_login(adopted.person("director"), backend="django.contrib.auth.backends.ModelBackend")
        return client, adopted.office

    def test_list_and_form_say_so_before_one_presses(self, home) -> None:
        client, _office = home
        said = body(client.get(reverse("manuals")))
        assert "已由《特约服务标准》管" in said
        form = body(client.get(reverse("manual-adopt", args=["paid-service", "2026.1"])))
        assert "只能采用一部" in form and reverse("manual-drop", args=["home-service"]) in form
        assert '<button class="btn primary">采用</button>' not in form

    def test_pressing_anyway_is_refused_and_names_the_manual_in_use(self, home) -> None:
        client, office = home
        answer = client.post(reverse("manual-adopt", args=["paid-service", "2026.1"]), BLANK_OF_PAID)
        assert answer.status_code == 409
        assert "本处在用" in body(answer) and "先在规程页里停用它" in body(answer)
        assert list(queries.versions_at(office, BEGINS)) == ["home-service"]

    def test_dropping_it_from_the_form_leads_back_and_it_can_be_adopted(self, home) -> None:
        client, office = home
        wanted = reverse("manual-adopt", args=["paid-service", "2026.1"])
        answer = client.post(reverse("manual-drop", args=["home-service"]), {"then": "paid-service/2026.1"})
        assert answer.status_code == 302 and answer["Location"] == wanted
        assert '<button class="btn primary">采用</button>' in body(client.get(wanted))
        assert client.post(wanted, BLANK_OF_PAID).status_code == 302
        assert list(queries.versions_at(office, BEGINS)) == ["paid-service"]

    def test_a_foreign_address_to_go_on_to_is_not_followed(self, home) -> None:
        client, _office = home
        answer = client.post(reverse("manual-drop", args=["home-service"]), {"then": "//evil.example/x"})
        assert answer["Location"] == reverse("manuals")
