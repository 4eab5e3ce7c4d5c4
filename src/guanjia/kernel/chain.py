"""A hash chain: each line of a timeline carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

START = "0" * 64


def canonical(payload: Mapping[str, object]) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(previous: str, payload: Mapping[str, object]) -> str:
    """SHA-256 in hex over the previous hash and the payload."""
    return hashlib.sha256(previous.encode() + canonical(payload)).hexdigest()
