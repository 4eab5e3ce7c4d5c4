"""The software's own agreement on calls cites no rule of a source; nothing of it is broken on purpose here."""

from __future__ import annotations

from tests.manuals.mutations.kinds import Break, CodeBreak

RULES = 0
BREAKS: tuple[Break, ...] = ()
CODE_BREAKS: tuple[CodeBreak, ...] = ()
