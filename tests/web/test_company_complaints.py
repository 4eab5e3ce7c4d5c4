"""The company's desk: what reached the company, from which offices; passed down and reported back; a month in figures."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.engine.crowd import CROWD, LIFT, complain, do, gather
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import actions as adopting
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.ops.cards.stage import Stage, build
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db
MORE = ["3-2-1101", "3-2-0101"]
ANSWER = 'from = ["taken"]\nto = "done"\nemits = ["answered", "closed"]\n'
SAYS = (
    ANSWER
    + """field = [
  { key = "means", label = "怎么答复的", kind = "choice", choices = [{ value = "by_telephone_at_home", label = "电话" }] },
  { key = "answer", label = "怎么处理、怎么答复", kind = "long" },
]
"""
)
COMPANY = CROWD.replace(ANSWER, SAYS).replace(
    '[[procedure]]\nkey = "collective"\n',
    """\
[[procedure.state]]
key = "with_centre"
label = "公司协助中"

[[procedure.action]]
key = "classify"
label = "定性"
clause = "四"
by = ["chief"]
from = ["taken"]
field = [
  { key = "verdict", label = "哪一类", kind = "choice", required = true, choices = [{ value = "valid", label = "有效" }, { value = "invalid", label = "无效" }] },
  { key = "cause", label = "原因", kind = "choice", choices = [{ value = "internal", label = "管理处自己" }, { value = "developer", label = "发展商" }] },
]
emits = ["classified"]

[[procedure.action]]
key = "ask_centre"
label = "报公司"
clause = "八.1"
by = ["chief"]
from = ["taken"]
to = "with_centre"
emits = ["escalated"]

[[procedure.action]]
key = "centre_helps"
label = "公司协助"
clause = "八.1"
by = ["centre"]
from = ["with_centre"]
to = "taken"
emits = ["progressed"]

[[procedure.action]]
key = "report_back"
label = "报回公司"
clause = "八.1"
by = ["chief"]
from = ["taken", "done"]
field = [{ key = "reported", label = "报了什么", kind = "long", required = true }]
emits = ["report_sent"]

[[procedure]]
key = "collective"
""",
).replace('[[clause]]\nid = "四"', '[[role]]\nkey = "centre"\nlabel = "投诉中心"\nis = ["company_centre"]\n\n[[clause]]\nid = "四"', 1).replace(
    'by = ["desk", "chief"]\nopens = true\nto = "taken"', 'by = ["desk", "chief", "centre"]\nopens = true\nto = "taken"'
)  # fmt: skip


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    adoption.forget()
    found = build([COMPANY], {}, at("24 08:00"), MORE)
    monkeypatch.setattr(clock, "now", lambda: at("26 12:00"))
    return found


@pytest.fixture
def other(stage: Stage) -> Office:
    """Another office of the company, under the same manual."""
    office = estate.create_office(
        stage.office.company, "other", "清风苑管理处", "清风苑", duty_phone="0755-00000199"
    )
    version = adoption.version_of("crowd", "1")
    assert version is not None
    adopting.set_figure(office, version, "collective_window", "72h", at=at("24 08:00"))
    adopting.adopt(office, version, at=at("24 08:00") - timedelta(days=30))
    estate.create_unit(
        estate.create_building(office, "7"), "0101", stair="1", floor=1, on=at("24 08:00").date()
    )
    return office


def company(stage: Stage, role: str = "company_centre") -> Client:
    """Somebody with a post of the company."""
    user = staff.create_user(f"co-{role}", f"公司的{role}")
    staff.give_post(user, role, company=stage.office.company)
    return signed(user)


def signed(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(response) -> str:
    return response.content.decode()


def listed(page: str) -> str:
    return page[page.index('id="esc-h"') :].split("</section>")[0]


URL = "/company/complaints/"


def test_only_what_reached_the_company_is_listed(stage, other) -> None:
    own = complain(stage, at("24 09:00"), "3-2-1502", "楼道脏", contact_phone="13800001234")
    up = complain(stage, at("24 09:10"), "3-2-1402", "物业费算错", contact_phone="13700002345")
    do(stage, up, at("24 10:00"), "ask_centre", by="cs_supervisor")
    page = body(company(stage).get(URL))
    assert up.number in listed(page) and own.number not in page
    assert "翠湖花园管理处" in listed(page) and "公司协助中" in listed(page)
    assert "13700002345" not in page and "****" not in page, "no telephone of a resident"


def test_what_came_back_from_the_company_stays_in_its_list(stage) -> None:
    up = complain(stage, at("24 09:10"), "3-2-1402", "物业费算错")
    do(stage, up, at("24 10:00"), "ask_centre", by="cs_supervisor")
    do(stage, up, at("24 11:00"), "centre_helps", by="company_centre")
    assert up.number in listed(body(company(stage).get(URL)))


def test_collective_ones_are_listed_from_the_moment_they_are(stage) -> None:
    whole = gather(stage, at("24 09:00"), "电梯停运")
    client = company(stage)
    for n, home in enumerate(("3-2-1502", "3-2-1402", "3-2-1602", "3-2-1101")):
        whole = do(
            stage,
            whole,
            at("24 09:30"),
            "join",
            joined=complain(stage, at(f"24 09:0{n}"), home, LIFT[n]).number,
        )
    assert whole.number not in body(client.get(URL))
    do(
        stage,
        whole,
        at("24 09:40"),
        "join",
        joined=complain(stage, at("24 09:35"), "3-2-0101", LIFT[4]).number,
    )
    page = listed(body(client.get(URL)))
    assert whole.number in page and "集体投诉" in page


@pytest.mark.parametrize("role", ["company_centre", "vice_president", "general_manager"])
def test_it_is_for_the_posts_of_the_company(stage, role: str) -> None:
    page = company(stage, role).get(URL)
    assert page.status_code == 200
    assert ("转给管理处" in body(page)) is (role == "company_centre")


@pytest.mark.parametrize("role", ["director", "cs_supervisor", "receptionist", "quality", "finance"])
def test_nobody_else_sees_it(stage, other, role: str) -> None:
    client = signed(stage.person(role))
    for address in (URL, f"{URL}export.csv"):
        assert client.get(address).status_code == 403
    reads_reports = role in ("director", "cs_supervisor", "finance")  # of the own office alone
    for address in (f"{URL}cases/?office=", f"{URL}cases.csv?office="):
        assert client.get(f"{address}card").status_code == (200 if reads_reports else 403)
        assert client.get(f"{address}{other.code}").status_code == (404 if reads_reports else 403)
    assert client.post(f"{URL}down/", {"office": "card", "matter": "x"}).status_code == 403


def test_a_post_of_the_company_in_one_office_sees_that_office_only(stage, other) -> None:
    client = signed(stage.person("company_centre"))
    page = body(client.get(URL))
    assert "清风苑" not in page
    assert client.get(f"{URL}cases/?office=other").status_code == 404
    assert client.post(f"{URL}down/", {"office": "other", "matter": "x"}).status_code == 404


def test_the_vice_president_passes_nothing_down(stage, other) -> None:
    answer = company(stage, "vice_president").post(f"{URL}down/", {"office": "other", "matter": "x"})
    assert answer.status_code == 404 and Case.objects.count() == 0


def test_a_complaint_is_passed_down_and_its_result_comes_back(stage, other) -> None:
    client = company(stage)
    sent = {"office": "card", "unit": "3-2-1502", "contact_name": "王女士", "contact_phone": "13800001234",
            "matter": "门岗态度差", "key": "k1"}  # fmt: skip
    client.post(f"{URL}down/", sent)
    client.post(f"{URL}down/", sent)
    case = Case.objects.get(category="complaint")
    assert (case.office.code, case.channel, case.subject, case.unit.code) == (
        "card",
        "centre",
        "门岗态度差",
        "3-2-1502",
    )
    assert case.events.get(seq=1).actor.name == "公司的company_centre"
    page = listed(body(client.get(f"{URL}?scope=passed")))
    assert case.number in page and "还没报回" in page
    do(stage, case, at("26 12:00"), "report_back", by="cs_supervisor", reported="已向业户道歉，换了门岗")
    page = listed(body(client.get(f"{URL}?scope=passed")))
    assert "已向业户道歉" in page and ">收到<" in page
    client.post(f"{URL}received/", {"office": "card", "number": case.number})
    assert "已收到" in listed(body(client.get(f"{URL}?scope=passed")))
    assert case.events.order_by("-seq")[0].data["text"] == "公司收到结果报告"


def test_what_cannot_be_passed_down_stays_typed_in(stage, other) -> None:
    answer = company(stage).post(
        f"{URL}down/", {"office": "card", "unit": "9-9-9999", "matter": "门岗态度差"}
    )
    assert answer.status_code >= 400
    assert "9-9-9999" in body(answer) and "门岗态度差" in body(answer) and 'role="alert"' in body(answer)


def test_a_month_of_each_office_and_the_cases_behind_each_figure(stage, other) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "楼道脏")
    again = complain(stage, at("25 09:00"), "3-2-1502", "楼道还是脏")
    third = complain(stage, at("25 10:00"), "3-2-1402", "灯不亮")
    do(stage, first, at("24 10:00"), "classify", by="cs_supervisor", verdict="valid", cause="internal")
    do(stage, third, at("25 11:00"), "classify", by="cs_supervisor", verdict="invalid")
    gone = complain(stage, at("25 12:00"), "3-2-1402", "打错了")
    do(stage, gone, at("25 12:10"), "withdraw", reason="打错了")
    client = company(stage)
    page = body(client.get(f"{URL}?month=2026-03"))
    row = page[page.index("翠湖花园管理处</th>") :].split("</tr>")[0]
    counts = [int(cell.split(">")[-1] or 0) for cell in _cells(row)]
    assert counts == [3, 1, 0, 1, 1, 0, 2], (
        "all, valid, assisted, invalid, not classified, collective, repeated"
    )
    assert "管理处自己 1" in row
    assert "500.00‰" in row, "three of six households"
    behind = body(client.get(f"{URL}cases/?office=card&month=2026-03&of=repeat"))
    assert first.number in behind and again.number in behind and third.number not in behind
    do(
        stage,
        first,
        at("25 15:00"),
        "answer",
        by="receptionist",
        answer="已请保洁每天多拖一遍",
        means="by_telephone_at_home",
    )
    behind = body(client.get(f"{URL}cases/?office=card&month=2026-03&of=repeat"))
    assert "已请保洁每天多拖一遍" in behind and "by_telephone" not in behind, "what was done, in words"
    cause = body(client.get(f"{URL}cases/?office=card&month=2026-03&of=cause:internal"))
    assert first.number in cause and "管理处自己" in cause and again.number not in cause
    assert first.number in body(client.get(f"{URL}cases/?office=card&month=2026-03&of=all&q=楼道"))
    assert third.number not in body(client.get(f"{URL}cases/?office=card&month=2026-03&of=all&q=楼道"))
    export = b"".join(client.get(f"{URL}cases.csv?office=card&month=2026-03&of=valid")).decode()
    assert first.number in export and again.number not in export


def _cells(row: str) -> list[str]:
    cells = row.split('<td class="num" ')[1:8]
    return [cell.split("<span")[0].split("</td>")[0].replace("</a>", "") for cell in cells]


def test_search_scopes_and_export(stage, other) -> None:
    up = complain(stage, at("24 09:10"), "3-2-1402", "物业费算错")
    do(stage, up, at("24 10:00"), "ask_centre", by="cs_supervisor")
    client = company(stage)
    assert up.number in listed(body(client.get(f"{URL}?q=物业费")))
    assert up.number not in listed(body(client.get(f"{URL}?q=电梯")))
    assert up.number not in listed(body(client.get(f"{URL}?scope=closed")))
    export = b"".join(client.get(f"{URL}export.csv")).decode()
    assert up.number in export and "翠湖花园管理处" in export
    assert client.get(f"{URL}export.pdf").status_code == 200


def hrefs(page: str) -> list[tuple[str, dict[str, str]]]:
    """Where every link of a page leads: the path, and its query."""
    found = (urlsplit(unescape(one)) for one in re.findall(r'href="([^"]*)"', page))
    return [(one.path, dict(parse_qsl(one.query))) for one in found]


def entered(page: str) -> dict[str, str]:
    """What the first search form of a page sends as it stands."""
    form = page[page.index('role="search"') :].split("</form>")[0]
    return {key: unescape(value) for key, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def test_scope_month_and_search_are_kept_by_each_other(stage, other) -> None:
    complain(stage, at("24 09:00"), "3-2-1502", "楼道脏")
    client, query = company(stage), {"scope": "all", "month": "2026-02", "q": "物业费"}
    page = body(client.get(URL, {**query, "page": "2"}))
    led = [asked for path, asked in hrefs(page) if not path]
    assert {**query, "scope": "closed"} in led and {**query, "month": "2026-03"} in led
    assert entered(listed(page)) == query
    page = body(client.get(URL, {**query, "month": "2026-03"}))
    there = next(asked for path, asked in hrefs(page) if path == f"{URL}cases/" and asked["of"] == "all")
    assert (there["office"], there["month"]) == ("card", "2026-03")
    behind = body(client.get(f"{URL}cases/", {**there, "page": "1"}))
    assert (URL, {**query, "month": "2026-03"}) in hrefs(behind), "the way back"
    search = entered(behind[behind.index('id="b-h"') :])
    searched = body(client.get(f"{URL}cases/", {**search, "q": "楼道"}))
    assert "楼道脏" in searched and (URL, {**query, "month": "2026-03"}) in hrefs(searched)


def test_noting_a_report_leads_back_to_the_same_list(stage, other) -> None:
    client, query = company(stage), {"scope": "all", "month": "2026-02", "q": "门岗"}
    client.post(f"{URL}down/", {"office": "card", "unit": "3-2-1502", "matter": "门岗态度差", "key": "k1",
                                "contact_name": "王女士", "contact_phone": "13800001234"})  # fmt: skip
    case = Case.objects.get(category="complaint")
    do(stage, case, at("26 12:00"), "report_back", by="cs_supervisor", reported="换了门岗")
    form = next(
        one for one in body(client.get(URL, query)).split("<form") if f'action="{URL}received/' in one
    )
    address = unescape(form.split('action="')[1].split('"')[0])
    where = urlsplit(client.post(address, {"office": "card", "number": case.number})["Location"])
    assert (where.path, dict(parse_qsl(where.query))) == (URL, query)


def test_passing_down_keeps_the_month_and_what_is_refused_keeps_the_page(stage, other) -> None:
    client, query = company(stage), {"scope": "all", "month": "2026-02", "q": "门岗"}
    form = next(one for one in body(client.get(URL, query)).split("<form") if f'action="{URL}down/' in one)
    address = unescape(form.split('action="')[1].split('"')[0])
    typed = {"office": "card", "unit": "9-9-9999", "contact_name": "王女士", "contact_phone": "13800001234",
             "matter": "楼道脏", "key": "k1"}  # fmt: skip
    refused = body(client.post(address, typed))
    assert ("", {**query, "scope": "closed"}) in hrefs(refused)
    passed = urlsplit(client.post(address, {**typed, "unit": "3-2-1502"})["Location"])
    assert dict(parse_qsl(passed.query)) == {"scope": "passed", "month": "2026-02"}, (
        "a search would hide what was passed down"
    )


def test_one_and_three_cost_the_same(stage, other) -> None:
    client = company(stage)

    def another(n: int) -> None:
        case = complain(stage, at(f"24 09:1{n}"), ("3-2-1402", "3-2-1502", "3-2-1602")[n], "物业费算错")
        do(stage, case, at("24 10:00"), "ask_centre", by="cs_supervisor")
        do(stage, case, at("24 10:10"), "centre_helps", by="company_centre")
        do(stage, case, at("24 10:20"), "report_back", by="cs_supervisor", reported="好了")

    def spent() -> list[int]:
        found = []
        for address in (URL, f"{URL}cases/?office=card&month=2026-03&of=all"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    another(0)
    one = spent()
    another(1)
    another(2)
    assert spent() == one == [27, 16]
