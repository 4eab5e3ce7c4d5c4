"""Breaks of the manual of paid services, and of the code behind it."""

from __future__ import annotations

from tests.manuals.mutations.kinds import Break, CodeBreak

RULES = 61
BREAKS: tuple[Break, ...] = ()
CODE_BREAKS: tuple[CodeBreak, ...] = ()
