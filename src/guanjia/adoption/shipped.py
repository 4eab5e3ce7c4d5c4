"""The manuals that come with the software: one folder a manual under `MANUALS_ROOT`, read as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from guanjia.kernel.problem import Problem
from guanjia.policy.loader import compile_text, read


@dataclass(frozen=True)
class Shipped:
    """A manual that any office may adopt."""

    key: str
    version: str
    title: str
    short: str
    edition: str
    text: str


def shipped() -> list[Shipped]:
    """Every manual of the folder that can be read, by key; one that is being written and has faults is left out."""
    files = sorted(Path(settings.MANUALS_ROOT).glob("*/manual.toml"))
    found = (_read(file, file.stat().st_mtime_ns) for file in files)
    return [one for one in found if one is not None]


def shipped_manual(key: str, version: str) -> Shipped:
    """One of them. Raises Problem MANUAL_UNKNOWN."""
    found = next((one for one in shipped() if (one.key, one.version) == (key, version)), None)
    if found is None:
        raise Problem(
            "MANUAL_UNKNOWN", f"没有随软件带来的规程 {key} {version} 版。", "请从规程页重新选择。", status=404
        )
    return found


@lru_cache(maxsize=128)
def _read(file: Path, _changed: int) -> Shipped | None:
    text = read(file)
    try:
        head = compile_text(text, file.name).manual.manual
    except ValueError:
        return None
    return Shipped(head.key, head.version, head.title, head.short, head.edition, text)
