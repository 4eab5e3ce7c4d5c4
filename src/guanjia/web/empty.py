"""What a list shows when it has no rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EmptyView:
    """What a list shows instead of rows. kind: done, bad, offline, load."""

    kind: str
    title: str
    text: str
    href: str = ""
    link: str = ""
    kbd: str = ""

    @property
    def glyph(self) -> str:
        """The icon of the kind."""
        return {"done": "s-done", "bad": "warn", "offline": "offline"}.get(self.kind, "info")
