"""What the address, or a form that repeats it, asks of the list of payment requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from guanjia.reports import requests as reading
from guanjia.web.doors import OfficeRequest


class Narrows(TypedDict):
    """The arguments of `reports.requests.requests` that narrow it."""

    search: str
    period: str
    scope: str
    state: str


@dataclass(frozen=True)
class Asked:
    """Search, month, scope and state."""

    search: str
    month: str
    scope: str
    state: str

    @property
    def narrows(self) -> Narrows:
        """As the reading takes it."""
        return Narrows(search=self.search, period=self.month, scope=self.scope, state=self.state)

    @property
    def wide(self) -> Narrows:
        """The same in whatever state."""
        return Narrows(search=self.search, period=self.month, scope=self.scope, state="")

    def of_state(self, standing: Iterable[reading.Standing]) -> list[reading.Standing]:
        """Those in the state that is asked for; all when none is."""
        return [one for one in standing if self.state in ("", one.state)]


def asked_of(request: OfficeRequest) -> Asked:
    """What is asked for; a scope that does not exist is what is open."""
    found = request.POST if request.method == "POST" else request.GET
    scope = found.get("scope", "open")
    return Asked(
        found.get("q", "").strip(),
        found.get("month", "").strip()[:10],
        scope if scope in reading.SCOPES else "open",
        found.get("state", "").strip()[:40],
    )
