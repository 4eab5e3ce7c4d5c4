"""The cashier's days: cash to the bank in the afternoon, counted and closed the next morning, checked by finance.

Everything but the newest day is closed, so that whoever opens the demo has one to close. The dice are a till's own: the rest
of the demo falls as it would without it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from guanjia.ledger import actions, days
from guanjia.ops.demo.world import Site, Story, World
from guanjia.staff.models import User
from guanjia.worktime.arithmetic import next_opening

DAY = timedelta(days=1)
ENOUGH_FEN, FLOAT_FEN = 30000, 10000
BANKS = ("工行翠湖支行", "建行翠湖支行")
SHORT = ("找零差错，少收一元", "找零差错，当日少五角")


def tills(world: World, site: Site) -> None:
    """Put every past day of an office's till into the queue: its deposit, its close, its check."""
    rng = Random(f"till {site.office.code}")
    day, today = site.local(world.now).date(), site.local(world.until).date()
    while day < today:
        world.start(_at(site, day, 15, rng.randrange(10, 50)), _bank(world, site, day, rng))
        if day < today - DAY:
            world.start(_at(site, day + DAY, 8, rng.randrange(32, 55)), _close(world, site, day, rng))
        day += DAY


def _at(site: Site, day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=site.crew.zone)


def _there(site: Site, user: User, at: datetime) -> datetime:
    """The moment, or when the office next works and the person is back."""
    while (later := next_opening(site.calendar, site.crew.back(user, at)).at) > at:
        at = later + timedelta(minutes=20)
    return at


def _bank(world: World, site: Site, day: date, rng: Random) -> Story:
    """When there is enough in the till, all but a float in whole hundreds goes to the bank."""
    cashier = site.crew.one("cashier")
    slip, bank = f"HD{day:%m%d}{rng.randrange(1000):03d}", rng.choice(BANKS)
    yield world.now
    if _there(site, cashier, world.now) > world.now:
        return
    left = days.cash_fen(site.office)
    if left >= ENOUGH_FEN:
        actions.deposit_cash(
            site.office, amount_fen=(left - FLOAT_FEN) // 10000 * 10000, slip=slip, memo=bank,
            key=f"demo-bank:{day}", at=world.now, actor=cashier,
        )  # fmt: skip


def _close(world: World, site: Site, day: date, rng: Random) -> Story:
    """Counted in the morning, closed, and signed for by finance the same day."""
    cashier, finance = site.crew.one("cashier"), site.crew.one("finance")
    short, minutes = rng.randrange(25) == 0, rng.randrange(25, 90)
    yield _there(site, cashier, world.now)
    begins, ends = (_at(site, one, 0, 0) for one in (day, day + DAY))
    if not days.moves_of(site.office, begins, ends).exists():
        return
    if days.count_covering(site.office, day) is None:
        _count(world, site, cashier, day, rng if short else None)
    close = actions.close_day(site.office, day, at=world.now, actor=cashier)
    yield _there(site, finance, world.now + timedelta(minutes=minutes))
    if not days.moved_since(close):
        actions.check_day(close, at=world.now, actor=finance)


def _count(world: World, site: Site, cashier: User, day: date, rng: Random | None) -> None:
    """What lies in the till, by notes and coins; with dice a little less than it should be."""
    total = days.cash_fen(site.office)
    reason = ""
    if rng and total > 1000:
        reason = rng.choice(SHORT)
        total -= 100 if reason == SHORT[0] else 50
    notes, rest = {}, total
    for fen in days.DENOMINATIONS:
        notes[fen], rest = divmod(rest, fen)
    actions.count_cash(
        site.office, counted_fen=total, notes={} if rest else notes, reason=reason, key=f"demo-count:{day}",
        at=world.now, actor=cashier,
    )  # fmt: skip
