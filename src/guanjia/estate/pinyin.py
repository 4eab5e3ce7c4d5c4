"""Pinyin of names: full, each tail, initials; surnames read as surnames. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from guanjia.kernel.lazily import lazily

# Characters that are read differently when they are a surname. Both readings are indexed: a caller may know either.
SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "曾": "zeng",
    "区": "ou",
    "查": "zha",
    "盖": "ge",
    "乐": "yue",
    "朴": "piao",
    "缪": "miao",
    "翟": "zhai",
    "覃": "qin",
    "隗": "wei",
    "种": "chong",
    "繁": "po",
    "黑": "he",
    "秘": "bi",
    "员": "yun",
    "洗": "xian",
    "召": "shao",
    "折": "she",
    "郇": "xun",
    "祭": "zhai",
    "阚": "kan",
    "牟": "mu",
    "卜": "bu",
    "句": "gou",
    "佴": "nai",
    "都": "du",
    "藏": "zang",
    "柏": "bo",
    "尉": "yu",
    "晟": "cheng",
}
_pypinyin = lazily("pypinyin")
_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")


@lru_cache(maxsize=200_000)
def _default(text: str) -> tuple[str, ...]:
    syllables = _pypinyin().lazy_pinyin(text)
    return tuple(part.lower() for part in syllables)


def readings(name: str) -> list[tuple[str, ...]]:
    """The syllables of a name, most likely reading first: `曾强` gives (zeng, qiang), then (ceng, qiang)."""
    found: list[tuple[str, ...]] = []
    surname, rest = name[:1], name[1:]
    if surname in SURNAMES:
        found.append((SURNAMES[surname], *_default(rest)))
    found += [_default(name), (*_default(surname), *_default(rest))]
    return list(dict.fromkeys(found))


def spellings(name: str, *, person: bool) -> list[str]:
    """What may be typed for a name with Chinese characters: wangxiulan, xiulan, lan, wxl; nothing for other names.

    An organisation is found by its whole pinyin and its initials only.
    """
    if not _HAN.search(name):
        return []
    words: list[str] = []
    for syllables in readings(name)[:4]:
        tails = range(len(syllables)) if person and len(syllables) <= 5 else range(1)
        words += ["".join(syllables[start:]) for start in tails]
        words.append("".join(part[0] for part in syllables))
    return [word[:80] for word in dict.fromkeys(words) if len(word) > 1]
