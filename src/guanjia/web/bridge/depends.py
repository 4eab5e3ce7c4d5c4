"""Fields that hang on other fields of their form: what the browser needs to show and demand them without a reload.

The server decides in any case (`policy.fields.clean`); `static/web/depends.js` follows the same rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guanjia.kernel.money import parse_yuan
from guanjia.kernel.problem import Problem
from guanjia.policy import conditions
from guanjia.policy.schema import FormField

TIMED = ("within", "past")
TRUE, FALSE = ("on", "true", "1", "yes"), ("false", "0", "no", "off")


def rules_of(field: FormField, facts: Mapping[str, Any], own: set[str]) -> str:
    """The rules of a field as JSON: `show` and `require` (conditions as the manual writes them), `facts` they read.

    own: what the form asks for above the field. "" when neither hangs on the form, or when time decides: then the page as it
    was drawn stands.
    """
    read = conditions.names(field.show_when) | conditions.names(field.required_when)
    if (
        not {name.split(".")[0] for name in read} & own
        or _timed(field.show_when)
        or _timed(field.required_when)
    ):
        return ""
    require: Any = True if field.required else field.required_when or False
    known = {name: value for name in sorted(read) if (value := conditions.lookup(facts, name)) is not None}
    return json.dumps(
        {"show": field.show_when, "require": require, "facts": known}, ensure_ascii=False, default=str
    )


def _timed(condition: Mapping[str, Any]) -> bool:
    """Whether a condition asks for the time, which a page does not know."""
    for name, want in condition.items():
        if name == "any":
            if any(_timed(part) for part in want):
                return True
        elif isinstance(want, Mapping) and any(operator in want for operator in TIMED):
            return True
    return False


def typed(field: FormField, value: Any) -> dict[str, Any]:
    """What an input as it stands adds to the facts that conditions read; nothing for an empty or unreadable one."""
    read = as_chosen(field, value)
    if field.kind == "amount":
        try:
            read = parse_yuan(str(value)) if value else None
        except Problem:
            read = None
    elif field.kind == "number":
        read = int(value) if str(value).lstrip("-").isdecimal() else None
    elif field.kind == "tick":
        read = read or None
    return {} if read in (None, "", (), [], {}) else {field.key: read}


def as_chosen(field: FormField, value: Any) -> Any:
    """True or False for a posted tick or yes and no; everything else as it is."""
    if field.kind not in ("bool", "tick") or isinstance(value, bool):
        return value
    text = str(value).lower()
    return True if text in TRUE else False if text in FALSE else ""
