"""Checks of what is owed and of conditions, by the exact line that each prints."""

from __future__ import annotations

import pytest
from tests.policy.building import SMALL, edited, findings, line_of

DUTIES = [
    ('limit = "2 days"', 'limit = "2 dayz"', '"2 dayz"',
     "obligation.1.limit: 时限「2 dayz」第 3 个字符处「dayz」看不懂。是否想写「2 day」？ [limit-syntax]"),
    ('limit = "2 days"', 'limit = "@slow"', '"@slow"',
     "obligation.1.limit: 没有「slow」这个数字。可用：quick、limit_fen。 [unknown-figure]"),
    ('limit = "2 days"', 'limit = "@limit_fen"', '"@limit_fen"',
     "obligation.1.limit: 「要批准的金额」的种类是 money，这里要 limit。改它的 kind，或换一个数字。 [figure-kind]"),
    ('limit = "2 days"', 'limit = "at wishh"', '"at wishh"',
     "obligation.1.limit: 时限说的时间「wishh」没有动作会记下。是不是「wish」？ [unknown-fact]"),
    ('limit = "2 days"', 'limit = "2 days"\nnot_before = "at wishh"', "not_before",
     "obligation.1.not_before: 时限说的时间「wishh」没有动作会记下。是不是「wish」？ [unknown-fact]"),
    ('at = "due"', 'at = "dew"', "step = ",
     "obligation.0.step.0.at: 提醒时刻「dew」第 1 个字符处「dew」看不懂。是否想写「due」？ [limit-syntax]"),
    ('immediate = true', 'kind = "text"', 'key = "quick"',
     "figure.0: 「多快到场」没有数字。写 value，或写 unspecified = true。 [figure-empty]"),
    ('value = "200"', 'value = "200"\nunspecified = true', 'key = "limit_fen"',
     "figure.1: 「要批准的金额」既有数字又说没有。去掉一个。 [figure-both]"),
    ('kind = "money"\nvalue = "200"', 'kind = "choice"\nunspecified = true\noptions = ["一"]', 'key = "limit_fen"',
     "figure.1: 「要批准的金额」要有两种以上读法。写 options。 [figure-options]"),
    ('value = "200"', 'value = "二百"', '"二百"',
     "figure.1.value: 「二百」不是金额。请填数字，最多两位小数，如 85 或 85.50。 [figure-value]"),
    ('value = "200"', 'unspecified = true\nsuggest = "二百"', '"二百"',
     "figure.1.suggest: 「二百」不是金额。请填数字，最多两位小数，如 85 或 85.50。 [figure-value]"),
    ('start = ["started"]', 'start = ["cleaned"]', '"cleaned"',
     "obligation.1.start: 「修完」永远不会起算：没有动作会发生 cleaned。改事件，或给一个动作写 emits。 [never-starts]"),
    ('stop = ["completed"]', 'stop = ["cleaned"]', '"cleaned"',
     "obligation.1.stop: 「修完」永远办不了：没有动作会发生 cleaned。改事件，或给一个动作写 emits。 [never-stops]"),
    ('stop = ["completed"]\n', "", 'label = "修完"',
     "obligation.1: 「修完」没写什么事件算办了。写 stop。 [no-stop]"),
    ('start = ["started"]', "start = []", 'label = "修完"',
     "obligation.1: 「修完」没写什么事件起算。写 start。 [no-start]"),
]  # fmt: skip

CONDITIONS = [
    ('when = { timing = "now" }', 'when = { timing = { iss = "now" } }', "when = { timing = { iss",
     "obligation.0.when: 条件 timing 用了不认识的比较 iss，可用：is、not、in、has、lacks、set、gt、ge、lt、le、within、past。 [condition]"),
    ('when = { timing = "now" }', 'when = { timin = "now" }', "timin =",
     "obligation.0.when: 没有动作会记下「timin」。是不是「timing」？ [unknown-fact]"),
    ('when = { timing = "now" }', 'when = { timing = "nwo" }', '"nwo"',
     "obligation.0.when: 「timing」没有「nwo」这个值。是不是「now」？ [unknown-value]"),
    ('when = { timing = "now" }', 'when = { state = { not = ["neu"] } }', '"neu"',
     "obligation.0.when: 「state」没有「neu」这个值。是不是「new」？ [unknown-value]"),
    ('when = { timing = "now" }', 'when = { category = "repare" }', '"repare"',
     "obligation.0.when: 「category」没有「repare」这个值。是不是「repair」？ [unknown-value]"),
    ('when = { timing = "now" }', 'when = { "events.arived" = { set = true } }', "events.arived",
     "obligation.0.when: 词表里没有事件「arived」。是不是「arrived」？ [unknown-event]"),
    ('when = { timing = "now" }', 'when = { "events.arrived.m" = 2 }', "events.arrived.m",
     "obligation.0.when: events 里没有「m」这一项。可用：n、at、by、who、first_at。 [unknown-fact]"),
    ('when = { timing = "now" }', 'when = { "owed.arive.overdue" = true }', "owed.arive",
     "obligation.0.when: 没有「arive」这个应办。是不是「arrive」？ [unknown-link]"),
    ('when = { timing = "now" }', 'when = { fee = { gt = "=figure.limit" } }', "figure.limit",
     "obligation.0.when: 没有「limit」这个数字。是不是「limit_fen」？ [unknown-figure]"),
    ('when = { timing = "now" }', 'when = { "children.opne" = 0 }', "children.opne",
     "obligation.0.when: children 里没有「opne」这一项。是不是「open」？ [unknown-fact]"),
    ('when = { timing = "now" }', 'when = { "previous.fe" = 0 }', "previous.fe",
     "obligation.0.when: 没有动作会记下「fe」。是不是「fee」？ [unknown-fact]"),
    ('required_when = { timing = "later" }', 'required_when = { timing = "latr" }', '"latr"',
     "procedure.0.action.0.field.2.required_when: 「timing」没有「latr」这个值。是不是「later」？ [unknown-value]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "said"), [*DUTIES, *CONDITIONS])
def test_a_finding(old: str, new: str, at: str, said: str) -> None:
    text = edited((old, new))
    line = line_of(text, at)
    if said.split(":")[0] in (
        "procedure.0.action.0",
        "procedure.0.action.1",
        "figure.0",
        "figure.1",
        "obligation.1",
    ):
        header = text[: text.index(at)].rindex("[[")  # a whole part is named at its header
        line = text[:header].count("\n") + 1
    assert f"m.toml:{line}: {said}" in findings(text)


DUTY = """
[[category]]
key = "daily"
standard = "duty"
label = "每日检查"
prefix = "RC"
procedure = "repair"

[[duty]]
key = "daily"
label = "每日检查"
clause = "一"
category = "daily"
recurrence = "dayly"
roster = "hoseholds"
"""


def test_recurring_duties() -> None:
    assert [one.split(": ", 1)[1] for one in findings(SMALL + DUTY)] == [
        "duty.0.category: 例行应办「每日检查」开不了单：「登记」要由 system 做，并有 period 一栏。改开单动作。 [duty-opening]",
        "duty.0.recurrence: 周期「dayly」第 1 个字符处「dayly」看不懂。是否想写「daily」？ [limit-syntax]",
        "duty.0.roster: 词表里没有名单「hoseholds」。是不是「households」？ [unknown-roster]",
    ]


QUOTA = """
[[quota]]
key = "visits"
label = "走访"
clause = "一"
obligation = "complete"
event = "visited"
of = "households"
band = [{ to = 300, percent = 4 }, { to = 500, percent = 5 }, { percent = 7 }]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{ to = 500,", "{ to = 300,", "「走访」各档的 to 不是从小到大。请排好。"),
        (", { percent = 7 }", "", "「走访」最后一档只到 500，再多就没有比例。最后一档不写 to。"),
        ("{ to = 300,", "{", "「走访」没写 to 的一档后面还有档。把它放到最后。"),
        ('of = "households"\n', "", "「走访」写了比例，没写是什么的百分之几。写 of。"),
        (
            'of = "households"',
            'number = "20"\nof = "households"',
            "「走访」要么写 number，要么写 band。留一个。",
        ),
    ],
)
def test_quotas(old: str, new: str, said: str) -> None:
    assert findings(SMALL + QUOTA) == []
    text = SMALL + edited((old, new), text=QUOTA)
    assert findings(text) == [f"m.toml:{line_of(text, '[[quota]]')}: quota.0: {said} [quota]"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('of = "households"', 'of = "housholds"', "quota.0.of: 词表里没有基数或事件「housholds」。是不是「households」？ [unknown-base]"),
        ('event = "visited"', 'event = "visitd"', "quota.0.event: 词表里没有事件「visitd」。是不是「visited」？ [unknown-event]"),
        ('obligation = "complete"', 'obligation = "compleet"', "quota.0.obligation: 没有「compleet」这个应办。是不是「complete」？ [unknown-link]"),
        ('of = "households"', 'each = "matter"\nof = "households"', "quota.0.each: 「complete」不是分对象计的应办，用不到 each。 [quota-each]"),
    ],
)  # fmt: skip
def test_words_of_quotas(old: str, new: str, said: str) -> None:
    assert [one.split(": ", 1)[1] for one in findings(SMALL + edited((old, new), text=QUOTA))] == [said]


def test_targets_statistics_scripts_and_bans_name_what_is_there() -> None:
    text = (
        SMALL
        + """
[[statistic]]
key = "inn"
label = "件数"
clause = "一"
of = "obligations"
key_of = "arive"

[[target]]
key = "t"
label = "目标"
clause = "一"
statistic = "in"
value = "九成"

[[script]]
key = "s"
label = "话术"
text = "您好。"
action = "regster"
channel = "fone"

[[forbid]]
key = "f"
clause = "一"
by = ["fixr"]
event = "paid"
category = ["repare"]
says = "不行。"
"""
    )
    assert [one.split(": ", 1)[1] for one in findings(text)] == [
        "statistic.0.key_of: 没有「arive」这个应办。是不是「arrive」？ [unknown-link]",
        "target.0.statistic: 没有「in」这个统计。是不是「inn」？ [unknown-link]",
        "target.0.value: 「九成」不是数。如 20、95%，或 @数字的代码。 [number]",
        "script.0.action: 没有「regster」这个动作。是不是「register」？ [unknown-link]",
        "script.0.channel: 没有「fone」这个来源。是不是「phone」？ [unknown-link]",
        "forbid.0.by: 没有「fixr」这个角色。是不是「fixer」？ [unknown-person]",
        "forbid.0.category: 没有「repare」这个类别。是不是「repair」？ [unknown-link]",
    ]
