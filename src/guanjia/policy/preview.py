"""What would start if a case were opened now with what is known so far: shown before Enter. Nothing is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guanjia.policy.compiled import Adopted
from guanjia.policy.decide import happen
from guanjia.policy.decision import Decision


def opening(
    adopted: Sequence[Adopted], facts: Mapping[str, Any], key: str, data: Mapping[str, Any], *, at: datetime
) -> Decision:
    """The decision of an opening action as far as its obligations go; missing input only leaves conditions unmet."""
    action = adopted[0].compiled.actions[facts["procedure"]][key]
    after = {**facts, **data, "state": action.definition.to}
    emits = action.definition.emits
    for test, outcome, *_further in action.outcomes:
        if test(after):
            emits = (*emits, *outcome.emits)
            break
    return happen(adopted, after, emits, at=at, label=action.definition.label)
