"""How long pages and lists take, at a thousand cases and at the size of the archive: the first is the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from guanjia.adoption import queries as adoption
from guanjia.ops.bench.clockwork import p95, times
from guanjia.ops.bench.world import World
from guanjia.reports import monthly

BACKEND = "django.contrib.auth.backends.ModelBackend"


@contextmanager
def addresses() -> Iterator[None]:
    """The pages answer as in the office, over http to this process."""
    with override_settings(
        ALLOWED_HOSTS=["localhost"],
        SECURE_SSL_REDIRECT=False,
        AXES_ENABLED=False,
        STORAGES={**settings.STORAGES, **PLAIN},
    ):
        yield


PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


class Doors:
    """A receptionist at the desk and a case of today that she looks at, among `open_cases` that are not closed."""

    def __init__(self, world: World, open_cases: int) -> None:
        self.world = world
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(world.who("receptionist"), backend=BACKEND)
        began = world.now - timedelta(hours=3)
        for number in range(open_cases):
            case = world.call(number, began + timedelta(seconds=number * 20))
            self.case, _at = world.walk(case, began + timedelta(seconds=number * 20), steps=number % 6)

    def spent(self, count: int) -> dict[str, float]:
        """Milliseconds within which 95 of 100 answers came, by the name of the measure."""
        api = f"/api/v1/offices/{self.world.office.code}/worklist"
        return {
            "worklist_page": p95(times(self._asks(reverse("desk-worklist")), count)),
            "case_page": p95(times(self._asks(reverse("case", args=[self.case.number])), count)),
            "api_list": p95(times(self._asks(api), count)),
            "monthly_report": p95(times(self._month(), max(count // 2, 5))),
        }

    def _asks(self, address: str) -> Callable[[int], None]:
        def ask(_number: int) -> None:
            answer = self.client.get(address)
            if answer.status_code != 200:  # noqa: PLR2004 - a refusal is quick, and no measure
                raise RuntimeError(f"{address}: {answer.status_code}")

        return ask

    def _month(self) -> Callable[[int], object]:
        """All statistics of the month that has a thousand cases."""
        world = self.world
        adopted = adoption.adopted(world.office, world.now)
        return lambda _number: monthly.figures(world.office, adopted, world.period, world.now)
