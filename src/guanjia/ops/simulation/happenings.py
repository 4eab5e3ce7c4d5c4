"""What happens in an estate in a year, whatever manuals its office works under: the same seed gives the same happenings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

# category -> (how many a household and year, what is said)
KINDS: dict[str, tuple[float, tuple[str, ...]]] = {
    "repair": (1.2, ("厨房龙头滴水", "厕所下水堵了", "客厅跳闸没电", "卫生间顶上渗水", "门锁打不开", "楼道灯不亮", "阳台栏杆松了", "水管爆了")),
    "paid_service": (0.25, ("擦窗户", "换灯具", "疏通下水")),
    "enquiry": (0.5, ("问停车怎么办月卡", "问装修要办什么手续", "问什么时候交管理费", "找客服主管说件事")),
    "complaint": (0.15, ("夜里施工吵", "楼道垃圾没人扫", "收费不清楚", "保安态度不好", "停水没有通知", "旁边工地灰尘大")),
    "help": (0.05, ("老人摔倒了", "门口有人打架", "家里进了小偷")),
    "suggestion": (0.04, ("建议多放几个垃圾桶", "建议大堂放把椅子")),
    "praise": (0.04, ("维修师傅很认真", "保安帮忙提东西")),
    "other": (0.04, ("捡到一串钥匙", "邻居的狗没拴")),
    "after_sales": (0.06, ("外墙有裂缝", "入户门变形")),
}  # fmt: skip
CHANNELS = (("phone", 60), ("counter", 25), ("web", 8), ("email", 4), ("letter", 3))
# the hour of the day at which somebody speaks up: mostly by day, some in the evening, a few at night
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 14, 10, 8, 9, 12, 12, 10, 9, 9, 10, 8, 5, 3, 2)
RAIN = 0.3  # of the days
LIFT = "3栋电梯又困人了，老是坏"
LIFT_HOMES, LIFT_DAY = 6, 75  # households that complain of the same lift, on which day of the year


@dataclass(frozen=True)
class Happening:
    """One thing that somebody tells the office; home: which household, by number; `seed` decides how it is dealt with.

    category `rain` is a day on which it rained.
    """

    at: datetime
    category: str
    home: int
    channel: str
    matter: str
    seed: int


def year_of(year: int, homes: int, seed: int, zone: ZoneInfo) -> list[Happening]:
    """Every happening of a year in order of time."""
    rng = Random(seed)  # noqa: S311 - a simulation, no secret
    found = [*_told(rng, year, homes, zone), *_rain(rng, year, zone), *_lift(rng, year, homes, zone)]
    return sorted(found, key=lambda one: (one.at, one.seed))


def _told(rng: Random, year: int, homes: int, zone: ZoneInfo) -> Iterator[Happening]:
    for category, (rate, words) in KINDS.items():
        for _n in range(round(rate * homes)):
            yield Happening(
                _moment(rng, _day(year, rng.randrange(_days(year))), zone), category, rng.randrange(homes),
                _channel(rng), rng.choice(words), rng.getrandbits(48),
            )  # fmt: skip


def _rain(rng: Random, year: int, zone: ZoneInfo) -> Iterator[Happening]:
    for number in range(_days(year)):
        if rng.random() < RAIN:
            at = datetime.combine(_day(year, number), time(17, 30), zone)
            yield Happening(at, "rain", 0, "staff", "今天下雨", rng.getrandbits(48))


def _lift(rng: Random, year: int, homes: int, zone: ZoneInfo) -> Iterator[Happening]:
    """Neighbours who complain of one thing within two days."""
    begins = datetime.combine(_day(year, LIFT_DAY), time(9), zone)
    for home in rng.sample(range(homes), min(LIFT_HOMES, homes)):
        at = begins + timedelta(minutes=rng.randrange(30 * 60))
        yield Happening(at, "complaint", home, "phone", LIFT, rng.getrandbits(48))


def _channel(rng: Random) -> str:
    return rng.choices([word for word, _n in CHANNELS], [n for _word, n in CHANNELS])[0]


def _moment(rng: Random, day: date, zone: ZoneInfo) -> datetime:
    hour = rng.choices(range(24), HOURS)[0]
    return datetime.combine(day, time(hour, rng.randrange(60)), zone)


def _day(year: int, number: int) -> date:
    return date(year, 1, 1) + timedelta(days=number)


def _days(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
