"""The schema of what is owed: obligations with their triggers and ladders, recurring duties, quotas, prohibitions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from guanjia.policy.schema_base import Condition, Key, Part


class Matcher(Part):
    """`start`、`stop` 等里的一个事件，可以加条件。只写事件名也行。"""

    event: Key = Field(description="事件，用共用词表里的字")
    where: Condition = Field({}, description="事实要合这些条件才算")
    by: tuple[Key, ...] = Field((), description="这些角色做的才算")
    subject: str = Field(
        "", description="分对象计的应办：这一次的对象在哪个事实里；不写同应办的 subject，* 为每个对象都算"
    )


class StepDef(Part):
    """`step`：应办的一级提醒或上报，时刻走应办自己的日历。"""

    at: str = Field(description="50%、due、10m before、30m after、1 working day after")
    to: Key = Field(description="通知或上报给谁：角色、assignee、resident、field:栏名、subject")
    label: str = Field(description="说什么")
    kind: Literal["warn", "escalate"] = Field("escalate", description="warn 提醒，escalate 上报")
    message: Key = Field("", description="发哪条消息")
    reassign: bool = Field(False, description="应办改由 to 承担")
    emits: tuple[Key, ...] = Field((), description="到这一级时发生的事件；另一件应办可以由它起算")


class ObligationDef(Part):
    """`[[obligation]]`：谁依哪一条在什么时候以前欠着一件事。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    owner: str = Field(
        description="谁欠：规程的角色、assignee 承办人、actor 起算时经手的人、resident 业户、field:栏名 那一栏里的人、owes:代码 正欠着那件应办的人、subject 对象自己"
    )
    duty: Key = Field("", description="共用词表里的应办；几部规程同一应办并列显示，严的在前")
    category: tuple[Key, ...] = Field((), description='对哪些类别；空为照本规程的程序办的，["*"] 所有类别')
    start: tuple[Matcher | Key, ...] = Field(description="什么事件起算")
    when: Condition = Field({}, description="起算时还要合这些条件")
    stop: tuple[Matcher | Key, ...] = Field((), description="什么事件算办了")
    cancel: tuple[Matcher | Key, ...] = Field((), description="什么事件后不用办了")
    pause: tuple[Matcher | Key, ...] = Field((), description="什么事件停表")
    resume: tuple[Matcher | Key, ...] = Field((), description="什么事件接着走")
    limit: str = Field(description="时限文字；@名字 取 figure；open 为没有到期时间")
    not_before: str = Field("", description="早于它不列入清单，如 at appointment_at")
    calendar: Key = Field("", description="用哪个日历；不写用规程的")
    measure: Literal["at", "written"] = Field(
        "at", description="按发生时间（at）还是按写入时间（written）算办结"
    )
    again: Literal["restart", "keep", "each", "once"] = Field(
        "restart",
        description="再次起算时：restart 取消旧的重计，keep 还没办就不理会，each 另开一件，once 一件事只开一次",
    )
    subject: str = Field("", description="按哪个事实分开计，如 copy；那个事实是一串时每个各开一件")
    life: Literal["case", "beyond"] = Field("case", description="事项办结时取消（case），还是继续（beyond）")
    blocks: tuple[Key, ...] = Field((), description="没办完时不许发生的事件")
    step: tuple[StepDef, ...] = Field((), description="提醒与上报")
    done_by: Key = Field("", description="办这件应办的动作，页面上直接给出按钮")
    first: bool = Field(False, description="true：这个人没办完它，就不能办别的事项（急的除外）")
    resident: str = Field("", description="给业户看的承诺")


class Duty(Part):
    """`[[duty]]`：例行应办；每一期自动开一件事项。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    category: Key = Field(description="开哪一类事项")
    recurrence: str = Field(
        description="多久一次：daily、weekly on mon、monthly on day 25；每班一件写 every shift；说的是上期或下期的写 for previous、for next；@名字 取 figure"
    )
    shift: tuple[Key, ...] = Field((), description="every shift 时：哪些称呼的人排的班")
    roster: Key = Field(
        "",
        description="开单时记下一份名单（事实 roster）：共用词表里的名单；@名字 取管理处设定的名单；类别.状态 是有这类事项在那个状态的各户",
    )


class Presence(Part):
    """`[[presence]]`：哪个称呼的人，每天从几点到几点总要有一个当班。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    role: Key = Field(description="哪个称呼")
    hours: str = Field(
        "00:00-24:00", description="每天的钟点，如 08:00-18:00；@名字 取 kind 为 hours 的 figure"
    )


class Band(Part):
    """`band`：一档比例，从上一档的上限到 to。"""

    to: int | str | None = Field(None, description="到多少（含）；@名字 取 figure；最后一档不写")
    percent: int = Field(ge=0, le=100, description="比例，百分之几")


class Quota(Part):
    """`[[quota]]`：期间里要做够多少：比例乘基数，不足一个算一个。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    obligation: Key = Field(description="哪件应办；做够了它就算办了")
    event: Key = Field(description="数哪个事件")
    where: Condition = Field({}, description="事件的内容合这些条件才数")
    distinct: str = Field("", description="按哪个事实去重，如 unit：一户只数一次")
    each: str = Field(
        "", description="应办分对象计时：这个事实就是那个对象（或欠着它的人）的才数，如 visited_by"
    )
    of: str = Field("", description="基数：共用词表里的基数，或一个事件（数它在期间里发生了几次）")
    of_where: Condition = Field({}, description="基数是事件时：事项合这些条件的才算")
    of_distinct: str = Field("", description="基数按哪个事实去重")
    band_by: str = Field("", description="按哪个基数选档；不写用 of")
    band: tuple[Band, ...] = Field((), description="各档比例，从小到大")
    number: str = Field("", description="不按比例时要几个；@名字 取 figure")
    round: Literal["up", "down", "half_up"] = Field(
        "up", description="不足一个时：up 进一，down 舍去，half_up 四舍五入"
    )


class Secret(Part):
    """`[[secret]]`：什么事只有哪些人看得到；对别的规程的事项也管用，由 category 定范围。

    看不到的人打不开它的表单；别的表单列到它的、发给他的消息写到它的，只写（保密）。发给业户的消息不受影响。
    """

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    category: tuple[Key, ...] = Field(min_length=1, description='对哪些类别；["*"] 所有类别')
    facts: tuple[Key, ...] = Field(
        min_length=1, description="哪些事实别人看不到，如 contact_name；事由和业户的姓名也一起不给看"
    )
    readers: tuple[Key, ...] = Field(min_length=1, description="谁看得到，写法同 by")


class Forbid(Part):
    """`[[forbid]]`：谁不许做什么；对别的规程的程序也管用，由 category 定范围。"""

    key: Key = Field(description="代码")
    clause: str = Field(description="依据的条号")
    by: tuple[Key, ...] = Field((), description="谁不许；空为任何人")
    event: Key = Field(description="不许发生的事件")
    category: tuple[Key, ...] = Field((), description='对哪些类别；空为本规程的类别，["*"] 所有类别')
    when: Condition = Field({}, description="在这些条件下才不许")
    says: str = Field(description="拒绝时说什么、下一步做什么")
