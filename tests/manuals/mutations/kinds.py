"""What can be broken on purpose.

A break of the manual replaces one text by another; it must leave a manual that passes the lint, so that the card
fails because the rule is broken and not because nothing works. A break of the code replaces a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Break(NamedTuple):
    """What is broken: `old` becomes `new` in the manual."""

    rule: str
    old: str
    new: str = ""


class CodeBreak(NamedTuple):
    """What is broken: a function of a module is replaced by what `make` makes of it."""

    rule: str
    module: Any
    name: str
    make: Callable[[Callable[..., Any]], Callable[..., Any]]


def nothing(_old: Callable[..., Any]) -> Callable[..., Any]:
    """The function does nothing any more."""
    return lambda *args, **kwargs: None


def skipping(old: Callable[..., Any]) -> Callable[..., Any]:
    """Every second number is lost."""

    def take(*args: Any) -> Any:
        old(*args)
        return old(*args)

    return take
