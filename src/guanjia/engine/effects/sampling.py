"""A sample is drawn: its seed comes from the system, and stays."""

from __future__ import annotations

import secrets

from guanjia.engine import sampling
from guanjia.engine.context import Context
from guanjia.policy.schema import Effect


def draw(context: Context, effect: Effect, _number: int) -> None:
    """Draw by a quota of the manual for the period of the case; what was drawn is a fact of the case (`sample`)."""
    one = context.adopted[0]
    quota = next(quota for quota in one.compiled.manual.quota if quota.key == effect.quota)
    period = str(context.facts.get("period", ""))
    sample = sampling.draw(context.office, one, quota, period, secrets.token_hex(8))
    context.set_fact("sample", sample)
    context.results["sample"] = f"{sample['needed']}/{len(sample['of'])}"
