"""The processes of one machine, and what a person is told once they run."""

from __future__ import annotations

import errno
import fcntl
import socket
import sys
import urllib.request
from dataclasses import dataclass
from typing import IO
from urllib.error import URLError

from django.conf import settings
from django.core.management import get_commands

from guanjia.config import environment as env
from guanjia.config.demo import DEMO_PASSWORD, demo_hash
from guanjia.kernel.problem import Problem
from guanjia.ops.supervisor import Part
from guanjia.staff.models import Post, Role

NAMES = ("web", "worker", "ticker")
THREADS = "4"  # of each web process: a page waits for the database, and pages that listen hold a thread each


@dataclass(frozen=True)
class Login:
    """A demo user to try a role with."""

    role: str
    username: str
    name: str
    password: str


def parts(names: tuple[str, ...] = NAMES) -> list[Part]:
    """The processes with these names, without those that this version lacks."""
    guanjia = (sys.executable, "-m", "guanjia.cli")
    found = [
        Part("web", (sys.executable, "-m", "granian", *_web())),
        Part("worker", (*guanjia, "worker")),
        Part("ticker", (*guanjia, "tick")),
    ]
    return [
        part for part in found if part.name in names and (part.name != "ticker" or "tick" in get_commands())
    ]


def _web() -> tuple[str, ...]:
    return (
        *("--interface", "wsgi", "--host", env.text("GUANJIA_BIND"), "--port", env.text("PORT")),
        *("--workers", env.text("GUANJIA_WEB_WORKERS"), "--blocking-threads", THREADS),
        *("--log-level", "warning", "--respawn-failed-workers", "guanjia.config.wsgi:application"),
    )


def require_free_port() -> None:
    """Raises Problem PORT_IN_USE when another program listens on the address, PORT_REFUSED when it may not be had."""
    address, port = env.text("GUANJIA_BIND"), env.number("PORT")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except (OSError, OverflowError) as error:
            raise _port_problem(address, port, error) from None


def _port_problem(address: str, port: int, error: Exception) -> Problem:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return Problem(
            "PORT_IN_USE",
            f"端口 {port} 已经有程序在用，也许管家已经在另一个窗口里运行。",
            f"先停掉它，或换一个端口：PORT={port + 1} make run（不用 make 时：PORT={port + 1} guanjia run）。",
        )
    return Problem(
        "PORT_REFUSED",
        f"不能在 {address} 的端口 {port} 上监听：{error}。",
        "端口用 1024 到 65535 之间的数，GUANJIA_BIND 用本机的地址。",
    )


def running_lock(*, shared: bool) -> IO[bytes]:
    """The lock of the data folder, held until the file is closed: shared by what runs, alone for what replaces data.

    Raises Problem RUNNING when the other kind holds it.
    """
    file = (settings.HOME / "run.lock").open("ab")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        file.close()
        what = "数据正在恢复" if shared else "管家正在这个数据目录上运行"
        raise Problem("RUNNING", f"{what}。", "等它结束，或先停掉它（Ctrl-C），再试。") from None
    return file


def address() -> str:
    """Where a person opens it: the public address in production, else this machine's."""
    if settings.PRODUCTION:
        return f"{settings.ORIGIN}/"
    host = env.text("GUANJIA_BIND")
    shown = "localhost" if host in ("0.0.0.0", "127.0.0.1", "::", "::1") else host
    return f"http://{shown}:{env.text('PORT')}/"


def is_up() -> bool:
    """True once /healthz answers."""
    host = env.text("GUANJIA_BIND")
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    request = urllib.request.Request(f"http://{host}:{env.text('PORT')}/healthz", headers={"Host": _host()})
    try:
        with urllib.request.urlopen(request, timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _host() -> str:
    """A host name that this server answers to."""
    return env.words("GUANJIA_HOSTS")[0].lstrip(".").replace("*", "localhost")


def demo_logins() -> list[Login]:
    """One demo user a role, in the order of roles; nothing where nobody has the demo's password."""
    posts = Post.objects.filter(user__password=demo_hash(), user__is_active=True).select_related("user")
    first: dict[str, Login] = {}
    for post in posts.order_by("office_id", "user_id"):
        label = str(Role(post.role).label)
        first.setdefault(post.role, Login(label, post.user.username, post.user.name, DEMO_PASSWORD))
    return [first[role] for role in Role.values if role in first]
