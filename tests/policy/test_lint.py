"""Each check of a manual, by the exact line that it prints."""

from __future__ import annotations

import pytest
from tests.policy.building import edited, findings, line_of

from guanjia.policy import lint

# (what is replaced, by what, a piece of the line that is named, what is said after file and line)
WORDS = [
    ('label = "登记"\nclause = "一"', 'label = "登记"\nclause = "三"', 'clause = "三"',
     "procedure.0.action.0.clause: 没有第「三」条。可用：一、二。 [unknown-clause]"),
    ('emits = ["reported"]', 'emits = ["reportd"]', '"reportd"',
     "procedure.0.action.0.emits.0: 词表里没有事件「reportd」。是不是「reported」？ [unknown-event]"),
    ('emits = ["progressed"]', 'emits = ["progresed"]', '"progresed"',
     "procedure.0.action.2.outcome.1.emits.0: 词表里没有事件「progresed」。是不是「progressed」？ [unknown-event]"),
    ('duty = "arrive"', 'duty = "arive"', '"arive"',
     "obligation.0.duty: 词表里没有应办「arive」。是不是「arrive」？ [unknown-duty]"),
    ('standard = "repair"', 'standard = "repare"', '"repare"',
     "category.0.standard: 词表里没有类别「repare」。是不是「repair」？ [unknown-category]"),
    ('is = ["technician"]', 'is = ["technican"]', '"technican"',
     "role.1.is: 系统里没有岗位「technican」。是不是「technician」？ [unknown-role]"),
    ('by = ["clerk", "resident"]', 'by = ["clerc", "resident"]', '"clerc"',
     "procedure.0.action.0.by: 没有「clerc」这个角色。是不是「clerk」？ [unknown-person]"),
    ('owner = "assignee"', 'owner = "asignee"', '"asignee"',
     "obligation.1.owner: 没有「asignee」这个角色。是不是「assignee」？ [unknown-person]"),
    ('owner = "assignee"', 'owner = "field:helper"', '"field:helper"',
     "obligation.1.owner: 没有让人选同事的栏「helper」。 [unknown-field]"),
    ('at = "due", to = "clerk"', 'at = "due", to = "klerk"', '"klerk"',
     "obligation.0.step.0.to: 没有「klerk」这个角色。是不是「clerk」？ [unknown-person]"),
    ('procedure = "repair"', 'procedure = "repare"', '"repare"',
     "category.0.procedure: 没有「repare」这个程序。是不是「repair」？ [unknown-link]"),
    ('message = "late"', 'message = "lat"', 'message = "lat"',
     "obligation.0.step.0.message: 没有「lat」这个消息。是不是「late」？ [unknown-link]"),
    ('limit = "2 days"', 'limit = "2 days"\ndone_by = "finnish"', '"finnish"',
     "obligation.1.done_by: 没有「finnish」这个动作。是不是「finish」？ [unknown-link]"),
    ('limit = "2 days"', 'limit = "2 days"\nblocks = ["closd"]', '"closd"',
     "obligation.1.blocks: 词表里没有事件「closd」。是不是「closed」？ [unknown-event]"),
    ('label = "修什么", required = true', 'label = "修什么", required = true, sealed = ["clerk"]', "{matter}",
     "message.0.text: 「修什么」是保密的，这里谁都看得到。请删去，或写一句不泄露内容的话。 [sealed]"),
    ('label = "修什么", required = true', 'label = "修什么", required = true, sealed = ["clerc"]', '"clerc"',
     "procedure.0.action.0.field.0.sealed: 没有「clerc」这个角色。是不是「clerk」？ [unknown-person]"),
    ('label = "修什么", required = true', 'label = "修什么", required = true, near = "matter"', 'near = "matter"',
     "procedure.0.action.0.field.0.near: 「修什么」不是选同事，用不到 near。请删去。 [near]"),
    ("开工了：{matter}", "开工了：{mater}", "{mater}",
     "message.0.text: 没有动作会记下「mater」。是不是「matter」？ [unknown-fact]"),
    ("开工了：{matter}", "开工了：{matter", "{matter",
     "message.0.text: 花括号没有配对。事实名写在 { } 里，如 {number}。 [message-braces]"),
]  # fmt: skip

PROCEDURES = [
    ('from = ["new"]', 'from = ["nw"]', '"nw"',
     "procedure.0.action.1.from: 没有「nw」这个状态。是不是「new」？ [unknown-state]"),
    ('to = "doing"', 'to = "doin"', 'to = "doin"',
     "procedure.0.action.1.to: 没有「doin」这个状态。是不是「doing」？ [unknown-state]"),
    ('from = ["new"]\n', "", 'label = "开工"',
     "procedure.0.action.1: 「开工」没写从哪个状态做。加 from，或写 opens = true。 [no-from]"),
    ("opens = true", 'opens = true\nfrom = ["new"]', 'label = "登记"',
     "procedure.0.action.0: 「登记」是开单动作，不能再写 from。去掉一个。 [opens-from]"),
    ("opens = true", "opens = true\nbulk = true", 'label = "登记"',
     "procedure.0.action.0: 「登记」开单，或者有每件各自的签名、照片、收据，不能许多件一起办。去掉 bulk。 [bulk]"),
    ('to = "new"\n', "", 'label = "登记"',
     "procedure.0.action.0: 「登记」没写开单后的状态。加 to。 [opens-to]"),
    ('from = ["new"]\nto = "doing"', 'opens = true\nto = "doing"', 'label = "开工"',
     "procedure.0.action.1: 「修理」有两个开单动作。只留一个。 [two-openings]"),
    ('opens = true', 'from = ["new"]', "[[procedure]]",
     "procedure.0: 「修理」没有开单动作。给一个动作写 opens = true。 [no-opening]"),
    ('when = { result = "good" }, to', "to", 'to = "done", emits',
     "procedure.0.action.2.outcome.0: 没写条件的结果后面还有结果，永远轮不到。请把它放到最后。 [outcome-order]"),
    ('kind = "choice", required = true, choices = [{ value = "now", label = "马上" }, { value = "later", label = "另约" }]',
     'kind = "choice", required = true', 'key = "timing"',
     "procedure.0.action.0.field.1: 「何时」没有选项。加 choices。 [no-choices]"),
    ('label = "修什么"', 'label = "修什么", choices = [{ value = "a", label = "甲" }]', 'key = "matter"',
     "procedure.0.action.0.field.0.choices: 「修什么」不是选择，用不到选项。把 kind 改为 choice，或删去。 [choices-unused]"),
    ('value = "later", label', 'value = "now", label', 'key = "timing"',
     "procedure.0.action.0.field.1.choices: 「何时」有两个选项的值相同。请改一个。 [duplicate]"),
    ('label = "修什么"', 'label = "修什么", roles = ["technician"]', 'key = "matter"',
     "procedure.0.action.0.field.0.roles: 「修什么」不是选同事，用不到 roles。请删去。 [roles-unused]"),
    ('label = "修什么"', 'label = "修什么", least = 1', 'key = "matter"',
     "procedure.0.action.0.field.0.least: 「修什么」不是数，用不到 least。请删去。 [least-unused]"),
    ('label = "修什么"', 'label = "修什么", of = ["fee"]', 'key = "matter"',
     "procedure.0.action.0.field.0: 「修什么」用不到 of。请删去。 [field-of]"),
    ('{ key = "fee", label = "费用", kind = "amount" }', '{ key = "fee", label = "费用", kind = "sum" }', 'key = "fee"',
     "procedure.0.action.2.field.1: 「费用」没写 of。加 of。 [field-of]"),
    ('label = "修什么"', 'label = "修什么", allow = ["paper"]', 'key = "matter"',
     "procedure.0.action.0.field.0.allow: 「修什么」的 allow 写法不对。只用于签名，可用：screen、paper、link、refused。 [signature-how]"),
    ('key = "fee", label', 'key = "events", label', 'key = "events"',
     "procedure.0.action.2.field.1.key: 「events」是系统自己记的事实，不能用作栏的代码。请换一个名字。 [reserved]"),
    ('do = "notify"', 'do = "notfy"', '"notfy"',
     "procedure.0.action.1.effects.0.do: 没有「notfy」这种效果。是不是「notify」？ [unknown-effect]"),
    (', to = "resident" }]', " }]", "effects = ",
     "procedure.0.action.1.effects.0: 效果 notify 要写 to。请补上。 [effect-needs]"),
    (', to = "resident" }]', ', to = "resident", scope = "view" }]', "effects = ",
     "procedure.0.action.1.effects.0.scope: 效果 notify 用不到 scope。请删去。 [effect-takes]"),
    ('message = "begun"', 'message = "begn"', "effects = ",
     "procedure.0.action.1.effects.0.message: 没有「begn」这条消息。是不是「begun」？ [unknown-message]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "appoint", field = "wish"', "effects = ",
     "procedure.0.action.1.effects.0.field: 「开工」没有「wish」这一栏。 [unknown-field]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "invite", scope = "see"', "effects = ",
     "procedure.0.action.1.effects.0.scope: 链接不能「see」。可用：view、act。 [scope]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "charge", amount = "fe"', "effects = ",
     "procedure.0.action.1.effects.0.amount: 没有动作会记下「fe」。是不是「fee」？ [unknown-fact]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "open_case", category = "complain"', "effects = ",
     "procedure.0.action.1.effects.0.category: 没有「complain」这个类别。是不是「complaint」？ [unknown-link]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "bill", field = "fee", category = "repair", then = "finish"', "effects = ",
     "procedure.0.action.1.effects.0.then: 程序里没有由 system 做的动作「finish」。 [bill-then]"),
    ('kind = "amount" },\n]', 'kind = "amount", keep = false },\n]\neffects = [{ do = "bill", field = "fee", category = "repair" }]', 'effects = [{ do = "bill"',
     "procedure.0.action.2.effects.0.field: 后台接着开要看「fee」，它却没有留下。把那一栏的 keep = false 删去。 [bill-keep]"),
    ("开工了：{matter}", "开工了：{figure.mater}", "{figure.mater}",
     "message.0.text: 没有「mater」这个数字。可用：quick、limit_fen。 [unknown-figure]"),
    ('do = "notify", message = "begun", to = "resident"', 'do = "issue", form = "slip"', "effects = ",
     "procedure.0.action.1.effects.0.form: 没有「slip」这张表单。 [unknown-form]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "said"), [*WORDS, *PROCEDURES])
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


def test_a_key_stands_once_in_its_list() -> None:
    text = edited(('key = "fixer"\nlabel', 'key = "clerk"\nlabel'), ('by = ["fixer", "assignee"]', 'by = ["clerk"]'),
                  ('by = ["fixer"]', 'by = ["clerk"]'), ('owner = "fixer"', 'owner = "clerk"'))  # fmt: skip
    line = [n for n, one in enumerate(text.splitlines(), 1) if one == "[[role]]"][1]
    assert findings(text) == [f"m.toml:{line}: role.1: 「clerk」写了两次。请改名或删去一处。 [duplicate]"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "二"', 'id = "一"', "clause.1: 「一」写了两次。请改名或删去一处。 [duplicate]"),
        ('key = "fee", label', 'key = "result", label', "procedure.0.action.2.field.1: 「result」写了两次。请改名或删去一处。 [duplicate]"),
        ('key = "doing"', 'key = "new"', "procedure.0.state.1: 「new」写了两次。请改名或删去一处。 [duplicate]"),
        ('key = "finish"', 'key = "begin"', "procedure.0.action.2: 「begin」写了两次。请改名或删去一处。 [duplicate]"),
        ('key = "finish"', 'key = "note"', "procedure.0.action.2.key: 「note」是每件事都有的动作「记一笔」，规程不能另用。请换一个键。 [reserved]"),
    ],
)  # fmt: skip
def test_other_keys_that_are_taken(old: str, new: str, said: str) -> None:
    assert any(one.endswith(said) for one in findings(edited((old, new))))


def test_a_state_that_nothing_leads_to_and_one_without_a_way_out() -> None:
    extra = '[[procedure.state]]\nkey = "lost"\nlabel = "丢了"\n\n[[procedure.action]]\nkey = "register"'
    text = edited(('[[procedure.action]]\nkey = "register"', extra))
    line = line_of(text, 'key = "lost"') - 1
    assert findings(text) == [
        f"m.toml:{line}: procedure.0.state.3: 没有动作能到「丢了」。删去，或加一个动作。 [unreachable]"
    ]
    text = edited(
        ('[[procedure.action]]\nkey = "register"', extra),
        ('{ emits = ["progressed"] }', '{ to = "lost", emits = ["progressed"] }'),
    )
    assert findings(text) == [
        f"m.toml:{line}: procedure.0.state.3: 从「丢了」走不到办结。加动作，或写 end = true。 [dead-end]"
    ]


def test_a_loop_that_never_ends_is_a_dead_end() -> None:
    text = edited(
        ('to = "done", emits = ["completed", "closed"]', 'to = "new", emits = ["completed", "closed"]')
    )
    said = {one.split(": ", 1)[1] for one in findings(text)}
    assert said == {
        "procedure.0.state.0: 从「已登记」走不到办结。加动作，或写 end = true。 [dead-end]",
        "procedure.0.state.1: 从「在修」走不到办结。加动作，或写 end = true。 [dead-end]",
        "procedure.0.state.2: 没有动作能到「已修好」。删去，或加一个动作。 [unreachable]",
    }


COSIGN = 'cosign = { roles = ["fixer", "clerk"], same = ["fee"] }\noutcome = ['


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("outcome = [", COSIGN)],
         ["procedure.0.action.2.cosign: 「clerk」要一起定，却不在 by 里。请加进 by。 [cosign-by]",
          "procedure.0.action.2.cosign: 要几方填得一样的「费用」不是必填。请加 required = true。 [cosign-required]"]),
        ([("outcome = [", COSIGN.replace('"fee"', '"fe"')), ('by = ["fixer"]', 'by = ["fixer", "clerk"]')],
         ["procedure.0.action.2.cosign: 「修好」没有「fe」这一栏。是不是「fee」？ [unknown-field]"]),
        ([("outcome = [", 'require = [{ when = { timing = "now" }, says = "不行。", override = "why" }]\noutcome = [')],
         ["procedure.0.action.2.require.0.override: 「修好」没有「why」这一栏。可用：result、fee。 [unknown-field]"]),
        ([("outcome = [", 'require = [{ when = { timing = "now" }, says = "不行。", override_by = ["clerk"] }]\noutcome = [')],
         ["procedure.0.action.2.require.0.override_by: 没有 override，用不到 override_by。加 override，或删去。 [override-by]"]),
    ],
)  # fmt: skip
def test_joint_actions_and_exceptions(changes: list[tuple[str, str]], said: list[str]) -> None:
    assert [one.split(": ", 1)[1] for one in findings(edited(*changes))] == said


FORM = """
[[form]]
key = "slip"
title = "维修单"
clause = "一"
copies = [{ key = "stub", label = "存根联", goes_to = "存档" }]
line = [{ label = "修什么", fact = "mater" }]
"""


def test_forms_name_facts_and_effects_their_copies() -> None:
    effects = 'effects = [{ do = "archive_copy", form = "slip", copy = "stubb" }]'
    text = edited(('effects = [{ do = "notify", message = "begun", to = "resident" }]', effects)) + FORM
    assert [one.split(": ", 1)[1] for one in findings(text)] == [
        "procedure.0.action.1.effects.0.copy: 《维修单》没有「stubb」联。是不是「stub」？ [unknown-copy]",
        "form.0.line.0.fact: 没有动作会记下「mater」。是不是「matter」？ [unknown-fact]",
    ]


def test_every_check_is_in_the_list() -> None:
    names = {check.__name__ for check in lint.CHECKS}
    assert len(names) == len(lint.CHECKS) == 24
