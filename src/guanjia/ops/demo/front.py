"""The front desk of the last days: the book of every shift signed and handed over, and the books of the desk.

The estate has just taken on two manuals for it: one has the shift's book and messages for colleagues, the other lost
property and important visits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from guanjia.cases.models import Case
from guanjia.kernel.moments import iso
from guanjia.ops.demo.scenes import Scene, play, take_on
from guanjia.ops.demo.services import Step
from guanjia.ops.demo.world import Site, Story, World
from guanjia.staff.models import User

SHIFTS, BOOKS = "poly-reception-standard", "owner-reception-procedure-5"
TAKEN_ON = timedelta(days=6)
# the book is opened as the shift begins, and nobody does anything before it is signed
AT_ONCE = timedelta(milliseconds=1)
DAY = 1440
Turn = tuple[datetime, datetime, User]
Line = tuple[int, str, dict[str, Any]]  # minutes after the beginning, what, the form


def _entry(minutes: int, kind: str, text: str) -> Line:
    return minutes, "enter", {"entry_kind": kind, "entry": text}


# of one shift after another, the running one first
ENTRIES: tuple[tuple[Line, ...], ...] = (
    (_entry(15, "order", "主任交待：今天雨，大堂铺防滑垫"),),
    (_entry(200, "problem", "3 栋门禁夜里自己开了两次，锁已换电池，还要看"),),
    (
        _entry(95, "order", "周末业委会开会，一楼会议室提前半小时开门"),
        _entry(310, "unfinished", "快递柜厂家说明天来换屏，来了请登记"),
    ),
    (_entry(140, "problem", "北门道闸落杆慢，已请工程组看过，还要观察"),),
    (),
    (
        (60, "equipment_failed", {"equipment": "打印机", "entry": "卡纸，重启两次没有好"}),
        (150, "equipment_works", {"fixed_how": "换了搓纸轮"}),
    ),
    (_entry(30, "order", "电梯维保明天换 9 栋钢丝绳，到时贴通知"),),
    (),
    (_entry(260, "unfinished", "会所钥匙一把没还，约好早上送来"),),
)
FOUND: Step = (6, "desk", "to_lost_found", {"thing": "黑色折叠伞", "kept_where": "前台 2 号柜"})
KEYS: Step = (4, "desk", "to_lost_found", {"thing": "一串钥匙，带小熊挂件", "kept_where": "前台抽屉"})
CLAIMED: Step = (DAY, "desk", "settle", {"result": "失主核对后领走，签了字"})
SEEN: Step = (75, "technician", "read_message", {})
TOLD: Step = (40, "desk", "tell_him", {"told_how": "phone", "acknowledged": True})


def _lost(minutes: int, home: int, matter: str, *steps: Step) -> Scene:
    data = {"channel": "counter", "other_kind": "lost", "matter": matter}
    return Scene("other", minutes, home, data, steps)


def _message(minutes: int, caller: str, matter: str, who: str, *steps: Step) -> Scene:
    return Scene("message_note", minutes, None, {"for_whom": who, "caller": caller, "matter": matter}, steps)


def _visit(minutes: int, spot: str, matter: str, *steps: Step) -> Scene:
    return Scene("major_event", minutes, None, {"event_kind": "visit", "spot": spot, "matter": matter}, steps)


SCENES = (
    _lost(4 * DAY + 120, 6, "在大堂捡到一把黑伞", FOUND, CLAIMED),
    _lost(2 * DAY + 200, 14, "在 6 栋门口捡到一串钥匙", KEYS),
    _lost(190, 16, "遛狗时丢了一只蓝牙耳机"),
    _visit(3 * DAY + 60, "会所和 9 栋", "街道办看老旧电梯更新", (100, "desk", "conclude", {"course": "主任陪同，看了两部电梯，没有提别的要求"})),
    _visit(130, "大堂", "区住建局来看消防通道"),
    _message(2 * DAY + 30, "自来水公司 小陈", "周四上午来抄表，请开水表间", "@technician", SEEN),
    _message(DAY + 15, "9 栋业主委员会 周老师", "楼道灯的清单发到邮箱了，请核对", "@eng_supervisor", TOLD),
    _message(55, "电梯维保 老吴", "下午三点到，请等一下", "@eng_supervisor"),
)  # fmt: skip


def front(world: World, site: Site, now: datetime) -> None:
    """Put the manuals, every shift from then on and every entry of the desk's books into the queue."""
    since = max(now - TAKEN_ON, world.now)
    take_on(world, site, SHIFTS, since)
    take_on(world, site, BOOKS, since)
    turns = _turns(site)
    begun = [place for place, turn in enumerate(turns) if since < turn[0] < now]
    for ago, place in enumerate(reversed(begun)):
        heir, lines = turns[place + 1][2], ENTRIES[ago % len(ENTRIES)]
        world.start(turns[place][0] + AT_ONCE, _shift(world, site, turns[place], heir, lines))
    play(world, site, SCENES, now)


def _turns(site: Site) -> list[Turn]:
    """The shifts of the desk, one after another."""
    crew = site.crew
    found = [
        (begins, ends, user)
        for user in crew.by_role["receptionist"]
        for begins, ends in crew.shifts.get(user.pk, ())
    ]
    return sorted(found, key=lambda turn: turn[0])


def _shift(world: World, site: Site, turn: Turn, heir: User, lines: tuple[Line, ...]) -> Story:
    """Whoever begins reads the book and signs, then sees to his own list; at the end what is open goes to the next."""
    begins, ends, user = turn
    yield world.now
    book = _book(site, begins)
    if book is None:
        return
    book = world.do(book, "arrive", user, at=begins)
    book = world.do(book, "sign_book", user, signed_as=user.name)
    yield begins + timedelta(minutes=3)
    seen: dict[str, Any] = {"courteous": True, "computer": True, "badge": True, "dressed": True}
    book = world.do(book, "self_check", user, **seen)
    for minutes, action, form in lines:
        yield begins + timedelta(minutes=minutes)
        book = world.do(book, action, user, **form)
    yield ends - timedelta(minutes=4)
    world.do(book, "hand_over", user, matters={"*": {"to": heir.pk, "kind": "unfinished"}})


def _book(site: Site, begins: datetime) -> Case | None:
    rows = Case.objects.filter(office=site.office, category="front_shift", facts__shift_begins_at=iso(begins))
    return rows.select_related("office", "unit", "party", "assignee").first()
