"""Brings the database and the static files to the version of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command, get_commands
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from guanjia.estate.actions import create_company, create_office
from guanjia.estate.models import Company
from guanjia.kernel.problem import Problem

Say = Callable[[str], object]


@dataclass(frozen=True)
class First:
    """The company and its first office, for an installation that begins with nothing."""

    company: str
    code: str
    estate: str


@dataclass(frozen=True)
class Prepared:
    """What was done. `data`: existing, demo, company, or none."""

    database: str
    migrations: int
    data: str

    def as_dict(self) -> dict[str, object]:
        """For --json."""
        return asdict(self)


def prepare(say: Say, *, demo: bool = False, first: First | None = None) -> Prepared:
    """Migrates, collects static files in production, and fills an empty database: with `first`, or the demo company.

    Harmless when called again. Raises Problem UNSAFE_PRODUCTION when the data itself is unsafe for production.
    """
    applied = migrate(say)
    _refuse_unsafe_data()
    if settings.PRODUCTION:
        say("收集静态文件")
        call_command("collectstatic", interactive=False, verbosity=0)
    return Prepared(connection.vendor, applied, _data(say, demo=demo, first=first))


def migrate(say: Say) -> int:
    """Applies what is missing; how many migrations that were."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"更新数据库结构（{len(plan)} 步）")
        call_command("migrate", interactive=False, verbosity=0)
    return len(plan)


def _refuse_unsafe_data() -> None:
    errors = [message for message in run_checks(databases=["default"]) if message.is_serious()]
    if errors:
        raise Problem(
            "UNSAFE_PRODUCTION", "".join(str(error.msg) for error in errors), str(errors[0].hint or "")
        )


def _data(say: Say, *, demo: bool, first: First | None) -> str:
    if Company.objects.exists():
        return "existing"
    if first:
        with transaction.atomic():
            company = create_company(first.company)
            create_office(
                company, first.code, f"{first.estate}管理处", first.estate, time_zone=settings.TIME_ZONE
            )
        return "company"
    if not demo:
        return "none"
    if "demo" not in get_commands():
        say("这个版本没有演示公司，数据库是空的")
        return "none"
    say("装入演示公司（只在空的数据库里做一次）")
    call_command("demo")
    return "demo"
