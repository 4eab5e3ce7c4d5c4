"""The input of an action as JSON Schema, for the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from guanjia.policy.fields import RECKONED, SIGNATURE_HOW
from guanjia.policy.schema import FormField


def json_schema(form: Iterable[FormField]) -> dict[str, Any]:
    """An action's input as JSON Schema, for the API. Conditions on requiredness are said in words."""
    form = tuple(form)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.key: _property(field) for field in form if field.kind not in RECKONED},
        "required": [field.key for field in form if field.required],
    }


def _property(field: FormField) -> dict[str, Any]:
    line: dict[str, Any] = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    }
    shapes: dict[str, dict[str, Any]] = {
        "bool": {"type": "boolean"},
        "tick": {"type": "boolean"},
        "number": {"type": "integer"},
        "amount": {"type": ["integer", "string"], "description": "整数为分，文字为元"},
        "time": {"type": "string", "format": "date-time"},
        "staff": {"type": "integer"},
        "photos": {"type": "array", "items": {"type": "integer"}},
        "signature": {"type": "object", "properties": {"how": {"enum": list(field.allow or SIGNATURE_HOW)}}},
        "choice": {"type": "string"} if field.more else {"enum": [choice.value for choice in field.choices]},
        "multi": {"type": "array", "items": {"enum": [choice.value for choice in field.choices]}},
        "list": {"type": "array", "items": {"type": "string"}},
        "matters": {"type": "object", "description": "单号 = 谁接（编号），或 {to, kind}；* 为其余各件"},
        "checks": {"type": "array", "items": {"type": "string"}},
        "times": {"type": "array", "items": {"type": "string", "format": "date-time"}},
        "lines": {"type": "array", "items": line},
        "items": {"type": "array", "items": line},
        "suppliers": {"type": "array", "items": line},
    }
    shape = {"title": field.label, **shapes.get(field.kind, {"type": "string"})}
    if field.required_when:
        shape["x-required-when"] = dict(field.required_when)
    if field.clause:
        shape["x-clause"] = field.clause
    if field.help:
        shape["description"] = field.help
    return shape
