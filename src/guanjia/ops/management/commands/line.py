"""guanjia line: the telephone lines whose system reports calls, their keys, and whose desk an extension is."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.estate.queries import office_by_code
from guanjia.intake.models import PhoneLine
from guanjia.intake.telephone import lines
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User


class Command(BaseCommand):
    """add, list, rotate, revoke, extension."""

    help = "电话线路：add 开通、list 列出、rotate 换密钥、revoke 停用、extension 分机归谁"

    def add_arguments(self, parser: CommandParser) -> None:
        """A sub-command each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|rotate|revoke|extension")
        add = verbs.add_parser("add", help="开通一条线路，发它的密钥；密钥只显示这一次")
        add.add_argument("office", help="管理处代码")
        add.add_argument("number", help="业户拨打的号码")
        add.add_argument("--label", default="", help="名称，如 服务热线")
        add.add_argument("--rings", type=int, default=2, help="响几声以内接起算及时，默认 2（第三声之前）")
        add.add_argument(
            "--call-back", default="", help="没接到的多久内打回去，如 30m；本处的规程没有管未接来电时用"
        )
        listing = verbs.add_parser("list", help="列出所有线路")
        rotate = verbs.add_parser("rotate", help="换一条线路的密钥，旧的立即失效；新的只显示这一次")
        revoke = verbs.add_parser("revoke", help="停用一条线路，密钥立即失效")
        for verb in (rotate, revoke):
            verb.add_argument("id", type=int, help="编号，见 list")
        extension = verbs.add_parser("extension", help="分机在谁的台上响")
        extension.add_argument("office", help="管理处代码")
        extension.add_argument("number", help="分机号")
        extension.add_argument("username", help="员工的账号")
        for verb in (add, listing, rotate, revoke, extension):
            verb.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatches to the verb."""
        getattr(self, f"_{options['verb']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        line, secret = lines.add(
            office_by_code(options["office"]), options["number"], options["label"], at=clock.now(),
            rings_in_time=options["rings"], call_back=options["call_back"],
        )  # fmt: skip
        text = f"{secret}\n这是线路 {line.number} 的密钥，只显示这一次，填进电话系统。"
        self._out(options, {**_row(line), "secret": secret}, text)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_row(line) for line in lines.lines()]
        text = "\n".join(
            f"{row['id']:>4}  {row['state']}  {row['office']}  {row['number']}  {row['label']}"
            for row in rows
        )
        self._out(options, rows, text or "还没有线路。")

    def _rotate(self, options: dict[str, Any]) -> None:
        line = _line(options["id"])
        secret = lines.rotate(line, at=clock.now())
        text = f"{secret}\n这是线路 {line.number} 的新密钥，只显示这一次，填进电话系统；旧的已经失效。"
        self._out(options, {**_row(line), "secret": secret}, text)

    def _revoke(self, options: dict[str, Any]) -> None:
        line = _line(options["id"])
        lines.revoke(line, at=clock.now())
        line.refresh_from_db()
        self._out(options, _row(line), f"已停用 {line.number}（{line.label}）。")

    def _extension(self, options: dict[str, Any]) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise Problem("NOT_FOUND", f"没有员工 {options['username']}。", "检查拼写。", status=404)
        row = lines.give_extension(office_by_code(options["office"]), options["number"], user, at=clock.now())
        data = {"office": row.office.code, "extension": row.number, "username": user.username}
        self._out(options, data, f"分机 {row.number} 在{user}的台上响。")

    def _out(self, options: dict[str, Any], data: object, text: str) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False) if options["json"] else text)


def _line(pk: int) -> PhoneLine:
    found = lines.lines().filter(pk=pk).first()
    if found is None:
        raise Problem("NOT_FOUND", f"没有编号为 {pk} 的线路。", "用 guanjia line list 查。")
    return found


def _row(line: PhoneLine) -> dict[str, object]:
    return {
        "id": line.pk,
        "office": line.office.code,
        "number": line.number,
        "label": line.label,
        "rings_in_time": line.rings_in_time,
        "state": "停用" if line.revoked_at else "在用",
    }
