"""A sample that anybody can draw again: from a seed and a list, always the same members. Pure, and simple on purpose.

The members are put in the order of the SHA-256 of `seed:member` (lower-case hexadecimal); the sample is the first so
many of them, and whoever comes after them is next in turn. Every language and every spreadsheet with a hash can do it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def in_order(seed: str, members: Iterable[str]) -> list[str]:
    """Each member once, in the order that the seed gives them, whatever order they came in."""
    return sorted(set(members), key=lambda one: (hashlib.sha256(f"{seed}:{one}".encode()).hexdigest(), one))


def drawn(seed: str, members: Iterable[str], needed: int) -> dict[str, Any]:
    """`{seed, of, needed, drawn, next}`: the members by name, those drawn, and those next in turn, in their order."""
    order = in_order(seed, members)
    return {
        "seed": seed,
        "of": sorted(order),
        "needed": min(needed, len(order)),
        "drawn": order[:needed],
        "next": order[needed:],
    }


def agrees(sample: dict[str, Any]) -> bool:
    """Whether drawing again from the stored seed and list gives the stored sample."""
    again = drawn(sample["seed"], sample["of"], sample["needed"])
    return again == {key: sample[key] for key in again}
