"""A repeat under an idempotency key is told from another request by the hash of what was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from guanjia.engine.actors import Who
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import FormField


def request_of(
    what: str,
    who: Who,
    form: Iterable[FormField],
    data: Mapping[str, Any],
    at: datetime,
    now: datetime | None,
    *,
    kept: bool = False,
) -> str:
    """SHA-256 in hex of a request: the action, who asks, the input, and when it happened if that is not now.

    kept: a phone without network kept it; it is the same request as the one that was tried at once under that key.

    What the system computes itself (`figures`) is left out: it may have moved on between two sendings of one request.
    """
    computed = {field.key for field in form if field.kind == "figures"}
    asked = {
        "what": what,
        "by": who.user.pk if who.user else who.label,
        "data": {key: value for key, value in data.items() if key not in computed},
        "at": iso(at) if now is not None and at != now and not kept else "",
    }
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same(known: str, asked: str) -> None:
    """Nothing when both requests are one (or the first kept no hash), else Problem KEY_REUSED."""
    if known and known != asked:
        raise Problem(
            "KEY_REUSED",
            "这个幂等键已经用在另一个请求上。",
            "重发同一个请求时内容不能变；新的请求请换一个键。",
            status=409,
        )
