"""An office, a reader, and a real HTTP endpoint on loopback that the messages are sent to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from guanjia.estate.models import Company, Office
from guanjia.staff.models import User


class Endpoint:
    """Keeps what it was sent; answers with the statuses it was told to, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = endpoint.answers.pop(0) if endpoint.answers else 200
                endpoint.got.append((self.path, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def url(self, path: str = "/hook") -> str:
        """The Apprise address of this endpoint."""
        return f"json://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    one = Endpoint()
    one.thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()
    one.thread.join()


@pytest.fixture
def office(db: None) -> Office:
    company = Company.objects.create(name="安居物业服务有限公司", short="安居")
    return Office.objects.create(company=company, code="cuihu", name="翠湖花园管理处", estate_name="翠湖花园")


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create(username="zhou", name="周敏")
