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
    until: str = Field(
        "",
        description="列到本期第几天为止（含那天）；0 为上一期末；@名字 取 figure（number）；空为期末",
    )
    closed: bool = Field(False, description="true 为办结了的也列（一年以内的），如办完而没付款的")
    where: Condition = Field(
        {}, description="合这些条件的才列；读 paid_fen、balance_fen、charged_fen 时照期末的账"
    )
    by: str = Field("", description="按哪个事实分组小计")
    column: tuple[TableColumn, ...] = Field(min_length=1, description="各栏")


class Book(Part):
    """`[[book]]`：前台的一本登记，如失物、留言：列出哪些事项，怎么记一笔，怎么当场了结。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字，如 失物招领")
    clause: str = Field(description="依据的条号")
    category: Key = Field(description="本规程的哪一类事项")
    where: dict[str, str | bool | int] = Field(
        {}, description='只列哪些：事实 = 值，都相等才列；记一笔时先填好，如 { other_kind = "lost" }'
    )
    form: Key = Field("", description="开过这张表单的也列")
    waiting: tuple[Key, ...] = Field((), description="在哪些状态算还等着；空为没办结的")
    closes: tuple[Key, ...] = Field((), description="在登记本里就能做的动作，如 领走、转告到了")
    empty: str = Field("", description="一件也没有时说的话：什么时候该记")
    column: tuple[TableColumn, ...] = Field(min_length=1, description="各栏")


class FormLine(Part):
    """`line`：表单上的一行：栏名和填它的事实。"""

    label: str = Field(description="栏名")
    fact: str = Field(description="哪个事实填它，如 matter、events.arrived.at")
    kind: Literal["text", "time", "times", "amount", "lines", "signature", "choice", "table"] = Field(
        "text", description="怎么印：文字、时间、几个时间、金额、价目明细、签名、选项的字、一张明细"
    )
    words: dict[str, str] = Field(
        {}, description='内容 = 在这张表单上写成什么字，如 { repair = "报修", "*" = "其它" }；* 为其余'
    )

    def word_for(self, value: object) -> str:
        """How the form writes a value that has words of its own here; empty when it has none."""
        return self.words.get(str(value), self.words.get("*", ""))


class FormDef(Part):
    """`[[form]]`：一张表单：编号、各联、版面。"""

    key: Key = Field(description="代码")
    title: str = Field(description="表名，照原文")
    called: str = Field("", description="表名由管理处定的：@名字 取 figure；没设定时用 title")
    clause: str = Field(description="依据的条号")
    nature: Literal["slip", "register", "report", "note", "notice"] = Field(
        "slip",
        description="slip 单据，register 登记簿，report 报告，note 便条，notice 告示：各行取 figure.代码，从规程页打印",
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
    """`[[statistic]]`：按周、月、季或年对事项或应办的一个统计数。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    of: Literal["cases", "obligations"] = Field(description="数事项（cases）还是应办（obligations）")
    key_of: str = Field("", description="of 为 obligations 时：哪件应办")
    category: Key = Field("", description="of 为 cases 时：哪一类；空为所有类别")
    where: Condition = Field({}, description="分子：合这些条件的；of 为 obligations 时分子总是按时办的")
    base: Condition = Field({}, description="分母：事项合这些条件的；空为全部")
    base_number: str = Field(
        "",
        description="分母不是事项而是期末的户数：households 总户数，occupied_households 已入住户数；@名字 取管理处设定的数",
    )
    over: Literal["week", "month", "quarter", "year"] = Field(
        "month",
        description="数一周、一个月、一季还是一年；月统计页上列出在那个月里结束的各周，和那个月所在的季、年",
    )
    share: bool = Field(False, description="true 为比率，false 为件数")
    per: Literal[100, 1000] = Field(100, description="比率怎么说：100 百分数，1000 千分数")
    by: str = Field("", description="按哪个事实分组")


class Target(Part):
    """`[[target]]`：一个统计数要达到多少。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    clause: str = Field(description="依据的条号")
    statistic: Key = Field(description="哪个统计数")
    compare: str = Field(
        ">=", description="怎么比：>=、<=、>、<；@名字 取 kind 为 choice 的 figure，它的读法就是这几样里的"
    )
    value: str = Field(description="百分数、千分数或数，如 95%、2‰；@名字 取 figure，没设定的只显示，不判断")


class Script(Part):
    """`[[script]]`：该说的话，和什么时候给出来。"""

    key: Key = Field(description="代码")
    label: str = Field(description="名字")
    text: str = Field(description="说什么")
    clause: str = Field("", description="依据的条号")
    action: Key = Field(
        "", description="做哪个动作时给出；动作、来源和条件都不写的，一直写在上门的人的任务页上"
    )
    category: tuple[Key, ...] = Field((), description='对哪些类别；空为本规程的类别，["*"] 所有类别')
    channel: Key = Field("", description="哪种来源时给出；不写动作的，受理时写在接待台和登记页上")
    when: Condition = Field({}, description="在这些条件下才给出；没写动作的，未办结时一直写在事项页最上面")
    hours: str = Field("", description="一天里几点到几点才给出，如 06:00-12:00")
    board: str = Field("", description="写在「守则与用语」页的哪一栏下，如 日常用语")
    form: Key = Field("", description="印在哪张表单上")
    book: Key = Field("", description="说完要记下来的，记在哪本登记里：话旁边有「去记」")
