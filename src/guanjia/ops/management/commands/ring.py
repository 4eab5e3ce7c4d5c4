"""guanjia ring: plays a telephone system against a running server."""

from __future__ import annotations

import json
import time
import urllib.request
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError, URLError

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.intake.telephone import trial
from guanjia.intake.telephone.actions import Heard
from guanjia.kernel.problem import Problem
from guanjia.ops import group


class Command(BaseCommand):
    """One call: it rings, and is answered, missed or left ringing."""

    help = "模拟电话系统：向运行中的管家报告一通来电，试接线用"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, from where, what becomes of it."""
        parser.add_argument("number", help="对方的号码；写 - 为隐藏号码")
        parser.add_argument("--line", required=True, help="打的哪条线路")
        parser.add_argument("--key", required=True, help="线路的密钥，见 guanjia line add")
        parser.add_argument("--url", default="", help="管家的网址，不写为本机")
        parser.add_argument("--extension", default="", help="响哪个分机")
        parser.add_argument("--rings", type=int, default=2, help="响几声，默认 2")
        parser.add_argument("--answer", action="store_true", help="响过以后接起，再挂断")
        parser.add_argument("--miss", action="store_true", help="响过以后没接到")
        parser.add_argument("--out", action="store_true", help="本处打出去的")
        parser.add_argument("--talk", type=int, default=0, help="接起以后讲几秒")
        parser.add_argument("--call-id", default="", help="这通电话的编号；不写为新的一通")
        parser.add_argument("--twice", action="store_true", help="每个事件发两次，看重复有没有影响")
        parser.add_argument("--at-once", action="store_true", help="不等铃声，时间照样写")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sends the events one after another."""
        begun = clock.now()
        talk = timedelta(seconds=options["talk"])
        if options["at_once"]:
            begun -= trial.RING * options["rings"] + talk  # nothing happens in the future
        first = Heard(
            options["call_id"] or f"sim-{begun:%Y%m%d%H%M%S%f}", "ringing", begun, options["line"],
            "" if options["number"] == "-" else options["number"], options["extension"],
            direction="out" if options["out"] else "in",
        )  # fmt: skip
        ending = "answered" if options["answer"] else "missed" if options["miss"] else ""
        waited = timedelta()
        for after, heard in trial.reports(first, options["rings"], ending, talk):
            if not options["at_once"]:
                time.sleep((after - waited).total_seconds())
                waited = after
            for _time in range(2 if options["twice"] else 1):
                answer = send(options["url"] or group.address(), options["key"], trial.payload(heard))
                self.stdout.write(
                    f"{heard.event:<9}{answer['state']}{'（重复）' if answer['repeated'] else ''}"
                )


def send(url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Reports one event. Raises Problem with what the server says, or RING_UNREACHABLE."""
    request = urllib.request.Request(
        f"{url.rstrip('/')}/api/v1/telephone/events",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))
    except HTTPError as refused:
        said = json.load(refused)
        raise Problem(said["code"], said["message"], said["hint"]) from None
    except (URLError, OSError) as trouble:
        raise Problem("RING_UNREACHABLE", f"连不上 {url}：{trouble}。", "先运行 guanjia run。") from None
