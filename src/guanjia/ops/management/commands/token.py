"""guanjia token: keys of programs that call the API."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.api import actions, queries
from guanjia.api.models import ApiToken
from guanjia.estate.models import Office
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User

T = TypeVar("T")


class Command(BaseCommand):
    """create, list, revoke."""

    help = "接口密钥：发放、列出、收回"

    def add_arguments(self, parser: CommandParser) -> None:
        """A sub-command each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="create|list|revoke")
        create = verbs.add_parser("create", help="发一个密钥；只显示这一次")
        create.add_argument("username", help="程序以哪个员工的身份操作")
        create.add_argument("--label", required=True, help="用途，如 电话系统")
        create.add_argument("--office", default="", help="只限这个管理处（代码）；不写为该员工的所有管理处")
        create.add_argument("--days", type=int, help="有效天数；不写为长期")
        listing = verbs.add_parser("list", help="列出所有密钥")
        revoke = verbs.add_parser("revoke", help="收回一个密钥，立即失效")
        revoke.add_argument("id", type=int, help="编号，见 list")
        for verb in (create, listing, revoke):
            verb.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatches to the verb."""
        now = clock.now()
        if options["verb"] == "create":
            self._create(options, now)
        elif options["verb"] == "list":
            self._list(as_json=options["json"], now=now)
        else:
            token = actions.revoke_token(options["id"], at=now)
            self._out(options["json"], _row(token, now), f"已收回 {token.pk}（{token.label}）。")

    def _create(self, options: dict[str, Any], now: datetime) -> None:
        user = _found(User.objects.filter(username=options["username"]).first(), "员工", options["username"])
        office = None
        if options["office"]:
            office = _found(
                Office.objects.filter(code=options["office"]).first(), "管理处", options["office"]
            )
        token, secret = actions.issue_token(
            user, label=options["label"], office=office, days=options["days"], at=now
        )
        text = f"{secret}\n这是密钥 {token.pk}，只显示这一次。用法：请求头 Authorization: Bearer 密钥。"
        self._out(options["json"], {**_row(token, now), "secret": secret}, text)

    def _list(self, *, as_json: bool, now: datetime) -> None:
        rows = [_row(token, now) for token in queries.tokens()]
        lines = [
            f"{row['id']:>4}  {row['state']}  {row['username']}  {row['office'] or '所有管理处'}  {row['label']}"
            for row in rows
        ]
        self._out(as_json, rows, "\n".join(lines) or "还没有密钥。")

    def _out(self, as_json: bool, data: object, text: str) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False) if as_json else text)


def _found(found: T | None, what: str, name: str) -> T:
    if found is None:
        raise Problem("NOT_FOUND", f"没有{what} {name}。", "检查拼写。", status=404)
    return found


def _row(token: ApiToken, now: datetime) -> dict[str, object]:
    ended = token.expires_at is not None and token.expires_at <= now
    return {
        "id": token.pk,
        "label": token.label,
        "username": token.user.username,
        "office": token.office.code if token.office else "",
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at) if token.expires_at else None,
        "state": "已收回" if token.revoked_at else "已到期" if ended else "有效",
    }
