"""Modules that are large and seldom needed: imported where they are first used, so that every process starts sooner."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType


def lazily(name: str) -> Callable[[], ModuleType]:
    """A function that imports the module once and gives it back. ImportError only then."""

    @cache
    def load() -> ModuleType:
        return import_module(name)

    return load
