"""A small manual with a little of everything, and a case that is played on it without a database."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.policy import lint
from guanjia.policy.compiled import Adopted
from guanjia.policy.decide import decide, happen, offers
from guanjia.policy.decision import Actor, Decision, Offer, Owed
from guanjia.policy.loader import compile_text

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)

SMALL = """\
schema = 1

[manual]
key = "small"
version = "1"
title = "小规程"
short = "小规程"

[[role]]
key = "clerk"
label = "值班员"
is = ["receptionist"]

[[role]]
key = "fixer"
label = "师傅"
is = ["technician"]

[[clause]]
id = "一"
text = "接报修。"

[[clause]]
id = "二"
text = "去修。"

[[figure]]
key = "quick"
label = "多快到场"
clause = "二"
immediate = true

[[figure]]
key = "limit_fen"
label = "要批准的金额"
clause = "二"
kind = "money"
value = "200"

[[category]]
key = "repair"
standard = "repair"
label = "报修"
prefix = "BX"
procedure = "repair"

[[procedure]]
key = "repair"
label = "修理"

[[procedure.state]]
key = "new"
label = "已登记"
stage = "受理"

[[procedure.state]]
key = "doing"
label = "在修"
stage = "施工"

[[procedure.state]]
key = "done"
label = "已修好"
stage = "完工"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "一"
by = ["clerk", "resident"]
opens = true
to = "new"
emits = ["reported"]
field = [
  { key = "matter", label = "修什么", required = true },
  { key = "timing", label = "何时", kind = "choice", required = true, choices = [{ value = "now", label = "马上" }, { value = "later", label = "另约" }] },
  { key = "wish", label = "约在何时", kind = "time", show_when = { timing = "later" }, required_when = { timing = "later" } },
]

[[procedure.action]]
key = "begin"
label = "开工"
clause = "二"
by = ["fixer", "assignee"]
from = ["new"]
to = "doing"
emits = ["arrived", "started"]
effects = [{ do = "notify", message = "begun", to = "resident" }]

[[procedure.action]]
key = "finish"
label = "修好"
clause = "二"
by = ["fixer"]
from = ["doing"]
field = [
  { key = "result", label = "结果", kind = "choice", required = true, choices = [{ value = "good", label = "好了" }, { value = "bad", label = "没好" }] },
  { key = "fee", label = "费用", kind = "amount" },
]
outcome = [
  { when = { result = "good" }, to = "done", emits = ["completed", "closed"] },
  { emits = ["progressed"] },
]

[[obligation]]
key = "arrive"
label = "到场"
clause = "二"
duty = "arrive"
owner = "fixer"
start = ["reported"]
when = { timing = "now" }
stop = ["arrived"]
limit = "@quick"
step = [{ at = "due", to = "clerk", label = "没到场", message = "late" }]

[[obligation]]
key = "complete"
label = "修完"
clause = "二"
owner = "assignee"
start = ["started"]
stop = ["completed"]
limit = "2 days"

[[message]]
key = "begun"
text = "{number} 开工了：{matter}。"

[[message]]
key = "late"
text = "{number} 还没人到场。"
"""


def edited(*changes: tuple[str, str], text: str = SMALL) -> str:
    """The text with pieces replaced; each piece must be there exactly once."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def line_of(text: str, piece: str) -> int:
    """The number of the first line that holds a piece."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if piece in line)


def findings(text: str) -> list[str]:
    """What the lint says of a text, as it is printed."""
    return [str(finding) for finding in lint.check_text(text, "m.toml")]


def adopted(*texts: str, figures: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Adopted, ...]:
    """Manuals as an office works under them; each has passed the lint."""
    for text in texts:
        assert findings(text) == []
    compiled = [compile_text(text) for text in texts]
    return tuple(Adopted(one, (figures or {}).get(one.key, {})) for one in compiled)


def person(*roles: str, user: int | None = 1) -> Actor:
    """Somebody with these system roles."""
    return Actor(frozenset(roles), user)


CLERK = person("receptionist", user=1)
FIXER = person("technician", user=2)
BOSS = person("director", user=3)


@dataclass
class Play:
    """A case carried on as the engine carries it: facts updated, obligations opened and ended."""

    manuals: Sequence[Adopted]
    category: str = "repair"
    facts: dict[str, Any] = field(default_factory=dict)
    owed: list[Owed] = field(default_factory=list)
    at: datetime = NOON
    last: Decision | None = None

    def __post_init__(self) -> None:
        found = self.manuals[0].compiled.category_for(self.category)
        assert found is not None
        self.facts = {
            "state": "",
            "category": self.category,
            "procedure": found.procedure,
            "number": "BX1",
            **self.facts,
        }

    def do(self, action: str, actor: Actor, minutes: int = 0, **data: Any) -> Decision:
        """Perform an action some minutes later."""
        return self.give(action, actor, data, minutes)

    def give(self, action: str, actor: Actor, data: dict[str, Any], minutes: int = 0) -> Decision:
        """Perform an action with a form under whatever names; what goes in must come out unchanged."""
        self.at += timedelta(minutes=minutes)
        before = copy.deepcopy((self.facts, data))
        decision = decide(
            self.manuals,
            self.facts,
            action,
            at=self.at,
            actor=actor,
            data=data,
            owed=tuple(self.owed),
            zone=ZONE,
        )
        assert (self.facts, data) == before
        return self._take(decision)

    def happen(self, *events: str, minutes: int = 0) -> Decision:
        """Something happens without an action."""
        self.at += timedelta(minutes=minutes)
        return self._take(
            happen(self.manuals, self.facts, events, at=self.at, label="发生", owed=tuple(self.owed))
        )

    def offers(self, actor: Actor) -> tuple[Offer, ...]:
        """What the actor is offered now."""
        return offers(self.manuals, self.facts, actor, tuple(self.owed), at=self.at, zone=ZONE)

    def _take(self, decision: Decision) -> Decision:
        self.facts = {**self.facts, **decision.updates, "state": decision.state}
        states = {"met": "met", "cancelled": "cancelled", "paused": "paused", "resumed": "open"}
        for change in decision.changes:
            index = self.owed.index(change.owed)
            self.owed[index] = change.owed._replace(state=states[change.what])
        for opening in decision.openings:
            self.owed.append(
                Owed(
                    id=len(self.owed) + 1,
                    manual_key=opening.obligation.manual_key,
                    key=opening.obligation.definition.key,
                    subject=opening.subject,
                    generation=opening.generation,
                    state=opening.ends or "open",
                )
            )
        self.last = decision
        return decision

    def states(self) -> dict[str, str]:
        """`key` (`key#2`, `key:subject`, `manual/key` for other manuals) -> state of every obligation."""
        own = self.manuals[0].compiled.key
        found = {}
        for row in self.owed:
            name = row.key if row.manual_key == own else f"{row.manual_key}/{row.key}"
            name += f":{row.subject}" if row.subject else ""
            name += f"#{row.generation}" if row.generation > 1 else ""
            found[name] = row.state
        return found


def opened(*texts: str, timing: str = "now", figures: Mapping[str, Mapping[str, str]] | None = None) -> Play:
    """A case of the small manual (or an edition of it), registered at noon."""
    play = Play(adopted(*(texts or (SMALL,)), figures=figures))
    wish = {"wish": "2026-03-25 10:00"} if timing == "later" else {}
    play.do("register", CLERK, matter="水管", timing=timing, **wish)
    return play
