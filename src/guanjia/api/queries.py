"""Finds the keys of programs."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import Q, QuerySet

from guanjia.api.models import ApiToken
from guanjia.kernel.problem import Problem


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hex. 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_of(secret: str, now: datetime) -> ApiToken:
    """The valid key with this secret. Raises Problem TOKEN_INVALID (status 401), whatever is wrong."""
    alive = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))
    token = (
        ApiToken.objects.select_related("user", "office")
        .filter(alive, digest=digest_of(secret), user__is_active=True)
        .first()
    )
    if token is None:
        raise Problem(
            "TOKEN_INVALID",
            "密钥无效、已到期或已收回。",
            "请管理员用 guanjia token create 另发一个。",
            status=401,
        )
    return token


def tokens() -> QuerySet[ApiToken]:
    """All keys with their users, oldest first, for the administrator's command."""
    return ApiToken.objects.select_related("user", "office").order_by("id")
