"""Complaints of the last days: one answered at the resident's home, one under way, one for others, one about nothing.

Four neighbours speak of the same lift: one more household makes it a collective complaint.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from guanjia.ops.demo.scenes import Scene, play, take_on
from guanjia.ops.demo.services import Step
from guanjia.ops.demo.world import Site, World

MANUAL = "complaint-handling-8"
TAKEN_ON = timedelta(days=6)
DAY = 1440
LIFT = "电梯又困人了，一周坏了三次"
LATER = "业户下班晚，约好晚些上门"
TO_CHIEF: Step = (3, "desk", "hand_over", {"handler": "@cs_supervisor"})
VALID: Step = (
    12,
    "cs_supervisor",
    "classify",
    {"verdict": "valid", "about": "service", "fault": "dereliction"},
)
ANSWERED: tuple[Step, ...] = (
    TO_CHIEF,
    VALID,
    (20, "cs_supervisor", "contact", {"promised_at": "@in75", "special": LATER}),
    (25, "cs_supervisor", "solve", {"result": "补扫楼道，调整保洁班次，加一次巡查"}),
    (20, "cs_supervisor", "answer", {
        "reply_means": "visit", "reply": "当面说明补扫和加巡查", "opinion": "以后看看", "satisfied": "yes",
        "signature": {"how": "paper", "name": "@name"},
    }),
    (10, "desk", "close", {}),
)  # fmt: skip
FOR_OTHERS: tuple[Step, ...] = (
    TO_CHIEF,
    (15, "cs_supervisor", "classify", {"verdict": "assisted", "cause": "developer"}),
    (20, "cs_supervisor", "report_out", {"addressee": "发展商工程部", "report_text": "外墙渗水，请派人查看维修"}),
    (DAY, "cs_supervisor", "track", {"progress": "发展商已派人看过，定了施工队"}),
    (10, "cs_supervisor", "inform_resident", {"told_progress": "施工队下周进场"}),
)  # fmt: skip
ABOUT_NOTHING: tuple[Step, ...] = (
    TO_CHIEF,
    (10, "cs_supervisor", "classify", {"verdict": "invalid"}),
    (15, "cs_supervisor", "explain", {
        "result": "管理费按合同单价，没有多收", "reply_means": "phone", "opinion": "明白了", "satisfied": "yes",
    }),
    (5, "desk", "close", {}),
)  # fmt: skip
SCENES = (
    Scene("complaint", 4 * DAY + 300, 12, {"matter": "楼道垃圾三天没人扫"}, ANSWERED),
    Scene("complaint", 3 * DAY + 100, 15, {"matter": "外墙渗水，卧室墙发霉"}, FOR_OTHERS),
    Scene("complaint", 2 * DAY + 250, 18, {"matter": "觉得管理费算多了"}, ABOUT_NOTHING),
    Scene("complaint", 150, 20, {"matter": "保安夜里大声说话"}, (TO_CHIEF, VALID, (25, "cs_supervisor", "contact", {"promised_at": "@in180", "special": LATER}))),
    Scene("complaint", 100, 1, {"matter": LIFT}, (TO_CHIEF,)),
    Scene("complaint", 70, 3, {"matter": "电梯困人，孩子吓坏了"}, (TO_CHIEF,)),
    Scene("complaint", 40, 5, {"matter": "电梯总是坏，昨晚又困人"}),
    Scene("complaint", 15, 7, {"matter": "电梯困人没人管"}),
)  # fmt: skip


def complaining(world: World, site: Site, now: datetime) -> None:
    """Put the manual and every complaint of an estate into the queue."""
    take_on(world, site, MANUAL, now - TAKEN_ON)
    play(world, site, SCENES, now)
