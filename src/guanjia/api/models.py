"""Keys of programs that call the API."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from guanjia.estate.models import Office


class ApiToken(models.Model):
    """A program acts as a user with this key, in one office or (office empty) in all offices of the user.

    Only the SHA-256 of the secret is kept: the secret itself is random and shown once.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_tokens")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField("用途", max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("发放")
    expires_at = models.DateTimeField("到期", null=True, blank=True)
    revoked_at = models.DateTimeField("收回", null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label
