"""Short stories of the last days, written as data: what came in, and what was done with it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guanjia.cases.models import Case
from guanjia.engine import Intake
from guanjia.kernel.moments import iso
from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.services import Step, adopt
from guanjia.ops.demo.world import Site, Story, World


@dataclass(frozen=True)
class Scene:
    """A matter: its kind, minutes before now, the how-manieth household (None: the office's own), what was said, how far it came.

    In the data `@now` and `@in90` are times (now, in so many minutes), `@role` is somebody of a role, `@name` the
    resident's name.
    """

    category: str
    minutes: int
    home: int | None
    data: Mapping[str, Any]
    steps: tuple[Step, ...] = ()


Known = Callable[[World, Site, Home, Scene], dict[str, Any]]


def nothing(_world: World, _site: Site, _home: Home, _scene: Scene) -> dict[str, Any]:
    """Nothing is known besides what the scene says."""
    return {}


def take_on(world: World, site: Site, manual: str, at: datetime) -> None:
    """The office adopts a manual on that day."""
    world.start(max(at, world.now), _adopting(world, site, manual))


def play(
    world: World, site: Site, scenes: Iterable[Scene], now: datetime,
    known: Known = nothing,
) -> None:  # fmt: skip
    """Put every scene into the queue that lies within the simulated time and has its household."""
    for scene in scenes:
        at = now - timedelta(minutes=scene.minutes)
        if at > world.now and len(site.homes) > (scene.home or 0):
            home = None if scene.home is None else site.homes[scene.home]
            world.start(at, _life(world, site, home, scene, known))


def _adopting(world: World, site: Site, manual: str) -> Story:
    yield world.now
    adopt(world, site, manual)


def _life(world: World, site: Site, home: Home | None, scene: Scene, known: Known) -> Story:
    """From the first word as far as the steps go."""
    yield world.now
    desk = site.crew.desk(world.now)
    data, intake = dict(scene.data), Intake()
    if home is not None:
        data = {"channel": "phone", **data, "unit": home.code, "contact_name": home.party.name}
        data |= known(world, site, home, scene)
        intake = Intake(party=home.party)
    case = world.open_kind(scene.category, site, desk, _filled(world, site, home, data), intake)
    for minutes, who, action, form in scene.steps:
        yield world.now + timedelta(minutes=minutes)
        case = _step(world, site, home, case, who, action, form)


def _step(
    world: World, site: Site, home: Home | None, case: Case, who: str, action: str, form: Mapping[str, Any]
) -> Case:
    actor = site.crew.desk(world.now) if who == "desk" else site.crew.one(who)
    return world.do(case, action, actor, **_filled(world, site, home, form))


def _filled(world: World, site: Site, home: Home | None, form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(world, site, home, value) for name, value in form.items()}


def _value(world: World, site: Site, home: Home | None, value: Any) -> Any:
    if isinstance(value, dict):
        return _filled(world, site, home, value)
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    word = value[1:]
    if word == "name" and home is not None:
        return home.party.name
    if word == "now" or word.startswith("in"):
        return iso(world.now + timedelta(minutes=int(word[2:] or 0) if word != "now" else 0))
    return site.crew.one(word).pk
