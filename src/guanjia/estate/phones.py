"""Telephone numbers: digits in, digits or a mask out. Pure."""

from __future__ import annotations

import re
import unicodedata

from guanjia.kernel.problem import Problem

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(?:0\d{2,3})?[2-8]\d{6,7}")
SERVICE = re.compile(r"(?:400|800)\d{7}|9[56]\d{3,4}")
_CHINA = re.compile(r"^(?:\+|00)86")
_FORMAT = re.compile(r"^\+?\d[\d\s\-()（）.]*$")


def parse_phone(text: str, *, field: str = "") -> str:
    """Digits of a Chinese mobile, landline or service number, or of a foreign one that starts with `+`.

    Raises Problem PHONE_FORMAT for anything else, an extension included: it would be dialled.
    """
    folded = unicodedata.normalize("NFKC", str(text)).strip()
    digits = re.sub(r"\D", "", folded)
    domestic = re.sub(r"\D", "", _CHINA.sub("", folded))
    if _FORMAT.match(folded.lstrip("(")):
        if any(pattern.fullmatch(domestic) for pattern in (MOBILE, LANDLINE, SERVICE)):
            return domestic
        if folded.startswith("+") and not _CHINA.match(folded) and 8 <= len(digits) <= 15:
            return digits
    raise Problem(
        "PHONE_FORMAT",
        f"「{text}」不是电话号码。",
        "请填 11 位手机号，或带区号的座机号；分机写在用途里。",
        field=field,
    )


def is_phone(text: str) -> bool:
    """Whether `parse_phone` takes the text."""
    try:
        parse_phone(text)
    except Problem:
        return False
    return True


def mask(number: str) -> str:
    """`139****5678` for a mobile, `****0917` for any other number, so that a page shows no whole number unasked."""
    if MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    return f"****{number[-4:]}" if len(number) > 4 else "****"


def spaced(number: str) -> str:
    """The whole number as it is read out: `138 0000 1234`; other numbers unchanged."""
    return f"{number[:3]} {number[3:7]} {number[7:]}" if MOBILE.fullmatch(number) else number
