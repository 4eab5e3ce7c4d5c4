"""Whether two households speak of the same thing: by place, time and words. Pure; says why.

Words of a caller become topics: things that several households share (a lift, the water), signs of what is wrong with
them, words of the office's own classification, and pairs of characters of what is left. Two texts that share no known
word may still meet in their pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

# What several households share, and other words for it. What is not bound to a building comes in WIDE as well.
THINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "电梯": ("电梯", "客梯", "升降机", "直梯", "货梯"),
        "停水": ("停水", "没水", "没有水", "断水", "不来水", "无水"),
        "停电": ("停电", "没电", "没有电", "断电"),
        "水质": ("水质", "黄水", "水发黄", "水黄", "水浑", "自来水有味"),
        "供暖": ("暖气", "供暖", "采暖", "供热"),
        "热水": ("热水", "中央热水"),
        "门禁": ("门禁", "单元门", "刷卡", "刷脸", "可视对讲", "对讲"),
        "公共照明": ("路灯", "楼道灯", "走廊灯", "感应灯", "声控灯", "楼梯灯"),
        "车库": ("车库", "地库", "停车场"),
        "道闸": ("道闸", "闸机", "抬杆", "拦车杆"),
        "停车": ("停车", "车位", "乱停", "堵车", "占道"),
        "垃圾": ("垃圾",),
        "异味": ("异味", "臭味", "臭气", "恶臭", "很臭", "发臭"),
        "噪音": ("噪音", "噪声", "吵", "扰民", "喧哗", "音响"),
        "广场舞": ("广场舞", "跳舞"),
        "装修": ("装修", "电钻", "施工"),
        "消防": ("消防", "火警", "报警器"),
        "监控": ("监控", "摄像头"),
        "绿化": ("绿化", "草坪", "树枝", "杂草"),
        "保洁": ("保洁", "打扫", "没人扫", "卫生"),
        "污水": ("污水", "积水", "反水", "下水道", "井盖", "化粪池"),
        "外墙": ("外墙", "墙皮", "瓷砖脱落"),
        "保安": ("保安", "安管员", "门岗", "陌生人"),
        "高空抛物": ("高空抛物", "抛物", "扔东西"),
        "狗": ("狗", "犬"),
        "收费": ("物业费", "管理费", "乱收费", "涨价", "公摊"),
        "泳池": ("泳池", "游泳池"),
        "健身设施": ("健身器材", "健身房", "儿童乐园", "滑梯"),
        "蚊虫": ("蚊子", "老鼠", "蟑螂", "白蚁"),
    }
)
WIDE = frozenset(
    {"停水", "停电", "水质", "供暖", "热水", "收费", "保安", "广场舞", "车库", "道闸", "泳池", "停车"}
)
SIGNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "坏了": (
            "坏",
            "停运",
            "停了",
            "又停",
            "不动",
            "故障",
            "失灵",
            "不能用",
            "用不了",
            "没反应",
            "打不开",
            "罢工",
        ),
        "困人": ("困", "关在里面"),
        "漏水": ("漏", "渗"),
        "脏": ("脏", "没人扫", "没打扫"),
        "没人管": ("没人管", "没人修", "没人来", "不处理", "没人理"),
        "反复": ("三天两头", "经常", "老是", "总是", "反复", "两次", "两回", "几次", "几回", "好几次"),
        "半夜": ("半夜", "夜里", "凌晨", "深夜", "晚上"),
    }
)
AREAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "大堂": ("大堂", "门厅"),
        "地下车库": ("地下车库", "车库", "地库"),
        "停车场": ("停车场",),
        "天台": ("天台", "楼顶", "屋顶"),
        "花园": ("花园", "中庭", "草坪"),
        "广场": ("广场",),
        "大门口": ("大门口", "小区门口", "正门", "北门", "南门", "东门", "西门"),
        "垃圾房": ("垃圾房", "垃圾站"),
        "泳池": ("泳池", "游泳池"),
        "会所": ("会所",),
    }
)
# Longer words in which one of those means something else, or something in one home only.
OWN = ("卫生间", "卫生纸", "热水器", "插座没电", "插座没有电", "开关没电", "门锁没电", "遥控器没电", "电池没电")  # fmt: skip
_EMPTY = (
    "投诉", "反映", "你们", "我们", "我家", "物业", "管理处", "请", "麻烦", "怎么", "什么", "时候", "一直", "已经", "还是",
    "没有", "这个", "那个", "今天", "昨天", "现在", "了", "的", "是", "在", "和", "也", "都", "又", "很", "太", "就", "有",
    "我", "你", "他", "这", "那", "到", "去", "来", "说", "要", "把", "被", "个", "家", "栋", "单元", "楼", "号",
)  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
MOST_PAIRS = 12
ENOUGH = 50
LEAST_WORDS = 3  # of the office's words and pairs, where no shared thing is named
_SOON, _DAY = timedelta(hours=2), timedelta(hours=24)


@dataclass(frozen=True)
class Said:
    """What a text speaks of. heard: topic -> the word in which it was said."""

    things: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    heard: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def topics(self) -> frozenset[str]:
        """All by which another one may be found. Signs alone find nothing: much is broken in a month."""
        return self.things | self.words | self.pairs


@dataclass(frozen=True)
class Report:
    """One household's words. household, building: ids or None; at: aware; public: only shared things count (a repair)."""

    said: Said
    at: datetime
    household: int | None = None
    building: int | None = None
    stair: str = ""
    place_name: str = ""
    public: bool = False


@dataclass(frozen=True)
class Likeness:
    """How alike two reports are, and why. words: as they are shown; place: where; apart: the time between them."""

    score: int
    words: tuple[str, ...]
    place: str
    apart: timedelta


def listen(text: str, own: Iterable[str] = ()) -> Said:
    """The topics of a text; own: words of the office's classification."""
    text = unicodedata.normalize("NFKC", text).lower()
    heard: dict[str, str] = {}
    shared = _finder(frozenset(OWN)).sub(" ", text)
    things = _named(shared, THINGS, heard)
    signs = _named(text, SIGNS, heard)
    areas = _named(text, AREAS, heard)
    finder = _finder(frozenset(own))
    known = {word for words in (*THINGS.values(), *SIGNS.values(), *AREAS.values()) for word in words}
    words = frozenset(found for found in finder.findall(text) if found not in known and found not in _EMPTY)
    rest = _finder(frozenset((*known, *words, *_EMPTY))).sub(" ", text)
    pairs: dict[str, None] = {}
    for run in _HAN.findall(rest):
        pairs |= dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1))
    return Said(things, signs, words, frozenset(list(pairs)[:MOST_PAIRS]), areas, heard)


def _named(text: str, table: Mapping[str, tuple[str, ...]], heard: dict[str, str]) -> frozenset[str]:
    found = set()
    for topic, words in table.items():
        if word := next((word for word in words if word in text), ""):
            found.add(topic)
            heard.setdefault(topic, word)
    return frozenset(found)


@lru_cache(maxsize=64)
def _finder(words: frozenset[str]) -> re.Pattern[str]:
    """Finds words, the longest first; nothing where there are none."""
    ordered = sorted((word for word in words if word), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) if ordered else r"(?!)")


def keys(report: Report) -> tuple[str, ...]:
    """The keys under which a report is kept and looked for: a topic in a building, in a shared area, or anywhere."""
    said = report.said
    places = [f"b{report.building}"] if report.building is not None else []
    places += [f"a{area}" for area in sorted(said.areas)]
    found = [f"{place}:{topic}" for place in places for topic in sorted(said.topics)]
    found += [f"*:{topic}" for topic in sorted(said.things & WIDE)]
    return tuple(key[:40] for key in found)


def compare(one: Report, other: Report, window: timedelta, *, again: bool = False) -> Likeness | None:
    """How alike two reports of different households are; None when they are not the same thing, as far as one can tell.

    again: reports of one household are compared too, because one of them belongs to what several complain of.
    """
    apart = abs(one.at - other.at)
    same = one.household is not None and one.household == other.household
    if apart > window or (same and not again):
        return None
    things, signs = one.said.things & other.said.things, one.said.signs & other.said.signs
    words, pairs = one.said.words & other.said.words, one.said.pairs & other.said.pairs
    if not things and (one.public or other.public or len(words) + len(pairs) < LEAST_WORDS):
        return None
    near, place = _place(one, other, things)
    if not near:
        return None
    score = near + min(22 * len(things), 44) + min(10 * len(signs), 20)
    score += min(8 * len(words), 16) + min(6 * len(pairs), 24)
    score += 15 if apart <= _SOON else 10 if apart <= _DAY else 5
    if score < ENOUGH:
        return None
    said = (*sorted(things), *sorted(signs), *sorted(words), *_runs(pairs)[:2])
    return Likeness(score, said[:5], place, apart)


def _runs(pairs: frozenset[str]) -> list[str]:
    """Pairs that overlap written as one: 烧烤, 烤摊 become 烧烤摊. The longest first."""
    runs: list[str] = []
    left = sorted(pairs)
    starts = [pair for pair in left if all(other[1] != pair[0] for other in left if other != pair)]
    for pair in (*starts, *left):
        if pair not in left:
            continue
        run = pair
        left.remove(pair)
        while following := next((other for other in left if other[0] == run[-1]), ""):
            run += following[1]
            left.remove(following)
        runs.append(run)
    return sorted(runs, key=lambda run: (-len(run), run))


def _place(one: Report, other: Report, things: frozenset[str]) -> tuple[int, str]:
    """How near, and the place in words."""
    if one.building is not None and one.building == other.building:
        same = one.stair == other.stair
        return (30 if same else 22), one.place_name if same else one.place_name.split(" ")[0]
    if areas := one.said.areas & other.said.areas:
        return 30, sorted(areas)[0]
    return (22, "") if things & WIDE else (0, "")
