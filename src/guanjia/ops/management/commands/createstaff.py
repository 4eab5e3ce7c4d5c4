"""guanjia createstaff: a member of staff with posts, above all the first administrator."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.staff.actions import create_user, give_post
from guanjia.staff.models import Role


class Command(BaseCommand):
    """All or nothing: no user is left without the posts asked for."""

    help = "新建员工并给岗位；第一个系统管理员用它建"

    def add_arguments(self, parser: CommandParser) -> None:
        """USERNAME, --name, --role, --office, --company, --phone, --password-stdin, --json."""
        parser.add_argument("username", help="登录名")
        parser.add_argument("--name", required=True, help="姓名，界面上显示")
        parser.add_argument(
            "--role",
            action="append",
            required=True,
            choices=Role.values,
            help="岗位，可写几次；管理员是 administrator",
        )
        parser.add_argument("--office", default="", help="在哪个管理处（代码）；不写为全公司的岗位")
        parser.add_argument("--company", default="", help="全公司的岗位属于哪家公司；只有一家时不用写")
        parser.add_argument("--phone", default="", help="电话")
        parser.add_argument(
            "--password-stdin", action="store_true", help="从标准输入读一行密码；不写时询问或生成"
        )
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the password when it made one up."""
        office = _office(options["office"])
        company = office.company if office else _company(options["company"])
        password, invented = self._password(options)
        with transaction.atomic():
            user = create_user(
                options["username"], options["name"], password=password, phone=options["phone"]
            )
            for role in options["role"]:
                give_post(user, role, office=office, company=None if office else company)
        shown = password if invented else ""
        if options["json"]:
            result = {"id": user.pk, "username": user.username, "roles": options["role"], "password": shown}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self.stdout.write(f"已建 {user.username}（{user.name}），{office or company.name}。")
        if shown:
            self.stdout.write(f"密码（只显示这一次）：{shown}")

    def _password(self, options: dict[str, Any]) -> tuple[str, bool]:
        """The password, and whether it was made up here."""
        if options["password_stdin"]:
            if password := sys.stdin.readline().rstrip("\r\n"):
                return password, False
            raise Problem(
                "PASSWORD_EMPTY", "标准输入里没有密码。", "如 printf '%s\\n' 密码 | guanjia createstaff ..."
            )
        if options["json"] or not sys.stdin.isatty():
            return secrets.token_urlsafe(12), True
        first = getpass.getpass("密码：")
        if first != getpass.getpass("再输一次："):
            raise Problem("PASSWORD_TWICE", "两次输入的密码不一样。", "重新运行，再输一次。")
        return first, False


def _office(code: str) -> Office | None:
    if not code:
        return None
    office = Office.objects.select_related("company").filter(code=code).first()
    if office is None:
        raise Problem("NOT_FOUND", f"没有管理处 {code}。", "检查代码。", status=404)
    return office


def _company(name: str) -> Company:
    found = list(Company.objects.filter(name=name) if name else Company.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    if not found and not name:
        hint = "先运行 guanjia setup --company 公司名称 --office 代码 --estate 项目名称。"
        raise Problem("COMPANY_MISSING", "还没有公司。", hint)
    raise Problem(
        "COMPANY_WHICH", f"没有公司「{name}」。" if name else "有几家公司。", "用 --company 写明公司的全名。"
    )
