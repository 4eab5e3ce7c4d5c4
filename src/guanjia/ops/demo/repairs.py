"""The life of one repair, from the call to the sheet that is signed. What follows is in `aftermath`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from guanjia.cases.models import Case
from guanjia.engine import Resident
from guanjia.engine.actors import Doer
from guanjia.kernel.moments import iso
from guanjia.ops.demo import words
from guanjia.ops.demo.aftermath import aftermath
from guanjia.ops.demo.drawing import signature_of
from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.matters import Call
from guanjia.ops.demo.world import Chapter, Site, Story, World
from guanjia.staff.models import User

CHANNELS = ("phone",) * 76 + ("counter",) * 11 + ("web",) * 6 + ("staff",) * 5 + ("letter", "email")


class Repair:
    """One repair. Its stories yield the next moment at which somebody does something about it."""

    def __init__(self, world: World, site: Site, home: Home, call: Call) -> None:
        self.world, self.site, self.home, self.call = world, site, home, call
        self.rng = world.rng
        self.case: Case
        self.technician: User
        self.appointment: datetime | None = None
        self.asking = 0
        self.arrived_at: datetime | None = None
        self.fee = 0

    # -- acting ----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The present moment of the simulation."""
        return self.world.now

    def do(self, action: str, actor: Doer, **data: Any) -> None:
        """Something is done about the case now."""
        self.case = self.world.do(self.case, action, actor, **data)

    def desk(self) -> User:
        """The receptionist on duty."""
        return self.site.crew.desk(self.now)

    def resident(self) -> Resident:
        """The caller, behind the link that was sent."""
        return Resident(self.home.party.name, self.home.party, may_act=True)

    # -- the whole -------------------------------------------------------------------------------------------------

    def life(self, timing: str = "") -> Story:
        """From the call to the last paper."""
        self.register(timing)
        if self.call.matter.wanted:
            yield from self.pass_on()
            return
        yield from self.send()
        if not (yield from self.visit()):
            return
        if self.world.chance(2):
            yield from self.again()
        yield from aftermath(self)

    def register(self, timing: str = "", appointment: datetime | None = None) -> None:
        """The desk writes down address, telephone, matter, and now or later."""
        timing = timing or ("now" if self.call.urgent or self.world.chance(45) else "appointment")
        channel = self.rng.choice(CHANNELS)
        party = self.home.party
        data: dict[str, Any] = {
            "unit": self.home.code, "contact_phone": self.home.phone, "contact_name": str(party),
            "matter": self.call.text, "timing": timing, "channel": channel, "item": self.call.item,
            "note": self.home.note, "relayed_by": "保安 赵铁军" if channel == "staff" else "",
        }  # fmt: skip
        if timing == "appointment":
            self.appointment = appointment or self.slot(3, 30)
            data["appointment_at"] = iso(self.appointment)
        self.case = self.world.open(self.site, self.desk(), self.call, self.home, data)
        if timing == "appointment":
            self.ask_later()

    def slot(self, low: int, high: int) -> datetime:
        """A half hour of the day, some hours from now, that one can agree on."""
        at = self.world.daytime(self.site, self.world.minutes(low * 60, high * 60), 9, 19)
        return at.replace(minute=at.minute // 30 * 30, second=0)

    def pass_on(self) -> Story:
        """What the office does not do: a supplier is recommended; where there is none, the call is taken back."""
        yield self.world.after(90, 260)
        supplier = self.site.suppliers.get(self.call.item)
        if supplier is None:
            self.do("withdraw", self.desk(), reason=words.WITHDRAWN)
        else:
            self.do("recommend", self.desk(), supplier=supplier, explained=True)

    # -- sending somebody ------------------------------------------------------------------------------------------

    def send(self) -> Story:
        """The desk sends somebody, who accepts; sometimes the pool is asked, or somebody declines."""
        yield self.world.after(30, 150)
        technician = self.choose()
        if self.world.chance(6):
            self.do("dispatch", self.desk())
            yield self.world.after(60, 220)
            self.technician = technician
            self.do("take", technician)
            return
        self.dispatch(technician)
        yield self.world.after(30, 150)
        if self.world.chance(3):
            self.do("decline", technician, decline_reason=self.rng.choice(words.WHY_DECLINED))
            yield self.world.after(40, 150)
            self.dispatch(self.choose(but=technician))
            yield self.world.after(30, 120)
        self.do("accept", self.technician)

    def dispatch(self, technician: User) -> None:
        """The desk names a technician."""
        self.technician = technician
        note = self.rng.choice(words.DISPATCHED)
        self.do("dispatch", self.desk(), technician=technician.pk, dispatch_note=note)

    def choose(self, but: User | None = None) -> User:
        """Who is on duty, has the skill and is free soonest."""
        crew, at = self.site.crew, max(self.now, (self.appointment or self.now) - timedelta(minutes=20))
        skill = self.call.row.skill
        everybody = [one for one in crew.by_role["technician"] if one != but and crew.back(one, at) == at]
        there = [one for one in crew.on_duty("technician", at) if one != but] or everybody
        able = [one for one in there if not skill or skill in crew.skills[one.pk]] or there
        return min(able, key=lambda one: (self.site.busy.get(one.pk, at), one.pk))

    # -- at the door -----------------------------------------------------------------------------------------------

    def visit(self) -> Chapter:
        """From the way there to the signed sheet. False when it ended otherwise."""
        yield from self.go()
        yield self.world.after(90, 300)
        if not self.inspect():
            return False
        if self.call.matter.buy and self.world.chance(22):
            yield from self.buy()
        yield self.world.after(60, 240)
        self.do("start", self.technician, no_cash_told=True)
        low, high = self.call.matter.minutes
        work = self.rng.randint(low, high) * 60
        if self.world.chance(4) and self.call.matter.materials:
            yield self.world.after(300, 600)
            if not (yield from self.deviate()):
                return False
        yield self.world.after(work // 2, work)
        yield from self.try_out()
        yield self.world.after(40, 200)
        self.sign()
        return True

    def go(self) -> Story:
        """Until somebody is in the home: late, nobody home and put off included."""
        yield self.arrival()
        for _turn in range(2):
            what = self.rng.randrange(100)
            if what < 5:
                self.do("nobody_home", self.technician, left_at=self.rng.choice(words.LEFT_AT))
                yield self.world.daytime(self.site, self.world.minutes(40, 900), 8, 21)
                at = self.agree(self.slot(2, 20))
                self.do(
                    "reschedule",
                    self.desk(),
                    appointment_at=iso(at),
                    agreed_with=str(self.home.party),
                )
            elif what < 8:
                at = self.agree(self.slot(3, 26))
                reason = self.rng.choice(words.WHY_PUT_OFF)
                self.do("put_off", self.technician, appointment_at=iso(at), put_off_reason=reason)
            else:
                break
            yield self.arrival()
        self.do("arrive", self.technician)
        self.arrived_at = self.now
        self.site.busy[self.technician.pk] = self.world.minutes(30, 60)

    def arrival(self) -> datetime:
        """When the technician stands at the door: mostly in time; later when there is another job in hand."""
        world = self.world
        if self.appointment is not None:
            late = world.chance(7)
            at = self.appointment + timedelta(
                seconds=self.rng.randint(180, 1500) if late else -self.rng.randint(20, 540)
            )
            return max(at, world.after(60, 240))
        free = self.site.busy.get(self.technician.pk, self.now)
        begun = self.case.opened_at if not self.case.reopened else self.now
        at = world.minutes(17, 39, begun) if world.chance(5) else world.after(300, 840, begun)
        at = max(at, world.after(60, 200))
        return max(at, min(free + timedelta(minutes=6), at + timedelta(minutes=12)))

    def agree(self, at: datetime) -> datetime:
        """A new time is agreed on; the supervisor will ask whether it was kept."""
        self.appointment = at
        self.ask_later()
        return at

    def ask_later(self) -> None:
        """Half an hour after the appointment at the latest the supervisor rings the household."""
        at = self.appointment
        assert at is not None
        self.asking += 1
        asked = self.world.present(
            self.site, self.site.crew.one("eng_supervisor"), self.world.minutes(4, 24, at)
        )
        self.world.start(max(asked, self.now), self.ask(at))

    def ask(self, appointment: datetime) -> Story:
        """The call at the appointed time."""
        self.asking -= 1
        if self.appointment == appointment and self.case.closed_at is None:
            there = self.arrived_at is not None and self.arrived_at <= appointment
            remark = self.rng.choice(words.ON_TIME if there else words.NOT_ON_TIME)
            answer = ("yes" if there else "no") if self.world.chance(96) else "unreached"
            self.do(
                "ask_punctuality", self.site.crew.one("eng_supervisor"), on_time=answer, on_time_remark=remark
            )
        yield from ()

    def inspect(self) -> bool:
        """What is found, and whether the office repairs it. False when a supplier is recommended."""
        matter = self.call.matter
        common: dict[str, Any] = {"finding": self.rng.choice(matter.finding)}
        supplier = self.site.suppliers.get(matter.onsite) if matter.onsite else None
        if supplier and self.world.chance(60):
            common["item"] = matter.onsite
            self.do(
                "inspect", self.technician, **common, verdict="supplier", supplier=supplier, explained=True
            )
            return False
        lines = [dict(line) for line in matter.materials]
        told = {"materials": lines} if lines else {"no_materials": True}
        self.do("inspect", self.technician, **common, verdict="own", **told)
        self.fee = self.rng.choice(matter.fee) * 100
        return True

    def buy(self) -> Story:
        """Materials are bought for the resident: price told, no cash, a time agreed; and back again."""
        yield self.world.after(60, 240)
        at = self.slot(3, 24)
        self.fee = self.fee or 3000
        self.appointment = at
        self.do(
            "agree_materials",
            self.technician,
            fee=self.fee,
            cost_told=True,
            no_cash_told=True,
            appointment_at=iso(at),
        )
        self.ask_later()
        self.arrived_at = None
        yield self.arrival()
        self.do("arrive", self.technician)
        self.arrived_at = self.now

    def deviate(self) -> Chapter:
        """It is not as it seemed: an apology, a new agreement, or the end. False at the end."""
        self.fee += self.rng.choice((2000, 3500, 6000))
        self.do(
            "deviate", self.technician, deviation=self.rng.choice(words.DEVIATED), apologised=True,
            new_item=self.rng.choice(words.NEW_ITEMS), fee=self.fee,
        )  # fmt: skip
        yield self.world.after(200, 1200)
        if self.world.chance(12):
            self.do("refuse_change", self.resident(), refuse_reason=self.rng.choice(words.REFUSED))
            return False
        self.do("agree_change", self.resident(), items_agreed=True, materials_agreed=True, fee_agreed=True)
        return True

    def try_out(self) -> Story:
        """The resident tries it until satisfied."""
        done = self.rng.choice(self.call.matter.done)
        while True:
            self.do("finish", self.technician, done=done)
            yield self.world.after(60, 260)
            if not self.world.chance(6):
                break
            self.do(
                "try_out", self.technician, trial="unsatisfied", trial_remark=self.rng.choice(words.UNHAPPY)
            )
            yield self.world.after(300, 1100)
            done = f"{done}；按业户意见又调了一次"
        self.do("try_out", self.technician, trial="satisfied")

    def sign(self) -> None:
        """Opinion and signature; the charge is fixed at once, later, or there is none."""
        dice = self.rng.randrange(100)
        charge = "none" if not self.fee or dice < 14 else "open" if dice < 24 else "fixed"
        how = "screen" if self.rng.randrange(100) < 12 else "paper"
        data: dict[str, Any] = {"charge_state": charge, "opinion": self.rng.choice(words.OPINIONS)}
        data["signature"] = {"how": how, "name": self.home.party.name}
        if how == "screen":
            data["signature"] |= signature_of(self.rng)
        if charge != "none":
            data["no_cash_told"] = True
        if charge == "fixed":
            data["fee"] = self.fee
        if charge != "open":
            data["resident_copy_handed"] = True
        self.do("sign", self.technician, **data)

    def again(self) -> Story:
        """Not satisfied after all: opened again the same day, and somebody goes at once."""
        yield self.world.daytime(self.site, self.world.minutes(60, 300), 8, 22)
        self.appointment = None
        self.do("reopen", self.desk(), reopen_reason=self.rng.choice(words.REOPENED), timing="now")
        yield from self.send()
        yield self.arrival()
        self.do("arrive", self.technician)
        yield self.world.after(90, 300)
        finding = self.rng.choice(self.call.matter.finding)
        self.do("inspect", self.technician, finding=f"{finding}（第二次）", verdict="own", no_materials=True)
        yield self.world.after(60, 200)
        self.do("start", self.technician)
        yield self.world.minutes(15, 40)
        yield from self.try_out()
        yield self.world.after(40, 200)
        self.fee = 0
        self.sign()
