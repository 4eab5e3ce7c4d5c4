"""The technician's pages: whose jobs, which order, what the manual offers, nothing lost, nothing about cash."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.web.repair import FIRST, LINE, TO_DONE, TO_REPAIRING, Repair, png

from guanjia import clock
from guanjia.cases.models import Attachment
from guanjia.estate import actions as estate
from guanjia.records.models import Record
from guanjia.staff import actions as staff
from guanjia.staff.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def phone(repair):
    """`phone()` is the first technician's browser; `phone("陈建军")` another person's."""

    def sign_in(who: str = FIRST) -> Client:
        client = Client()
        client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def body(response) -> str:
    return response.content.decode()


def picture(colour: str = "red") -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(kept, "JPEG")
    return SimpleUploadedFile("a.jpg", kept.getvalue(), "image/jpeg")


STROKES = json.dumps([{"points": [{"x": 10, "y": 30, "time": 1}, {"x": 110, "y": 30, "time": 2}]}])


def test_the_current_job_comes_first_with_duty_clause_and_main_action(repair, phone):
    repair.play("dispatch", "accept")
    text = body(phone().get("/field/"))
    assert "3栋2单元1502" in text and "厨房水管爆裂" in text and "王秀兰" in text
    assert "到达维修现场" in text and "一.四)" in text and "data-ring" in text
    assert "tel:0755-00000120" in text
    primary = re.findall(r'<button class="big">.*?</button>', text, re.DOTALL)
    assert len(primary) == 1 and "我已到场" in primary[0]


def test_others_jobs_do_not_exist(repair, phone):
    repair.play("dispatch", "accept")
    number = repair.case.number
    other = phone("陈建军")
    assert number not in body(other.get("/field/"))
    for address in (f"/field/{number}/", f"/field/{number}/do/arrive/"):
        assert other.get(address).status_code == 404
    assert other.post(f"/field/{number}/do/arrive/").status_code == 404
    repair.case.refresh_from_db()
    assert repair.case.state == "accepted"


def test_a_job_of_the_pool_can_be_taken_once(repair, phone):
    repair.send(to="")
    number = repair.case.number
    assert number in body(phone().get("/field/")) and number in body(phone("陈建军").get("/field/"))
    answer = phone().post(f"/field/{number}/do/take/", {"key": "a"})
    assert answer.status_code == 302 and answer["Location"] == f"/field/{number}/"
    assert phone("陈建军").post(f"/field/{number}/do/take/", {"key": "b"}).status_code == 404
    assert number not in body(phone("陈建军").get("/field/"))


def test_the_pool_is_for_people_of_the_field(repair, phone):
    repair.send(to="")
    assert repair.case.number not in body(phone("沈悦").get("/field/"))
    assert phone("沈悦").get(f"/field/{repair.case.number}/").status_code == 404


def test_another_offices_job_does_not_exist(repair, phone):
    repair.play("dispatch")
    from_elsewhere = Client()
    from_elsewhere.force_login(_stranger(repair), backend="django.contrib.auth.backends.ModelBackend")
    assert from_elsewhere.get(f"/field/{repair.case.number}/").status_code == 404
    assert repair.case.number not in body(from_elsewhere.get("/field/"))


def _stranger(repair):
    office = estate.create_office(repair.office.company, "other", "别的管理处", "别的小区")
    user = staff.create_user("stranger", "外人")
    staff.give_post(user, Role.TECHNICIAN, office=office, since=repair.at.date())
    return user


def test_what_is_forbidden_says_why(repair, phone):
    repair.play("dispatch", "accept", "arrive")
    text = body(phone().get(f"/field/{repair.case.number}/"))
    assert "还没有初步查看" in text and 'aria-disabled="true"' in text


def test_inspection_with_lines_and_photos(repair, phone):
    repair.play("dispatch", "accept", "arrive")
    number = repair.case.number
    form = body(phone().get(f"/field/{number}/do/inspect/"))
    assert 'capture="environment"' in form and "data-rules" in form
    data = {"finding": "角阀裂了", "verdict": "own", "item": "水管维修", "key": "k", "site_photos": picture()}
    data |= {f"materials-0-{key}": value for key, value in LINE.items()}
    answer = phone().post(f"/field/{number}/do/inspect/", data)
    assert answer.status_code == 302
    text = body(phone().get(f"/field/{number}/"))
    assert (
        "不锈钢角阀" in text
        and "¥78.00" in text
        and "维修不收现金" in text
        and "照片 1" in re.sub(r"\s+", " ", text)
    )


def test_a_refused_form_keeps_words_and_photographs(repair, phone):
    repair.play("dispatch", "accept", "arrive")
    address = f"/field/{repair.case.number}/do/inspect/"
    answer = phone().post(
        address,
        {"verdict": "own", "no_materials": "true", "item": "水管维修", "key": "k", "site_photos": picture()},
    )
    text = body(answer)
    assert answer.status_code == 422 and "请填写「看到什么」" in text
    kept = Attachment.objects.get()
    assert f'name="site_photos" value="{kept.pk}"' in text
    again = {
        "finding": "好",
        "verdict": "own",
        "no_materials": "true",
        "item": "水管维修",
        "key": "k",
        "site_photos": kept.pk,
    }
    assert phone().post(address, again).status_code == 302
    kept.refresh_from_db()
    assert kept.case_id == repair.case.pk


def test_the_same_form_sent_twice_is_done_once(repair, phone):
    repair.play("dispatch", "accept", "arrive")
    address = f"/field/{repair.case.number}/do/inspect/"
    for _ in range(2):
        data = {
            "finding": "好",
            "verdict": "own",
            "no_materials": "true",
            "item": "水管维修",
            "key": "k",
            "site_photos": picture(),
        }
        answer = phone().post(address, data, headers={"Accept": "application/json"})
        assert answer.status_code == 200 and answer.json() == {"next": f"/field/{repair.case.number}/"}
    assert Attachment.objects.count() == 1
    assert repair.case.events.filter(action="inspect").count() == 1


def test_no_form_of_the_field_takes_cash(repair, phone):
    seen = ""
    for action in (*TO_REPAIRING, "finish", "try_out", "sign"):
        seen += body(phone().get(f"/field/{repair.case.number}/do/{action}/"))
        repair.play(action)
    assert "收到金额" not in seen and 'name="method"' not in seen and 'name="received"' not in seen
    assert phone().post(
        f"/field/{repair.case.number}/do/collect/", {"received": "10", "method": "cash"}
    ).status_code in (403, 409, 422)


def test_signing_shows_the_notice_and_stores_strokes_and_picture(repair, phone):
    repair.play(*TO_DONE[:-1])
    address = f"/field/{repair.case.number}/do/sign/"
    assert "维修不收现金" in body(phone().get(address))
    data = {
        "opinion": "满意", "signature-how": "screen", "signature-name": "王秀兰", "signature-png": png(),
        "signature-strokes": STROKES, "charge_state": "fixed", "fee": "260", "no_cash_told": "true",
        "resident_copy_handed": "true", "key": "s",
    }  # fmt: skip
    assert phone().post(address, data).status_code == 302
    record = Record.objects.get(form="repair_sheet")
    assert record.signed_at and record.signatures.get().strokes == [[[10.0, 30.0, 0], [110.0, 30.0, 1]]]


def test_a_refused_signature_form_keeps_the_signature(repair, phone):
    repair.play(*TO_DONE[:-1])
    data = {
        "signature-how": "screen",
        "signature-name": "王秀兰",
        "signature-png": png(),
        "signature-strokes": STROKES,
        "key": "s",
    }
    answer = phone().post(f"/field/{repair.case.number}/do/sign/", data)
    text = body(answer)
    assert answer.status_code == 422 and png() in text and "&quot;points&quot;" in text


def test_damaged_strokes_do_no_harm(repair, phone):
    repair.play(*TO_DONE[:-1])
    data = {
        "signature-how": "screen",
        "signature-name": "王秀兰",
        "signature-png": png(),
        "signature-strokes": "[{broken",
        "key": "s",
    }
    assert phone().post(f"/field/{repair.case.number}/do/sign/", data).status_code == 422


def test_declining_gives_the_job_away(repair, phone):
    repair.play("dispatch")
    answer = phone().post(
        f"/field/{repair.case.number}/do/decline/", {"decline_reason": "不会修", "key": "d"}
    )
    assert answer.status_code == 302 and answer["Location"] == "/field/"


def test_nobody_home_leaves_a_note_that_can_be_printed(repair, phone):
    repair.play("dispatch", "accept")
    number = repair.case.number
    assert (
        phone().post(f"/field/{number}/do/nobody_home/", {"left_at": "门上", "key": "n"}).status_code == 302
    )
    text = body(phone().get(f"/field/{number}/"))
    note = Record.objects.get(form="call_note")
    address = f"/field/{number}/paper/{note.pk}.pdf"
    assert "留言条" in text and address in text
    answer = phone().get(address)
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert phone("陈建军").get(address).status_code == 404


def test_what_is_owed_becomes_the_main_action_when_the_manual_ranks_none(repair, phone):
    repair.play(*TO_DONE[:-1])
    repair.do(
        "sign", opinion="好", signature={"how": "paper", "name": "王秀兰"}, charge_state="none",
    )  # fmt: skip
    text = body(phone().get("/field/"))
    assert re.search(r'class="big"[^>]*>.*?交业户联', text, re.DOTALL)


def test_the_list_asks_the_database_as_often_for_three_jobs_as_for_one(
    repair, phone, django_assert_num_queries
):
    repair.play("dispatch", "accept")
    client = phone()
    client.get("/field/")
    with django_assert_num_queries(16):
        client.get("/field/")
    for unit in ("3-2-1402", "3-2-1602"):
        repair.send(repair.report(unit))
    pooled = repair.report("6-1-0302")
    repair.send(pooled, to="")
    with django_assert_num_queries(16):
        text = body(client.get("/field/"))
    assert "接下来 2" in text and "待领的单 1" in text


def test_the_person_on_site_sees_that_job_first(repair, phone):
    repair.play("dispatch", "accept", "arrive")
    fresh = repair.report("3-2-1402", "马桶堵了")
    repair.send(fresh)
    text = body(phone().get("/field/"))
    assert text.index("厨房水管爆裂") < text.index("马桶堵了")
    assert "初步查看" in text
