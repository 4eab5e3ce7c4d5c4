"""Figures that an office sets: whether a value fits, and the value as conditions read it."""

from __future__ import annotations

import re
from typing import Any

from guanjia.kernel.money import parse_yuan
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Figure
from guanjia.worktime import limits, recurrence

BETWEEN = re.compile(r"[、,，;；\n]+")


def check(figure: Figure, value: str) -> None:
    """Raise a Problem when the value does not fit the figure's kind.

    LIMIT_SYNTAX, RECURRENCE_SYNTAX, MONEY_FORMAT or FIGURE_VALUE.
    """
    value = value.strip()
    if figure.kind == "limit":
        limits.parse(value)
    elif figure.kind == "recurrence":
        recurrence.parse(value)
    elif figure.kind == "money":
        parse_yuan(value, field=figure.key)
    elif figure.kind in ("number", "percent") and not value.removesuffix("%").isdecimal():
        raise _wrong(figure, f"「{figure.label}」要填整数，现在是「{value}」。", "如 12 或 60%。")
    elif figure.kind == "choice" and value not in figure.options:
        options = "、".join(figure.options)
        raise _wrong(figure, f"「{figure.label}」没有「{value}」这个读法。", f"请从 {options} 里选。")
    elif figure.kind in ("list", "text") and not value:
        raise _wrong(figure, f"「{figure.label}」不能空着。", "请填写。")


def _wrong(figure: Figure, message: str, hint: str) -> Problem:
    return Problem("FIGURE_VALUE", message, hint, field=figure.key, clause=figure.clause)


def typed(kind: str, value: str) -> Any:
    """A value as conditions read it: whole numbers, money in fen, lists as lists; None when nobody has set it."""
    if not value:
        return None
    if kind in ("number", "percent"):
        return int(value.removesuffix("%"))
    if kind == "money":
        return parse_yuan(value)
    if kind == "list":
        return [part.strip() for part in BETWEEN.split(value) if part.strip()]
    return value
