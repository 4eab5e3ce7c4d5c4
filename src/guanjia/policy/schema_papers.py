"""The schema of papers and words: forms with their copies, messages, statistics, targets, scripts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from guanjia.policy.schema_base import Condition, Key, Part


class CopyDef(Part):
    """`copies`：表单的一联，它的颜色和去处。"""

    key: Key = Field(description="代码")
    label: str = Field(description="联名，如 业户联")
    paper: Literal["white", "red", "yellow"] = Field("white", description="纸色：white 白、red 红、yellow 黄")
    goes_to: str = Field(description="最后在谁手里，写给人看")
    archive: bool = Field(False, description="最后装订归档")


class TableColumn(Part):
    """`column`：明细的一栏。"""

    label: str = Field(description="栏名")
    fact: str = Field(description="哪个事实填它；paid_fen 为已收，balance_fen、charged_fen 照期末的账")
    kind: Literal["text", "time", "amount", "choice"] = Field("text", description="怎么印")
    sum: bool = Field(False, description="末行合计，事实 栏名.sums.事实")


class TableDef(Part):
    """`[[table]]`：系统按期间列出的一张明细，一件事项一行；钱照期末的账。"""

    key: Key = Field(description="代码；kind 为 table 的栏用 of 写它")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    category: Key = Field(description="哪一类事项")
    within: str = Field("opened_at", description="哪个时间落在本期里的才列，如 events.record_issued.first_at")
    before: bool = Field(False, description="true 为本期及以前的都列，如欠费")
    where: Condition = Field(
        {}, description="合这些条件的才列；读 paid_fen、balance_fen、charged_fen 时照期末的账"
    )
    by: str = Field("", description="按哪个事实分组小计")
    column: tuple[TableColumn, ...] = Field(min_length=1, description="各栏")


class FormLine(Part):
    """`line`：表单上的一行：栏名和填它的事实。"""

    label: str = Field(description="栏名")
    fact: str = Field(description="哪个事实填它，如 matter、events.arrived.at")
    kind: Literal["text", "time", "times", "amount", "lines", "signature", "choice", "table"] = Field(
        "text", description="怎么印：文字、时间、几个时间、金额、价目明细、签名、选项的字、一张明细"
    )


class FormDef(Part):
    """`[[form]]`：一张表单：编号、各联、版面。"""

    key: Key = Field(description="代码")
    title: str = Field(description="表名，照原文")
    clause: str = Field(description="依据的条号")
    nature: Literal["slip", "register", "report", "note"] = Field(
        "slip", description="slip 单据，register 登记簿，report 报告，note 便条"
    )
    prefix: str = Field("", description="编号前缀；空为不编号")
    also: tuple[str, ...] = Field((), description="原文里的其他叫法")
    copies: tuple[CopyDef, ...] = Field((), description="各联")
    line: tuple[FormLine, ...] = Field((), description="各行")


class Message(Part):
    """`[[message]]`：一条消息的文字。"""

    key: Key = Field(description="代码")
    text: str = Field(description="文字；{number}、{unit_name} 等处填进事实")


class Statistic(Part):
    """`[[statistic]]`：按月对事项或应办的一个统计数。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    of: Literal["cases", "obligations"] = Field(description="数事项（cases）还是应办（obligations）")
    key_of: str = Field("", description="of 为 obligations 时：哪件应办")
    category: Key = Field("", description="of 为 cases 时：哪一类；空为所有类别")
    where: Condition = Field({}, description="分子：合这些条件的；of 为 obligations 时分子总是按时办的")
    base: Condition = Field({}, description="分母：事项合这些条件的；空为全部")
    over: Literal["month", "quarter"] = Field("month", description="数一个月，还是数那个月所在的季度")
    share: bool = Field(False, description="true 为比率，false 为件数")
    by: str = Field("", description="按哪个事实分组")


class Target(Part):
    """`[[target]]`：一个统计数要达到多少。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    statistic: Key = Field(description="哪个统计数")
    compare: Literal[">=", "<=", ">", "<"] = Field(">=", description="怎么比")
    value: str = Field(description="百分数或数，如 95%；@名字 取 figure")


class Script(Part):
    """`[[script]]`：该说的话，和什么时候给出来。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    text: str = Field(description="说什么")
    clause: str = Field("", description="依据的条号")
    action: Key = Field(
        "", description="做哪个动作时给出；动作、来源和条件都不写的，一直写在上门的人的任务页上"
    )
    channel: Key = Field("", description="哪种来源时给出")
    when: Condition = Field({}, description="在这些条件下才给出；写了的，未办结时一直写在事项页最上面")
    form: Key = Field("", description="印在哪张表单上")
