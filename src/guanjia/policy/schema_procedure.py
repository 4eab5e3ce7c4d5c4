"""The schema of procedures: states, actions, their fields, requirements, outcomes and effects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from guanjia.policy.schema_base import Condition, Key, Part


class Choice(Part):
    """`choices`：一栏的一个选项。"""

    value: str = Field(description="存下来的值，用英文小写，条件里写的就是它")
    label: str = Field(description="给人看的字")
    when: Condition = Field(
        {},
        description="kind 为 derived 时：合这些条件就是它；不写为其余情况。kind 为 marks 时：合这些条件就有它",
    )


FieldKind = Literal[
    "text", "long", "choice", "multi", "bool", "tick", "amount", "number", "sum", "time", "phone", "staff", "unit",
    "item", "supplier", "lines", "photos", "signature", "receipt", "items", "suppliers", "figures",
    "list", "times", "derived", "product", "department", "table", "checks", "marks", "elapsed", "share", "case",
    "matters",
]  # fmt: skip


class FormField(Part):
    """`field`：动作要填的一栏。填下的内容以它的 key 成为事项的事实。"""

    key: Key = Field(description="代码；填下的内容以它为名成为事实")
    label: str = Field(description="栏名")
    kind: FieldKind = Field("text", description="种类，见「栏的种类」")
    required: bool = Field(False, description="必填")
    required_when: Condition = Field({}, description="在这些条件下必填")
    show_when: Condition = Field({}, description="在这些条件下才出现；不出现的栏，填了也不收")
    choices: tuple[Choice, ...] = Field((), description="kind 为 choice、multi、derived 或 marks 时的选项")
    more: str = Field("", description="选项之外再加的：@名字 取管理处设定的名单，存下来的就是名单里的字")
    roles: tuple[Key, ...] = Field((), description="kind 为 staff 时可选的岗位；matters 时可以接的人")
    allow: tuple[str, ...] = Field(
        (), description="kind 为 signature 时允许的方式：screen、paper、link、refused"
    )
    free_at: Key = Field(
        "", description="kind 为 staff 时：到这个事实的时间，他另有约定或请假的，记在 名字_clash"
    )
    near: Key = Field(
        "",
        description="kind 为 staff 时：按离这个事实里的房号远近排，最近的在前；派的人在哪里记在 名字_near",
    )
    sealed: tuple[Key, ...] = Field(
        (),
        description="保密：只有这些人看得到填了什么，写法同 by；别人在页面、经过、接口里都看不到，消息、表单里也不许用",
    )
    of: tuple[str, ...] = Field(
        (),
        description='kind 为 sum 时加在一起的事实，前面写减号的减去，如 ["refunds", "-topped_up"]；product 时乘在一起的事实；elapsed 时从哪个时间算起；share 时部分和全部两个事实；table 时哪张明细；checks 时核对本动作的哪一栏明细；case 时那件事项的哪些事实也记下来，前面加 本栏_',
    )
    least: int | None = Field(None, description="数字或金额（分）的下限")
    help: str = Field("", description="栏下的一句提示")
    clause: str = Field("", description="要求填这一栏的条号")
    default: str = Field("", description="预填：写事实名，如 =charge_fen；或直接写值")
    focus: bool = Field(False, description="true：打开表单时光标在这一栏")
    keep: bool = Field(True, description="记为事项的事实；false 只留在经过里")


class Requirement(Part):
    """`require`：动作之前必须成立的事。不成立的一次全部说出来。"""

    when: Condition = Field(description="必须成立的条件；读到本动作的栏时，按填好的内容检查")
    says: str = Field(description="不成立时说什么、下一步做什么")
    clause: str = Field("", description="依据的条号；不写用动作的")
    only_if: Condition = Field({}, description="只在这些条件下才要求")
    override: Key = Field("", description="本动作的一栏：填了原因就可以例外")
    override_by: tuple[Key, ...] = Field((), description="谁可以例外；空为能做这个动作的人")


class Effect(Part):
    """`effects`：动作带来的一个效果，见「效果」。"""

    do: Key = Field(description="效果的名字")
    when: Condition = Field({}, description="在这些条件下才做")
    field: str = Field("", description="取本动作的哪一栏")
    form: str = Field("", description="哪张表单")
    copy_: str = Field("", alias="copy", description="表单的哪一联；field:名字 取填写的那一联")
    to: str = Field("", description="给谁：角色、assignee、resident 或 field:栏名")
    holder: str = Field("", description="各联开出后在谁手里")
    department: str = Field("", description="哪个部门的公共队列")
    amount: str = Field("", description="金额在哪个事实里")
    method: str = Field("", description="付款方式在哪一栏里")
    reason: str = Field("", description="原因在哪一栏里")
    item: str = Field("", description="费用名目")
    purpose: str = Field("", description="签名是为了什么")
    message: str = Field("", description="哪条消息")
    scope: str = Field("", description="链接能做什么：view 看进度，act 同意、签名、评价")
    category: str = Field("", description="哪一类事项")
    quota: Key = Field("", description="照哪个数量要求抽样")
    event: str = Field("", description="发生哪个事件")
    each: str = Field("", description="按哪个事实（一串）逐个做")
    then: Key = Field("", description="bill：全部开出以后，由系统做本程序的哪个动作")
    into: str = Field("", description="逐个做时，这一个记在哪个事实里；append 时加到哪一串里")


class Outcome(Part):
    """`outcome`：第一个条件成立的结果，决定新状态、另外发生的事件和效果。"""

    when: Condition = Field({}, description="条件；不写为「其余情况」，放在最后")
    to: Key = Field("", description="新状态；不写用动作的 to")
    emits: tuple[Key, ...] = Field((), description="在动作的事件之后发生的事件")
    effects: tuple[Effect, ...] = Field((), description="在动作的效果之后做的效果")


class Cosign(Part):
    """`cosign`：几方都办了、填得一样，动作才生效。"""

    roles: tuple[Key, ...] = Field(min_length=2, description="哪几方；一个人只能算一方")
    same: tuple[Key, ...] = Field((), description="各方必须填得一样的栏；谈拢之前不算数")


class Checklist(Part):
    """`checklist`：这个动作是一张清单：kind 为 tick 的栏是要勾的各项，可以分几次勾；勾全了动作才算办了。没勾的写进事实 unticked，留到交班。"""

    at: Literal["start", "end"] = Field(description="start 班前清单，end 下班前清单")
    person: Key = Field("", description="本动作里 kind 为 staff 的一栏：当班的每人各勾一张；空为全班一张")


class Action(Part):
    """`[[procedure.action]]`：一个人能对事项做的一件事。"""

    key: Key = Field(description="代码")
    label: str = Field(description="按钮上的字")
    clause: str = Field(description="依据的条号")
    by: tuple[Key, ...] = Field(
        description="谁可以做：规程的角色、assignee 承办人、resident 业户、system 系统、anyone 任何同事、on_shift 这一班当班的人（不论岗位）、field:栏名 那一栏里的人"
    )
    from_: tuple[Key, ...] = Field(
        (), alias="from", description='在哪些状态可做；开单动作不写；["*"] 任何未办结状态'
    )
    to: Key = Field("", description="做完后的状态；不写为不变")
    opens: bool = Field(False, description="开单动作")
    when: Condition = Field({}, description="不成立就不出现")
    require: tuple[Requirement, ...] = Field((), description="必须成立的事")
    field: tuple[FormField, ...] = Field((), description="要填的栏")
    forget: tuple[Key, ...] = Field((), description="重来时要忘掉的事实；events 为已发生的事件")
    emits: tuple[Key, ...] = Field((), description="发生的事件，用共用词表里的字，按先后")
    effects: tuple[Effect, ...] = Field((), description="效果")
    outcome: tuple[Outcome, ...] = Field((), description="按填写的内容分别去哪里")
    cosign: Cosign | None = Field(None, description="要几方一起定")
    checklist: Checklist | None = Field(None, description="是一张清单，写在值班页上，逐项勾")
    says: str = Field("", description="做这一步时该说的话")
    notice: str = Field("", description="提示，如不收现金")
    primary: int = Field(0, description="主动作排序，大的在前；0 为其他")
    bulk: bool = Field(False, description="清单上的许多件可以一起办，填一次；现在用在付款请求的清单上")
    place: Literal["desk", "field", "cashier", "link", "any"] = Field(
        "any", description="主要在哪一端做：前台、手机、收银、业户链接"
    )


class StateDef(Part):
    """`[[procedure.state]]`：事项的一个状态，人一看就懂的一步。"""

    key: Key = Field(description="代码")
    label: str = Field(description="状态的名字")
    stage: str = Field("", description="进度条上的步骤；相同的并成一步；空为不在主线上")
    end: bool = Field(False, description="终态：事项办结，应办停计")
    resident: str = Field("", description="给业户看的说法")


class Procedure(Part):
    """`[[procedure]]`：一套程序，由状态和动作组成。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    state: tuple[StateDef, ...] = Field(description="状态，按先后")
    action: tuple[Action, ...] = Field(description="动作")


class Reaction(Part):
    """`[[reaction]]`：事项里发生了某件事，不论照哪部规程的程序，本规程跟着做的效果。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    event: Key = Field(description="发生什么事件")
    category: tuple[Key, ...] = Field((), description='对哪些类别；空为本规程的类别，["*"] 所有类别')
    when: Condition = Field({}, description="在这些条件下才做")
    effects: tuple[Effect, ...] = Field(
        min_length=1, description="做什么：issue、fill、notify、urgent、subject、invite、open_case"
    )


class Addition(Part):
    """`[[addition]]`：给各部规程的程序加一个动作：不改状态，只记下做了什么。"""

    key: Key = Field(description="代码，同动作的")
    category: tuple[Key, ...] = Field(
        description='加在哪些类别上，本规程自己的也加；["*"] 所有类别（例行应办除外）'
    )
    action: Action = Field(
        description='动作；from 写 ["*"] 任何未办结状态，"ended" 办结以后；没有 to 和 opens'
    )
