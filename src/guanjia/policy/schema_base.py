"""What every part of a manual's schema stands on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Key = str
Condition = dict[str, Any]


class Part(BaseModel):
    """Common ground: frozen, and a key that is not in the schema is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
