"""Telephone numbers leave the API masked; whoever may see one whole asks for it, and that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanjia.estate.phones import mask
from guanjia.policy.compiled import CompiledManual


def phone_facts(compiled: CompiledManual) -> frozenset[str]:
    """The facts that are people's telephone numbers: what the manual asks for as such."""
    return frozenset(
        field.key
        for procedure in compiled.manual.procedure
        for action in procedure.action
        for field in action.field
        if field.kind == "phone"
    )


def masked(values: Mapping[str, Any], phones: frozenset[str]) -> dict[str, Any]:
    """The values with every telephone number among them masked."""
    return {
        key: mask(value) if key in phones and isinstance(value, str) else value
        for key, value in values.items()
    }
