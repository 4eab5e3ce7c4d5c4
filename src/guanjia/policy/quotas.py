"""How many a quota asks for: whole numbers only."""

from __future__ import annotations

from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Band, Quota


def resolved(quota: Quota, one: Adopted) -> Quota:
    """The quota with the limits of its bands as the office has set them (`to = "@name"`)."""
    bands = [
        band.model_copy(update={"to": int(one.resolve(band.to)[0])}) if isinstance(band.to, str) else band
        for band in quota.band
    ]
    return quota.model_copy(update={"band": tuple(bands)})


def needed(quota: Quota, base: int, *, band_base: int | None = None, number: int | None = None) -> int:
    """How many must be done.

    base: what the share is of (households, or how often the event of `of` happened). band_base: what chooses the
    band, `base` without it. number: the value of a quota that is no share, from `number` or its figure.
    Raises ValueError for a number below zero, or when neither a band nor a number applies.
    """
    if number is not None:
        if number < 0:
            raise ValueError(number)
        return number
    if base < 0:
        raise ValueError(base)
    percent = _band(quota, base if band_base is None else band_base).percent
    whole, rest = divmod(base * percent, 100)
    up = {"up": rest > 0, "down": False, "half_up": rest >= 50}[quota.round]
    return whole + up


def reckoning(quota: Quota, base: int, *, band_base: int | None = None) -> str:
    """`396 × 5% = 19.8，取 20`: how the number came about."""
    percent = _band(quota, base if band_base is None else band_base).percent
    whole, rest = divmod(base * percent, 100)
    exact = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    need = needed(quota, base, band_base=band_base)
    return f"{base} × {percent}% = {exact}" + ("" if not rest else f"，取 {need}")


def _band(quota: Quota, base: int) -> Band:
    for band in quota.band:
        if band.to is None or (isinstance(band.to, int) and base <= band.to):
            return band
    raise ValueError(f"quota {quota.key} has no band for {base}")
