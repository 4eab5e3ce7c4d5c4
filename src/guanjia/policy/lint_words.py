"""Checks of words: keys, clauses, the shared vocabulary, people, and what parts of a manual name of one another."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

from guanjia.policy import builtin, vocabulary
from guanjia.policy.lint_source import (
    Source,
    actions_of,
    effects_of,
    emitted,
    fields_of,
    matchers,
)
from guanjia.policy.loader import Finding
from guanjia.policy.schema import FormField, Manual
from guanjia.policy.toml_lines import Place

LISTS = (
    "role", "figure", "category", "procedure", "obligation", "duty", "quota", "forbid", "form", "message", "table", "book",
    "statistic", "target", "secret", "script", "reaction", "addition", "presence",
)  # fmt: skip
CITING = (
    "figure", "obligation", "duty", "quota", "forbid", "form", "table", "book", "statistic", "target", "secret", "script", "reaction",
    "presence",
)  # fmt: skip


def keys_are_unique(source: Source) -> Iterator[Finding]:
    """A key stands once in its list, and no action of a manual hides the note that every case has."""
    manual = source.manual
    for name in LISTS:
        yield from _once(source, (name,), [part.key for part in getattr(manual, name)])
    yield from _once(source, ("clause",), [clause.id for clause in manual.clause])
    yield from _once(source, ("category",), [category.prefix for category in manual.category], "单号前缀")
    for p, procedure in enumerate(manual.procedure):
        yield from _once(source, ("procedure", p, "state"), [state.key for state in procedure.state])
        yield from _once(source, ("procedure", p, "action"), [action.key for action in procedure.action])
    for path, _procedure, action in actions_of(manual):
        yield from _once(source, (*path, "field"), [field.key for field in action.field])
        # how its cases are taken back a manual may say itself; a note is every case's, and letters are kept by it
        if action.key == builtin.NOTE.key:
            said = f"「{action.key}」是每件事都有的动作「{builtin.NOTE.label}」，规程不能另用。"
            yield source.finding((*path, "key"), "reserved", said, "请换一个键。")
    for index, form in enumerate(manual.form):
        yield from _once(source, ("form", index, "copies"), [copy.key for copy in form.copies])


def _once(source: Source, path: Place, keys: Iterable[str], what: str = "") -> Iterator[Finding]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            yield source.finding(
                (*path, index), "duplicate", f"{what}「{key}」写了两次。", "请改名或删去一处。"
            )
        seen.add(key)


def clauses_exist(source: Source) -> Iterator[Finding]:
    """Every part that makes a demand names a clause that stands in the manual's list."""
    known = [clause.id for clause in source.manual.clause]
    for path, clause in _cited(source.manual):
        if clause:
            yield from source.unknown((*path, "clause"), "unknown-clause", "没有第「{}」条。", clause, known)


def _cited(manual: Manual) -> Iterator[tuple[Place, str]]:
    for name in CITING:
        for index, part in enumerate(getattr(manual, name)):
            yield (name, index), part.clause
    for path, _procedure, action in actions_of(manual):
        yield path, action.clause
        for index, need in enumerate(action.require):
            yield (*path, "require", index), need.clause
    for path, _action, field in fields_of(manual):
        yield path, field.clause


def words_are_shared(source: Source) -> Iterator[Finding]:
    """Events, duties, categories, bases, rosters and system roles come from the shared vocabulary."""
    manual = source.manual
    for path, event in _events(manual):
        yield from source.unknown(path, "unknown-event", "词表里没有事件「{}」。", event, vocabulary.EVENTS)
    for index, obligation in enumerate(manual.obligation):
        if obligation.duty:
            path = ("obligation", index, "duty")
            yield from source.unknown(
                path, "unknown-duty", "词表里没有应办「{}」。", obligation.duty, vocabulary.DUTIES
            )
    for index, category in enumerate(manual.category):
        path = ("category", index, "standard")
        yield from source.unknown(
            path, "unknown-category", "词表里没有类别「{}」。", category.standard, vocabulary.CATEGORIES
        )
    for index, role in enumerate(manual.role):
        for system in role.is_:
            yield from source.unknown(
                ("role", index, "is"), "unknown-role", "系统里没有岗位「{}」。", system, vocabulary.ROLES
            )
    yield from _bases(source)


def _events(manual: Manual) -> Iterator[tuple[Place, str]]:
    yield from emitted(manual)
    yield from ((path, matcher.event) for path, _index, _name, matcher in matchers(manual))
    for index, obligation in enumerate(manual.obligation):
        yield from ((("obligation", index, "blocks"), event) for event in obligation.blocks)
    yield from ((("forbid", index, "event"), one.event) for index, one in enumerate(manual.forbid))
    yield from ((("quota", index, "event"), one.event) for index, one in enumerate(manual.quota))
    yield from ((("reaction", index, "event"), one.event) for index, one in enumerate(manual.reaction))


def _bases(source: Source) -> Iterator[Finding]:
    known = [*vocabulary.BASES, *vocabulary.EVENTS]
    for index, quota in enumerate(source.manual.quota):
        for name in ("of", "band_by"):
            if word := getattr(quota, name):
                said = "词表里没有基数或事件「{}」。"
                yield from source.unknown(("quota", index, name), "unknown-base", said, word, known)
    for index, duty in enumerate(source.manual.duty):
        if duty.roster and not duty.roster.startswith("@"):
            path = ("duty", index, "roster")
            lists = [*vocabulary.ROSTERS, *_of_cases(source.manual)]
            yield from source.unknown(path, "unknown-roster", "词表里没有名单「{}」。", duty.roster, lists)


def _of_cases(manual: Manual) -> Iterator[str]:
    """`agreement.in_force`: the lists of households with a case of this manual in a state."""
    states = {procedure.key: procedure.state for procedure in manual.procedure}
    for category in manual.category:
        for state in states.get(category.procedure, ()):
            yield from (f"{key}.{state.key}" for key in {category.key, category.standard})


def people_exist(source: Source) -> Iterator[Finding]:
    """Whoever acts, owes, is told or holds a copy is a title of the manual, a system role or a word for a person."""
    fields = [field for _path, _action, field in fields_of(source.manual)]
    staff_fields = {
        field.key for field in fields if field.kind in ("staff", "department") or _of_roles(source, field)
    }
    for path, who, extra in _named(source.manual):
        if who.startswith("field:"):
            said = "没有让人选同事的栏「{}」。"
            yield from source.unknown(path, "unknown-field", said, who.removeprefix("field:"), staff_fields)
        elif who.startswith("owes:"):
            known = [one.key for one in source.manual.obligation]
            said = "没有「{}」这件应办。"
            yield from source.unknown(path, "unknown-link", said, who.removeprefix("owes:"), known)
        else:
            yield from source.unknown(
                path, "unknown-person", "没有「{}」这个角色。", who, sorted(source.people | extra)
            )


def _of_roles(source: Source, field: FormField) -> bool:
    """Whether each value of a field of choices is a role."""
    return bool(field.choices) and {choice.value for choice in field.choices} <= source.people


def _named(manual: Manual) -> Iterator[tuple[Place, str, frozenset[str]]]:
    """(place, who, words that are allowed there besides)."""
    nobody: frozenset[str] = frozenset()
    for path, _procedure, action in actions_of(manual):
        yield from (((*path, "by"), who, nobody) for who in action.by)
        if action.cosign:
            yield from (((*path, "cosign"), who, nobody) for who in action.cosign.roles)
        for index, need in enumerate(action.require):
            yield from (((*path, "require", index, "override_by"), who, nobody) for who in need.override_by)
    for path, _action, effect in effects_of(manual):
        yield from (
            ((*path, name), who, nobody) for name in ("to", "holder") if (who := getattr(effect, name))
        )
    for path, _action, field in fields_of(manual):
        yield from (((*path, "roles"), who, nobody) for who in field.roles)
        yield from (((*path, "sealed"), who, nobody) for who in field.sealed)
    for index, obligation in enumerate(manual.obligation):
        yield ("obligation", index, "owner"), obligation.owner, frozenset({"actor", "subject"})
        for number, step in enumerate(obligation.step):
            yield ("obligation", index, "step", number, "to"), step.to, frozenset({"subject"})
    for path, _index, _name, matcher in matchers(manual):
        yield from (((*path, "by"), who, nobody) for who in matcher.by)
    for index, one in enumerate(manual.forbid):
        yield from ((("forbid", index, "by"), who, nobody) for who in one.by)
    for index, secret in enumerate(manual.secret):
        yield from ((("secret", index, "readers"), who, nobody) for who in secret.readers)
    yield from ((("presence", index, "role"), one.role, nobody) for index, one in enumerate(manual.presence))
    for index, duty in enumerate(manual.duty):
        yield from ((("duty", index, "shift"), who, nobody) for who in duty.shift)


def links_exist(source: Source) -> Iterator[Finding]:
    """What one part of a manual names of another is there."""
    manual = source.manual
    own = [category.key for category in manual.category]
    shared = [*own, *vocabulary.CATEGORIES, "*"]
    actions = [action.key for _path, _procedure, action in actions_of(manual)]
    messages = [message.key for message in manual.message]
    named: list[tuple[Place, str, list[str], str]] = []
    for i, obligation in enumerate(manual.obligation):
        named += [(("obligation", i, "category"), word, shared, "类别") for word in obligation.category]
        named.append((("obligation", i, "done_by"), obligation.done_by, actions, "动作"))
        steps = enumerate(obligation.step)
        named += [
            (("obligation", i, "step", n, "message"), step.message, messages, "消息") for n, step in steps
        ]
    procedures = [procedure.key for procedure in manual.procedure]
    named += [
        (("category", i, "procedure"), c.procedure, procedures, "程序") for i, c in enumerate(manual.category)
    ]
    named += [(("duty", i, "category"), d.category, own, "类别") for i, d in enumerate(manual.duty)]
    named += [
        (("forbid", i, "category"), w, shared, "类别")
        for i, f in enumerate(manual.forbid)
        for w in f.category
    ]
    for name in ("reaction", "addition", "script", "secret"):
        parts = enumerate(getattr(manual, name))
        named += [((name, i, "category"), w, shared, "类别") for i, part in parts for w in part.category]
    statistics = [statistic.key for statistic in manual.statistic]
    named += [
        (("target", i, "statistic"), t.statistic, statistics, "统计") for i, t in enumerate(manual.target)
    ]
    obligations = [obligation.key for obligation in manual.obligation]
    named += [
        (("quota", i, "obligation"), q.obligation, obligations, "应办") for i, q in enumerate(manual.quota)
    ]
    for i, s in enumerate(manual.statistic):
        named.append((("statistic", i, "category"), s.category, shared, "类别"))
        named.append((("statistic", i, "key_of"), s.key_of, obligations, "应办"))
    named += [(("script", i, "action"), s.action, actions, "动作") for i, s in enumerate(manual.script)]
    forms = [form.key for form in manual.form]
    named += [(("script", i, "form"), s.form, forms, "表单") for i, s in enumerate(manual.script)]
    named += [(("table", i, "category"), t.category, shared, "类别") for i, t in enumerate(manual.table)]
    channels = list(vocabulary.CHANNELS)
    named += [(("script", i, "channel"), s.channel, channels, "来源") for i, s in enumerate(manual.script)]
    for path, word, known, what in named:
        if word:
            yield from source.unknown(path, "unknown-link", f"没有「{{}}」这个{what}。", word, known)


def papers_name_facts(source: Source) -> Iterator[Finding]:
    """Lines of forms and texts of messages name facts that something records."""
    for index, form in enumerate(source.manual.form):
        for number, line in enumerate(form.line):
            path: Place = ("form", index, "line", number, "fact")
            yield from _fact(source, path, line.fact)
    for index, message in enumerate(source.manual.message):
        path = ("message", index, "text")
        try:
            names = [
                name
                for _text, name, _spec, _conversion in string.Formatter().parse(message.text)
                if name is not None
            ]
        except ValueError:
            yield source.finding(
                path, "message-braces", "花括号没有配对。", "事实名写在 { } 里，如 {number}。"
            )
            continue
        for name in names:
            yield from _said(source, path, name)
    for index, table in enumerate(source.manual.table):
        for name in (table.within, table.by, *(column.fact for column in table.column)):
            if name:
                yield from _fact(source, ("table", index), name)
    by_subject = [one.key for one in source.manual.obligation if one.subject]
    for index, quota in enumerate(source.manual.quota):
        if quota.each:
            yield from _fact(source, ("quota", index, "each"), quota.each)
            said = "「{}」不是分对象计的应办，用不到 each。"
            yield from source.unknown(
                ("quota", index, "each"), "quota-each", said, quota.obligation, by_subject
            )
    for index, secret in enumerate(source.manual.secret):
        for name in secret.facts:
            yield from _fact(source, ("secret", index, "facts"), name)
    tables = [table.key for table in source.manual.table]
    for path, _action, field in fields_of(source.manual):
        for name in (one.removeprefix("-") for one in field.of):
            if field.kind == "table":
                yield from source.unknown((*path, "of"), "unknown-link", "没有「{}」这张明细。", name, tables)
            else:
                yield from _fact(source, (*path, "of"), name)
        for key in ("free_at", "near"):
            if name := getattr(field, key):
                yield from _fact(source, (*path, key), name)
        if field.default.startswith("="):
            yield from _fact(source, (*path, "default"), field.default[1:])
    for path, _procedure, action in actions_of(source.manual):
        for name in action.forget:
            yield from _fact(source, (*path, "forget"), name)


def sealed_fields_stay(source: Source) -> Iterator[Finding]:
    """What only some may read stands in no message, on no paper and in no table, and is not copied to another case."""
    manual = source.manual
    sealed = {field.key: field.label for _path, _action, field in fields_of(manual) if field.sealed}
    shown: list[tuple[Place, Iterable[str]]] = [
        (("message", i, "text"), [name for name in sealed if "{" + name in one.text])
        for i, one in enumerate(manual.message)
    ]
    shown += [(("form", i), [line.fact for line in one.line]) for i, one in enumerate(manual.form)]
    shown += [(("table", i), [column.fact for column in one.column]) for i, one in enumerate(manual.table)]
    shown += [
        ((*path, "copy"), effect.copy_.replace(",", " ").split())
        for path, _action, effect in effects_of(manual)
        if effect.do == "open_case"
    ]
    shown += [((*path, "of"), field.of) for path, _action, field in fields_of(manual) if field.kind == "case"]
    for path, names in shown:
        for name in names:
            if name.split(".")[0] in sealed:
                said = f"「{sealed[name.split('.')[0]]}」是保密的，这里谁都看得到。"
                yield source.finding(path, "sealed", said, "请删去，或写一句不泄露内容的话。")


def _said(source: Source, path: Place, name: str) -> Iterator[Finding]:
    """What a message says: a fact, or a figure of the manual."""
    head, _dot, rest = name.partition(".")
    if head == "figure":
        keys = [figure.key for figure in source.manual.figure]
        yield from source.unknown(path, "unknown-figure", "没有「{}」这个数字。", rest, keys)
    else:
        yield from _fact(source, path, name)


def _fact(source: Source, path: Place, name: str) -> Iterator[Finding]:
    head = name.split(".")[0]
    yield from source.unknown(path, "unknown-fact", "没有动作会记下「{}」。", head, sorted(source.facts))
