"""Opening a case out of a call or a letter: case and source are tied in one transaction, or neither is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from guanjia.engine import Intake, Result, open_case
from guanjia.estate.models import Office
from guanjia.intake.mail import actions as mail
from guanjia.intake.models import Call, Letter
from guanjia.intake.telephone import actions as telephone
from guanjia.staff.models import User


@transaction.atomic
def open_from(
    office: Office, category: str, *, actor: User, now: datetime, data: Mapping[str, Any], intake: Intake, key: str,
    call: Call | None = None, letter: Letter | None = None,
) -> Result:  # fmt: skip
    """Open a case as `engine.open_case` does. A letter's case begins when the letter came; its sender is told the
    number. Raises Problem LETTER_DONE for a letter that somebody else has registered meanwhile."""
    at = letter.came_at if letter else now
    result = open_case(office, category, actor=actor, at=at, now=now, data=data, intake=intake, key=key)
    if result.repeated:
        return result
    if call:
        telephone.registered(call, result.case)
    if letter:
        mail.register(letter, result.case, by=actor, now=now)
    return result
