"""What a card expects to be said: the words that stand beside a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.engine.door import Intake, new_case
from guanjia.engine.offering import CaseView
from guanjia.engine.speaking import spoken
from guanjia.ops.cards.card import Board, Opening
from guanjia.policy import scripts
from guanjia.policy.schema import Action
from guanjia.staff.models import User


def said(play: Any, view: CaseView, action: Action, who: str) -> str:
    """Everything that the form of an action says to somebody."""
    channel = str(view.facts.get("channel") or "")
    words = spoken(
        view.adopted, action, view.case.office, _user(play, who), play.now, channel, view.case.category,
        view.source_of(action.key).key,
    )  # fmt: skip
    return "\n".join((action.says, action.notice, *(one.text for one in words)))


def opening(play: Any, want: Opening) -> Iterator[str]:
    """Whether the form with which a case is opened says it."""
    office = play.stage.office
    adopted, _case, action = new_case(office, want.category, play.now, Intake(), "")
    user = _user(play, want.to)
    words = spoken(adopted, action, office, user, play.now, want.channel, want.category)
    text = "\n".join((action.says, action.notice, *(one.text for one in words)))
    if (want.has in text) == want.absent:
        yield f"登记 {want.category} 时{'不应' if want.absent else '应'}给出「{want.has}」，现有：{text}"


def board(play: Any, want: Board) -> Iterator[str]:
    """Whether the words stand under their name on the page that every desk reads, with their clause."""
    rows = [
        (script.clause, text)
        for one in adoption.adopted(play.stage.office, play.now)
        for script, text in scripts.boards(one).get(want.under, ())
        if script.label == want.label
    ]
    if not any(want.has in text and want.clause in ("", clause) for clause, text in rows):
        yield f"「{want.under}」的{want.label}应写着「{want.has}」{want.clause}，现有 {rows}"


def _user(play: Any, who: str) -> User | None:
    doer = play.doer(who)
    return doer if isinstance(doer, User) else None
