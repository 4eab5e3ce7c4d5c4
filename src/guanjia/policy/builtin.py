"""Actions that every case has, whatever its manual: a note, files, taking back a wrong registration, the ticker's steps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from guanjia.policy.compiled import CompiledAction
from guanjia.policy.compiling import compile_action
from guanjia.policy.schema import Action, Effect, FormField, Requirement

# Titles that are no roles of a manual.
WHO = MappingProxyType(
    {
        "assignee": "承办人",
        "resident": "业户",
        "system": "系统",
        "anyone": "任何同事",
        "on_shift": "这一班当班的人",
    }
)
STATES = MappingProxyType({"": "未登记", "withdrawn": "已撤销"})
ENDS = frozenset({"withdrawn"})


NOTE = Action(
    key="note",
    label="记一笔",
    clause="",
    by=("anyone",),
    from_=("*",),
    field=(
        FormField(key="text", label="记什么", kind="long", required=True, keep=False),
        FormField(key="photos", label="照片", kind="photos", keep=False),
    ),
    emits=("noted",),
    effects=(Effect(do="attach", field="photos"),),
)
WITHDRAW = Action(
    key="withdraw",
    label="撤销登记",
    clause="",
    by=("receptionist", "cs_supervisor", "director"),
    from_=("*",),
    # nobody registered a recurring duty, and nobody takes it back
    when={"events.period_opened": {"set": False}},
    to="withdrawn",
    require=(
        Requirement(
            when={"events.arrived": {"set": False}, "events.completed": {"set": False}},
            says="已经上门的事项不能撤销登记，请照程序办结。",
        ),
        Requirement(
            when={"events.reopened": {"set": False}},
            says="重新打开的事项不能撤销登记，请照程序办结。",
        ),
    ),
    field=(FormField(key="reason", label="为什么撤销", required=True, keep=False),),
    emits=("withdrawn",),
)
# Performed by the ticker and by the engine's own consequences through the same door; see `decide.happen`.
STEP = Action(
    key="@step",
    label="计时",
    clause="",
    by=("system",),
    from_=("*",),
)

ACTIONS: Mapping[str, CompiledAction] = MappingProxyType(
    {action.key: compile_action("", action) for action in (NOTE, WITHDRAW, STEP)}
)


def for_state(facts: Mapping[str, Any]) -> tuple[CompiledAction, ...]:
    """The built-in actions a person may see in this state: none once the registration was taken back."""
    return () if facts["state"] in ENDS else (ACTIONS["note"], ACTIONS["withdraw"])
