"""The JSON Schema of manuals, for editors."""

from __future__ import annotations

from typing import Any

from guanjia.policy import vocabulary
from guanjia.policy.effects import EFFECTS
from guanjia.policy.schema import Manual

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """What Pydantic knows of the schema, with the words of the shared vocabulary as proposals."""
    schema = Manual.model_json_schema(by_alias=True)
    schema = {
        "$schema": DIALECT,
        "title": "guanjia 规程",
        **{k: v for k, v in schema.items() if k != "title"},
    }
    parts = schema["$defs"]
    events = {"enum": list(vocabulary.EVENTS)}
    for part, name in (
        ("Action", "emits"),
        ("Outcome", "emits"),
        ("StepDef", "emits"),
        ("ObligationDef", "blocks"),
    ):
        parts[part]["properties"][name]["items"] = events
    for part in ("Matcher", "Quota", "Forbid"):
        parts[part]["properties"]["event"] |= events
    for name in ("start", "stop", "cancel", "pause", "resume"):
        parts["ObligationDef"]["properties"][name]["items"] = {"anyOf": [{"$ref": "#/$defs/Matcher"}, events]}
    parts["ObligationDef"]["properties"]["duty"]["enum"] = ["", *vocabulary.DUTIES]
    parts["Category"]["properties"]["standard"]["enum"] = list(vocabulary.CATEGORIES)
    parts["RoleMap"]["properties"]["is"]["items"] = {"enum": list(vocabulary.ROLES)}
    parts["Effect"]["properties"]["do"]["enum"] = list(EFFECTS)
    return schema
