"""Households that may speak of the same thing, in words: what they have in common, where, and how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanjia.cases.sight import Sight
from guanjia.engine.alike import Alike, Gathering
from guanjia.engine.veiling import VEIL


@dataclass(frozen=True)
class AlikeView:
    """A case that may be of the same thing, with its reasons."""

    number: str
    household: str
    subject: str
    at: datetime
    reasons: str
    joined: bool = False


@dataclass(frozen=True)
class GatheringView:
    """What the desk and a case show: the question, the cases with their reasons, and what a decision sends back."""

    into: str
    rows: tuple[AlikeView, ...]
    more: int
    said: str
    count: str
    numbers: str


SHOWN = 6


def view_of(found: Gathering | None, sight: Sight) -> GatheringView | None:
    """The hint as this person may read it, or None without one."""
    if found is None:
        return None
    kept = sight.kept(one.case for one in found.alike)
    rows = tuple(
        row_of(one, joined=found.into is not None and n >= _fresh(found), kept=one.case.pk in kept)
        for n, one in enumerate(found.alike)
    )
    said = "".join(f"「{word}」" for word in ((VEIL,) if kept else found.words))
    place = next((one.likeness.place for one in found.alike if one.likeness.place), "")
    where = _("，同在%s") % place if place else ""
    return GatheringView(
        into=found.into.number if found.into else "",
        rows=rows[:SHOWN],
        more=max(len(rows) - SHOWN, 0),
        said=_("都说到%(words)s%(where)s") % {"words": said, "where": where},
        count=_count(found),
        numbers=found.numbers,
    )


def _fresh(found: Gathering) -> int:
    """How many of those found belong to no collective case yet; they come first."""
    return len(found.alike) - min(found.joined, len(found.alike))


def _count(found: Gathering) -> str:
    """How many households that would make, and how many it takes."""
    n = found.households
    if found.again:
        return (
            ngettext(
                "这一户已经在里面：并进来还是 %d 户，多记一件",
                "这一户已经在里面：并进来还是 %d 户，多记一件",
                n,
            )
            % n
        )
    words = ngettext("合起来 %d 户", "合起来 %d 户", n) % n
    if found.counted:
        words += _("；%d 户起算集体投诉") % found.counted
    return words


def row_of(one: Alike, *, joined: bool = False, kept: bool = False) -> AlikeView:
    """A case with its reasons. kept: whose and what it is, and so what it shares, is kept from the person at the page."""
    case, likeness = one.case, one.likeness
    if kept:
        return AlikeView(case.number, case.unit.name if case.unit else "", VEIL, case.opened_at, VEIL, joined)
    words = "".join(f"「{word}」" for word in likeness.words)
    reasons = [_("都说到%s") % words, *([_("同在%s") % likeness.place] if likeness.place else [])]
    reasons.append(_("相隔%s") % apart(likeness.apart))
    who = (
        f"{case.unit.name if case.unit else ''} {case.party or case.facts.get('contact_name') or ''}".strip()
    )
    return AlikeView(case.number, who, case.subject, case.opened_at, "，".join(reasons), joined)


def apart(span: timedelta) -> str:
    """How far two are apart: minutes, hours, days."""
    minutes = span // timedelta(minutes=1)
    if minutes < 60:
        return ngettext("%d 分钟", "%d 分钟", minutes) % minutes
    hours = minutes // 60
    if hours < 48:
        return ngettext("%d 小时", "%d 小时", hours) % hours
    return ngettext("%d 天", "%d 天", hours // 24) % (hours // 24)
