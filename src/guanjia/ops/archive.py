"""The backup file: a tar.gz with the database, the uploaded files, the key, and a manifest with a hash of each.

The manifest is the last member. Reading checks that every member stands in it with its size and hash, and that
nothing else is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from guanjia.kernel.problem import Problem

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
Say = Callable[[int, int], object]


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself. `files`: name -> (size in bytes, SHA-256 in hex)."""

    engine: str
    version: str
    created: str
    migrations: dict[str, str]
    files: dict[str, tuple[int, str]]

    def dump(self) -> bytes:
        """JSON text."""
        return json.dumps(
            {"format": FORMAT, **self.__dict__}, ensure_ascii=False, indent=1, sort_keys=True
        ).encode()

    @classmethod
    def load(cls, text: bytes) -> Manifest:
        """Raises Problem BACKUP_DAMAGED or BACKUP_FORMAT."""
        try:
            data: dict[str, Any] = json.loads(text)
            form = data.pop("format")
            files = {name: (int(size), str(digest)) for name, (size, digest) in data.pop("files").items()}
            manifest = cls(files=files, **data)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _damaged("清单读不懂") from None
        if form != FORMAT:
            raise Problem(
                "BACKUP_FORMAT", f"备份的格式 {form} 不认识。", "请用写出它的那个版本的管家来恢复。"
            )
        return manifest


class _Hashing:
    """A file that is hashed while tarfile reads it."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.sha = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.sha.update(data)
        return data


def write(target: Path, members: list[tuple[str, Path]], manifest: Manifest, progress: Say) -> Manifest:
    """Writes the archive beside `target` and puts it in place when whole; only the owner may read it.

    `progress(done, total)` in bytes of content. A file that changes its size meanwhile raises OSError.
    """
    total = sum(path.stat().st_size for _, path in members)
    done = 0
    partial = target.with_name(target.name + ".partial")
    partial.touch(mode=0o600)
    partial.chmod(0o600)
    try:
        with tarfile.open(partial, "w:gz", compresslevel=6) as tar:
            for name, path in members:
                manifest.files[name] = _add(tar, name, path)
                done += manifest.files[name][0]
                progress(done, total)
            text = manifest.dump()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _add(tar: tarfile.TarFile, name: str, path: Path) -> tuple[int, str]:
    info = tarfile.TarInfo(name)
    stat = path.stat()
    info.size, info.mtime, info.mode = stat.st_size, int(stat.st_mtime), 0o600
    with path.open("rb") as source:
        hashing = _Hashing(source)
        tar.addfile(info, hashing)  # type: ignore[arg-type]
    return info.size, hashing.sha.hexdigest()


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpacks into the empty `folder`, checking everything. Raises Problem BACKUP_DAMAGED, BACKUP_FORMAT."""
    found: dict[str, tuple[int, str]] = {}
    manifest = None
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise _damaged(f"{member.name} 不是文件")
                if member.name == MANIFEST:
                    manifest = Manifest.load(content.read())
                else:
                    found[member.name] = _extract(content, _inside(folder, member.name))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise _damaged(str(error)) from None
    if manifest is None:
        raise _damaged("没有清单，文件可能不完整")
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise _damaged(f"{name} 与清单不符")
    return manifest


def _inside(folder: Path, name: str) -> Path:
    """Where a member goes; never outside the folder."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts:
        raise _damaged(f"{name} 的路径不对")
    return folder.joinpath(*relative.parts)


def _extract(content: IO[bytes], target: Path) -> tuple[int, str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha256()
    size = 0
    with target.open("xb") as out:
        for chunk in _chunks(content):
            sha.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return size, sha.hexdigest()


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _damaged(what: str) -> Problem:
    return Problem("BACKUP_DAMAGED", f"备份文件损坏：{what}。", "换一份备份；现有数据没有动。")
