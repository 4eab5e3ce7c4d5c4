"""The schema of a manual (规程): TOML, validated by Pydantic. Unknown keys are errors.

Every part that makes a demand names its clause. docs/manual-authors.md explains each key; its tables are made from
the descriptions here and in the sibling modules.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from guanjia.policy.schema_base import Condition, Key, Part
from guanjia.policy.schema_duties import (
    Band,
    Duty,
    Forbid,
    Matcher,
    ObligationDef,
    Presence,
    Quota,
    Secret,
    StepDef,
)
from guanjia.policy.schema_papers import (
    Book,
    CopyDef,
    FormDef,
    FormLine,
    Message,
    Script,
    Statistic,
    TableColumn,
    TableDef,
    Target,
)
from guanjia.policy.schema_procedure import (
    Action,
    Addition,
    Checklist,
    Choice,
    Cosign,
    Effect,
    FieldKind,
    FormField,
    Outcome,
    Procedure,
    Reaction,
    Requirement,
    StateDef,
)

__all__ = [
    "Action", "Addition", "Band", "Book", "Category", "Checklist", "Choice", "Clause", "Condition", "CopyDef", "Cosign", "Duty", "Effect", "FieldKind",
    "Figure", "Forbid", "FormDef", "FormField", "FormLine", "Head", "Key", "Manual", "Matcher", "Message",
    "ObligationDef", "Outcome", "Part", "Presence", "Procedure", "Quota", "Reaction", "Requirement", "RoleMap", "Script", "Secret", "StateDef",
    "Statistic", "StepDef", "TableColumn", "TableDef", "Target",
]  # fmt: skip


class Head(Part):
    """`[manual]`：这是哪一部规程。"""

    key: Key = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="规程代码，如 entrusted-repair-h")
    version: str = Field(min_length=1, description="版本，如 2026.1；改了内容就换版本")
    title: str = Field(min_length=1, description="规程全名")
    short: str = Field(min_length=1, max_length=8, description="界面上的简称，不超过 8 个字")
    edition: str = Field("", description="原文的编号或版别")
    party_word: str = Field("业户", description="规程对住户的称呼：业户、业主、住户、用户")
    family: str = Field("", description="同一家族的规程一处只能采用一部")
    calendar: Key = Field("always", description="不写明时限用哪个日历：always 全天候，office 办公时间")


class RoleMap(Part):
    """`[[role]]`：规程里的一个称呼，和担当它的系统岗位。"""

    key: Key = Field(description="代码，动作和应办里用它")
    label: str = Field(description="规程里的称呼，如 值班员")
    is_: tuple[Key, ...] = Field(alias="is", min_length=1, description='对应的系统岗位，如 ["receptionist"]')


class Clause(Part):
    """`[[clause]]`：一条条文，由规程作者自己简短转述（不抄原文）。"""

    id: str = Field(min_length=1, description="条号，如 二.五).3")
    text: str = Field(min_length=1, description="作者自己的简短转述")


class Figure(Part):
    """`[[figure]]`：可以或必须由管理处自己定的一个数或一种读法（本处设定）。"""

    key: Key = Field(description="代码；时限里写 @代码，条件里写 figure.代码")
    label: str = Field(description="名字")
    clause: str = Field(description="留下空白的条号")
    kind: Literal["limit", "recurrence", "number", "percent", "money", "choice", "list", "text"] = Field(
        "limit", description="是时限、周期、数、百分数、金额（元）、读法、名单还是文字"
    )
    value: str = Field("", description="规程写明的数字；原文没有就不写，见 unspecified")
    unspecified: bool = Field(False, description="原文没有数字：采用前由管理处设定")
    suggest: str = Field("", description="给管理处的建议值，不会自动生效")
    options: tuple[str, ...] = Field((), description="kind 为 choice 时可选的读法")
    if_unset: Literal["block", "ask", "show"] = Field(
        "block", description="没设定时：block 不能采用，ask 每次问，show 只显示不判断"
    )
    immediate: bool = Field(False, description="原文只说立即：管理处不设定时按 10 分钟")


class Category(Part):
    """`[[category]]`：本规程给它程序的一类事项。"""

    key: Key = Field(description="代码")
    standard: Key = Field(description="共用词表里的类别，如 repair；一处只能有一部规程给它程序")
    label: str = Field(description="名字")
    prefix: str = Field(pattern=r"^[A-Z]{2}$", description="单号前缀，两个大写字母")
    procedure: Key = Field(description="走哪套程序")
    subject: Literal["unit", "office"] = Field("unit", description="事项是某户的（unit）还是全处的（office）")
    yields: bool = Field(
        False, description="true 为：别的在用规程也给这一类程序时，让给它；没有时才走本规程的程序"
    )


class Manual(Part):
    """一部规程的最外层。"""

    schema_: Literal[1] = Field(alias="schema", description="格式版本，现在是 1")
    manual: Head = Field(description="这是哪一部规程")
    role: tuple[RoleMap, ...] = Field((), description="规程里的称呼")
    clause: tuple[Clause, ...] = Field((), description="条文的转述")
    figure: tuple[Figure, ...] = Field((), description="由管理处设定的数")
    category: tuple[Category, ...] = Field((), description="给它程序的类别")
    procedure: tuple[Procedure, ...] = Field((), description="程序")
    obligation: tuple[ObligationDef, ...] = Field((), description="应办")
    duty: tuple[Duty, ...] = Field((), description="例行应办")
    presence: tuple[Presence, ...] = Field((), description="总要有人当班的岗位")
    quota: tuple[Quota, ...] = Field((), description="期间里要做够的数")
    forbid: tuple[Forbid, ...] = Field((), description="不许做的事")
    reaction: tuple[Reaction, ...] = Field((), description="事项里发生了某件事，本规程跟着做什么")
    addition: tuple[Addition, ...] = Field((), description="给各部规程的程序加的动作")
    secret: tuple[Secret, ...] = Field((), description="只有哪些人看得到的事")
    form: tuple[FormDef, ...] = Field((), description="表单")
    message: tuple[Message, ...] = Field((), description="消息")
    table: tuple[TableDef, ...] = Field((), description="明细")
    book: tuple[Book, ...] = Field((), description="前台的登记本")
    statistic: tuple[Statistic, ...] = Field((), description="统计")
    target: tuple[Target, ...] = Field((), description="目标")
    script: tuple[Script, ...] = Field((), description="话术")
