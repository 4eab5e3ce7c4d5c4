"""People of one name on a shift, or one on it and one who is not: each is himself, by id, whatever he is called."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import perform
from guanjia.engine.advance import advance
from guanjia.engine.schedules import start_schedules
from guanjia.obligations.models import Obligation, State
from guanjia.ops.cards.stage import Stage, build, moment
from guanjia.policy.loader import read
from guanjia.staff import actions as staff
from guanjia.staff.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S001-2-3.6")]


def on(text: str):
    return moment(f"2026-03-{text}")


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([read(settings.MANUALS_ROOT / "poly-reception-standard")], {}, on("24 07:59"))


def namesake(stage: Stage) -> User:
    """Another receptionist of the same name."""
    user = staff.create_user("zhoumin2", stage.person("receptionist").name)
    staff.give_post(user, "receptionist", office=stage.office)
    return user


def shift(stage: Stage, *people: User) -> Case:
    """The book of the shift that these people begin at eight."""
    for user in people:
        staff.add_shift(stage.office, user, "早班", on("24 08:00"), on("24 16:00"))
    start_schedules(stage.office, on("24 07:59"))
    advance(on("24 08:00"), offices=[stage.office.pk])
    return Case.objects.select_related("office").get(category="front_shift")


def sign(book: Case, user: User, at: str) -> None:
    book.refresh_from_db()
    perform(book, "sign_book", actor=user, at=on(at), data={"signer": user.pk, "signed_as": "0117"})


def owed(book: Case) -> dict[int | None, str]:
    """Who owes his signature in the book: person -> open or met."""
    return {row.owner_id: row.state for row in Obligation.objects.filter(case=book, key="sign_book")}


def test_two_of_one_name_on_a_shift_both_sign(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = stage.person("receptionist"), namesake(stage)
    book = shift(stage, one, other)
    assert owed(book) == {one.pk: State.OPEN, other.pk: State.OPEN}
    sign(book, one, "24 08:01")
    assert owed(book) == {one.pk: State.MET, other.pk: State.OPEN}, "one signature is one person's"
    sign(book, other, "24 08:02")
    assert owed(book) == {one.pk: State.MET, other.pk: State.MET}
    monkeypatch.setattr(clock, "now", lambda: on("24 09:00"))
    client = Client()
    client.force_login(one, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/shift/").content.decode()
    assert f"{one.name}（{one.username}）" in page and f"{other.name}（zhoumin2）" in page


def test_who_is_not_on_the_shift_does_not_sign_for_his_namesake(stage: Stage) -> None:
    one, other = stage.person("receptionist"), namesake(stage)
    book = shift(stage, one)
    assert owed(book) == {one.pk: State.OPEN}, "owed by whoever is on the shift, though two have the name"
    sign(book, other, "24 08:01")
    assert owed(book) == {one.pk: State.OPEN}
    sign(book, one, "24 08:02")
    assert owed(book) == {one.pk: State.MET}
