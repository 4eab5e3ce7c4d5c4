"""Long work: asked for once, done once, taken up again, given up at last; each in its own office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.jobs import actions, queries
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.staff import actions as staff

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
SEEN: list[tuple[str, int, int]] = []


def count(run: actions.Run) -> str:
    """Counts to `most`."""
    for one in range(run.data["most"] + 1):
        run.tell("数数", one, run.data["most"])
        SEEN.append(Job.objects.values_list("step", "done", "total").get(pk=run.job.pk))
    return "数完了"


def refuse(run: actions.Run) -> str:
    raise Problem("TABLE_EMPTY", "表里没有内容。", "请下载模板填写。")


def break_down(run: actions.Run) -> str:
    raise ZeroDivisionError


@pytest.fixture
def office(db: None, settings) -> Office:
    settings.JOBS = {name: f"{__name__}.{name}" for name in ("count", "refuse", "break_down")}
    SEEN.clear()
    return estate.create_office(estate.create_company("安居物业"), "garden", "翠湖花园管理处", "翠湖花园")


def ask(office: Office, kind: str = "count", **more) -> Job:
    by = staff.create_user(f"user{Job.objects.count()}", "陈洁")
    return actions.ask(
        office, kind, "数到三", by=by, at=NOON, permission="administer", data={"most": 3}, **more
    )


@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_and_says_how_far_it_is(office: Office) -> None:
    job = ask(office)
    call_command("worker", batch=True, interval=0, verbosity=0)
    job.refresh_from_db()
    assert (job.state, job.outcome, job.runs) == ("done", "数完了", 1)
    assert SEEN[0] == ("数数", 0, 3) and SEEN[-1] == ("数数", 3, 3)
    assert job.ended_at >= job.started_at
    assert actions.run(job.pk) is None, "once"


def test_the_same_key_is_the_same_job(office: Office) -> None:
    first = ask(office, key="k")
    assert (
        actions.ask(
            office, "count", "数", by=first.asked_by, at=NOON, permission="administer", data={}, key="k"
        )
        == first
    )
    assert Job.objects.count() == 1


def test_a_problem_is_for_the_person_and_an_error_for_the_log(office: Office) -> None:
    refused = actions.run(ask(office, "refuse").pk)
    assert refused is not None
    assert (refused.state, refused.trouble["message"]) == ("refused", "表里没有内容。")
    job = ask(office, "break_down")
    with pytest.raises(ZeroDivisionError):
        actions.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.trouble["code"]) == ("failed", "JOB_FAILED")


def test_a_job_that_ends_its_workers_is_given_up(office: Office) -> None:
    job = ask(office)
    assert actions.requeue() == 0, "a worker may just be busy"
    for turn in range(1, actions.MOST_RUNS + 1):
        Job.objects.filter(pk=job.pk).update(state="running", runs=turn, seen_at=NOON - timedelta(days=3650))
        assert actions.requeue() == 1
        job.refresh_from_db()
        assert job.state == ("failed" if turn == actions.MOST_RUNS else "waiting")
    assert job.trouble["code"] == "JOB_LOST"


def test_a_job_that_nobody_takes_up_is_put_before_the_workers_again(office: Office) -> None:
    job = ask(office)
    Job.objects.filter(pk=job.pk).update(seen_at=NOON - timedelta(days=3650))
    assert (actions.requeue(), actions.requeue()) == (1, 0)
    done = actions.run(job.pk)
    assert done is not None and done.state == "done"


def test_who_may_not_know_of_it_finds_nothing(office: Office) -> None:
    job = ask(office)
    other = estate.create_office(office.company, "plaza", "广场管理处", "广场")
    assert list(queries.jobs(office, ["administer"])) == [job]
    assert (
        list(queries.jobs(office, ["manage_households"])) == list(queries.jobs(other, ["administer"])) == []
    )
    assert list(queries.jobs(office, ["administer"], "陈洁 数到")) == [job]
    for where, permission in ((other, "administer"), (office, "register")):
        with pytest.raises(Problem) as caught:
            queries.job_for(where, [permission], job.pk)
        assert caught.value.status == 404


def test_what_was_found_is_forgotten_after_its_time(office: Office) -> None:
    job = ask(office)
    Job.objects.update(result={"bad": []})
    assert actions.forget(office, "count", NOON) == 0
    assert actions.forget(office, "count", NOON + timedelta(seconds=1)) == 1
    job.refresh_from_db()
    assert job.result == {}
