"""The literal table of effects: what an action of a manual can do besides moving the case on.

`apply` of each lives in `engine/effects/`; here is only its name, what it takes and what it means, so that
the lint, the manual page and docs/manual-authors.md say the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EffectSpec:
    """One effect: what it does (for manual authors), which parameters it needs and may take."""

    does: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


EFFECTS: dict[str, EffectSpec] = {
    "assign": EffectSpec(
        "把事项派给 field 里的人；没有填人时派给 department 的公共队列；field:名字 是那一栏里选的部门。",
        (),
        ("field", "department"),
    ),
    "unassign": EffectSpec("收回承办人，事项回到部门队列。"),
    "assign_actor": EffectSpec("经手人自己接下事项。"),
    "appoint": EffectSpec("把 field 里的时间定为约定上门时间。", ("field",)),
    "clear_appointment": EffectSpec("取消约定上门时间。"),
    "complete": EffectSpec("记下完工时间。"),
    "reopen": EffectSpec("重开次数加一，清掉完工与办结时间。"),
    "issue": EffectSpec("开出一张 form 表单，取连续编号，生成各联。", ("form",), ("holder",)),
    "fill": EffectSpec("把已记的事实抄进最近一张 form 表单。", ("form",)),
    "sign": EffectSpec(
        "把 field 里的签名签在最近一张 form 表单上；不写 form 的留在事项上。", ("field",), ("form", "purpose")
    ),
    "hand_copy": EffectSpec("把 form 的 copy 联交给 to，记时间。", ("form", "copy", "to")),
    "receive_copy": EffectSpec("to 收到 form 的 copy 联。", ("form", "copy", "to")),
    "archive_copy": EffectSpec("form 的 copy 联装订归档，册号在 field 里。", ("form", "copy"), ("field",)),
    "direct_copy": EffectSpec("form 的 copy 联最后改归 to。", ("form", "copy", "to")),
    "void_form": EffectSpec("最近一张 form 表单作废，编号保留。", ("form", "reason")),
    "lose_copy": EffectSpec(
        "form 的 copy 联遗失；copy 写 field:名字 时取填写的那一联。", ("form", "copy"), ("field",)
    ),
    "find_copy": EffectSpec("form 的 copy 联找到了，在经手人手里；copy 可写 field:名字。", ("form", "copy")),
    "refuse_signature": EffectSpec(
        "该签最近一张 form 表单的人不签：field 里是见证人，reason 里是原因，代替签名。",
        ("form", "field", "reason"),
        ("purpose",),
    ),
    "charge": EffectSpec("按 amount 里的金额记一笔应收。", ("amount",), ("item",)),
    "set_charge": EffectSpec(
        "把这件事的应收定为 amount 里的金额：第一次照记，以后只记差额；比已收的少时，先作废收据或退款。",
        ("amount",),
        ("item",),
    ),
    "bill": EffectSpec(
        "field 那张明细里的，一户开一件 category 类的付款请求：行是各件事项和明细里第一栏金额；每件事项发生 billed，记下请求的单号（事实 bill）。已经列入过的、自己记了应收的、没有房号的不列。户数多的，其余的由后台一批一批接着开；全部开出以后，由系统做 then 那个动作。",
        ("field", "category"),
        ("then",),
    ),
    "unbill": EffectSpec(
        "撤回付款请求：还没收的应收冲销，各件事项发生 unbilled，下次可以再列入。", ("reason",)
    ),
    "charge_lines": EffectSpec("按 amount 那个事实里的各行（名称、金额）各记一笔应收。", ("amount",)),
    "collect_orders": EffectSpec(
        "收下付款请求里 field 勾的几件（不勾为全部未付的）的钱，开一张收据；每件事项发生 paid。",
        ("field", "method"),
    ),
    "collect": EffectSpec("收下 amount 里的金额，开收据。", ("amount", "method")),
    "take_in_hand": EffectSpec(
        "经手人当面代收 amount 里的金额，记在他名下待交；收据由财务确认时开。", ("amount",)
    ),
    "confirm_in_hand": EffectSpec(
        "财务收下经手人代收的 amount，钱以 method 入账，开收据；和代收的对不上就拒绝。", ("amount", "method")
    ),
    "uncharge": EffectSpec("撤回还没收的应收，记原因。", ("reason",)),
    "void_receipt": EffectSpec("作废 field 里的收据，退回应收。", ("field", "reason")),
    "refund": EffectSpec(
        "凭 field 里的收据退给业户 amount 里的金额。", ("field", "amount", "method", "reason")
    ),
    "waive": EffectSpec("免收余额，记原因。", ("reason",)),
    "urgent": EffectSpec("把事项标为急：清单里排在「急」里，页面上有「急」字。"),
    "subject": EffectSpec(
        "把事由写成 message 这句话：每一张清单、搜索、导出和消息里都这样显示。", ("message",)
    ),
    "attach": EffectSpec("把 field 里的照片归到事项。", ("field",)),
    "notify": EffectSpec("发 message 这条消息给 to（角色、assignee 或 resident）。", ("message", "to")),
    "invite": EffectSpec("给业户发一个链接：scope 为 view（看进度）或 act（同意、签名、评价）。", ("scope",)),
    "open_case": EffectSpec(
        "另开一件 category 类的事项并关联，抄过去 copy 里的事实（那一类的开单栏里没有的不抄）；写了 each 和 into 的，那一串里每一个各开一件。",
        ("category",),
        ("copy", "each", "into"),
    ),
    "link": EffectSpec(
        "把 field 里的事项并入本事项：children 数得到它，条件看得到的是并入以后的户数；两边的经过都写下（那一边发生 linked）。",
        ("field",),
    ),
    "follow": EffectSpec(
        "把本事项并到 field 里的那一件名下：那一件的 children 数得到它，spread 也传到它；空着就不再并着。",
        ("field",),
    ),
    "unlink": EffectSpec(
        "把 field 里的事项从本事项移出，不再数它；两边的经过都写下（那一边发生 unlinked）。", ("field",)
    ),
    "draw": EffectSpec(
        "照 quota 抽样：记下种子、基数名单和抽中的（事实 sample）；谁都可以凭种子再抽一遍。", ("quota",)
    ),
    "spread": EffectSpec(
        "在别的事项上发生 event：field 那张明细的每一件、那一栏里填的那一件，或 children 由本事项开出、并入的每一件。",
        ("field", "event"),
    ),
    "pass_on": EffectSpec(
        "把 field 那张交接清单里的每一件交给接的人：原来的人欠着的应办和手上的事项归他，经过里记下从谁到谁。",
        ("field",),
    ),
    "append": EffectSpec("把 message 这句话加到 into 那一串里。", ("message", "into")),
    "change_items": EffectSpec("按 field 里的几行调整服务项目，记下依据本次评估。", ("field",)),
    "add_suppliers": EffectSpec("把 field 里的专业供应商列入名单，记下依据本次评估。", ("field",)),
}
