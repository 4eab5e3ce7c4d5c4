"""guanjia tick: performs what falls due. Any number may run at once."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict
from datetime import datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from guanjia import clock
from guanjia.config import environment as env
from guanjia.engine.advance import advance, next_moment
from guanjia.engine.ticking import BATCH, Ticked, tick
from guanjia.intake.mail.reading import ask_due
from guanjia.intake.telephone.actions import give_up
from guanjia.intake.telephone.queries import next_unheard
from guanjia.jobs import actions as jobs
from guanjia.notify.actions import requeue


class Command(BaseCommand):
    """Runs until it is told to stop; with --once or --until it ends by itself."""

    help = "计时器：到期的应办记超时、按规程提醒和上报，开出周期性应办；可以同时运行几个"

    def add_arguments(self, parser: CommandParser) -> None:
        """--once, --until, --batch, --json."""
        parser.add_argument("--once", action="store_true", help="把现在到期的办完就结束")
        parser.add_argument("--until", metavar="时间", help="沙盘：把时间往前拨到这里，如 2026-04-30T18:00")
        parser.add_argument("--batch", type=int, default=BATCH, help="一次最多取多少件")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """See engine.ticking."""
        if options["until"]:
            self._report(self._move_on(options["until"]), options["json"])
        elif options["once"]:
            self._report(_all_due(options["batch"]), options["json"])
        else:
            self._run(options["batch"])

    def _run(self, batch: int) -> None:
        stopped = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: stopped.set())
        pause = env.number("GUANJIA_TICK_SECONDS")
        while not stopped.is_set():
            close_old_connections()
            give_up(clock.now())
            done = tick(clock.now(), limit=batch)
            requeue(clock.now())
            jobs.requeue()
            ask_due(clock.now())
            if done.steps + done.periods + done.troubles < batch:
                stopped.wait(pause)

    def _move_on(self, text: str) -> Ticked:
        if not settings.SANDBOX:
            raise CommandError("只有沙盘（GUANJIA_SANDBOX=1）可以拨时间。正式运行的时间不能拨。")
        try:
            until = datetime.fromisoformat(text)
        except ValueError:
            raise CommandError(f"「{text}」不是时间，请按 2026-04-30T18:00 的样子写。") from None
        if until.tzinfo is None:
            until = until.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
        if until < clock.now():
            raise CommandError(f"时间只能往前拨，现在是 {clock.now():%Y-%m-%d %H:%M} UTC。")
        done = self._advance(until)
        clock.move_to(until)
        return done

    def _advance(self, until: datetime) -> Ticked:
        def shown(moment: datetime) -> None:
            self.stderr.write(f"{moment:%Y-%m-%d %H:%M} UTC")

        done = Ticked()
        while (moment := next_unheard()) is not None and moment <= until:
            done += advance(moment, shown=shown)
            if not give_up(moment):
                break  # what could not be given up is in the log; the ticker tries again
        done += advance(until, shown=shown)
        return done

    def _report(self, done: Ticked, as_json: bool) -> None:
        following = next_moment()
        if as_json:
            self.stdout.write(json.dumps({**asdict(done), "next_at": following and following.isoformat()}))
            return
        self.stdout.write(
            f"办了 {done.steps} 步，其中超时 {done.misses} 件；开出周期性应办 {done.periods} 件；搁置 {done.troubles} 件。"
        )


def _all_due(batch: int) -> Ticked:
    done = Ticked()
    while True:
        closed = give_up(clock.now())
        some = tick(clock.now(), limit=batch)
        done += some
        if closed + some.steps + some.periods == 0:
            requeue(clock.now())
            jobs.requeue()
            return done
