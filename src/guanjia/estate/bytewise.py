"""Texts compared byte by byte, so that one index answers prefix ranges on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func

LAST = "\U0010ffff"


class Bytewise(Func):
    """The expression under byte order: SQLite compares so anyway, PostgreSQL needs its C collation.

    A collation on the column itself cannot be written for both engines: neither knows the other's name for it.
    """

    template = "%(expressions)s"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same with the C collation."""
        return self.as_sql(compiler, connection, template='(%(expressions)s COLLATE "C")', **context)
