"""An archive that was touched is not accepted."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from guanjia.kernel.problem import Problem
from guanjia.ops import archive

CONTENT = {"database.sqlite3": b"pages", "media/2026/水管.jpg": b"photograph"}
Change = Callable[[dict[str, bytes]], None]


def made(folder: Path, content: dict[str, bytes] = CONTENT) -> Path:
    """An archive of this content."""
    source = folder / "source"
    members = []
    for name, data in content.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        members.append((name, path))
    target = folder / "backup.tar.gz"
    manifest = archive.Manifest("sqlite", "1.0", "2026-03-24T02:00:00Z", {"estate": "0001_initial"}, {})
    archive.write(target, members, manifest, lambda done, total: None)
    return target


def changed(path: Path, change: Change) -> Path:
    """The same archive with other members."""
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(path, "w:gz") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def unpacked(path: Path, folder: Path) -> str:
    """The code of the refusal, or an empty text."""
    target = folder / "unpacked"
    target.mkdir()
    try:
        archive.unpack(path, target)
    except Problem as problem:
        return problem.code
    return ""


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    target = tmp_path / "unpacked"
    target.mkdir()
    manifest = archive.unpack(made(tmp_path), target)
    assert {name: (target / name).read_bytes() for name in CONTENT} == CONTENT
    assert manifest.files.keys() == CONTENT.keys()
    assert (manifest.engine, manifest.version, manifest.migrations) == (
        "sqlite",
        "1.0",
        {"estate": "0001_initial"},
    )


def test_only_the_owner_may_read_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    target = made(tmp_path)
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "source"]


def test_progress_counts_bytes_of_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 10)
    seen: list[tuple[int, int]] = []
    manifest = archive.Manifest("sqlite", "1.0", "", {}, {})
    archive.write(tmp_path / "b", [("a", path), ("c", path)], manifest, lambda *pair: seen.append(pair))
    assert seen == [(10, 20), (20, 20)]


def edit(name: str, data: bytes) -> Change:
    return lambda members: members.update({name: data})


@pytest.mark.parametrize(
    "change",
    [
        edit("database.sqlite3", b"Pages"),
        edit("media/more.jpg", b"smuggled"),
        edit("../outside", b"x"),
        edit("/outside", b"x"),
        lambda members: members.pop("media/2026/水管.jpg"),
        lambda members: members.pop(archive.MANIFEST),
        edit(archive.MANIFEST, b"not JSON"),
        edit(archive.MANIFEST, b"[]"),
    ],
    ids=["byte", "added", "above", "absolute", "removed", "no manifest", "no JSON", "no object"],
)
def test_a_change_is_noticed(tmp_path: Path, change: Change) -> None:
    assert unpacked(changed(made(tmp_path), change), tmp_path) == "BACKUP_DAMAGED"
    assert not (tmp_path / "outside").exists()


def test_a_cut_off_file_is_noticed(tmp_path: Path) -> None:
    path = made(tmp_path, {"database.sqlite3": bytes(range(256)) * 400})
    path.write_bytes(path.read_bytes()[:-200])
    assert unpacked(path, tmp_path) == "BACKUP_DAMAGED"


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = made(tmp_path)
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("media/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(info)
    assert unpacked(path, tmp_path) == "BACKUP_DAMAGED"


def test_another_format_is_named(tmp_path: Path) -> None:
    def newer(members: dict[str, bytes]) -> None:
        members[archive.MANIFEST] = members[archive.MANIFEST].replace(b'"format": 1', b'"format": 2')

    assert unpacked(changed(made(tmp_path), newer), tmp_path) == "BACKUP_FORMAT"


def test_no_archive_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(b"not a tar file"))
    assert unpacked(path, tmp_path) == "BACKUP_DAMAGED"
