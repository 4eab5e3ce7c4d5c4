"""The site's own inbox, and when a message may come at all."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.notify import actions, queries
from guanjia.notify.channels import CHANNELS
from guanjia.notify.quiet import next_allowed
from guanjia.staff.models import User

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def tell(office, reader, key: str, **over: object):
    asked = {
        "subject": f"派单 {key}",
        "body": "请到场",
        "to_user": reader,
        "now": NOON,
        "reference": "case:1",
    } | over
    return actions.enqueue(office, key=key, **asked)


@pytest.mark.django_db
def test_read_and_unread(office, reader, django_assert_num_queries) -> None:
    other = User.objects.create(username="tian", name="田大勇")
    messages = [tell(office, reader, f"k{n}", now=NOON + timedelta(minutes=n)) for n in range(3)]
    mine = tell(office, other, "other")
    assert messages[0].state == "sent", "it is there as soon as its transaction is"
    late = NOON + timedelta(hours=1)
    assert queries.unread(reader, now=late) == 3
    for page_of in (1, 2):
        with django_assert_num_queries(2):
            page = queries.inbox(reader, now=late, page=page_of, size=2)
            [message.office.name for message in page]
    assert [message.subject for message in queries.inbox(reader, now=late)] == [
        "派单 k2",
        "派单 k1",
        "派单 k0",
    ]
    assert actions.mark_read(reader, [messages[0].pk, messages[1].pk, mine.pk], now=late) == 2
    assert actions.mark_read(reader, [messages[0].pk], now=late + timedelta(days=1)) == 0
    assert (queries.unread(reader, now=late), queries.unread(other, now=late)) == (1, 1)
    assert len(queries.messages_of(office, "case:1")) == 4


@pytest.mark.django_db
def test_what_is_held_back_is_not_shown_yet(office, reader) -> None:
    morning = NOON + timedelta(hours=20)
    tell(office, reader, "night", not_before=morning)
    assert queries.unread(reader, now=morning - timedelta(seconds=1)) == 0
    assert list(queries.inbox(reader, now=NOON)) == []
    assert queries.unread(reader, now=morning) == 1


@pytest.mark.django_db
def test_a_quiet_message_waits_for_the_morning(office, reader) -> None:
    night, morning = datetime(2026, 3, 24, 15, 0, tzinfo=UTC), datetime(2026, 3, 25, 0, 0, tzinfo=UTC)
    assert tell(office, reader, "night", now=night, quiet=True).not_before == morning
    assert tell(office, reader, "loud", now=night).not_before is None
    assert tell(office, reader, "noon", quiet=True).not_before is None
    assert [message.subject for message in queries.inbox(reader, now=night)] == ["派单 loud", "派单 noon"]
    assert queries.unread(reader, now=morning) == 3


@pytest.mark.django_db
def test_a_key_belongs_to_its_office_and_its_words(office, reader) -> None:
    first = tell(office, reader, "k")
    assert tell(office, reader, "k", now=NOON + timedelta(minutes=1)).pk == first.pk
    with pytest.raises(Problem) as caught, transaction.atomic():
        tell(office, reader, "k", body="别的")
    assert (caught.value.code, caught.value.status) == ("KEY_REUSED", 409)
    other = Office.objects.create(
        company=Company.objects.get(), code="plaza", name="广场管理处", estate_name="广场"
    )
    assert tell(other, reader, "k").pk != first.pk
    assert queries.messages_of(other, "case:1") != queries.messages_of(office, "case:1")


@pytest.mark.django_db
def test_who_is_told_how(office, reader, settings) -> None:
    settings.CHANNELS = []
    assert tell(office, reader, "person").channel == "inbox"
    number = tell(office, None, "number", to_phone="13800001234")
    assert (number.channel, number.state) == ("sms", "failed"), "there is no gateway"
    for nobody in ({}, {"channel": "sms"}, {"channel": "inbox"}):
        with pytest.raises(ValueError, match="receiver"):
            tell(office, None, "nobody", **nobody)
    assert queries.troubled(office) == 1
    assert [message.channel for message in queries.outbox(office)] == ["sms"]
    assert list(queries.outbox(office, state="sent")) == []
    assert [message.to_phone for message in queries.outbox(office, search="1380000 派单")] == ["13800001234"]


@pytest.mark.django_db
def test_a_group_is_told_once_what_several_people_are_told(office, reader, settings) -> None:
    settings.CHANNELS = ["json://127.0.0.1:9/hook"]
    people = [reader, *(User.objects.create(username=f"u{n}", name=f"某{n}") for n in range(2))]
    told = [tell(office, person, f"k{person.pk}", subject="急修") for person in people]
    assert [message.channel for message in told] == ["apprise", "inbox", "inbox"]
    assert tell(office, people[1], told[1].key, subject="急修").pk == told[1].pk
    assert all(queries.unread(person, now=NOON) == 1 for person in people)
    assert tell(office, reader, "later", subject="急修", now=NOON + timedelta(minutes=1)).channel == "apprise"


def test_the_registry_says_what_it_holds() -> None:
    assert [(key, channel.key, channel.label) for key, channel in CHANNELS.items()] == [
        ("inbox", "inbox", "站内"), ("apprise", "apprise", "群机器人"), ("sms", "sms", "短信"),
        ("email", "email", "邮件"),
    ]  # fmt: skip


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times(),
    st.times(),
    st.sampled_from([SHANGHAI, LORD_HOWE]),
)
def test_a_message_never_comes_in_the_quiet_hours(
    now: datetime, begins: time, ends: time, zone: ZoneInfo
) -> None:
    at = next_allowed(now, zone, begins=begins, ends=ends)
    assert now <= at <= now + timedelta(hours=25)
    clock = at.astimezone(zone).time()
    if at != now:
        assert clock == ends or zone is LORD_HOWE  # an end that the clocks skip is taken half an hour later
    elif begins < ends:
        assert not begins <= clock < ends
    elif begins > ends:
        assert ends <= clock < begins


def test_the_night_ends_at_eight() -> None:
    assert next_allowed(NOON, SHANGHAI) == NOON
    assert next_allowed(datetime(2026, 3, 24, 15, 30, tzinfo=UTC), SHANGHAI) == datetime(
        2026, 3, 25, 0, 0, tzinfo=UTC
    )
    assert next_allowed(datetime(2026, 3, 24, 23, 59, tzinfo=UTC), SHANGHAI) == datetime(
        2026, 3, 25, 0, 0, tzinfo=UTC
    )
    assert next_allowed(datetime(2026, 3, 25, 0, 0, tzinfo=UTC), SHANGHAI) == datetime(
        2026, 3, 25, 0, 0, tzinfo=UTC
    )
