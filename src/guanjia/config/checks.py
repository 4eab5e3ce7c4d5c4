"""What makes a configuration unsafe for real residents, each with a number and the mend.

Errors (E) stop a start with GUANJIA_PRODUCTION=1; warnings (W) are shown. docs/operators.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from guanjia.config import environment as env
from guanjia.config.demo import demo_hash

SHORTEST_KEY = 50
LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1"}


def register_checks() -> None:
    """Called once, when Django is ready."""
    register(production_settings, Tags.security)
    register(demo_passwords, Tags.database)
    register(front_end_files, Tags.staticfiles)


def production_settings(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """E001-E006 and W101-W102: what the environment says; nothing outside production."""
    if not settings.PRODUCTION:
        return []
    return [*_key(), *_hosts(), *_origin(), *_sandbox(), *_data()]


def _key() -> Iterator[CheckMessage]:
    if len(env.text("GUANJIA_SECRET_KEY")) < SHORTEST_KEY:
        yield Error(
            f"正式运行必须设 GUANJIA_SECRET_KEY，至少 {SHORTEST_KEY} 个字符。",
            hint='生成一个：python3 -c "import secrets; print(secrets.token_urlsafe(50))"，妥善保存，不要换。',
            id="guanjia.E001",
        )


def _hosts() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "GUANJIA_HOSTS 不能是 *：别人能用伪造的主机名骗出链接。",
            hint="写明自己的主机名，如 GUANJIA_HOSTS=kf.example.com。",
            id="guanjia.E002",
        )
    elif set(settings.ALLOWED_HOSTS) <= LOCAL:
        yield Error(
            "GUANJIA_HOSTS 里只有本机，员工和业户打不开。",
            hint="写明对外的主机名，如 GUANJIA_HOSTS=kf.example.com。",
            id="guanjia.E003",
        )


def _origin() -> Iterator[CheckMessage]:
    origin = urlsplit(settings.ORIGIN)
    if origin.scheme != "https" or not origin.hostname or origin.path:
        yield Error(
            "GUANJIA_ORIGIN 必须是对外的 https 网址，不带路径：业户链接、签字和密码不能明文传。",
            hint="如 GUANJIA_ORIGIN=https://kf.example.com；HTTPS 由前面的 nginx 或 Caddy 提供。",
            id="guanjia.E004",
        )
    elif not _served(origin.hostname):
        yield Error(
            f"GUANJIA_ORIGIN 的主机名 {origin.hostname} 不在 GUANJIA_HOSTS 里，业户点开链接会被拒绝。",
            hint=f"在 GUANJIA_HOSTS 里加上 {origin.hostname}。",
            id="guanjia.E005",
        )


def _served(host: str) -> bool:
    """A leading dot in GUANJIA_HOSTS admits the name itself and all below it; `*` admits all (E002 refuses it)."""
    return any(
        name in ("*", host) or (name.startswith(".") and f".{host}".endswith(name))
        for name in settings.ALLOWED_HOSTS
    )


def _sandbox() -> Iterator[CheckMessage]:
    if settings.SANDBOX:
        yield Error(
            "正式运行不能开沙盘：沙盘里的时间可以往前拨，期限会被改掉。",
            hint="去掉 GUANJIA_SANDBOX，或设成 0。",
            id="guanjia.E006",
        )


def _data() -> Iterator[CheckMessage]:
    if connections["default"].vendor == "sqlite":
        yield Caution(
            "正式运行用的是内置 SQLite：只能一台机器，备份要另外安排。",
            hint="一个管理处够用；多台机器或多个管理处请设 DATABASE_URL 用 PostgreSQL。",
            id="guanjia.W101",
        )
    if not Path(env.text("GUANJIA_HOME")).is_absolute():
        yield Caution(
            "GUANJIA_HOME 是相对路径，换个目录启动就找不到数据。",
            hint="写成绝对路径，如 GUANJIA_HOME=/var/lib/guanjia。",
            id="guanjia.W102",
        )


def demo_passwords(
    app_configs: object = None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """E007: active users whose password everybody knows. Only where a database is asked for, and in production."""
    users = get_user_model()
    if not settings.PRODUCTION or "default" not in (databases or ()) or not _has_table(users._meta.db_table):
        return []
    found = list(
        users._default_manager.filter(password=demo_hash(), is_active=True).values_list(
            "username", flat=True
        )[:5]
    )
    if not found:
        return []
    return [
        Error(
            f"还有演示账号用着人人知道的密码：{'、'.join(found)}。",
            hint="正式数据要用新的数据库；这个库若要留用，逐个停用，或用 guanjia changepassword 换密码。",
            id="guanjia.E007",
        )
    ]


def _has_table(name: str) -> bool:
    connection: BaseDatabaseWrapper = connections["default"]
    return name in connection.introspection.table_names()


def front_end_files(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """W103: the front-end packages have not been fetched; signing and offline drafts would not work."""
    folder = settings.PACKAGE / "web" / "static" / "vendor"
    if (folder / "signature_pad.umd.min.js").exists() and (folder / "idb-keyval.umd.js").exists():
        return []
    return [
        Caution(
            "缺前端程序包：签字和离线草稿不能用。",
            hint="在源码目录运行 make prepare；从 wheel 安装的不会缺。",
            id="guanjia.W103",
        )
    ]


def refuse_unsafe() -> None:
    """Raises ImproperlyConfigured in production when any check finds an error: for servers started on their own."""
    if not settings.PRODUCTION:
        return
    errors = [message for message in run_checks(databases=["default"]) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{error.id} {error.msg}{error.hint or ''}" for error in errors))
