"""Telephone numbers and units in a typed line. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guanjia.estate.phones import is_phone, parse_phone
from guanjia.intake.spans import Free, Span

Known = Callable[[str], bool]

_LABEL = re.compile(
    r"(?:联系|来电|家里|业主|我的)?(?:电话号码|手机号码|电话|手机号|手机|座机|号码|tel|phone)(?:号码|号|是|为)?[\s:：.]*$",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?(?:00)?86[- ]?)?1[3-9]\d(?:\d[- ]\d{3}[- ]|[- ]?\d{4}[- ]?)\d{4}(?!\d)")
_AREA = re.compile(r"(?<!\d)(?:\(0\d{2,3}\)|0\d{2,3}[- ]?)[2-8]\d{6,7}(?!\d)(?!-\d)")
_SERVICE = re.compile(r"(?<!\d)[48]00[- ]?\d{3}[- ]?\d{4}(?!\d)")
_GLUED_TAIL = re.compile(r"(?<=\d)1[3-9]\d{9}(?!\d)")
_GLUED_HEAD = re.compile(r"(?<!\d)1[3-9]\d{9}(?=\d)")
_LOCAL = re.compile(r"(?<![\d-])[2-8]\d{6,7}(?![\d-])")
_LABELLED = re.compile(r"(?<!\d)[2-8]\d{2,3}[- ]?\d{4}(?!\d)")

_FIG = r"(?:\d{1,3}|[一二三四五六七八九十两零]{1,3})"
_BUILDING = rf"(?:{_FIG}|[A-Za-z]\d{{0,2}})(?:号楼|栋|幢|座(?!机)|#|楼(?={_FIG}(?:单元|门)))"
_STAIR = rf"(?:{_FIG}|[A-Za-z])(?:单元|门|梯)"
_ROOM = r"(?:[A-Za-z]?\d{2,5}|[一二三四五六七八九零]{3,4})(?:室|房(?!间))?"
_MEASURES = (
    r"(?!(?:元|块|度|瓦|[wWvV](?![a-zA-Z])|升|年|个|次|米|平|%|点|毫米|公分|厘米|小时|分钟|分|秒|天|℃|月|日|伏|寸|公斤|斤"
    r"|人|户|只|盏|把|层|楼|号线|条|张|份|台|遍|回|多|几|万|千|百)(?!.{0,3}(?:先生|女士|太太|小姐|老师|阿姨)))"
)
_PLACE = r"(?:号?(?:车位|铺位|商铺))?"
_NEIGHBOUR = re.compile(r"(?:楼上|楼下|隔壁|对面|对门|邻居)(?:的|家|是)?$")
_UNITS = (
    (
        re.compile(rf"(?<![\dA-Za-z]){_BUILDING}[- ]?{_STAIR}[- ]?{_ROOM}(?!\d){_MEASURES}"),
        "楼栋、单元、室号都说了",
    ),
    (re.compile(rf"(?<![\dA-Za-z]){_BUILDING}[- ]?{_ROOM}(?!\d){_MEASURES}"), "说了楼栋和室号"),
    (
        re.compile(rf"(?<![\dA-Za-z-])[A-Za-z]?\d{{1,3}}(?:-[A-Za-z]?\d{{1,5}}){{2,3}}(?![\d-]){_PLACE}"),
        "房号的写法",
    ),
    (
        re.compile(
            rf"(?<![\dA-Za-z-])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})-[A-Za-z]?\d{{2,5}}(?![\d-]){_MEASURES}{_PLACE}"
        ),
        "房号的写法",
    ),
    (re.compile(rf"{_STAIR}[- ]?{_ROOM}(?!\d){_MEASURES}"), "说了单元和室号"),
    (re.compile(r"(?:负[一二三]层|[Bb]\d层?)?[- ]?\d{2,4}号?(?:车位|铺位|商铺)"), "车位或商铺的写法"),
)
_PARTIAL = (
    (re.compile(rf"(?<![\dA-Za-z]){_BUILDING}[- ]?{_STAIR}"), "只说了楼栋和单元"),
    (re.compile(rf"(?<![\dA-Za-z]){_BUILDING}"), "只说了楼栋"),
)
_LETTERED = re.compile(r"(?<![A-Za-z\d])[A-Za-z]{1,2}\d{2,5}(?![A-Za-z\d])")
_BARE = re.compile(rf"(?<![\d.A-Za-z-])\d{{3,6}}(?![\d.-]|[A-Za-z])(?P<room>室|房(?!间))?{_MEASURES}")
_UNIT_LABEL = re.compile(r"(?:房号|房间|地址|家住|住在|住|我是|这里是)(?:是|为)?[\s:：]*$")


def phones(free: Free, is_unit: Known) -> Iterator[Span]:
    """Every telephone number, surest writings first. A number glued to a room number is cut off from it."""
    for pattern, why in (
        (_MOBILE, "11位手机号"),
        (_AREA, "带区号的座机"),
        (_SERVICE, "服务号码"),
        (_GLUED_TAIL, "11位手机号，紧跟在房号后"),
        (_GLUED_HEAD, "11位手机号，后面紧跟房号"),
    ):
        for match in list(free.found(pattern)):
            if free.is_free(match.start(), match.end()) and is_phone(match[0]):
                yield _phone(free, match, why)
    for match in list(free.found(_LABELLED)):
        if _LABEL.search(free.text, 0, match.start()) and is_phone(match[0]):
            yield _phone(free, match, "写在「电话」后面")
    for match in list(free.found(_LOCAL)):
        if free.is_free(match.start(), match.end()) and not is_unit(match[0]):
            yield _phone(free, match, f"{len(match[0])}位座机号")


def _phone(free: Free, match: re.Match[str], why: str) -> Span:
    label = _LABEL.search(free.text[: match.start()])
    begin = label.start() if label and free.is_free(label.start(), match.start()) else -1
    return Span(match.start(), match.end(), parse_phone(match[0]), why, begin)


def unit(free: Free, is_unit: Known) -> Span | None:
    """The unit: the fullest writing; then what the office knows as a unit; then a bare room number; then a building."""
    written = [(match, why) for pattern, why in _UNITS for match in free.found(pattern)]
    for match, why in sorted(written, key=lambda pair: _speaks_of_another(free, pair[0])):
        return _unit(free, match.start(), match.end(), why)
    for start, end in free.chunks():
        if 2 <= end - start <= 30 and is_unit(free.text[start:end]):
            return _unit(free, start, end, "登记的房号")
    for pattern in (_LETTERED, _BARE):
        for match in free.found(pattern):
            if is_unit(match[0]) or _stands_alone(free, match):
                return _unit(free, match.start(), match.end(), "像室号的数字")
    for pattern, why in _PARTIAL:
        for match in free.found(pattern):
            return _unit(free, match.start(), match.end(), why)
    return None


def _unit(free: Free, start: int, end: int, why: str) -> Span:
    label = _UNIT_LABEL.search(free.text[:start])
    begin = label.start() if label and free.is_free(label.start(), start) else -1
    return Span(start, end, free.text[start:end].strip(), why, begin)


def _speaks_of_another(free: Free, match: re.Match[str]) -> bool:
    """`楼下3-2-1402`: the caller's neighbour, not the caller."""
    return bool(_NEIGHBOUR.search(free.text[: match.start()]))


def _stands_alone(free: Free, match: re.Match[str]) -> bool:
    """At the beginning or end of the line, between spaces, beside another token, or written as a room."""
    before, after = match.start() - 1, match.end()
    left = before < 0 or free.text[before].isspace() or not free.is_free(before, before + 1)
    right = after >= len(free.text) or free.text[after].isspace() or not free.is_free(after, after + 1)
    room = "room" in match.re.groupindex and match["room"] is not None
    return left or right or room
