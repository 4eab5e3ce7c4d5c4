"""Calls and letters of the last days: answered, missed and called back, owed a call right now; a letter that became a
repair with its answer, letters that wait for somebody. Nothing comes in from outside: the mailbox is switched off at the end.

The dice are their own: the rest of the demo falls as it would without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from random import Random

from guanjia.cases.models import Case
from guanjia.engine import Intake
from guanjia.intake.mail import actions as mail
from guanjia.intake.mail import boxes
from guanjia.intake.models import Letter, PhoneLine
from guanjia.intake.opening import open_from
from guanjia.intake.telephone import actions as telephone
from guanjia.intake.telephone import lines, trial
from guanjia.kernel.moments import iso
from guanjia.notify import mailboxes
from guanjia.notify.models import Message
from guanjia.ops.demo.matters import about
from guanjia.ops.demo.world import Site, Story, World

OPENED = timedelta(days=6)
DAY = 1440
NUMBER, LABEL, ADDRESS = "0571-00000120", "服务热线", "kf@cuihu.example"
SERVER = boxes.Server("mail.cuihu.example", 993, "tls")
STRANGER = "13912340000"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Missed:
    """A call that nobody answered: minutes before now, from which household (none: a number that is not registered), how
    often it rang; minutes until somebody calls back, or until it rings again and is answered."""

    minutes: int
    home: int | None
    rings: int
    called: int = 0
    again: int = 0


MISSED = (
    Missed(4 * DAY + 130, 2, 7, called=12),
    Missed(2 * DAY + 95, 11, 4),
    Missed(2 * DAY + 92, 11, 6, again=9),
    Missed(DAY + 40, 14, 5, called=21),
    Missed(26, 9, 6),
    Missed(9, None, 5),
    Missed(6, None, 8),
)
# minutes before now, from whom, address, subject, text
WAITING = (
    (48, "何先明", "hxm@mail.example", "地下车库的灯", "3-2-1402 何先明。负二层我车位旁的两盏灯不亮了，晚上看不清，请安排看一下。"),
    (14, "装修公司", "zx@mail.example", "咨询装修手续", "您好，我们下周要进场施工，想问办装修手续要带哪些材料、押金多少。"),
)  # fmt: skip
REPAIR = "纱窗破损"
LEAK = (
    190,
    "谢文斌",
    "xwb@mail.example",
    "阳台纱窗破了",
    "5-1-0602 谢文斌。阳台纱窗破了个大洞，蚊子进来，请派师傅来换。",
)
ANSWER = "明天上午九点以后家里都有人，到了按门铃就行。"


def wires(world: World, site: Site, now: datetime) -> None:
    """Put the line, the mailbox, and every call and letter of an estate into the queue."""
    world.start(max(now - OPENED, world.now), _open(world, site))
    for one in MISSED:
        _start(world, now, one.minutes, _missed(world, site, one))
    _start(world, now, LEAK[0], _letter_with_answer(world, site))
    for minutes, *words in WAITING:
        _start(world, now, minutes, _letter(world, site, *words))
    _start(
        world,
        now,
        DAY + 200,
        _letter(world, site, "订阅", "news@mail.example", "本周特惠", "点击退订", automatic=True),
    )
    _start(world, now, DAY + 300, _dropped(world, site))


def _start(world: World, now: datetime, minutes: int, story: Story) -> None:
    at = now - timedelta(minutes=minutes)
    if at > max(now - OPENED, world.now):
        world.start(at, story)


def _open(world: World, site: Site) -> Story:
    yield world.now
    by = site.crew.one("cs_supervisor")
    lines.add(site.office, NUMBER, LABEL, at=world.now, by=by)
    for number, user in enumerate(site.crew.by_role["receptionist"], 801):
        lines.give_extension(site.office, str(number), user, at=world.now, by=by)
    boxes.set_up(site.office, ADDRESS, SERVER, SERVER, at=world.now, by=by)


# ---------------------------------------------------------------- calls


def _line(site: Site) -> PhoneLine:
    return lines.lines(site.office).get()


def _hear(world: World, site: Site, first: telephone.Heard, rings: int, ending: str, talk: int = 0) -> None:
    for _after, heard in trial.reports(first, rings, ending, talk * SECOND):
        world.outside(lambda heard=heard: telephone.hear(_line(site), heard, now=max(world.now, heard.at)))  # type: ignore[misc]


def _extension(site: Site, at: datetime) -> str:
    desk = site.crew.desk(at)
    return next((one.number for one in lines.extensions(site.office) if one.user_id == desk.pk), "")


def _missed(world: World, site: Site, one: Missed) -> Story:
    """Nobody answers; then somebody calls back, or the household rings again, or the call is still owed."""
    yield world.now
    number = STRANGER if one.home is None else site.homes[one.home].phone
    name = f"demo-{one.minutes}"
    _hear(world, site, telephone.Heard(name, "ringing", world.now, NUMBER, number), one.rings, "missed")
    after = one.called or one.again
    if not after:
        return
    yield world.now + timedelta(minutes=after)
    first = telephone.Heard(
        f"{name}-again", "ringing", world.now, NUMBER, number, _extension(site, world.now),
        direction="out" if one.called else "in",
    )  # fmt: skip
    _hear(world, site, first, 2, "answered", 70)


def answered(world: World, site: Site) -> None:
    """The calls out of which the desk registered something in these days, one after the other."""
    rng, since = Random("calls"), world.until - OPENED
    rows = Case.objects.filter(office=site.office, channel="phone", opened_at__gt=since).exclude(unit=None)
    owners = {user.pk: number for number, user in lines.owners(site.office).items()}
    for case in rows.order_by("opened_at", "pk"):
        number = case.facts.get("contact_phone")
        if not number or case.category == lines.CATEGORY:
            continue
        rings, before = rng.choice((1, 1, 2, 2, 2, 2, 3, 4)), rng.randrange(45, 120)
        at = case.opened_at - before * SECOND
        actor = case.events.order_by("seq").values_list("actor_id", flat=True)[0]
        first = telephone.Heard(f"demo-{case.number}", "ringing", at, NUMBER, number, owners.get(actor, ""))
        _hear(world, site, first, rings, "answered", before + rng.randrange(40))
        telephone.registered(_line(site).calls.get(call_id=first.call_id), case)


# ---------------------------------------------------------------- letters


def _keep(
    world: World, site: Site, who: str, address: str, subject: str, text: str, *, answers: str = "", automatic: bool = False
) -> Letter:  # fmt: skip
    box = mailboxes.mailbox_of(site.office)
    uid = Letter.objects.filter(mailbox=box).count() + 1
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"{who} <{address}>", ADDRESS, subject
    letter["Message-ID"], letter["Date"] = f"<demo-{uid}@mail.example>", format_datetime(world.now)
    if answers:
        letter["In-Reply-To"] = answers
    if automatic:
        letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    arrived = mail.Arrived(1, uid, letter.as_bytes(), world.now)
    kept = world.outside(lambda: mail.keep(box, arrived, now=world.now))
    assert kept is not None
    return kept


def _letter(
    world: World, site: Site, who: str, address: str, subject: str, text: str, *, automatic: bool = False
) -> Story:
    yield world.now
    _keep(world, site, who, address, subject, text, automatic=automatic)


def _dropped(world: World, site: Site) -> Story:
    yield world.now
    letter = _keep(
        world, site, "推广", "ad@mail.example", "承接保洁外墙清洗", "专业团队，价格从优，欢迎来电。"
    )
    yield world.now + timedelta(minutes=25)
    mail.drop(letter, "广告，与业户无关", by=site.crew.desk(world.now), now=world.now)


def _letter_with_answer(world: World, site: Site) -> Story:
    """A letter becomes a repair for tomorrow; the household answers the acknowledgement, and that goes to the repair."""
    yield world.now
    _minutes, *words = LEAK
    letter = _keep(world, site, *words)
    yield world.now + timedelta(minutes=25)
    case = _register(world, site, letter)
    yield world.now + timedelta(minutes=3)
    technician = next(iter(site.crew.by_role["technician"]))
    case = world.do(case, "dispatch", site.crew.desk(world.now), technician=technician.pk, dispatch_note="")
    yield world.now + timedelta(minutes=2)
    world.do(case, "accept", technician)
    yield world.now + timedelta(minutes=70)
    ours = Message.objects.get(office=site.office, key=f"letter:{letter.pk}").message_id
    _keep(world, site, words[0], words[1], f"Re: {words[2]}", ANSWER, answers=ours)


def _register(world: World, site: Site, letter: Letter) -> Case:
    call, home = about(site.calls, REPAIR), site.home("5-1-0602")
    tomorrow = (site.local(world.now) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    data = {
        "unit": home.code, "contact_phone": home.phone, "contact_name": str(home.party), "matter": letter.text,
        "timing": "appointment", "appointment_at": iso(tomorrow), "channel": "email", "item": call.item,
    }  # fmt: skip
    known: Intake = call.intake(home.party)
    result = world.outside(
        lambda: open_from(
            site.office,
            "repair",
            actor=site.crew.desk(world.now),
            now=world.now,
            data=data,
            intake=known,
            key=f"letter:{letter.pk}",
            letter=letter,
        )  # fmt: skip
    )
    return result.case


def hang_up(sites: Iterable[Site], at: datetime) -> None:
    """No worker of the demo asks a mail server that there is not."""
    for site in sites:
        if box := mailboxes.known_of(site.office):
            boxes.stop(box, at=at)
