"""What is wrong with manuals' files, each alone and all of them in one office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guanjia.kernel.problem import Problem
from guanjia.ops.cards import card
from guanjia.ops.manuals import places
from guanjia.policy import lint
from guanjia.policy.loader import Finding
from guanjia.policy.schema import Manual


@dataclass
class Checked:
    """findings: of each file. troubles: what forbids adopting them together. notes: what an office should know."""

    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.findings and not self.troubles

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "files": [str(path) for path in self.files],
            "findings": [finding.as_dict() for finding in self.findings],
            "troubles": self.troubles,
            "notes": self.notes,
        }


def check(files: Iterable[Path], *, together: bool) -> Checked:
    """Check manuals and their cards; `together` also as manuals of one office."""
    found = Checked(list(files))
    manuals: list[Manual] = []
    for path in found.files:
        manual, findings = lint.check_manual(places.text_of(path), str(path))
        found.findings += findings
        found.findings += _cards(path)
        if manual and not findings:
            manuals.append(manual)
    if together and len(manuals) == len(found.files):
        found.troubles = lint.check_together(manuals)
        found.notes = lint.notes_together(manuals)
    return found


def _cards(manual: Path) -> list[Finding]:
    """Cards that cannot be read."""
    findings = []
    for path in places.cards_of(manual):
        try:
            card.read(path)
        except Problem as problem:
            said = problem.message.removeprefix(f"{path}: ")
            findings.append(Finding(str(path), 1, "", "card", said, problem.hint))
    return findings
