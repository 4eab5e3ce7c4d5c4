"""Administration of lists: classification, items, suppliers, households, logs, messages."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.stage import BEGINS

from guanjia import clock
from guanjia.cases import actions as cases
from guanjia.estate import queries as estate
from guanjia.estate.models import Unit
from guanjia.intake import classification
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.notify.models import Message
from guanjia.staff import actions as staff
from guanjia.work import queries as work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: BEGINS)


@pytest.fixture
def browser(stage):
    """`browser("director")`: somebody of the office, signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def body(response) -> str:
    return response.content.decode()


def post(client: Client, page: str, /, *args: object, **data: object):
    return client.post(reverse(page, args=args), data)


def get(client: Client, page: str, /, *args: object, **data: object):
    return client.get(reverse(page, args=args), data)


# ---------------------------------------------------------------- classification and lists


def test_the_classification_is_the_office_s_to_edit(browser, stage):
    client = browser("cs_supervisor")
    post(client, "settings-table-defaults")
    assert len(work.classifications(stage.office)) == len(classification.defaults().rows)
    row = work.classifications(stage.office)[0]
    data = {
        "place": "天台",
        "kind": "水",
        "problem": "水箱溢水",
        "category": "repair",
        "words": "水箱、溢水",
        "urgent": "1",
    }
    refused = post(client, "settings-table-new", **data)
    assert refused.status_code == 422 and "为什么急" in body(refused) and 'value="天台"' in body(refused)
    post(client, "settings-table-new", **data, urgent_reason="水在往下流")
    new = next(one for one in work.classifications(stage.office) if one.place == "天台")
    assert new.words == "水箱 溢水" and new.urgent
    assert "水箱溢水" in body(get(client, "settings-table", q="天台"))
    post(client, "settings-table-remove", row.pk)
    assert row.pk not in {one.pk for one in work.classifications(stage.office)}
    assert "没有相符的行" in body(get(client, "settings-table", q="没有这样的"))


def test_items_change_with_the_evaluation_they_rest_on(browser, stage):
    client = browser("director")
    refused = post(client, "settings-item-change", "add", name="清洗油烟机", price="120")
    assert refused.status_code == 422 and "依据哪次评估" in body(refused)
    post(client, "settings-item-change", "add", name="清洗油烟机", price="120", evaluation="2026年3月评估")
    assert work.item_for(stage.office, "清洗油烟机", BEGINS).price_fen == 12000
    post(client, "settings-item-change", "price", name="更换水龙头", price="35.5", evaluation="2026年3月评估")
    assert work.item_for(stage.office, "更换水龙头", BEGINS).price_fen == 3550
    post(client, "settings-item-change", "end", name="疏通下水", evaluation="2026年3月评估")
    assert work.item_for(stage.office, "疏通下水", BEGINS + timedelta(seconds=1)) is None
    said = body(get(client, "settings-items"))
    assert "取消项目" in said and "林国栋" in said and said.count("2026年3月评估") >= 3
    assert post(client, "settings-item-change", "end", name="没有的", evaluation="x").status_code == 422
    assert (
        b"".join(get(client, "settings-list-export", "items", "csv")).decode("utf-8-sig").startswith("项目,")
    )


def test_suppliers_come_and_go_with_their_evaluation(browser, stage):
    client = browser("cs_supervisor")
    data = {
        "name": "净水管家",
        "phone": "0755-00003333",
        "items": "净水器 滤芯",
        "evaluation": "2026年3月评估",
    }
    assert post(client, "settings-supplier-change", "add", **data).status_code == 302
    assert post(client, "settings-supplier-change", "add", **data).status_code == 422
    assert "净水管家" in body(get(client, "settings-suppliers", q="滤芯"))
    post(client, "settings-supplier-change", "end", name="净水管家", evaluation="2026年3月评估")
    assert work.supplier_for(stage.office, "净水管家", BEGINS + timedelta(seconds=1)) is None


def test_a_refused_change_of_a_row_stays_in_that_row(browser, stage):
    typed = {"name": "更换水龙头", "price": "三十五", "evaluation": "3月评估"}
    page = body(post(browser("director"), "settings-item-change", "price", **typed))
    row = re.search(r"<td>更换水龙头</td>.*?</tr>", page, re.S)[0]
    assert "<details open>" in row and 'value="三十五"' in row and 'value="3月评估"' in row
    assert page.count("<details open>") == 1 and page.count("三十五") == 2, "in the row and in what is wrong"
    refused = body(post(browser("director"), "settings-item-change", "add", name="清洗", price="一百"))
    assert "<details open>" not in refused and 'value="清洗"' in refused and 'value="一百"' in refused


@pytest.mark.parametrize("page", ["settings-items", "settings-suppliers"])
def test_an_untouched_form_is_empty(browser, page):
    assert "generator object" not in body(get(browser("director"), page, q="水"))


def test_what_is_asked_at_a_forms_own_address_is_asked_of_its_page(browser, stage):
    way = post(browser("director"), "settings-item-change", "add", name="x").request["PATH_INFO"]
    again = browser("director").get(way, {"q": "水", "page": "2"})
    assert again["Location"] == "/settings/items/?q=%E6%B0%B4&page=2"
    person = stage.person("receptionist")
    kept = get(browser("director"), "settings-person-change", person.pk, "rename", a="1")
    assert kept["Location"] == f"/settings/people/{person.pk}/?a=1"
    assert browser("director").put(way).status_code == 405


# ---------------------------------------------------------------- households


GOOD = "楼栋,单元,室号,姓名,关系,电话1\n9,1,0101,赵一,业主,13911110001\n9,1,0102,钱二,业主,13911110002\n"
BAD = GOOD + "9,1,,孙三,业主,13911110003\n9,1,0104,李四,房东,1391\n"


def upload(client: Client, text: str):
    return post(
        client,
        "settings-import-check",
        file=SimpleUploadedFile("l.csv", text.encode("utf-8-sig"), "text/csv"),
    )


def checked(client: Client, text: str) -> str:
    """The address of the page of a dry run that the worker has done."""
    address = upload(client, text)["Location"]
    jobs.run(int(address.rstrip("/").rsplit("/", 1)[1]))
    return address


def test_a_dry_run_names_every_bad_row_and_nothing_is_written(browser, stage):
    client = browser("administrator")
    before = Unit.objects.count()
    address = checked(client, BAD)
    said = body(client.get(address))
    assert '<td class="num">4</td>' in said and '<td class="num">5</td>' in said
    assert "改好错处才能导入" in said
    job = Job.objects.get()
    refused = post(client, "settings-import-commit", job.pk)
    assert refused.status_code == 422 and "不能导入" in body(refused)
    assert Unit.objects.count() == before
    rows = get(client, "settings-import-bad", job.pk).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "行,列,原因" and len(rows) == 4


def test_a_page_shows_how_far_it_is_and_reloads_when_it_is_over(browser):
    client = browser("cs_supervisor")
    address = upload(client, GOOD)["Location"]
    assert "等后台开始" in body(client.get(address))
    job = Job.objects.get()
    Job.objects.update(state="running", step="逐行检查", done=1000, total=2000)
    said = body(client.get(f"{address}live/"))
    assert 'value="1000" max="2000"' in said and 'role="status">逐行检查<' in said
    Job.objects.update(state="waiting")
    jobs.run(job.pk)
    assert client.get(f"{address}live/")["HX-Refresh"] == "true"


def test_a_good_list_is_taken_as_a_whole_and_once(browser, stage):
    client = browser("cs_supervisor")
    said = body(client.get(checked(client, GOOD)))
    assert "导入这 2 行" in said
    check = Job.objects.get()
    address = post(client, "settings-import-commit", check.pk)["Location"]
    assert not Unit.objects.filter(office=stage.office, code="9-1-0101").exists(), "the worker does it"
    assert post(client, "settings-import-commit", check.pk)["Location"] == address, "asked twice, taken once"
    jobs.run(Job.objects.latest("pk").pk)
    assert "已导入 2 行：2 套房屋，2 个住户" in body(client.get(address))
    assert Unit.objects.filter(office=stage.office, code="9-1-0101").exists()


def test_the_list_of_jobs_says_who_when_and_what_came_of_it(browser, stage):
    client = browser("cs_supervisor")
    checked(client, BAD)
    said = body(get(client, "settings-jobs", q="l.csv"))
    who = stage.person("cs_supervisor").name
    assert "试导入 l.csv" in said and who in said and "4 行，" in said
    assert "试导入" not in body(get(client, "settings-jobs", q="没有的")).split("<tbody>")[-1]
    sheet = b"".join(get(client, "settings-jobs-export", "csv")).decode("utf-8-sig").splitlines()
    assert sheet[0] == "交办时间,谁,任务,结果,办成了什么" and who in sheet[1]


def test_what_cannot_be_read_is_said(browser):
    client = browser("director")
    assert post(client, "settings-import-check").status_code == 422
    said = body(client.get(checked(client, "一,二\n1,2\n")))
    assert "note bad" in said and "表头里没有" in said
    assert get(client, "settings-job", 0).status_code == 404


def test_a_result_that_was_forgotten_is_said(browser):
    client = browser("director")
    address = checked(client, GOOD)
    Job.objects.update(result={})
    assert "结果已清除" in body(client.get(address))
    assert post(client, "settings-import-commit", Job.objects.get().pk).status_code == 404


def test_template_and_export_open(browser):
    client = browser("director")
    template = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "settings-households-template").content))
    assert "住户" in template.sheet_names
    everything = CalamineWorkbook.from_filelike(
        io.BytesIO(get(client, "settings-households-export", "xlsx").content)
    )
    assert "王秀兰" in str(everything.get_sheet_by_name("住户").to_python())
    assert "王秀兰" in b"".join(get(client, "settings-households-export", "csv")).decode("utf-8-sig")
    assert get(client, "settings-households-export", "pdf").status_code == 404


# ---------------------------------------------------------------- logs and messages


def test_who_looked_at_a_number_stands_in_the_log(browser, stage):
    cases.note_access(stage.office, stage.person("receptionist"), "3-2-1502 王秀兰 电话", BEGINS)
    client = browser("director")
    assert "3-2-1502 王秀兰 电话" in body(get(client, "settings-access", q="周敏"))
    assert "没有和" in body(get(client, "settings-access", q="何静"))
    assert "王秀兰" in b"".join(get(client, "settings-access-export", "csv")).decode("utf-8-sig")


@pytest.mark.rule("S003-M8-4.3.2")
def test_who_took_the_register_of_households_with_him_stands_in_the_log(browser, stage):
    b"".join(get(browser("cs_supervisor"), "settings-households-export", "csv"))
    assert "导出住户名册 csv" in body(get(browser("director"), "settings-access"))


def test_who_looked_at_a_household_is_told_apart_from_others(browser, stage):
    """By its house or by whoever belongs to it; on its page for those who may see the log, and in the log itself."""
    office, who = stage.office, stage.person("receptionist")
    home = stage.parties["3-2-1502"]
    phone = home.phones.get()
    browser("receptionist").post(reverse("desk-reveal", args=[phone.pk]))
    unit = estate.unit_by_code(office, "3-2-1502")
    cases.note_access(office, who, "电话 BX2603-0001 contact_phone", BEGINS, unit=unit)
    cases.note_access(office, who, "电话 何先明", BEGINS, party=stage.parties["3-2-1402"])
    client = browser("director")
    listed = body(get(client, "settings-access", unit="3-2-1502"))
    assert "电话 王秀兰" in listed and "BX2603-0001" in listed and "何先明" not in listed
    exported = b"".join(get(client, "settings-access-export", "csv", unit="3-2-1502")).decode("utf-8-sig")
    assert exported.count("\n") == 3 and "何先明" not in exported
    assert "没有人看过这一户的资料" in body(get(client, "settings-access", unit="6-1-0302"))
    wrong = get(client, "settings-access", unit="99")
    assert wrong.status_code in (404, 422) and 'role="alert"' in body(wrong)
    page = body(get(client, "household", "3-2-1502"))
    assert "谁看过这一户的资料" in page and "电话 王秀兰" in page and "何先明" not in page.split("谁看过")[1]
    assert "谁看过这一户的资料" not in body(get(browser("receptionist"), "household", "3-2-1502"))


def message(stage, number: int, **more: object) -> Message:
    given = {
        "office": stage.office,
        "subject": f"消息{number}",
        "body": "正文",
        "key": f"m{number}",
        "created_at": BEGINS,
    }
    return Message.objects.create(**given | more)


def test_a_message_that_could_not_be_sent_is_sent_again(browser, stage):
    failed = message(stage, 1, channel="sms", to_phone="13800001234", state="failed", trouble="网关没有应答")
    client = browser("cs_supervisor")
    said = body(get(client, "settings-outbox", state="failed"))
    assert "网关没有应答" in said and "13800001234" not in said and "1 条没发出" in said
    assert post(client, "settings-resend", failed.pk).status_code == 302
    failed.refresh_from_db()
    assert failed.state == "waiting"
    assert post(client, "settings-resend", failed.pk).status_code == 409


def test_an_inbox_is_its_owner_s(browser, stage):
    mine = message(stage, 1, to_user=stage.person("receptionist"), reference="case:BX2603-0001")
    message(stage, 2, to_user=stage.person("director"))
    client = browser("receptionist")
    said = body(get(client, "inbox"))
    assert "消息1" in said and "消息2" not in said and "1 条未读" in said and "BX2603-0001" in said
    post(browser("director"), "inbox-read", id=[mine.pk])
    mine.refresh_from_db()
    assert mine.read_at is None, "nobody reads for somebody else"
    post(client, "inbox-read", id=[mine.pk])
    assert "没有消息" in body(get(client, "inbox", scope="unread"))


# ---------------------------------------------------------------- costs


def _person(stage, number: int) -> None:
    user = staff.create_user(f"extra{number}", f"新人{number}")
    staff.give_post(user, "technician", office=stage.office)
    staff.set_skills(user, ["水", "电"])
    staff.add_shift(stage.office, user, "早班", BEGINS, BEGINS + timedelta(hours=8))


GROWS = {
    "settings-people": _person,
    "settings-shifts": _person,
    "settings-access": lambda stage, n: cases.note_access(
        stage.office, stage.person("director"), f"看 {n}", BEGINS
    ),
    "settings-outbox": lambda stage, n: message(stage, n, channel="sms", to_user=stage.person("director")),
    "inbox": lambda stage, n: message(stage, n, to_user=stage.person("director")),
}


@pytest.mark.parametrize("name", GROWS)
def test_a_list_costs_the_same_with_more_rows(browser, stage, name):
    client, counts = browser("director"), []
    GROWS[name](stage, 1)
    get(client, name)
    for number in (None, 2, 3):
        if number:
            GROWS[name](stage, number)
        if number != 2:
            with CaptureQueriesContext(connection) as queries:
                assert get(client, name).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 24
