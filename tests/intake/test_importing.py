"""The import as jobs: what the worker finds, takes once, and goes on with after a worker died."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.intake.conftest import NOON, ON
from tests.intake.test_households import GOOD, csv_of

from guanjia.estate import actions as estate
from guanjia.estate import build, bulk, queries
from guanjia.estate.models import Office, Party, SearchWord, Unit
from guanjia.estate.register import Plan
from guanjia.intake import households, importing, uploads
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.staff import actions as staff
from guanjia.staff.models import User


@pytest.fixture
def office(two_offices: tuple[Office, Office], settings, tmp_path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return two_offices[0]


@pytest.fixture
def by(office: Office) -> User:
    return staff.create_user("chen", "陈洁")


def ask(office: Office, by: User, kind: str, **data: object) -> Job:
    return jobs.ask(office, kind, "导入", by=by, at=NOON, permission="manage_households", data=data)


def checked(office: Office, by: User, text: str = GOOD) -> Job:
    sha256 = uploads.keep(office, "住户.csv", csv_of(text))
    job = jobs.run(ask(office, by, importing.CHECK, sha256=sha256, name="住户.csv").pk)
    assert job is not None
    return job


def taking(office: Office, by: User) -> Job:
    found = checked(office, by).result
    return ask(office, by, importing.IMPORT, sha256=found["sha256"], digest=found["digest"])


def test_a_check_lists_every_bad_row_and_writes_nothing(office: Office, by: User) -> None:
    job = checked(office, by, GOOD.replace("商铺", "城堡").replace("13700002345", "12"))
    assert (job.state, job.outcome) == ("done", "7 行，3 处不能导入")
    assert [(bad["line"], bad["column"]) for bad in job.result["bad"]] == [
        (4, "电话1"),
        (5, "类型"),
        (6, "类型"),
    ]
    assert job.result["ok"] is False
    assert not Unit.objects.exists()


def test_a_list_is_taken_whole_and_its_file_is_removed(office: Office, by: User) -> None:
    job = jobs.run(taking(office, by).pk)
    assert job is not None
    assert (job.state, job.outcome) == ("done", "已导入 7 行：5 套房屋，5 个住户")
    assert [hit.unit.code for hit in queries.search(office, "锦绣", on=ON)] == ["A-108"]
    assert not Unit.objects.filter(unindexed=True).exists()
    assert uploads._find(office, job.data["sha256"]) is None


def test_a_worker_that_dies_before_the_write_leaves_nothing_and_the_next_begins_anew(
    office: Office, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = taking(office, by)
    die_in(monkeypatch, "_write_changes", job)
    assert not Unit.objects.exists()
    again = jobs.run(job.pk)
    assert again is not None
    assert (again.state, again.runs, Unit.objects.count()) == ("done", 2, 5)


def test_a_worker_that_dies_after_the_write_is_followed_by_one_that_only_indexes(
    office: Office, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = taking(office, by)
    die_in(monkeypatch, "index_rest", job)
    assert (Unit.objects.count(), SearchWord.objects.count()) == (5, 0)
    again = jobs.run(job.pk)
    assert again is not None
    assert (again.state, Unit.objects.count(), Party.objects.count()) == ("done", 5, 5)
    assert queries.search(office, "锦绣", on=ON)


def die_in(monkeypatch: pytest.MonkeyPatch, where: str, job: Job) -> None:
    """Runs the job in a worker that is killed there, and lets the ticker notice."""

    class Killed(BaseException):
        """Nothing of the program catches it."""

    def kill(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bulk, where, kill)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "running"
    assert jobs.run(job.pk) is None, "nobody takes a job from a worker that may be alive"
    Job.objects.filter(pk=job.pk).update(seen_at=job.seen_at - jobs.LOST_AFTER - timedelta(seconds=1))
    assert jobs.requeue() == 1


def test_a_worker_that_was_only_slow_writes_nothing_a_second_time(
    office: Office, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = taking(office, by)
    write = bulk._write_changes

    def overtaken(*args: object) -> None:
        Job.objects.filter(pk=job.pk).update(runs=7)
        write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk, "_write_changes", overtaken)
    assert jobs.run(job.pk) is None
    assert not Unit.objects.exists()


def test_a_changed_estate_refuses_with_its_reason(office: Office, by: User) -> None:
    job, other = taking(office, by), taking(office, by)
    jobs.run(job.pk)
    refused = jobs.run(other.pk)
    assert refused is not None
    assert (refused.state, refused.trouble["code"]) == ("refused", "UPLOAD_GONE")


def test_all_or_nothing_also_when_the_database_gives_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr(bulk, "_write_changes", fail)
    content = csv_of()
    report = households.dry_run(office, "住户.csv", content)
    with pytest.raises(RuntimeError):
        households.commit(office, "住户.csv", content, sha256=report.sha256, on=ON)
    assert not Unit.objects.exists()
    assert not Party.objects.exists()


def test_a_change_between_the_plan_and_the_lock_is_seen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody registers one of the units after the plan was made and before the list is written."""
    rows = build.rows

    def late(office: Office, plan: Plan) -> build.Rows:
        monkeypatch.setattr(build, "rows", rows)
        estate.create_unit(estate.create_building(office, "3"), "1502", stair="2", on=ON)
        return rows(office, plan)

    monkeypatch.setattr(build, "rows", late)
    content = csv_of()
    report = households.dry_run(office, "住户.csv", content)
    with pytest.raises(Problem) as caught:
        households.commit(office, "住户.csv", content, sha256=report.sha256, digest=report.digest, on=ON)
    assert caught.value.code == "IMPORT_ESTATE_CHANGED"
    assert not Party.objects.exists()
    households.commit(office, "住户.csv", content, sha256=report.sha256, on=ON)
    assert Unit.objects.count() == 5, "without a digest the list is set against the estate as it is"
