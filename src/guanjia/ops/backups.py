"""Backup and restore of one installation: database, uploaded files, key."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from guanjia.estate.models import Company
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.ops import archive
from guanjia.ops.engines import engine
from guanjia.staff.models import User

MEDIA = "media/"
KEY = "secret.key"
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Result:
    """What was written or read. `size` of the archive in bytes, `media` the number of uploaded files."""

    path: str
    size: int
    media: int
    created: str
    safety: str = ""


def _quiet(done: int, total: int) -> None:
    """No progress."""


def default_path(now: datetime) -> Path:
    """A name of its own in the data folder for every second."""
    folder: Path = settings.HOME / "backups"
    folder.mkdir(exist_ok=True)
    return folder / f"guanjia-{now:%Y%m%d-%H%M%S}.tar.gz"


def backup(target: Path, *, now: datetime, progress: Progress = _quiet) -> Result:
    """Writes one archive. Raises Problem BACKUP_EXISTS, BACKUP_TOOL_MISSING, BACKUP_TOOL_FAILED.

    The database is copied first: files are only ever added, so that every file which it names is there.
    """
    if target.exists():
        raise Problem("BACKUP_EXISTS", f"{target} 已经存在。", "换一个文件名。")
    if not target.parent.is_dir():
        raise Problem("BACKUP_FOLDER", f"没有文件夹 {target.parent}。", "先建好它，或换一个地方。")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.HOME) as folder:
        database = Path(folder, engine().file)
        engine().dump(database)
        members = [(engine().file, database), *_media(), *_key()]
        manifest = archive.Manifest(connection.vendor, version("guanjia"), iso(now), _migrations(), {})
        archive.write(target, members, manifest, progress)
    return _result(target, manifest)


def _media() -> list[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    return [
        (MEDIA + path.relative_to(root).as_posix(), path)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]


def _key() -> list[tuple[str, Path]]:
    path = settings.HOME / KEY
    return [(KEY, path)] if path.exists() else []


def _migrations() -> dict[str, str]:
    """The newest migration of each app."""
    return dict(sorted(MigrationRecorder(connection).applied_migrations()))


def _result(path: Path, manifest: archive.Manifest, safety: str = "") -> Result:
    media = sum(name.startswith(MEDIA) for name in manifest.files)
    return Result(str(path), path.stat().st_size, media, manifest.created, safety)


def verify(source: Path) -> Result:
    """Reads the whole archive and checks every hash, without touching anything. Raises Problem BACKUP_..."""
    with tempfile.TemporaryDirectory(prefix="verify-", dir=settings.HOME) as folder:
        return _result(source, _checked(source, Path(folder)))


def restore(source: Path, *, now: datetime, force: bool = False) -> Result:
    """Replaces database and files by those of the archive; all checks come before the first change.

    Raises Problem RESTORE_NOT_EMPTY when there is data and `force` is not set, RESTORE_ENGINE, RESTORE_NEWER,
    BACKUP_DAMAGED. With `force`, what was there is backed up first (`safety` in the result).
    """
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.HOME) as name:
        folder = Path(name)
        manifest = _checked(source, folder)
        holds_data = _holds_data()
        if holds_data and not force:
            hint = "确定要用备份替换时，加上 --force；替换前会自动另存一份。"
            raise Problem("RESTORE_NOT_EMPTY", "现在的数据库里已有数据。", hint)
        safety = ""
        if holds_data:
            path = default_path(now)
            safety = backup(path.with_name(path.name.replace("guanjia-", "before-restore-")), now=now).path
        engine().load(folder / engine().file)
        _switch_media(folder / "media", now)
        if (folder / KEY).exists():
            shutil.copyfile(folder / KEY, settings.HOME / KEY)
    call_command("migrate", interactive=False, verbosity=0)
    return _result(source, manifest, safety)


def _checked(source: Path, folder: Path) -> archive.Manifest:
    """The unpacked archive, fit for this program and database."""
    if not source.is_file():
        raise Problem("BACKUP_MISSING", f"没有文件 {source}。", "检查路径。")
    manifest = archive.unpack(source, folder)
    if manifest.engine != connection.vendor:
        raise Problem(
            "RESTORE_ENGINE",
            f"备份来自 {manifest.engine}，现在的数据库是 {connection.vendor}。",
            "把 DATABASE_URL 指向同一种数据库再恢复。",
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = [
        f"{app}.{name}"
        for app, name in manifest.migrations.items()
        if _ours(app) and (app, name) not in known
    ]
    if newer:
        hint = f"先把管家升级到 {manifest.version} 或更新的版本，再恢复。"
        raise Problem("RESTORE_NEWER", f"备份来自更新的版本（{newer[0]}）。", hint)
    engine().check(folder / engine().file)
    return manifest


def _ours(app: str) -> bool:
    """Apps that this program no longer has do not matter."""
    return app in {config.label for config in apps.get_app_configs()}


def _holds_data() -> bool:
    """True when there is a company or somebody who works; what migrations put there does not count."""
    tables = set(connection.introspection.table_names())
    return any(model._default_manager.exists() for model in (Company, User) if model._meta.db_table in tables)


def _switch_media(staged: Path, now: datetime) -> None:
    """The old folder is kept beside the new one under the moment of the restore."""
    current = Path(settings.MEDIA_ROOT)
    if current.exists() and any(current.iterdir()):
        current.rename(current.with_name(f"media-before-{now:%Y%m%d-%H%M%S}"))
    elif current.exists():
        current.rmdir()
    if staged.exists():
        staged.rename(current)
