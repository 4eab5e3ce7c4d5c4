"""The demo company: made by the engine alone, the same for the same seed, and lively enough to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.config.demo import DEMO_PASSWORD
from guanjia.estate.models import Office
from guanjia.intake.classification import load_defaults
from guanjia.intake.models import Call, Letter
from guanjia.intake.telephone import queries as telephone
from guanjia.kernel.problem import Problem
from guanjia.ledger import days
from guanjia.ledger.models import DayClose, Receipt
from guanjia.notify import actions as outbox
from guanjia.notify import mailboxes
from guanjia.notify.models import Message
from guanjia.obligations import queries as obligations
from guanjia.ops import group
from guanjia.ops.cards.stage import Stage
from guanjia.ops.demo import homes
from guanjia.ops.demo.load import Loaded, load
from guanjia.ops.demo.matters import calls_of, matters
from guanjia.ops.verification import verify
from guanjia.reports import monthly
from guanjia.staff import queries as staff
from guanjia.staff.models import Role, User
from guanjia.work import queries as work
from guanjia.work.defaults import default_items

NOW = datetime(2026, 3, 24, 2, 42, 30, tzinfo=UTC)  # a Tuesday, 10:42 in the office
SMALL = {"days": 5, "households": 40}


def garden() -> Office:
    """The estate's office."""
    return Office.objects.get(code="huayuan")


def what_happened() -> list[tuple[Any, ...]]:
    """Every line of every timeline, without what a random token or a row's id decides."""
    rows = Event.objects.order_by("case__office__code", "case__number", "seq")
    return list(
        rows.values_list("case__office__code", "case__number", "seq", "at", "action", "actor_label", "state")
    )


@pytest.fixture(scope="class")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """A small one, made once for the tests that only look at it, and thrown away."""
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        yield load(NOW, seed=7, **SMALL)
        transaction.set_rollback(True)
    adoption.forget()


@pytest.mark.django_db  # without it no test of a selection may ask for a database, and none is made
@pytest.mark.usefixtures("company")
class TestTheCompany:
    """What was made, looked at from all sides."""

    def test_it_is_whole(self, company: Loaded) -> None:
        assert [str(trouble) for trouble in verify(lambda *_args: None)] == []
        assert (company.refused, company.troubles) == (0, 0)
        assert (company.households, company.shops) == (40, 6)

    def test_two_offices_work_by_different_manuals(self) -> None:
        """What was adopted, and that each took its services through its own manual."""
        plaza = Office.objects.get(code="guangchang")
        by_office = {office.code: set(adoption.versions_at(office, NOW)) for office in (garden(), plaza)}
        assert "home-service" in by_office["huayuan"] - by_office["guangchang"]
        assert "paid-service" in by_office["guangchang"] - by_office["huayuan"]
        for office, manual in ((garden(), "home-service"), (plaza, "paid-service")):
            services = Case.objects.filter(office=office, category="paid_service")
            assert {case.manual_key for case in services} == {manual}
            assert services.filter(closed_at__isnull=True).exists()

    def test_the_complaint_contacts_are_known(self) -> None:
        """What the notice at the office's door names (五.1): two telephones, the fax and the address for letters."""
        wanted = {"duty_phone", "centre_hotline", "company_fax", "complaint_email"}
        own = adoption.own_figures(Office.objects.get(code="huayuan"))
        assert all(own["complaint-handling-8"].get(key) for key in wanted)

    def test_one_case_owes_several_manuals_at_once(self) -> None:
        owed = {
            case.number: {
                (row.manual_key, row.clause) for row in obligations.of_case(case) if row.closed_at is None
            }
            for case in Case.objects.filter(office=garden(), closed_at__isnull=True)
        }
        most = max(owed.values(), key=lambda rows: len({manual for manual, _clause in rows}))
        assert {manual for manual, _clause in most} == {
            "entrusted-repair-h", "cuihu-repair-progress", "cuihu-company-rules", "owner-reception-procedure-5",
        }  # fmt: skip
        assert all(clause for _manual, clause in most)

    def test_no_row_was_written_around_the_engine(self, company: Loaded) -> None:
        assert Case.objects.filter(last_seq=0).count() == 0
        assert Case.objects.filter(head="").count() == 0
        opened = Event.objects.filter(seq=1).count()
        planned = Case.objects.filter(links_out__kind="follows").count()
        assert opened == Case.objects.count() == company.cases + company.periods + planned
        handed = Case.objects.filter(category="front_shift", state="handed_over")
        passed = sum(
            len(one.facts["matters"]["passing"]) for one in handed
        )  # a line each in the case passed on
        assert Event.objects.count() == company.actions + company.steps + company.periods + planned + passed
        assert not Event.objects.filter(at__gt=NOW).exists(), "the history ends now"

    def test_every_role_signs_in(self, settings: Settings) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
        settings.AXES_ENABLED = False
        logins = group.demo_logins()
        assert [login.role for login in logins] == [str(role.label) for role in Role]
        assert {login.username for login in logins} >= {
            "zhoumin",
            "hejing",
            "leizhigang",
            "tiandayong",
            "linguodong",
        }
        for login in logins:
            assert authenticate(username=login.username, password=DEMO_PASSWORD) is not None, login.username

    def test_somebody_is_on_duty_now_and_in_a_week(self) -> None:
        for at in (NOW, NOW + timedelta(days=7), NOW - timedelta(days=3, hours=8)):
            assert staff.on_duty(garden(), at, "receptionist") and staff.on_duty(garden(), at, "technician")
        assert "周敏" in [user.name for user in staff.on_duty(garden(), NOW, "receptionist")]

    def test_the_desk_has_something_to_look_at(self) -> None:
        office = garden()
        rows = obligations.worklist(office, now=NOW)
        soon = [row for row in rows if row.due_at and NOW <= row.due_at < NOW + timedelta(minutes=10)]
        assert "天花板" in " ".join(row.case.subject for row in soon)
        late = {row.key for row in obligations.worklist(office, now=NOW, scope="overdue")}
        assert {"arrive", "keep_appointment", "follow_up"} <= late
        assert obligations.worklist(office, now=NOW, scope="paused").count() >= 1
        states = set(Case.objects.filter(office=office).values_list("state", flat=True))
        assert {
            "registered",
            "dispatched",
            "accepted",
            "repairing",
            "reconsent",
            "signing",
            "completed",
        } <= states

    def test_there_is_something_to_count(self) -> None:
        found = monthly.figures(garden(), adoption.adopted(garden(), NOW), "2026-03", NOW)
        repairs = [figure for figure in found if figure.manual_key == "entrusted-repair-h"]
        text = {figure.statistic.key: (figure.count, figure.base) for figure in repairs}
        assert text["requests"][0] > 10 and text["arrived_in_time"][1] > 5
        assert Receipt.objects.filter(office=garden()).exists()

    def test_the_till_is_closed_and_checked_but_for_its_newest_day(self) -> None:
        """Closed by the cashier, signed by finance, with cash at the bank under a slip; what is open is open for somebody."""
        for office in Office.objects.all():
            closes = DayClose.objects.filter(office=office)
            moved = days.open_days(office, NOW.date())
            assert all(not one.moved for one in moved)
            assert all(close.checked_by and close.checked_by != close.closed_by for close in closes)
            assert all(close.day < one.day for close in closes for one in moved)
        assert DayClose.objects.exists() and days.open_days(garden(), NOW.date())

    def test_calls_and_letters_are_there_to_look_at(self) -> None:
        """Owed a call right now, called back, answered out of which a case came; a letter with its answer, letters that wait."""
        office = garden()
        owed = telephone.callbacks(office)
        assert telephone.callbacks_owed(office) == 2
        assert {one.times for one in owed} == {1, 2}, "one number rang twice"
        assert all(NOW < one.due_at < NOW + timedelta(minutes=40) for one in owed)
        calls = Call.objects.filter(office=office)
        assert calls.filter(callback__closed_at__isnull=False).exists()
        assert calls.filter(direction="out", state="answered").exists()
        assert calls.filter(case__isnull=False, agent__isnull=False, state="answered").count() > 5
        assert not calls.filter(begun_at__gt=NOW).exists() and not calls.filter(state="ringing").exists()
        states = Counter(Letter.objects.filter(office=office).values_list("state", flat=True))
        assert states == {"draft": 2, "automatic": 1, "dropped": 1, "registered": 1, "added": 1}
        (letter,) = Letter.objects.filter(state="added")
        assert letter.case and letter.case.letters.count() == 2
        assert letter.text in letter.case.events.get(action="note").data["text"]
        assert {one.unit.code for one in Letter.objects.filter(unit__isnull=False)} == {
            "3-2-1402",
            "5-1-0602",
        }
        assert not mailboxes.mailboxes().exists(), "no worker asks a server that there is not"

    def test_the_front_desk_keeps_its_books(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every shift of the last days signed by its own person and handed over, one of them with open matters; in each
        book something that waits and something done; nobody has to sign before he can look around."""
        books = Case.objects.filter(office=garden(), category="front_shift").order_by("opened_at")
        *past, running = books
        assert running.facts["roster"] == ["周敏"] and running.closed_at is None
        assert len(past) > 9 and {one.state for one in past} == {"handed_over"}
        assert all(f"（{one.facts['roster'][0]}）" in one.facts["signed"][0] for one in books)
        assert any(one.facts["matters_count"] for one in past) and running.facts["entries"]
        monkeypatch.setattr(clock, "now", lambda: NOW)
        client.force_login(User.objects.get(username="zhoumin"))
        for book, waits, done in (
            ("owner-reception-procedure-5/lost_found", "一串钥匙", "一把黑伞"),
            ("owner-reception-procedure-5/visits", "消防通道", "老旧电梯"),
            ("poly-reception-standard/messages", "下午三点到", "开水表间"),
            ("poly-reception-standard/messages", "下午三点到", "已告诉本人"),
        ):
            there = client.get(f"/books/{book}/").content.decode()
            assert waits in there and done not in there
            there = client.get(f"/books/{book}/?scope=done").content.decode()
            assert done in there and waits not in there
        for day in ("2026-03-21", "2026-03-22", "2026-03-23"):
            there = client.get(f"/shift/log/?day={day}&form=shift_book").content.decode()
            assert all(label in there for label in ("早班", "中班", "夜班")), day
        assert client.get("/desk/").status_code == 200

    def test_nothing_goes_out(self) -> None:
        assert not Message.objects.exclude(state=Message.State.SENT).exists()
        for key, label in (("sms", "短信"), ("email", "邮件")):
            assert outbox.CHANNELS[key].label == label and not outbox.CHANNELS[key].stays

    def test_it_is_not_laid_over_other_data(self) -> None:
        before = Event.objects.count()
        with pytest.raises(Problem) as caught:
            load(NOW, **SMALL)
        assert caught.value.code == "DATABASE_NOT_EMPTY"
        assert Event.objects.count() == before


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_company() -> None:
    told = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            adoption.forget()
            load(NOW, seed=seed, days=2, households=20)
            told.append(what_happened())
            transaction.set_rollback(True)
    assert told[0] == told[1] != told[2]


@pytest.mark.django_db
def test_the_household_of_the_pictures() -> None:
    adoption.forget()
    load(NOW, days=1, households=20)
    home = garden().units.get(code="3-2-1502")
    names = set(home.occupancies.values_list("party__name", flat=True))
    assert names == {"王秀兰", "赵国平", "王雨", "王德厚"} and "听力不好" in home.note


@pytest.mark.django_db
@pytest.mark.parametrize("size", [{"days": 0}, {"days": 401}, {"households": 3}, {"households": 20_001}])
def test_a_size_that_is_none(size: dict[str, int]) -> None:
    with pytest.raises(Problem) as caught:
        load(NOW, **{**SMALL, **size})
    assert caught.value.code == "DEMO_SIZE"


@pytest.mark.django_db
def test_not_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Problem) as caught:
        load(NOW, **SMALL)
    assert caught.value.code == "DEMO_IN_PRODUCTION"


@pytest.mark.django_db
def test_interrupted_it_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(NOW, **SMALL, shown=stop)
    assert not User.objects.exists() and not Office.objects.exists()


def test_eight_hundred_flats() -> None:
    assert len(homes.flats(800)) == len(set(homes.flats(800))) == 800
    assert len(set(homes.flats(1234))) == 1234
    named = {
        "-".join((building, stair, number))
        for building, stair, _floor, number in homes.flats(len(homes.NAMED))
    }
    assert named == set(homes.NAMED), "stories find their households in the smallest estate too"


@pytest.mark.django_db
def test_every_call_is_a_repair_of_the_classification(stage: Stage) -> None:
    """What the demo's callers say, the desk understands; what is done about it is on the office's list."""
    load_defaults(stage.office)
    items = {str(item["key"]): str(item["name"]) for item in default_items()}
    table = work.classifications(stage.office)
    for kind in matters():
        calls = calls_of(kind, table, items)
        assert [call.text for call in calls if call.row.category != "repair"] == []
        assert [call.text for call in calls if call.matter.done and call.item not in items.values()] == []
