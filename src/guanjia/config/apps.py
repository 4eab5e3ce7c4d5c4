"""Registers the system checks."""

from __future__ import annotations

from django.apps import AppConfig

from guanjia.config.checks import register_checks


class ConfigConfig(AppConfig):
    """The room of settings."""

    name = "guanjia.config"

    def ready(self) -> None:
        """Once all rooms are loaded."""
        register_checks()
