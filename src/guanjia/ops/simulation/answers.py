"""Filling in the form of any action of any manual, as somebody would who has the case before him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from guanjia.cases.models import Case
from guanjia.ops.cards.stage import Stage
from guanjia.policy import conditions
from guanjia.policy.fields import holds, is_required, offered
from guanjia.policy.schema import FormField

# what the engine or the reports fill in by themselves
COMPUTED = frozenset({"sum", "product", "derived", "marks", "elapsed", "share", "table", "figures"})
# how likely the first choice is, by the field: people are mostly satisfied, most complaints are valid
LIKELY = {"satisfied": 0.85, "trial": 0.95, "opinion": 0.8, "verdict": 0.55}
YES = {
    "hospital": 0.3,
    "problem": 0.12,
    "relative_present": 0.6,
    "police": 0.3,
    "confidential": 0.02,
    "in_writing": 0.1,
}
DOOR_OPENS = 0.5


@dataclass
class Person:
    """How one case is dealt with: its own dice, so that the same happening goes the same way under any manual."""

    stage: Stage
    rng: Random
    known: dict[str, Any] = field(default_factory=dict)

    def form(
        self,
        fields: tuple[FormField, ...],
        facts: Mapping[str, Any],
        at: datetime,
        *,
        everything: bool = False,
    ) -> dict[str, Any]:
        """An answer for every field that must be filled, and for those of which something is known already.

        facts: what conditions read. everything: fill in whatever is shown, after a form was refused.
        """
        seen, data = dict(facts), {}
        for one in fields:
            one = offered(one, seen)
            if one.kind in COMPUTED or (one.show_when and not holds(one.show_when, seen)):
                continue
            if not (everything or is_required(one, seen) or one.key in self.known or one.default):
                continue
            value = self._answer(one, seen, at)
            if value is not None:
                data[one.key] = seen[one.key] = value
        return data

    def _answer(self, one: FormField, seen: Mapping[str, Any], at: datetime) -> Any:
        if one.key in self.known and self._fits(one, self.known[one.key]):
            return self.known[one.key]
        if one.default == "=actor" or one.kind == "staff":
            return self._colleague(one)
        if one.default:
            name = one.default.removeprefix("=")
            found = conditions.lookup(seen, name) if one.default.startswith("=") else one.default
            if found not in (None, ""):
                return at.isoformat() if name == "now" else found
        return self.another(one, at)

    def _fits(self, one: FormField, value: Any) -> bool:
        if one.kind in ("choice", "multi"):
            values = {choice.value for choice in one.choices}
            return set(value if isinstance(value, list) else [value]) <= values
        return one.kind not in ("bool", "tick") or isinstance(value, bool)

    def _colleague(self, one: FormField) -> int | None:
        users = [user for role in one.roles or ("technician",) for user in self.stage.people.get(role, ())]
        return self.rng.choice(users).pk if users else None

    def another(self, one: FormField, at: datetime) -> Any:
        """An answer of the field's kind, whatever is known or given; None for a kind of which nobody makes one up."""
        if one.kind == "choice":
            return self._choice(one)
        if one.kind == "multi":
            return [self._choice(one)]
        if one.kind == "bool":
            return self.rng.random() < YES.get(one.key, DOOR_OPENS)
        if one.kind == "time":
            return (at + timedelta(hours=self.rng.choice((1, 2, 4, 20, 26)))).isoformat()
        return self._earlier() if one.kind == "case" else self._plain(one, at)

    def _earlier(self) -> str | None:
        """One of the complaints that were dealt with lately: whoever asks for a case by its number means one of them."""
        rows = Case.objects.filter(office=self.stage.office, category="complaint", closed_at__isnull=False)
        lately = list(rows.order_by("-closed_at", "-pk").values_list("number", flat=True)[:20])
        return self.rng.choice(lately) if lately else None

    def _choice(self, one: FormField) -> str | None:
        values = [choice.value for choice in one.choices]
        if not values:
            return None
        if len(values) == 1 or self.rng.random() < LIKELY.get(one.key, 0.6):
            return values[0]
        return self.rng.choice(values[1:])

    def _plain(self, one: FormField, at: datetime) -> Any:
        name = str(self.known.get("contact_name") or "王秀兰")
        how = next((way for way in ("paper", "screen") if not one.allow or way in one.allow), "paper")
        return {
            "text": "已办", "long": "照规程办了", "tick": True, "amount": max(one.least or 0, 3000),
            "number": max(one.least or 1, 1), "phone": "13800001234", "unit": self.known.get("unit"),
            "item": "更换水龙头", "supplier": "安心锁具", "list": [f"第{n}户" for n in range(1, 13)], "times": [at.isoformat()],
            "lines": [{"name": "龙头", "qty": "1", "unit": "个", "price": "30"}], "department": "service",
            "signature": {"how": how, "name": name, "png": PIXEL if how == "screen" else ""},
            "items": [], "suppliers": [],
        }.get(one.kind)  # fmt: skip


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
