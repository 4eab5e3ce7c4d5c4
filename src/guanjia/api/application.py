"""The API as one object: its addresses, who may call, its errors, its description."""

from __future__ import annotations

from ninja import NinjaAPI

from guanjia.api import problems
from guanjia.api.keys import BearerKey, SessionKey
from guanjia.api.openapi import Described
from guanjia.api.parsing import StrictParser
from guanjia.api.rendering import Renderer
from guanjia.api.routes import (
    actions,
    books,
    cases,
    files,
    households,
    intake,
    manuals,
    money,
    offices,
    records,
    services,
    telephone,
    worklist,
)

ROUTERS = (
    offices, intake, cases, actions, records, books, money, files, worklist, households, services, manuals,
    telephone
)  # fmt: skip


def build() -> NinjaAPI:
    """The API, version 1."""
    api = Described(
        title="guanjia",
        version="1",
        description="页面能做的，这里都能做。例子见 docs/api.md。",
        urls_namespace="api-1",
        docs_url="/docs",
        auth=[BearerKey(), SessionKey()],
        parser=StrictParser(),
        renderer=Renderer(),
    )
    problems.install(api)
    for module in ROUTERS:
        api.add_router("", module.router)
    return api
