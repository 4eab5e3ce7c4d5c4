"""Steps that a phone kept, at the door: whose they are, when they count, what is told of a job that was given away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from tests.web.repair import FIRST, Repair

from guanjia import clock
from guanjia.estate import actions as estate
from guanjia.staff import actions as staff
from guanjia.staff.models import Role

pytestmark = pytest.mark.django_db
OTHER = "陈建军"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    found.play("dispatch", "accept")
    return found


def phone(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(
    repair: Repair, action: str, user: Any, *, ago: timedelta = MINUTE, **more: Any
) -> tuple[int, dict[str, Any]]:
    """What the office answers to a step that was kept so long ago."""
    data = {
        "key": f"key-{action}", "kept-at": (repair.at - ago).isoformat(), "kept-seq": repair.case.last_seq, "kept-by": user.pk,
        "kept-office": repair.office.code, "kept-settled": "", **more,
    }  # fmt: skip
    answer = phone(user).post(reverse("field-act", args=[repair.case.number, action]), data)
    return answer.status_code, answer.json()


def test_a_step_counts_from_its_own_time_and_says_which_line_it_is(repair):
    repair.at += 60 * MINUTE
    status, answer = send(repair, "arrive", repair.person(FIRST), ago=50 * MINUTE)
    event = repair.case.events.get(action="arrive")
    assert status == 200 and answer["seq"] == event.seq
    assert (event.at, event.written_at) == (repair.at - 50 * MINUTE, repair.at)
    assert send(repair, "arrive", repair.person(FIRST), ago=50 * MINUTE) == (status, answer)
    assert repair.case.events.filter(action="arrive").count() == 1


def test_a_clock_that_is_fast_does_not_reach_into_the_future(repair):
    repair.at += 5 * MINUTE
    assert send(repair, "arrive", repair.person(FIRST), ago=-30 * MINUTE)[0] == 200
    assert repair.case.events.get(action="arrive").at == repair.at


@pytest.mark.parametrize("ago", [timedelta(hours=25), 26 * timedelta(hours=1)])
def test_what_is_too_old_is_shown_and_counts_from_now_once_the_person_says_so(repair, ago):
    repair.at += timedelta(hours=30)
    status, answer = send(repair, "arrive", repair.person(FIRST), ago=ago)
    assert (status, answer["code"], answer["may"]) == (403, "BACKDATE_FORBIDDEN", ["keep"])
    assert not repair.case.events.filter(action="arrive").exists()
    assert send(repair, "arrive", repair.person(FIRST), ago=ago, **{"kept-settled": "1"})[0] == 200
    assert repair.case.events.get(action="arrive").at == repair.at


def test_nobody_arrives_before_he_accepted(repair):
    repair.at += 30 * MINUTE
    status, answer = send(repair, "arrive", repair.person(FIRST), ago=31 * MINUTE)
    assert (status, answer["code"]) == (409, "AT_BEFORE_LAST")
    assert not repair.case.events.filter(action="arrive").exists()


def test_a_step_of_somebody_else_is_not_done_in_this_ones_name(repair):
    status, answer = send(repair, "arrive", repair.person(FIRST), **{"kept-by": repair.person(OTHER).pk})
    assert (status, answer["code"], answer["office"]) == (403, "KEPT_BY_OTHER", None)
    assert not repair.case.events.filter(action="arrive").exists()


def test_whoever_never_had_the_job_learns_nothing(repair):
    for action in ("arrive", "note"):
        status, answer = send(repair, action, repair.person(OTHER), text="x")
        assert (status, answer["office"]) == (404, None)


def test_whoever_had_the_job_learns_where_it_is_and_may_leave_a_note(repair):
    repair.do("transfer", technician=repair.person(OTHER).pk, transfer_reason="甲处机密")
    seen = {"kept-seq": repair.case.last_seq - 1}
    status, answer = send(repair, "arrive", repair.person(FIRST), **seen)
    assert (status, answer["may"]) == (409, [])
    assert answer["office"]["who"] == OTHER and answer["office"]["since"][0]["who"] == "周敏"
    assert "甲处机密" not in json.dumps(answer, ensure_ascii=False)
    assert send(repair, "decline", repair.person(FIRST), decline_reason="x")[0] == 409
    repair.at += 9 * MINUTE
    assert send(repair, "note", repair.person(FIRST), ago=9 * MINUTE, text="到过门口")[0] == 200
    event = repair.case.events.get(action="note")
    assert event.at == repair.at and event.data["kept_at"]


def test_a_note_of_the_desk_is_no_disagreement_and_a_new_time_is_one(repair):
    seen = {"kept-seq": repair.case.last_seq}
    repair.do("note", by="receptionist", text="业主催了一次")
    repair.at += 3 * MINUTE
    assert send(repair, "arrive", repair.person(FIRST), **seen)[0] == 200
    seen = {"kept-seq": repair.case.events.get(action="arrive").seq}
    repair.do("transfer", technician=repair.person(FIRST).pk, transfer_reason="还是他")
    status, answer = send(repair, "inspect", repair.person(FIRST), **seen)
    assert (status, answer["code"], answer["may"]) == (409, "CASE_CHANGED", [])
    assert answer["office"]["state"] == "已派单"


def test_a_step_goes_to_the_office_in_which_it_was_done(repair):
    user = repair.person(FIRST)
    other = estate.create_office(repair.office.company, "other", "别的管理处", "别的小区")
    staff.give_post(user, Role.TECHNICIAN, office=other, since=repair.at.date())
    repair.at += 3 * MINUTE
    client = phone(user)
    client.post(reverse("switch-office"), {"office": "other"})
    data = {
        "key": "k", "kept-at": repair.at.isoformat(), "kept-seq": repair.case.last_seq, "kept-by": user.pk,
        "kept-office": repair.office.code,
    }  # fmt: skip
    address = reverse("field-act", args=[repair.case.number, "arrive"])
    assert client.post(address, {**data, "kept-office": "nowhere"}).status_code == 404
    assert client.post(address, data).status_code == 200
    repair.case.refresh_from_db()
    assert repair.case.state == "arrived"


def test_the_kit_holds_the_persons_own_actions_only(repair):
    kit = phone(repair.person(FIRST)).get(reverse("field-kit", args=[repair.case.number])).json()
    keys = {one["key"] for one in kit["actions"]}
    assert {"arrive", "inspect", "start", "finish", "try_out", "sign", "note"} <= keys
    assert not keys & {"register", "dispatch", "collect", "book", "withdraw", "take", "follow_up", "transfer"}
    assert phone(repair.person(OTHER)).get(reverse("field-kit", args=[repair.case.number])).status_code == 404


def test_pages_name_for_whom_they_may_be_kept(repair):
    user = repair.person(FIRST)
    for name, args in (("field", []), ("field-job", [repair.case.number]), ("field-kept", [])):
        answer = phone(user).get(reverse(name, args=args))
        assert answer["X-Guanjia-Keeper"] == f"{user.pk}-{repair.office.code}"
    assert "X-Guanjia-Keeper" not in Client().get(reverse("field"))


def test_a_page_that_is_fetched_to_be_kept_does_not_use_up_what_is_said_once(repair):
    client = phone(repair.person(FIRST))
    repair.at += MINUTE
    address = reverse("field-job", args=[repair.case.number])
    client.post(reverse("field-act", args=[repair.case.number, "arrive"]), {"key": "k"})
    assert "data-toast" not in client.get(address, headers={"X-Guanjia-Copy": "1"}).content.decode()
    assert "data-toast" in client.get(address).content.decode()


def test_the_service_worker_stays_in_its_folder_and_names_files_that_exist():
    answer = Client().get("/field/worker.js")
    text = answer.content.decode()
    kit = json.loads(text.partition("const KIT = ")[2].partition(";\n")[0])
    assert kit["scope"] == "/field/" and "Service-Worker-Allowed" not in answer
    assert answer["Content-Type"] == "text/javascript" and answer["Cache-Control"] == "no-cache"
    files = [one.removeprefix("/static/") for one in kit["shell"] if one.startswith("/static/")]
    assert "web/project.js" in files and all(finders.find(one) for one in files)
