"""What a receptionist typed, taken apart into words that can be looked up. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guanjia.estate.spelling import (
    BUILDING_WORDS,
    FIGURES,
    STAIR_MARK,
    STAIR_WORDS,
    figure,
    fold,
    plain,
    squeeze,
)

CODE, NAME, PINYIN, PHONE = "code", "name", "pinyin", "phone"
TITLES = {
    "先生": "mr",
    "女士": "ms",
    "太太": "ms",
    "小姐": "ms",
    "夫人": "ms",
    "阿姨": "ms",
    "大姐": "ms",
    "奶奶": "ms",
    "大妈": "ms",
    "叔叔": "mr",
    "大叔": "mr",
    "大爷": "mr",
    "爷爷": "mr",
    "大哥": "mr",
    "老师": "",
    "师傅": "",
    "医生": "",
    "经理": "",
    "老板": "",
    "总": "",
}
_FIG = rf"(?:\d{{1,3}}|[{FIGURES}]{{1,4}})"
_UNIT = re.compile(
    rf"(?P<b>{_FIG}|[a-z]\d{{0,2}})(?:{BUILDING_WORDS})-?"
    rf"(?:(?P<s>{_FIG}|[a-z])(?:{STAIR_WORDS}))?-?"
    rf"(?P<n>[a-z]?\d{{1,5}}(?:-\d+)*|[{FIGURES}]{{3,5}})?(?P<floor>[楼层])?(?:室|房|号)?"
)
_STAIR = re.compile(rf"(?P<s>{_FIG}|[a-z])(?:{STAIR_WORDS})-?(?P<n>[a-z]?\d{{1,5}})?(?:室|房|号)?")
_CODE = re.compile(r"[a-z]{0,2}\d*(?:-[a-z]{0,2}\d+)+-?|(?<![a-z])[a-z]{1,2}\d{1,5}(?!\d)")
_NUMBER = re.compile(r"(?P<n>\d+)(?:室|房|号|楼|层)?")
_LATIN = re.compile(r"[a-zü]+")
_OTHER = re.compile(rf"[^\sa-z\d,，、;；。]+?(?={_FIG}(?:{BUILDING_WORDS}|单元)|[a-z\d\s,，、;；。]|$)")
_PHONE = re.compile(r"\+?\d[\d-]{9,}\d")
_SEPARATORS = re.compile(r"[\s,，、;；。：:]+")
_NOISE = {"号", "室", "房", "楼", "层", "的", "家", "业主", "业户", "住户", "租户", "姓", "-", "#", "+"}


@dataclass(frozen=True)
class Word:
    """One thing heard, and the ranges of the index (kind, beginning) of which any may hold it."""

    text: str
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Heard:
    """The words that must all belong to one household, and the title of address if one was heard."""

    words: tuple[Word, ...]
    title: str = ""


def hear(text: str) -> Heard:
    """Words of a search text such as `3栋 王女士` or `wxl 1502`. No words for an empty text."""
    words: list[Word] = []
    title = ""
    for chunk in _chunks(text):
        if _PHONE.fullmatch(chunk):
            words.append(_digits(re.sub(r"\D", "", chunk)))
            continue
        rest = chunk
        while rest:
            word, heard_title, length = _next(rest)
            title = heard_title or title
            if word:
                words.append(word)
            rest = rest[length:]
    return Heard(tuple(dict.fromkeys(words)), title)


def hear_whole(text: str) -> Heard:
    """Each chunk as one word, unsplit: for names of units such as `负一层023车位`."""
    whole = [(chunk, squeeze(chunk)) for chunk in _chunks(text)]
    return Heard(tuple(Word(chunk, ((CODE, spelt), (NAME, spelt))) for chunk, spelt in whole if spelt))


def _chunks(text: str) -> list[str]:
    return [chunk for chunk in _SEPARATORS.split(fold(text)[:200]) if chunk][:6]


def _next(rest: str) -> tuple[Word | None, str, int]:
    """The first word of a chunk, the title in it, and how many letters it took."""
    if match := _UNIT.match(rest):
        return _unit(match), "", match.end()
    if match := _STAIR.match(rest):
        found = f"{STAIR_MARK}{plain(figure(match['s']))}-{match['n'] or ''}"
        return Word(match[0], ((CODE, found),)), "", match.end()
    if match := _CODE.match(rest):
        return _code(match[0]), "", match.end()
    if match := _NUMBER.match(rest):
        return _digits(match["n"]), "", match.end()
    if match := _LATIN.match(rest):
        spelt = match[0].replace("ü", "v")
        return Word(match[0], ((PINYIN, spelt), (CODE, spelt), (NAME, spelt))), "", match.end()
    if match := _OTHER.match(rest):
        return (*_name(match[0]), match.end())
    return None, "", 1


def _unit(match: re.Match[str]) -> Word:
    building = plain(figure(match["b"]))
    stair = plain(figure(match["s"] or ""))
    number = figure(match["n"] or "")
    start = f"{building}-{stair}-" if stair else f"{building}-"
    return Word(match[0], ((CODE, start + number),))


def _code(text: str) -> Word:
    parts = [plain(part) for part in text.split("-")]
    spelt = "-".join(parts)
    ranges = [(CODE, spelt), (CODE, text)]
    if len(parts) == 2 and parts[1]:
        ranges.append((CODE, STAIR_MARK + spelt))
    return Word(text, tuple(dict.fromkeys(ranges)))


def _digits(digits: str) -> Word:
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    ranges = [(CODE, digits)]
    if len(digits) >= 3:
        ranges.append((PHONE, digits))
    return Word(digits, tuple(ranges))


def _name(text: str) -> tuple[Word | None, str]:
    title = ""
    for spelt, value in TITLES.items():
        stem = text.removesuffix("家")
        if stem.endswith(spelt):
            text, title = stem.removesuffix(spelt), value
            break
    for noise in sorted(_NOISE, key=len, reverse=True):
        text = text.removeprefix(noise)
    if len(text) > 2:
        text = text.removesuffix("家")
    if not text or text in _NOISE:
        return None, title
    return Word(text, ((NAME, text), (CODE, text))), title
