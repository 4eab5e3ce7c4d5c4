"""Issues and revokes the keys of programs."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from guanjia.api.models import ApiToken
from guanjia.api.queries import digest_of
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User
from guanjia.staff.queries import offices_of

PREFIX = "gj_"


def issue_token(
    user: User, *, label: str, at: datetime, office: Office | None = None, days: int | None = None
) -> tuple[ApiToken, str]:
    """A new key for `user`, and its secret, which cannot be read again. `days` None: it lives for ever.

    Raises Problem TOKEN_LABEL, TOKEN_DAYS, or TOKEN_OFFICE when the user has no post in the office.
    """
    if not label.strip():
        raise Problem("TOKEN_LABEL", "没有写用途。", "写明哪个程序使用，如「电话系统」。", field="label")
    if days is not None and days < 1:
        raise Problem(
            "TOKEN_DAYS", f"有效天数 {days} 不对。", "填 1 以上的整数，或不填表示长期有效。", field="days"
        )
    if office is not None and office not in offices_of(user, at):
        raise Problem(
            "TOKEN_OFFICE", f"{user} 在{office}没有岗位。", "先给岗位，或换一个管理处。", field="office"
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        office=office,
        label=label.strip(),
        digest=digest_of(secret),
        created_at=at,
        expires_at=at + timedelta(days=days) if days is not None else None,
    )
    return token, secret


def revoke_token(token_id: int, *, at: datetime) -> ApiToken:
    """Ends a key now. A second call changes nothing. Raises Problem TOKEN_UNKNOWN."""
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise Problem(
            "TOKEN_UNKNOWN", f"没有编号为 {token_id} 的密钥。", "用 guanjia token list 查编号。", status=404
        )
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token
