"""guanjia mailbox: the mailbox of an office, from which letters are read and answered."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.estate.queries import office_by_code
from guanjia.intake.mail import boxes, reading
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.notify import mailboxes
from guanjia.notify.models import Mailbox

TLS = tuple(Mailbox.Tls.values)


class Command(BaseCommand):
    """set, password, check, read, list, stop."""

    help = "管理处的邮箱：set 设置、password 存密码、check 试连、read 马上读一次、list 列出、stop 停用"

    def add_arguments(self, parser: CommandParser) -> None:
        """A sub-command each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="set|password|check|read|list|stop")
        setting = verbs.add_parser("set", help="设置或更改邮箱")
        setting.add_argument("office", help="管理处代码")
        setting.add_argument("address", help="邮箱地址")
        setting.add_argument("--user", default="", help="登录账号；不写为邮箱地址")
        setting.add_argument(
            "--imap", required=True, metavar="主机[:端口]", help="收信服务器，端口不写为 993"
        )
        setting.add_argument("--imap-tls", choices=TLS, default="tls", help="收信怎么加密，默认 tls")
        setting.add_argument(
            "--smtp", required=True, metavar="主机[:端口]", help="发信服务器，端口不写为 465"
        )
        setting.add_argument("--smtp-tls", choices=TLS, default="tls", help="发信怎么加密，默认 tls")
        setting.add_argument(
            "--register-as",
            default="",
            metavar="账号",
            help="直接以此人名义登记；不写为先列在「来信」等人确认",
        )
        for verb, text in (
            ("password", "把密码存成数据目录里的文件；从终端或标准输入读"),
            ("check", "试着登录收信和发信服务器"),
            ("read", "马上读一次"),
            ("stop", "停用邮箱"),
        ):
            added = verbs.add_parser(verb, help=text)
            added.add_argument("office", help="管理处代码")
            if verb == "check":
                added.add_argument("--to", default="", metavar="地址", help="再寄一封试信到这个地址")
        verbs.add_parser("list", help="列出所有邮箱").add_argument(
            "--json", action="store_true", help="结果写成 JSON，给程序读"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatches to the verb."""
        getattr(self, f"_{options['verb']}")(options)

    def _set(self, options: dict[str, Any]) -> None:
        office, now = office_by_code(options["office"]), clock.now()
        box = boxes.set_up(
            office, options["address"], boxes.server(options["imap"], options["imap_tls"], "imap"),
            boxes.server(options["smtp"], options["smtp_tls"], "smtp"), at=now, user=options["user"],
            registrar=boxes.registrar(office, options["register_as"], now),
        )  # fmt: skip
        self.stdout.write(f"{office.name}的邮箱是 {box.address}，从 {iso(box.since)} 起的来信。")

    def _password(self, options: dict[str, Any]) -> None:
        office = office_by_code(options["office"])
        text = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline()
        where = boxes.keep_password(office, text, at=clock.now())
        self.stdout.write(f"已存在 {where}，只有本程序的账号能读。")

    def _check(self, options: dict[str, Any]) -> None:
        box = mailboxes.mailbox_of(office_by_code(options["office"]))
        self.stdout.write(boxes.try_reading(box))
        self.stdout.write(boxes.try_sending(box, options["to"], at=clock.now()))

    def _read(self, options: dict[str, Any]) -> None:
        box = mailboxes.mailbox_of(office_by_code(options["office"]))
        count = reading.read(box.pk, now=clock.now())
        box.refresh_from_db()
        if box.trouble:
            raise Problem(
                "MAILBOX_UNREACHABLE", f"邮件服务器：{box.trouble}。", "运行 guanjia mailbox check。"
            )
        self.stdout.write(f"读到 {count} 封新来信。")

    def _stop(self, options: dict[str, Any]) -> None:
        box = mailboxes.mailbox_of(office_by_code(options["office"]))
        boxes.stop(box, at=clock.now())
        self.stdout.write(f"已停用 {box.address}。")

    def _list(self, options: dict[str, Any]) -> None:
        rows = [
            {
                "office": box.office.code,
                "address": box.address,
                "read_at": iso(box.read_at) if box.read_at else None,
                "trouble": box.trouble,
                "registers_as": box.registrar.username if box.registrar else "",
            }
            for box in mailboxes.mailboxes()
        ]
        lines = [f"{row['office']}  {row['address']}  {row['trouble'] or '正常'}" for row in rows]
        text = json.dumps(rows, ensure_ascii=False) if options["json"] else "\n".join(lines) or "还没有邮箱。"
        self.stdout.write(text)
