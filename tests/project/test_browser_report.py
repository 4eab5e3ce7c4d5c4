"""Browser tests that did not run are said aloud, and the run is not green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.project.source import ROOT


@pytest.mark.parametrize(("processes", "allowed", "code"), [([], "1", 0), (["-n", "1"], "", 1)])
def test_without_chromium(tmp_path: Path, processes: list[str], allowed: str, code: int) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "GUANJIA_CHROMIUM": "", "GUANJIA_NO_BROWSER": allowed}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            *processes,
            "-m",
            "browser",
            "tests/config",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "BROWSER TESTS NOT RUN" in done.stdout, done.stdout + done.stderr
    assert "3 browser tests: NOT RUN: no Chromium" in done.stdout
    assert done.returncode == code
