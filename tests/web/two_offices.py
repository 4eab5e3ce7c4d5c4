"""An office with one of everything, and somebody who works in another office of the same company."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.repair import TO_DONE, Repair

from guanjia.adoption import actions as adoption
from guanjia.cases import actions as cases
from guanjia.cases.models import Event
from guanjia.engine import Result
from guanjia.estate import actions as estate
from guanjia.estate.models import Phone
from guanjia.intake import uploads
from guanjia.intake.models import Letter
from guanjia.intake.telephone import lines
from guanjia.intake.telephone.actions import Heard, hear
from guanjia.jobs import actions as jobs
from guanjia.ledger import actions as ledger
from guanjia.ledger.models import Receipt
from guanjia.notify import mailboxes
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation
from guanjia.records.models import Record
from guanjia.staff import actions as staff
from guanjia.staff.models import Role, User
from guanjia.work import actions as work

KEY, VERSION = "entrusted-repair-h", "2026.1"
WORDING = "甲处录入的原文"
LIST = "楼栋,单元,室号,姓名\n8,1,0801,甲处机密\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


class World:
    """An office with one of everything, and somebody who works in another office of the same company."""

    def __init__(self) -> None:
        repair = Repair()
        self.repair, self.office, self.case = repair, repair.office, repair.case
        opened: Result = repair.opened
        self.token = next(token for kind, token in opened.links if kind == "view")
        repair.play(*TO_DONE)
        repair.do("return_sheet", sheet_back=True)
        repair.do("book", by="finance", finance_copy_here=True)
        repair.do("collect", by="cashier", method="cash", received="260")
        self.at = repair.at
        self.record = Record.objects.filter(office=self.office).order_by("pk").first()
        self.receipt = Receipt.objects.get()
        cash = {"amount_fen": 100, "slip": "甲处回单", "key": "d", "at": self.at}
        self.deposit = ledger.deposit_cash(self.office, **cash)
        self.obligation = Obligation.objects.filter(case=self.case).first()
        self.phone = Phone.objects.filter(party__office=self.office).first()
        self._files()
        self._people()
        line, _secret = lines.add(self.office, "0755-88000120", "甲处热线", at=self.at)
        self.line = line
        self.extension = lines.give_extension(
            self.office, "8761", self.repair.person("receptionist"), at=self.at
        )
        box = mailboxes.set_up(self.office, "kf@example.com", at=self.at, imap_host="x", smtp_host="x")
        self.letter = Letter.objects.create(
            office=self.office, mailbox=box, uid_validity=1, uid=1, digest="d", sender="jia@example.com",
            subject="甲处来信", text="甲处信文", came_at=self.at, read_at=self.at,
        )  # fmt: skip
        self.call = hear(line, Heard("a", "missed", self.at, line.number, "13800001234"), now=self.at).call
        other = estate.create_office(
            self.office.company, "other", "清风苑管理处", "清风苑", duty_phone="0755-00000199"
        )
        self.stranger = staff.create_user("stranger", "外人")
        for role in Role:
            staff.give_post(self.stranger, role.value, office=other)

    def _files(self) -> None:
        director = self.repair.person("director")
        picture = SimpleUploadedFile("a.png", PNG, "image/png")
        self.file = cases.keep_upload(self.office, picture, at=self.at, by=director)
        sha256 = uploads.keep(self.office, "a.csv", LIST.encode("utf-8-sig"))
        self.check = jobs.ask(
            self.office, "households-check", "甲处任务", by=director, at=self.at, permission="manage_households",
            data={"sha256": sha256, "name": "甲处机密.csv"},
        )  # fmt: skip
        jobs.run(self.check.pk)
        self.row = work.save_classification(self.office, "甲处部位", "水", "甲处问题", category="repair")
        self.message = Message.objects.create(
            office=self.office, to_user=director, channel="sms", subject="甲处消息", body="甲处正文", key="m",
            created_at=self.at, state="failed",
        )  # fmt: skip
        cases.note_access(self.office, director, "甲处看了电话", self.at)
        adoption.set_wording(self.office, KEY, "一.四)", WORDING)

    def _people(self) -> None:
        self.user: User = self.repair.person("technician")
        self.shift = staff.add_shift(
            self.office, self.user, "甲处早班", self.at, self.at + timedelta(hours=8)
        )
        self.absence = staff.add_absence(
            self.user, self.at + timedelta(days=2), self.at + timedelta(days=3), "甲处病假"
        )

    def secrets(self) -> list[str]:
        """What must not stand on any page of the stranger."""
        names = {user.name for users in self.repair.stage.people.values() for user in users}
        said = [
            "8761", "kf@example.com", "王秀兰", "何先明", "13700002345", "6-1-0302", self.case.number, self.receipt.number, self.record.number,
        ]  # fmt: skip
        return [
            *said,
            *(names - {"品质部", "管理员", "副总经理", "总经理"}),
            WORDING,
            *[
                f"甲处{word}"
                for word in (
                    "部位",
                    "任务",
                    "消息",
                    "正文",
                    "看了",
                    "回单",
                    "早班",
                    "病假",
                    "机密",
                    "热线",
                    "来信",
                    "信文",
                )
            ],
        ]

    def everything(self) -> dict[str, list[object]]:
        """Every row that belongs to the office."""
        found: dict[str, list[object]] = {}
        for model in apps.get_models():
            if any(column.name == "office" for column in model._meta.fields):
                found[model.__name__] = list(model.objects.filter(office=self.office).order_by("pk").values())
        found["Event"] = list(Event.objects.filter(case__office=self.office).order_by("pk").values())
        people = [user.pk for users in self.repair.stage.people.values() for user in users]
        found["User"] = list(User.objects.filter(pk__in=people).order_by("pk").values())
        return found
