"""What a scenario card says. docs/manual-authors.md explains each key."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guanjia.kernel.problem import Problem


class Part(BaseModel):
    """A key that is not in the schema is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Owed(Part):
    """`owed`：一件应办现在应该是什么样。时间都是本地时间。"""

    key: str = Field(description="应办的代码")
    manual: str = Field("", description="哪一部规程的；空为不论")
    subject: str = Field("", description="分对象计的应办：哪一个；空为不论")
    due: str = Field("", description="到期时间")
    clause: str = Field("", description="依据的条号")
    owner: str = Field("", description="承担人：规程里的称呼、代码、系统岗位或人名")
    state: str = Field(
        "",
        description="waiting、open、overdue、paused、met、missed（办了，但迟了）、early（办了，但太早）、cancelled",
    )
    met: str = Field("", description="办结时间")
    late: int | None = Field(None, description="迟了多少分钟；0 为不迟")
    provisional: bool | None = Field(None, description="到期时间是不是暂定")
    own_figure: bool | None = Field(None, description="时限是不是本处设定")
    listed: bool | None = Field(None, description="此刻在不在承担人的应办清单里")
    absent: bool = Field(False, description="true 为不应有这件应办")


class Paper(Part):
    """`paper`：最近一张这种表单应该是什么样。"""

    form: str = Field(description="表单的代码")
    number: str = Field("", description="编号")
    shows: dict[str, str] = Field({}, description="栏名 = 栏里应有的字；空字为这一栏还空着")
    copies: dict[str, str] = Field({}, description='联 = 状态，如 stub = "archived"')
    holders: dict[str, str] = Field({}, description="联 = 现在在谁手里")
    moved: dict[str, str] = Field({}, description="联 = 最近一次转手的时间")
    signed: bool | None = Field(None, description="签没签")
    prints: list[str] = Field([], description="打印出来应有的字")
    sheets: int | None = Field(None, description="打印出来有几联带着这个编号")
    absent: bool = Field(False, description="true 为不应有这张表单")


class Outstanding(Part):
    """`outstanding`：还没到该到的地方的一联。"""

    form: str = Field(description="表单的代码")
    copy_: str = Field(alias="copy", description="哪一联")
    holder: str = Field("", description="在谁手里")
    days: int | None = Field(None, description="签署以后过了几整天")
    absent: bool = Field(False, description="true 为不应在列")


class Register(Part):
    """`register`：某一联按编号排下来，应该是这些，中间不断号。"""

    form: str = Field(description="表单的代码")
    copy_: str = Field(alias="copy", description="哪一联")
    numbers: list[str] = Field(description="从头到尾的编号")


class Told(Part):
    """`told`：一条应该发出的消息。"""

    to: str = Field(description="谁收：规程里的称呼、代码、系统岗位、人名或 resident")
    has: str = Field(description="消息里应有的字")
    absent: bool = Field(False, description="true 为不应发出")


class Line(Part):
    """`line`：经过里应该有的一行。"""

    action: str = Field("", description="动作的代码")
    label: str = Field("", description="做了什么")
    at: str = Field("", description="发生时间")
    by: str = Field("", description="经手人")
    emits: list[str] = Field([], description="发生的事件")
    has: str = Field("", description="填写的内容里应有的字")


class Offered(Part):
    """`offered`：一个动作此刻对某人应该怎么给出。"""

    action: str = Field(description="动作的代码")
    to: str = Field(description="给谁看")
    possible: bool | None = Field(None, description="能不能做")
    says: str = Field("", description="不能做的理由里应有的字")
    clause: str = Field("", description="理由引的条号")
    script: str = Field("", description="页面上给出的话里应有的字")
    field: str = Field("", description="表单里应有的栏")
    no_field: str = Field("", description="表单里不该有的栏或种类")
    choices: list[str] = Field([], description="field 那一栏的选项应该是这些，照先后")
    help: str = Field("", description="field 那一栏下面的提示里应有的字")
    absent: bool = Field(False, description="true 为根本不应给出")


class Opening(Part):
    """`opening`：开单的表单上给出的话。"""

    category: str = Field(description="开哪一类")
    to: str = Field(description="给谁看")
    channel: str = Field("", description="来源；空为还不知道")
    has: str = Field(description="给出的话里应有的字")
    absent: bool = Field(False, description="true 为不应给出")


class Board(Part):
    """`board`：「守则与用语」页上的一条。"""

    under: str = Field(description="写在哪一栏下")
    label: str = Field(description="这一条的名字，如 第 8 条")
    has: str = Field(description="应有的字")
    clause: str = Field("", description="引的条号")


class Hidden(Part):
    """`hidden`：一栏保密的内容，谁看得到、谁看不到。"""

    to: str = Field(description="给谁看")
    field: str = Field(description="哪一栏")
    seen: bool = Field(False, description="true 为应看得到")


class Pinned(Part):
    """`pinned`：事项页最上面一直写着的话。"""

    has: str = Field(description="应有的字")
    absent: bool = Field(False, description="true 为不应有")


class Nearest(Part):
    """`nearest`：选人的一栏此刻先提谁。"""

    action: str = Field(description="动作的代码")
    field: str = Field(description="哪一栏")
    first: str = Field(description="排在最前的人")
    where: str = Field("", description="写着的地方")


class Counted(Part):
    """`statistics`：一个统计数在某一期是多少，达标没有。"""

    key: str = Field(description="统计的代码")
    manual: str = Field("", description="哪一部规程的；空为不论")
    period: str = Field(description="哪一期：2026-03、2026-W13、2026-Q1、2026")
    count: int | None = Field(None, description="分子，或件数")
    base: int | None = Field(None, description="分母")
    text: str = Field("", description="怎么写，如 97.6%、2.50‰；– 为没有可比的")
    by: dict[str, int] = Field({}, description="分项 = 件数")
    target: str = Field("", description="看哪个目标；空为第一个")
    wanted: str | None = Field(None, description="目标是多少；空字为没设定")
    verdict: Literal["", "met", "missed", "none"] = Field(
        "", description="met 达标，missed 未达标，none 不判断"
    )


class Posted(Part):
    """`notices`：一张告示此刻在本处怎么写。"""

    form: str = Field(description="告示的代码")
    manual: str = Field("", description="哪一部规程的；空为不论")
    shows: dict[str, str] = Field({}, description="栏名 = 栏里应有的字")
    unset: list[str] | None = Field(None, description="还没有设定的数的名字，全部")
    prints: list[str] = Field([], description="打印出来应有的字")


class Change(Part):
    """`changes`：服务项目或供应商名单的一次调整。"""

    what: str = Field(description="新增项目、取消项目、新增供应商、取消供应商")
    name: str = Field(description="项目或供应商")
    at: str = Field("", description="时间")
    by: str = Field("", description="谁调整的")
    evaluation: str = Field("", description="依据哪次评估")


class Person(Part):
    """`staff`：卡里另外的一位同事。"""

    name: str = Field(description="姓名")
    role: str = Field(description="系统岗位，如 receptionist")
    department: str = Field("service", description="部门的代码")


class ShiftDef(Part):
    """`shift`：排的一个班。"""

    who: str = Field(description="谁：姓名或岗位")
    label: str = Field(description="班次的名字")
    begins: str = Field(description="开始，本地时间")
    ends: str = Field(description="结束，本地时间")
    days: int = Field(1, ge=1, le=60, description="一连排几天")


class Expect(Part):
    """`expect`：这一步以后必须成立的事。"""

    state: str = Field("", description="事项的状态")
    subject: str = Field("", description="清单里的事由")
    number: str = Field("", description="单号")
    follows: str = Field("", description="由哪件事项开出或并入哪件：卡里的名字")
    facts: dict[str, Any] = Field({}, description='事实 = 值；表里的写成 "copies.stub"')
    times: dict[str, str] = Field({}, description="是时间的事实 = 本地时间；空字为还没有")
    owed: list[Owed] = Field([], description="应办")
    paper: list[Paper] = Field([], description="表单")
    told: list[Told] = Field([], description="消息")
    line: list[Line] = Field([], description="经过")
    offered: list[Offered] = Field([], description="动作")
    opening: list[Opening] = Field([], description="开单的表单上给出的话")
    board: list[Board] = Field([], description="「守则与用语」页")
    hidden: list[Hidden] = Field([], description="保密的栏")
    pinned: list[Pinned] = Field([], description="事项页最上面的话")
    nearest: Nearest | None = Field(None, description="离得最近的人")
    balance: str = Field("", description="未收，元，如 120.00")
    receipt: str = Field("", description="应有的收据号")
    receipts_without_gaps: bool = Field(False, description="收据不断号")
    outstanding: list[Outstanding] = Field([], description="还没交回、还没到位的联")
    register_: list[Register] = Field([], alias="register", description="按编号排的登记簿")
    items: dict[str, bool] = Field({}, description="服务项目 = 在不在一览表里")
    suppliers: list[str] = Field([], description="名单里应有的供应商")
    changes: list[Change] = Field([], description="名单的调整")
    figures: dict[str, Any] = Field({}, description='月度评估预填的数，如 "requests.by.水管维修" = 30')
    statistics: list[Counted] = Field([], description="统计数和达标没有")
    notices: list[Posted] = Field([], description="告示")
    tables: dict[str, Any] = Field(
        {}, description='此刻做这个动作时系统列出的明细，如 "send_list.orders.count" = 25'
    )
    in_hand: dict[str, str] = Field(
        {}, description='谁手里有多少代收款，元，如 "田大勇" = "50.00"；空字为没有'
    )
    open_cases: dict[str, int] = Field({}, description="类别 = 未办结件数")
    gaps: list[str] | None = Field(
        None, description="今后十四天没有人当班的时段，如 03-25 00:00–03-25 06:00 前台"
    )


class Step(Part):
    """`[[step]]`：什么时候、谁、对哪件事项、做什么、填什么；此后什么必须成立。"""

    at: str = Field(description="发生时间，本地，如 2026-03-24 10:42")
    by: str = Field("", description="谁：规程里的称呼、代码、系统岗位、人名、resident 或 system")
    do: str = Field("", description="动作；空为只看时间走到这里")
    open: str = Field("", description="开一件这个类别的事项")
    times: int = Field(1, ge=1, le=500, description="同样的事项开几件")
    case: str = Field(
        "", description="哪一件；空为最近开的一件；由系统开的写类别，或 类别:期间、类别:房号、类别:单号"
    )
    name: str = Field("", alias="as", description="给这件事项取个名")
    data: dict[str, Any] = Field({}, description="填写的内容")
    intake: dict[str, Any] = Field({}, description="登记时另外知道的：urgent、place、kind…")
    written: str = Field("", description="写入时间，补记时用；空为当时就写")
    refused: str = Field("", description="应被拒绝，这是代码")
    refused_field: str = Field("", description="应被拒绝的那一栏")
    refused_clause: str = Field("", description="拒绝时引的条号")
    says: str = Field("", description="拒绝的话里应有的字")
    expect: Expect = Field(Expect(), description="此后必须成立的事")


class Card(Part):
    """一张情景卡。"""

    title: str = Field(min_length=1, description="一句话：这张卡看什么")
    rules: list[str] = Field([], description="它证明哪几条要求")
    manuals: list[str] = Field([], description="同时采用的其他规程")
    figures: dict[str, str] = Field({}, description="本处设定的数；不写的用规程的建议")
    homes: list[str] = Field([], description="小区里另有的住户：楼-单元-室号，如 5-1-1101")
    staff: list[Person] = Field([], description="另外的同事")
    shift: list[ShiftDef] = Field([], description="排的班")
    step: list[Step] = Field(min_length=1, description="一步一步")


def read(path: Path) -> Card:
    """A card from its file. Raises Problem CARD_FAULTY with file and key."""
    try:
        return Card.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise Problem("CARD_FAULTY", f"{path}: TOML 写法有误：{error}。") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise Problem("CARD_FAULTY", f"{path}: {key}: {first['msg']}。", "请对照手册的写法。") from None
