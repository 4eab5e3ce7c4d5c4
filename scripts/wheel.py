"""Builds the wheel into dist/, looks whether everything is in it, installs it elsewhere and starts it there."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "guanjia"
KINDS = (
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".txt",
    ".toml",
    ".typ",
    ".json",
    ".mo",
    ".csv",
    ".xml",
    ".png",
    ".ico",
)
PRODUCTION = {
    "GUANJIA_PRODUCTION": "1",
    "GUANJIA_HOSTS": "kf.example.com",
    "GUANJIA_ORIGIN": "https://kf.example.com",
    "GUANJIA_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


def expected() -> set[str]:
    """What the wheel must hold: every file of the package of a kind that the program reads, and the manuals."""
    own = {
        "guanjia/" + path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix in KINDS and "__pycache__" not in path.parts
    }
    manuals = {
        "guanjia/manuals/" + path.relative_to(ROOT / "manuals").as_posix()
        for path in (ROOT / "manuals").rglob("*")
        if path.is_file()
    }
    return own | manuals


def build(folder: Path) -> Path:
    """The wheel file."""
    for old in folder.glob("guanjia-*.whl"):
        old.unlink()
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(folder),
            ".",
        ]
    )
    (wheel,) = folder.glob("guanjia-*.whl")
    return wheel


def look(wheel: Path) -> None:
    """Ends the script when something is missing."""
    with zipfile.ZipFile(wheel) as content:
        missing = sorted(expected() - set(content.namelist()))
    if missing:
        sys.exit("Not in the wheel:\n" + "\n".join(missing))


def start(wheel: Path) -> None:
    """Installs it into an environment of its own, with this one's packages behind it, and sets up twice."""
    with tempfile.TemporaryDirectory(prefix="guanjia-wheel-") as name:
        folder = Path(name)
        _run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")])
        python = folder / "venv" / "bin" / "python"
        site = Path(
            _run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
        )
        _run(
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                str(python),
                "install",
                "--quiet",
                "--no-deps",
                str(wheel),
            ]
        )
        (site / "behind.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        where = _run([str(python), "-c", "import guanjia; print(guanjia.__file__)"], folder)
        if not Path(where.strip()).is_relative_to(folder):
            sys.exit(f"The clone answered instead of the wheel: {where}")
        for extra in ({}, PRODUCTION):
            home = folder / f"home{len(extra)}"
            command = [str(folder / "venv" / "bin" / "guanjia"), "setup", "--json"]
            _run(command, folder, {"GUANJIA_HOME": str(home), "DATABASE_URL": "", **extra})


def _run(command: list[str], cwd: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    """0 when the wheel is whole and starts."""
    wheel = build(ROOT / "dist")
    look(wheel)
    start(wheel)
    sys.stdout.write(f"{wheel.relative_to(ROOT)}  {wheel.stat().st_size / 1_000_000:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
