"""Reading what a caller sent: JSON that the rooms below can store, and addresses that a database can look for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from ninja.parser import Parser

from guanjia.api.problems import unreadable
from guanjia.kernel.problem import Problem

MOST_DEPTH = 20
LARGEST = 10**13  # fen, or milliseconds since 1970


class StrictParser(Parser):
    """JSON as the standard has it: no NaN, no endless nesting, no characters that a database refuses."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The object in the body. Raises Problem BODY_UNREADABLE, TEXT_UNREADABLE or NUMBER_TOO_LARGE."""
        try:
            body = json.loads(request.body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise unreadable() from None
        if not isinstance(body, dict):
            raise unreadable()
        for value in _leaves(body):
            _check(value)
        return body


def check_address(request: HttpRequest) -> None:
    """Raises Problem TEXT_UNREADABLE for an address that no row of a database can have."""
    check_text(request.path_info + unquote(request.META.get("QUERY_STRING", "")))


def check_text(text: str, field: str = "") -> None:
    """Raises Problem TEXT_UNREADABLE for NUL and for halves of characters."""
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Problem("TEXT_UNREADABLE", "文字里有不能保存的字符。", "请去掉看不见的字符再发。", field=field)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    """Texts and numbers of a JSON value, the names of its parts too."""
    if depth > MOST_DEPTH:
        raise unreadable()
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _leaves(part, depth + 1)
    else:
        yield value


def _check(value: Any) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, (int, float)) and not (math.isfinite(value) and abs(value) <= LARGEST):
        raise Problem("NUMBER_TOO_LARGE", "数字太大。", "请核对位数。")
