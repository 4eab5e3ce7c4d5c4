"""Telephone numbers leave the API masked; whoever may see one whole asks for it, and that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanjia.estate.phones import mask


def masked(values: Mapping[str, Any], phones: frozenset[str]) -> dict[str, Any]:
    """The values with every telephone number among them masked."""
    return {
        key: mask(value) if key in phones and isinstance(value, str) else value
        for key, value in values.items()
    }
