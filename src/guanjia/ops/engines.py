"""Copies a whole database to a file and back: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.db import connections

from guanjia.kernel.problem import Problem


class Engine(Protocol):
    """What a backup needs of a database."""

    file: str

    def dump(self, target: Path) -> None:
        """A consistent copy while others go on writing."""

    def check(self, source: Path) -> None:
        """Raises Problem BACKUP_DAMAGED when the copy cannot be read."""

    def load(self, source: Path) -> None:
        """Replaces everything in the database by the copy, wholly or not at all."""


class Sqlite:
    """The embedded database."""

    file = "database.sqlite3"

    def dump(self, target: Path) -> None:
        """Pages are copied under SQLite's own locks."""
        with closing(sqlite3.connect(target)) as copy:
            _live().backup(copy)

    def check(self, source: Path) -> None:
        """SQLite's own integrity check, and its foreign keys."""
        try:
            with closing(sqlite3.connect(source)) as copy:
                found = copy.execute("PRAGMA integrity_check").fetchone()[0]
                broken = copy.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            found, broken = str(error), None
        if found != "ok" or broken:
            raise Problem("BACKUP_DAMAGED", f"备份里的数据库损坏：{found}。", "换一份备份；现有数据没有动。")

    def load(self, source: Path) -> None:
        """One transaction of SQLite; other processes see the old content or the new."""
        with closing(sqlite3.connect(source)) as copy:
            copy.backup(_live())


def _live() -> sqlite3.Connection:
    connection = connections["default"]
    connection.ensure_connection()
    live: sqlite3.Connection = connection.connection
    return live


class Postgres:
    """A database server; needs PostgreSQL's client programs."""

    file = "database.dump"

    def dump(self, target: Path) -> None:
        """One snapshot, in PostgreSQL's custom format."""
        self._call("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-acl", f"--file={target}")

    def check(self, source: Path) -> None:
        """pg_restore reads its table of contents."""
        self._call("pg_restore", "--list", f"--file={os.devnull}", str(source))

    def load(self, source: Path) -> None:
        """One transaction. Raises Problem BACKUP_TOOL_FAILED, and nothing has changed then.

        Tables that the copy does not know go first: `pg_restore --clean` would leave them.
        """
        tables = ", ".join(map(connections["default"].ops.quote_name, self._tables()))
        connections["default"].close()
        script = source.with_suffix(".sql")
        self._call(
            *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-acl"),
            f"--file={script}",
            str(source),
        )
        first = ("--command", f"DROP TABLE IF EXISTS {tables} CASCADE") if tables else ()
        options = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1")
        self._call("psql", *options, *first, "--file", str(script))

    def _tables(self) -> list[str]:
        return list(connections["default"].introspection.table_names())

    def _call(self, tool: str, *arguments: str) -> None:
        """The password goes through the environment: the command line of a process is public."""
        if not shutil.which(tool):
            hint = "请安装 PostgreSQL 的客户端程序（Debian：apt-get install postgresql-client）。"
            raise Problem("BACKUP_TOOL_MISSING", f"本机没有 {tool}。", hint)
        settings = connections["default"].settings_dict
        keys = {
            "PGHOST": "HOST",
            "PGPORT": "PORT",
            "PGUSER": "USER",
            "PGPASSWORD": "PASSWORD",
            "PGDATABASE": "NAME",
        }
        environment = {name: str(settings[key]) for name, key in keys.items() if settings.get(key)}
        environment["PGOPTIONS"] = "-c lock_timeout=30s"
        done = subprocess.run(
            [tool, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            tail = done.stderr.strip().splitlines()[-1:] or [f"退出码 {done.returncode}"]
            hint = "确认客户端程序的版本不低于数据库服务器，帐号有权限，然后再试；现有数据没有动。"
            raise Problem("BACKUP_TOOL_FAILED", f"{tool} 没有成功：{tail[0]}。", hint)


ENGINES: dict[str, Engine] = {"sqlite": Sqlite(), "postgresql": Postgres()}


def engine() -> Engine:
    """The one of the default database."""
    return ENGINES[connections["default"].vendor]
