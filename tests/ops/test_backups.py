"""Backup and restore, on whichever database the tests run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from tests.ops.conftest import NOW

from guanjia.estate.models import Office, Unit
from guanjia.kernel.problem import Problem
from guanjia.ops import archive, backups
from guanjia.ops.engines import Postgres, engine
from guanjia.ops.group import running_lock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "postgresql" and not shutil.which("pg_dump"), reason="no pg_dump on this machine"
    ),
]


@pytest.fixture
def written(home: Path, office: Office) -> Path:
    """A backup of an office, an upload and a key."""
    (home / "media" / "2026").mkdir(parents=True)
    (home / "media" / "2026" / "pipe.jpg").write_bytes(b"photograph")
    (home / "secret.key").write_text("first", "utf-8")
    target = home / "backup.tar.gz"
    result = backups.backup(target, now=NOW)
    assert (result.path, result.media, result.created) == (str(target), 1, "2026-03-24T02:00:00Z")
    return target


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def empty() -> None:
    """A database with its tables and nothing in them."""
    call_command("flush", interactive=False, verbosity=0)


def test_into_an_empty_installation(home: Path, office: Office, written: Path) -> None:
    empty()
    shutil.rmtree(home / "media")
    (home / "secret.key").write_text("second", "utf-8")
    result = backups.restore(written, now=NOW)
    assert result.safety == ""
    assert Office.objects.get().name == "翠湖管理处"
    assert (home / "media" / "2026" / "pipe.jpg").read_bytes() == b"photograph"
    assert (home / "secret.key").read_text("utf-8") == "first"
    assert not [path for path in home.iterdir() if path.name.startswith(("restore-", "backup-"))]


def test_existing_data_is_replaced_only_by_force_and_kept_aside(
    home: Path, office: Office, written: Path
) -> None:
    Office.objects.update(name="后来的名字")
    (home / "media" / "later.jpg").write_bytes(b"later")
    assert refused(lambda: backups.restore(written, now=NOW)) == "RESTORE_NOT_EMPTY"
    assert Office.objects.get().name == "后来的名字"

    first = backups.restore(written, now=NOW, force=True)
    assert Office.objects.get().name == "翠湖管理处"
    assert not (home / "media" / "later.jpg").exists()
    assert (home / "media-before-20260324-020000" / "later.jpg").read_bytes() == b"later"

    shutil.rmtree(home / "media-before-20260324-020000")
    (home / "backups").rename(home / "moved")
    backups.restore(home / "moved" / Path(first.safety).name, now=NOW, force=True)
    assert Office.objects.get().name == "后来的名字"
    assert (home / "media" / "later.jpg").read_bytes() == b"later"


def test_what_came_after_the_backup_is_gone(office: Office, written: Path) -> None:
    """Tables too that the archive does not know: an older backup under a newer program."""
    building = office.buildings.create(code="3", name="3栋")
    Unit.objects.create(office=office, building=building, code="3-2-1502", name="3栋2单元1502", number="1502")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_newer_version (id integer)")
    backups.restore(written, now=NOW, force=True)
    assert not Unit.objects.exists()
    assert "of_a_newer_version" not in connection.introspection.table_names()


def test_a_damaged_archive_changes_nothing(office: Office, written: Path) -> None:
    Office.objects.update(name="后来的名字")
    data = bytearray(written.read_bytes())
    data[len(data) // 2] ^= 1
    written.write_bytes(data)
    assert refused(lambda: backups.restore(written, now=NOW, force=True)) == "BACKUP_DAMAGED"
    assert refused(lambda: backups.verify(written)) == "BACKUP_DAMAGED"
    assert Office.objects.get().name == "后来的名字"


def repacked(source: Path, **fields: object) -> Path:
    """The archive with another manifest."""
    folder = source.parent / "repacked"
    folder.mkdir()
    manifest = archive.unpack(source, folder)
    members = [(name, folder / name) for name in manifest.files]
    changed = archive.Manifest(**{**manifest.__dict__, "files": {}, **fields})
    archive.write(source, members, changed, lambda done, total: None)
    return source


def test_an_archive_of_another_engine(written: Path) -> None:
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    assert (
        refused(lambda: backups.restore(repacked(written, engine=other), now=NOW, force=True))
        == "RESTORE_ENGINE"
    )


def test_an_archive_of_a_newer_version(written: Path) -> None:
    newer = repacked(written, migrations={"estate": "9999_from_the_future"}, version="9.0")
    with pytest.raises(Problem, match="estate.9999_from_the_future.*9.0") as caught:
        backups.restore(newer, now=NOW, force=True)
    assert caught.value.code == "RESTORE_NEWER"


def test_a_database_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / engine().file
    broken.write_bytes(b"SQLite format 3\0" + b"nonsense" * 100)
    assert refused(lambda: engine().check(broken)) in ("BACKUP_DAMAGED", "BACKUP_TOOL_FAILED")


def test_missing_client_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(lambda: Postgres().dump(tmp_path / "x")) == "BACKUP_TOOL_MISSING"


def test_it_never_overwrites(written: Path) -> None:
    assert refused(lambda: backups.backup(written, now=NOW)) == "BACKUP_EXISTS"
    assert refused(lambda: backups.backup(written.parent / "no" / "x", now=NOW)) == "BACKUP_FOLDER"
    assert refused(lambda: backups.verify(written.parent / "nothing.tar.gz")) == "BACKUP_MISSING"


def test_the_commands(home: Path, office: Office) -> None:
    out = StringIO()
    call_command("backup", "--json", stdout=out, stderr=StringIO())
    path = json.loads(out.getvalue())["path"]
    assert Path(path).parent == home / "backups"
    out = StringIO()
    call_command("backup", path, "--verify", stdout=out)
    assert "备份完好" in out.getvalue()
    empty()
    out = StringIO()
    call_command("restore", path, "--json", stdout=out)
    assert json.loads(out.getvalue())["path"] == path
    assert Office.objects.exists()


def test_not_while_it_runs(home: Path, written: Path) -> None:
    with running_lock(shared=True):
        assert refused(lambda: call_command("restore", str(written), "--force")) == "RUNNING"
        with running_lock(shared=True):
            pass
    with running_lock(shared=False):
        assert refused(lambda: running_lock(shared=True)) == "RUNNING"
