"""What is rolled back is never sent; what is committed is sent once; what fails is tried again and written down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from guanjia.kernel.problem import Problem
from guanjia.notify import actions
from guanjia.notify.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


def work() -> None:
    """Run the worker until its queue is empty."""
    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)


def send(office, key: str = "k1", **over: object) -> Message:
    asked = {
        "subject": "急修 3-2-1502",
        "body": "厨房水管爆裂",
        "channel": "apprise",
        "now": timezone.now(),
    } | over
    return actions.enqueue(office, key=key, **asked)


@pytest.fixture
def hook(endpoint, settings):
    settings.CHANNELS = [endpoint.url()]
    return endpoint


def test_a_committed_message_goes_out_once(office, hook) -> None:
    with transaction.atomic():
        message = send(office)
        assert send(office).pk == message.pk
    work()
    work()
    assert [(path, body["title"], body["message"]) for path, body in hook.got] == [
        ("/hook", "急修 3-2-1502", "厨房水管爆裂")
    ]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.trouble) == ("sent", 1, "")
    assert message.sent_at is not None and message.next_try_at is None


def test_a_rolled_back_message_was_never_there(office, hook) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        send(office)
        assert DBTaskResult.objects.count() == 1
        raise RuntimeError("the change behind it failed")
    assert (Message.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    work()
    assert hook.got == []


def test_a_failure_is_written_down_and_tried_again(office, hook) -> None:
    hook.answers = [500, 502]
    message = send(office)
    begun = timezone.now()
    work()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert "500" in message.trouble
    assert message.next_try_at >= begun + actions.RETRY_AFTER[0]
    waiting = DBTaskResult.objects.get(status="READY")
    assert waiting.run_after == message.next_try_at, "the worker takes it up by itself"
    assert actions.deliver(message.pk, now=message.next_try_at - timedelta(seconds=1)) is None, (
        "not before its time"
    )
    again = actions.deliver(message.pk, now=message.next_try_at)
    assert again is not None and (again.state, again.attempts) == ("waiting", 2)
    assert again.next_try_at - message.next_try_at == actions.RETRY_AFTER[1]
    done = actions.deliver(message.pk, now=again.next_try_at)
    assert done is not None and (done.state, done.attempts, done.trouble) == ("sent", 3, "")
    assert len(hook.got) == 3


def test_after_the_last_try_it_is_shown_as_not_sent(office, hook) -> None:
    hook.answers = [500] * 20
    message = send(office)
    for _ in range(20):
        message.refresh_from_db()
        if message.state != "waiting":
            break
        actions.deliver(message.pk, now=message.next_try_at)
    assert (message.state, message.attempts, message.next_try_at) == (
        "failed",
        len(actions.RETRY_AFTER) + 1,
        None,
    )
    hook.answers = []
    now = timezone.now()
    actions.resend(message, now=now)
    work()
    message.refresh_from_db()
    assert message.state == "sent"
    with pytest.raises(Problem) as caught:
        actions.resend(message, now=now)
    assert caught.value.code == "MESSAGE_NOT_FAILED"


def test_two_workers_at_once_send_once(office, hook) -> None:
    message = send(office)
    barrier = Barrier(4)

    def turn(_: int) -> bool:
        barrier.wait()
        try:
            return actions.deliver(message.pk, now=timezone.now()) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(turn, range(4))) == [False, False, False, True]
    assert len(hook.got) == 1


def test_one_key_at_once_is_one_message(office, hook) -> None:
    barrier = Barrier(4)
    now = timezone.now()

    def turn(_: int) -> int:
        barrier.wait()
        try:
            return send(office, now=now).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(turn, range(4)))) == 1
    work()
    assert len(hook.got) == 1


def test_quiet_hours_hold_it_back(office, hook) -> None:
    morning = timezone.now() + timedelta(hours=9)
    message = send(office, not_before=morning)
    assert DBTaskResult.objects.get().run_after == morning
    work()
    assert hook.got == []
    assert actions.deliver(message.pk, now=morning - timedelta(seconds=1)) is None
    assert actions.deliver(message.pk, now=morning).state == "sent"


def test_what_a_dead_worker_left_is_taken_up_again(office, hook) -> None:
    message = send(office)
    DBTaskResult.objects.all().delete()
    now = message.next_try_at
    assert actions.requeue(now + timedelta(minutes=1)) == 0, "a worker may just be busy"
    assert actions.requeue(now + actions.LOST_AFTER) == 1
    assert actions.requeue(now + actions.LOST_AFTER) == 0, "once"
    assert DBTaskResult.objects.count() == 1
    # a worker that dies while it sends holds its turn for a lease only
    Message.objects.update(attempts=1, next_try_at=now + actions.LEASE)
    assert actions.deliver(message.pk, now=now + timedelta(minutes=5)) is None
    assert actions.deliver(message.pk, now=now + actions.LEASE).state == "sent"


def test_an_address_that_had_it_does_not_get_it_again(office, endpoint, settings) -> None:
    settings.CHANNELS = [endpoint.url("/one"), endpoint.url("/two")]
    endpoint.answers = [200, 500]
    message = send(office)
    work()
    message.refresh_from_db()
    assert message.state == "waiting"
    assert not any("127.0.0.1" in mark for mark in message.served)
    actions.deliver(message.pk, now=message.next_try_at)
    assert [path for path, _ in endpoint.got] == ["/one", "/two", "/two"]


def test_a_text_message_goes_to_its_number(office, endpoint, settings) -> None:
    settings.CHANNELS = [endpoint.url("/group"), endpoint.url("/sms/{phone}")]
    send(office, channel="sms", to_phone="13800001234")
    work()
    assert [path for path, _ in endpoint.got] == ["/sms/13800001234"]


@pytest.mark.parametrize("phone", ["138@evil", "1380000/../x", "１３８００００１２３４", "123"])
def test_a_number_that_is_none_never_leaves(office, endpoint, settings, phone) -> None:
    settings.CHANNELS = [endpoint.url("/sms/{phone}")]
    message = send(office, channel="sms", to_phone=phone)
    assert (message.state, message.trouble) == ("failed", "没有可用的手机号。")
    assert not DBTaskResult.objects.exists()


def test_without_a_gateway_it_is_kept_as_not_sent(office, settings) -> None:
    settings.CHANNELS = []
    assert "GUANJIA_CHANNELS" in send(office).trouble
    assert send(office, key="k2", channel="sms", to_phone="13800001234").state == "failed"
    settings.CHANNELS = ["nonsense://"]
    message = send(office, key="k3")
    work()
    message.refresh_from_db()
    assert "无法识别" in message.trouble


def test_nobody_listens(office, settings, endpoint) -> None:
    url = endpoint.url()
    endpoint.server.server_close()
    settings.CHANNELS = [url.replace(str(endpoint.server.server_port), "9")]
    message = send(office)
    work()
    message.refresh_from_db()
    assert message.state == "waiting" and message.trouble


def test_a_naive_time_is_a_programmers_error(office) -> None:
    with pytest.raises(ValueError, match="naive"):
        send(office, now=datetime(2026, 3, 24))  # noqa: DTZ001
    with pytest.raises(KeyError):
        send(office, channel="pigeon")
