"""How units, names and telephone numbers are spelt in the search index. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from guanjia.estate import pinyin
from guanjia.kernel.lazily import lazily

BUILDING_WORDS = "号楼|栋|幢|座|#"
STAIR_WORDS = "单元|门|梯"
FIGURES = "一二三四五六七八九十两零〇百"
STAIR_MARK = "~"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－_", "-"))
_DIGITS = str.maketrans("一二三四五六七八九零〇两", "123456789002")
_LONGEST = 80
_cn2an = lazily("cn2an")


def fold(text: str) -> str:
    """One spelling for one text: half-width, lower case, plain dashes, no spaces at the ends."""
    return unicodedata.normalize("NFKC", text).lower().translate(_DASHES).replace("\x00", "").strip()


def squeeze(text: str) -> str:
    """`fold` without spaces and interpuncts: how names are kept."""
    return re.sub(r"[\s·・•'’.]", "", fold(text))


def figure(text: str) -> str:
    """`12` for 十二, `1502` for 一五零二; a text that is no Chinese figure comes back unchanged."""
    if not text or any(letter not in FIGURES for letter in text):
        return text
    if "十" in text or "百" in text:
        try:
            return str(_cn2an().cn2an(text, "smart"))
        except ValueError:
            return text
    return text.translate(_DIGITS)


def plain(segment: str) -> str:
    """A segment of a code without the noughts in front: `02` is `2`, `0803` is `803`, `0` stays."""
    return re.sub(r"^0+(?=\d)", "", segment)


def sort_code(code: str) -> str:
    """The code with its figures padded, so that 2-1-101 stands before 10-1-101."""
    return re.sub(r"\d+", lambda match: match[0].zfill(6), fold(code))[:_LONGEST]


def code_words(
    *, code: str, name: str, building: str, building_name: str, stair: str, number: str
) -> list[str]:
    """Every spelling of a unit. `~2-1502` stands for stair and number without the building."""
    building, stair = plain(fold(building)), plain(fold(stair))
    words = [fold(code), squeeze(name), squeeze(building_name)]
    for spelt in dict.fromkeys((fold(number), plain(fold(number)))):
        words += [spelt, f"{building}-{spelt}", f"{building}{stair}{spelt}"]
        if stair:
            words += [f"{building}-{stair}-{spelt}", f"{STAIR_MARK}{stair}-{spelt}"]
    words += [squeeze(name)[start:] for start in _breaks(squeeze(name))]
    return [word[:_LONGEST] for word in dict.fromkeys(words) if word]


def _breaks(name: str) -> Iterator[int]:
    """Where a new word of a unit's name may begin: after a change between letters of one sort and of another."""
    for at in range(1, len(name) - 1):
        if name[at - 1].isascii() != name[at].isascii():
            yield at


def name_words(name: str, *, person: bool) -> list[str]:
    """A name and its tails: 王秀兰, 秀兰; of an organisation every tail of two characters and more."""
    whole = squeeze(name)[:_LONGEST]
    if person and whole.isascii():
        parts = [squeeze(part) for part in fold(name).split()]
        return [word for word in dict.fromkeys([whole, *parts]) if len(word) > 1]
    last = len(whole) - 1 if not person or len(whole) > 2 else len(whole)
    return [whole[start:] for start in range(min(last, 30))] or [whole]


def pinyin_words(name: str, *, person: bool) -> list[str]:
    """Pinyin spellings of a name; see `pinyin.spellings`."""
    return pinyin.spellings(squeeze(name), person=person)


def phone_words(number: str) -> list[str]:
    """The number and every tail of three digits and more, so that any part of it is the beginning of a word."""
    return [number[start:] for start in range(max(len(number) - 2, 1))]
