"""How fast papers are set: a month's payment requests as the worker prints them, many in one run of the typesetter."""

from __future__ import annotations

from guanjia.ops.bench.clockwork import middle, times
from guanjia.ops.bench.measures import Measure
from guanjia.ops.bench.world import World
from guanjia.policy.schema import FormDef
from guanjia.records import actions, pdf, sheets
from guanjia.records.models import Record

TOGETHER = 50
FORM = FormDef.model_validate(
    {
        "key": "payment_request",
        "title": "付款请求书",
        "clause": "6.3",
        "line": [
            {"label": "房号", "fact": "unit_name"},
            {"label": "月份", "fact": "period"},
            {"label": "款项", "fact": "lines", "kind": "lines"},
        ],
    }
)


def requests_of(world: World, count: int) -> Measure:
    """A payment request of three orders, set fifty at a time; floor: a blank note by the same typesetter."""
    records = [_record(world, number) for number in range(count)]

    def set_all(_number: int) -> None:
        for first in range(0, count, TOGETHER):
            many = [sheets.slip(one, FORM, printed_at=world.now) for one in records[first : first + TOGETHER]]
            pdf.render("slip", {"title": FORM.title, "many": many})

    [taken] = times(set_all, 1, warm=0)
    blank = times(lambda _n: pdf.render("note", {}), 10)
    return Measure("payment_requests", count, taken / count, middle(blank), "ms")


def _record(world: World, number: int) -> Record:
    lines = [
        {"item": f"修理 BX2603-{number + n:04d}", "amount_fen": 4000 + 100 * number + n} for n in range(3)
    ]
    data = {"unit_name": f"9栋1单元{number:04d}", "period": "2026-03", "lines": lines}
    return actions.issue(
        world.office, form=FORM.key, manual_key="bench", manual_version="1", title=FORM.title,
        reference=f"bench:{number}", data=data, copies=(), at=world.now, pattern=actions.monthly("FQ"),
    )  # fmt: skip
