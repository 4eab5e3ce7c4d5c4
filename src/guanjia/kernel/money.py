"""Money is an integer number of fen. Text in, text out; no float anywhere."""

from __future__ import annotations

import re

from guanjia.kernel.lazily import lazily
from guanjia.kernel.problem import Problem

_AMOUNT = re.compile(r"^[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*元?$")
LARGEST_FEN = 10**12
_cn2an = lazily("cn2an")


def parse_yuan(text: str, *, field: str = "") -> int:
    """Fen in a text such as `1,280.00`, `85` or `¥85.5`. Raises Problem MONEY_FORMAT or MONEY_TOO_LARGE."""
    match = _AMOUNT.match(str(text).strip())
    if not match:
        raise Problem(
            "MONEY_FORMAT", f"「{text}」不是金额。", "请填数字，最多两位小数，如 85 或 85.50。", field=field
        )
    fen = int(match[1].replace(",", "")) * 100 + int((match[2] or "").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise Problem("MONEY_TOO_LARGE", f"金额 {text} 太大。", "请核对位数。", field=field)
    return fen


def yuan(fen: int) -> str:
    """`1,280.00` for 128000 fen."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan_sign(fen: int) -> str:
    """`¥1,280.00` for 128000 fen; `-¥10.00` for less than nothing."""
    return f"-¥{yuan(-fen)}" if fen < 0 else f"¥{yuan(fen)}"


def in_words(fen: int) -> str:
    """The amount in financial capitals (大写), for slips and receipts: 26000 -> 贰佰陆拾元整."""
    if fen < 0:
        return "负" + in_words(-fen)
    return str(_cn2an().an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb"))
