"""The one password of all demo users, kept so that it can be recognised again with a single query.

Everybody knows it. The demo stores this very hash; a production start refuses while any active user has it.
"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher

DEMO_PASSWORD = "guanjia-demo"
_SALT = "everybodyknowsthisdemo"  # 22 characters: long enough that signing in does not hash it anew


@cache
def demo_hash() -> str:
    """What stands in the password column of every demo user, the same for all."""
    return Argon2PasswordHasher().encode(DEMO_PASSWORD, _SALT)
