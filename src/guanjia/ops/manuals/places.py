"""Where the manuals lie: `manuals/` of a checkout, `guanjia/manuals` of an installed wheel."""

from __future__ import annotations

from pathlib import Path

from guanjia.kernel.problem import Problem

_PACKAGE = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """The folder with one folder a manual. Raises Problem MANUALS_MISSING when the installation has none."""
    for place in (_PACKAGE / "manuals", _PACKAGE.parents[1] / "manuals"):
        if place.is_dir():
            return place
    raise Problem("MANUALS_MISSING", "安装里没有 manuals 目录。", "请重新安装，或写明规程文件的路径。")


def installed() -> list[Path]:
    """The folders of the manuals that come with the program, sorted by key."""
    return sorted(path.parent for path in folder().glob("*/manual.toml"))


def find(name: str) -> Path:
    """The manual's file for a path (a file, or a folder with manual.toml) or a key of an installed manual.

    Raises Problem MANUAL_FILE when there is none.
    """
    path = Path(name)
    for place in (path, path / "manual.toml", folder() / name / "manual.toml"):
        if place.is_file():
            return place
    known = "、".join(path.name for path in installed())
    raise Problem("MANUAL_FILE", f"没有规程文件 {name}。", f"写文件、目录，或随程序的规程：{known}。")


def text_of(path: Path) -> str:
    """The text of a manual's file. Raises Problem MANUAL_FILE when it is not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("MANUAL_FILE", f"{path} 不是 UTF-8 编码。", "请用编辑器另存为 UTF-8。") from None


def cards_of(manual: Path) -> list[Path]:
    """The scenario cards beside a manual's file."""
    return sorted((manual.parent / "cards").glob("*.toml"))
