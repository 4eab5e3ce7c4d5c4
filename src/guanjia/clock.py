"""The wall clock, read by the doors and the ticker only. On a sandbox it may be ahead of the real one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def _file() -> Path:
    return Path(settings.HOME) / "sandbox-clock"


def ahead() -> timedelta:
    """How far a sandbox's clock is ahead; nothing elsewhere."""
    if not settings.SANDBOX or not _file().exists():
        return timedelta(0)
    return timedelta(seconds=int(_file().read_text("utf-8").strip() or 0))


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC) + ahead()


def move_to(moment: datetime) -> None:
    """Set a sandbox's clock; it runs on from there."""
    seconds = int((moment - datetime.now(UTC)).total_seconds())
    _file().write_text(str(seconds), "utf-8")


class NowMiddleware:
    """`request.now`: the one moment that a request's page and its action agree on."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = now()  # type: ignore[attr-defined]
        return self.get_response(request)
