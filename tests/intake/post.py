"""A real IMAP server (pymap) and a real SMTP server (aiosmtpd) on loopback, and letters to put into them."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

USER, PASSWORD = "demouser", "demopass"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Imap:
    """A server of our own process; each test has a folder of its own. pair: certificate and key, with which it offers
    STARTTLS and takes no password without."""

    def __init__(self, pair: tuple[Path, Path] | None = None) -> None:
        self.port = free_port()
        tls = ("--cert", str(pair[0]), "--key", str(pair[1])) if pair else ("--no-tls",)
        command = (
            *(str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(self.port), *tls),
            *("--no-service", "admin", "--no-service", "managesieve", "dict", "--demo-data"),
        )  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        for _turn in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.process.poll() is None, "the IMAP server has ended"
            time.sleep(0.1)
        raise AssertionError("the IMAP server does not answer")

    @contextlib.contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        server.login(USER, PASSWORD)
        yield server
        server.logout()

    def anew(self, folder: str) -> None:
        """The folder empty, with another UIDVALIDITY."""
        with self.session() as server:
            server.delete(folder)
            server.create(folder)

    def put(self, folder: str, raw: bytes, at: datetime) -> None:
        with self.session() as server:
            status, _said = server.append(folder, "", imaplib.Time2Internaldate(at), raw)
            assert status == "OK"

    def seen(self, folder: str) -> bytes:
        """The flags of everything in a folder."""
        with self.session() as server:
            server.select(folder, readonly=True)
            return b" ".join(one for one in server.fetch("1:*", "(FLAGS)")[1] if isinstance(one, bytes))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Smtp:
    """Keeps what it was sent. tls: an ssl.SSLContext for TLS from the first byte; more: for the server itself."""

    def __init__(self, tls: ssl.SSLContext | None = None, **more: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.encrypted: list[bool] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), ssl_context=tls, **more)
        self.port = self.controller.port

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.letters.append(BytesParser(policy=default).parsebytes(envelope.content))  # type: ignore[arg-type]
        self.to.append(list(envelope.rcpt_tos))
        return "250 OK"


def letter(subject: str, text: str, sender: str = "王秀兰 <wxl@example.com>", **headers: str) -> EmailMessage:
    """A letter; headers with underscores, such as In_Reply_To."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "kf@example.com", subject
    made["Message-ID"] = headers.pop("message_id", f"<{abs(hash((subject, text, sender)))}@example.com>")
    made["Date"] = "Tue, 24 Mar 2026 10:42:00 +0800"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


MINUTE = timedelta(minutes=1)
