"""The call or the letter out of which a case is registered."""

from __future__ import annotations

from typing import Any

from guanjia.estate.models import Office
from guanjia.intake.mail import queries as letters
from guanjia.intake.models import Call, Letter
from guanjia.intake.telephone import queries as telephone


def call_of(office: Office, text: str) -> Call | None:
    """The office's call of a form's hidden field; None without one. Raises Problem NOT_FOUND."""
    return telephone.call_for(office, int(text)) if text.isdecimal() and len(text) < 18 else None


def letter_of(office: Office, text: str) -> Letter | None:
    """The office's letter of a form's hidden field; None without one. Raises Problem NOT_FOUND."""
    return letters.letter_for(office, int(text)) if text.isdecimal() and len(text) < 18 else None


def known_of(call: Call | None) -> dict[str, Any]:
    """What goes into the case's facts: how often it rang, after how many seconds it was answered."""
    if call is None:
        return {}
    known = {"rings": call.rings, "answered_after": call.answered_after}
    return {name: value for name, value in known.items() if value is not None}
