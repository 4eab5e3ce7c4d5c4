"""A repair that is played to a certain point through the engine, for tests of pages."""

from __future__ import annotations

import base64
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from PIL import Image

from guanjia.cases.models import Case
from guanjia.engine import Intake, Result, open_case, perform
from guanjia.ops.cards import stage
from guanjia.policy.loader import read

ZONE = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 3, 24, 10, 42, tzinfo=ZONE)
WHO = {
    "dispatch": "receptionist", "transfer": "receptionist", "reschedule": "receptionist", "follow_up": "eng_supervisor",
    "return_sheet": "eng_supervisor",
}  # fmt: skip
LINE = {"name": "不锈钢角阀", "qty": "2", "unit": "只", "price": "39"}
FIRST = "田大勇"


class Repair:
    """An office, its people, and one repair; every step takes a minute."""

    def __init__(self, begins: datetime = BEGINS) -> None:
        text = read(settings.MANUALS_ROOT / "entrusted-repair-h")
        self.stage = stage.build([text], {}, begins)
        self.office = self.stage.office
        self.at = begins
        self.case = self.report()
        self.last: Result | None = None

    def person(self, who: str):
        """Somebody by role or name."""
        return self.stage.person(who)

    def report(self, unit: str = "3-2-1502", matter: str = "厨房水管爆裂", **more: object) -> Case:
        """Another repair, registered now."""
        data = {
            "unit": unit, "contact_phone": "13800001234", "contact_name": "王秀兰", "matter": matter, "timing": "now",
            "channel": "phone", "item": "水管维修", **more,
        }  # fmt: skip
        intake = Intake(party=self.stage.parties.get(unit), subject=matter)
        self.opened = open_case(
            self.office, "repair", actor=self.person("receptionist"), at=self.at, data=data, intake=intake
        )
        return self.opened.case

    def do(self, action: str, *, by: str = "", case: Case | None = None, **data: object) -> Result:
        """One action, a minute later."""
        self.at += timedelta(minutes=1)
        case = case or self.case
        self.last = perform(
            case, action, actor=self.person(by or WHO.get(action, FIRST)), at=self.at, data=data
        )
        case.refresh_from_db()
        return self.last

    def send(self, case: Case | None = None, to: str = FIRST) -> None:
        """Dispatch to a technician; to the pool for an empty name."""
        data = {"technician": self.person(to).pk} if to else {}
        self.do("dispatch", case=case, **data)

    def play(self, *actions: str) -> None:
        """The actions of the usual course, with what each needs."""
        for action in actions:
            if action == "dispatch":
                self.send()
            else:
                self.do(action, **USUAL.get(action, {}))

    def token(self, scope: str = "act") -> str:
        """The token of the link that the last action made."""
        assert self.last is not None
        return next(token for kind, token in self.last.links if kind == scope)


USUAL: dict[str, dict[str, object]] = {
    "inspect": {"finding": "角阀裂了", "verdict": "own", "materials": [LINE], "item": "水管维修"},
    "start": {"no_cash_told": True},
    "deviate": {
        "deviation": "墙里的管也漏", "apologised": True, "new_item": "换一段墙内管", "materials": [LINE], "fee": "260",
    },
    "finish": {"done": "换了角阀两只"},
    "try_out": {"trial": "satisfied"},
    "sign": {
        "opinion": "满意", "signature": {"how": "paper", "name": "王秀兰"}, "charge_state": "fixed", "fee": "260",
        "no_cash_told": True, "resident_copy_handed": True,
    },
}  # fmt: skip
TO_REPAIRING = ("dispatch", "accept", "arrive", "inspect", "start")
TO_DONE = (*TO_REPAIRING, "finish", "try_out", "sign")


def png() -> str:
    """A drawn stroke as a signature pad sends it."""
    kept = io.BytesIO()
    image = Image.new("RGBA", (120, 60))
    for x in range(10, 110):
        for y in range(28, 32):
            image.putpixel((x, y), (21, 35, 43, 255))
    image.save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()
