"""Checks of what is owed: limits, figures, triggers that can come, recurring duties, quotas, targets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from guanjia.kernel.problem import Problem
from guanjia.policy import builtin, limits_of_figures, vocabulary
from guanjia.policy.lint_source import Source, emitted, matchers
from guanjia.policy.loader import Finding
from guanjia.policy.schema import Figure, Manual, ObligationDef, Quota
from guanjia.policy.toml_lines import Place
from guanjia.worktime import limits, recurrence
from guanjia.worktime.forms import CLOSE, OPENING, After, Around, AtMoment, Choice, Limit

_NUMBER = re.compile(r"^\d+(\.\d+)?[%‰]?$")
_HOURS = re.compile(r"^\d\d:\d\d-\d\d:\d\d$")
# events that come to a case from outside its own procedure
FROM_OUTSIDE = vocabulary.OFFICE_EVENTS | {vocabulary.CHILDREN_CLOSED}


def limits_parse(source: Source) -> Iterator[Finding]:
    """Limits, step offsets and recurrences are in the grammar; @names are figures; moments are facts."""
    manual = source.manual
    for index, obligation in enumerate(manual.obligation):
        yield from _limit(source, ("obligation", index, "limit"), obligation.limit)
        if obligation.not_before:
            yield from _limit(source, ("obligation", index, "not_before"), obligation.not_before)
        for number, step in enumerate(obligation.step):
            yield from _parses(
                source, ("obligation", index, "step", number, "at"), limits.parse_offset, step.at
            )
    for index, duty in enumerate(manual.duty):
        path: Place = ("duty", index, "recurrence")
        if duty.recurrence.startswith("@"):
            yield from _figure(source, path, duty.recurrence, "recurrence")
        elif duty.recurrence != vocabulary.EVERY_SHIFT:
            yield from _parses(source, path, recurrence.parse, duty.recurrence)
        if (duty.recurrence == vocabulary.EVERY_SHIFT) is not bool(duty.shift):
            said = f"「{duty.label}」每班一件，要写 shift；别的周期用不到。"
            yield source.finding(("duty", index, "shift"), "duty-shift", said, "写是谁的班，或删去。")
        if duty.roster.startswith("@"):
            yield from _figure(source, ("duty", index, "roster"), duty.roster, "list")
    for index, presence in enumerate(manual.presence):
        if presence.hours.startswith("@"):
            yield from _figure(source, ("presence", index, "hours"), presence.hours, "text")
        elif not _HOURS.match(presence.hours):
            said = f"「{presence.hours}」不是一天里的钟点。"
            yield source.finding(("presence", index, "hours"), "hours", said, "如 08:00-18:00。")
    for index, quota in enumerate(manual.quota):
        yield from _number(source, ("quota", index, "number"), quota.number)
        for number, band in enumerate(quota.band):
            if isinstance(band.to, str):
                yield from _number(source, ("quota", index, "band", number, "to"), band.to)
    for index, target in enumerate(manual.target):
        yield from _number(source, ("target", index, "value"), target.value)


def _limit(source: Source, path: Place, text: str) -> Iterator[Finding]:
    if text.startswith("@"):
        yield from _figure(source, path, text, "limit")
        return
    yield from _parses(source, path, limits.parse, text)
    for name in _moments(text):
        said = "时限说的时间「{}」没有动作会记下。"
        name = name.removeprefix("previous.")
        yield from source.unknown(path, "unknown-fact", said, name, sorted(source.facts))


def _moments(text: str) -> Iterator[str]:
    """The facts at which a limit is anchored."""
    try:
        limit: Limit = limits.parse(text)
    except Problem:
        return
    parts = [*(case for _, case in limit.cases), limit.otherwise] if isinstance(limit, Choice) else [limit]
    for part in parts:
        if isinstance(part, (After, AtMoment, Around)) and part.name not in (CLOSE, OPENING):
            yield part.name


def _figure(source: Source, path: Place, text: str, kind: str) -> Iterator[Finding]:
    """`@name` names a figure of this kind."""
    figures = {figure.key: figure for figure in source.manual.figure}
    yield from source.unknown(path, "unknown-figure", "没有「{}」这个数字。", text[1:], figures)
    found = figures.get(text[1:])
    if found and found.kind != kind:
        said = f"「{found.label}」的种类是 {found.kind}，这里要 {kind}。"
        yield source.finding(path, "figure-kind", said, "改它的 kind，或换一个数字。")


def _number(source: Source, path: Place, text: str) -> Iterator[Finding]:
    if text.startswith("@"):
        figures = {figure.key: figure for figure in source.manual.figure}
        yield from source.unknown(path, "unknown-figure", "没有「{}」这个数字。", text[1:], figures)
    elif text and not _NUMBER.match(text):
        yield source.finding(path, "number", f"「{text}」不是数。", "如 20、95%，或 @数字的代码。")


def _parses(source: Source, path: Place, reader: Callable[[str], object], text: str) -> Iterator[Finding]:
    try:
        reader(text)
    except Problem as problem:
        yield source.finding(path, "limit-syntax", problem.message, problem.hint)


def figures_are_honest(source: Source) -> Iterator[Finding]:
    """A figure has a value that fits its kind, or says that the source leaves it open."""
    for index, figure in enumerate(source.manual.figure):
        path: Place = ("figure", index)
        if not figure.value and not figure.unspecified and not figure.immediate:
            yield source.finding(
                path, "figure-empty", f"「{figure.label}」没有数字。", "写 value，或写 unspecified = true。"
            )
        if figure.value and figure.unspecified:
            yield source.finding(path, "figure-both", f"「{figure.label}」既有数字又说没有。", "去掉一个。")
        if figure.kind == "choice" and len(figure.options) < 2:
            yield source.finding(
                path, "figure-options", f"「{figure.label}」要有两种以上读法。", "写 options。"
            )
        for name in ("value", "suggest"):
            if text := getattr(figure, name):
                yield from _fits(source, (*path, name), figure, text)


def _fits(source: Source, path: Place, figure: Figure, text: str) -> Iterator[Finding]:
    try:
        limits_of_figures.check(figure, text)
    except Problem as problem:
        yield source.finding(path, "figure-value", problem.message, problem.hint)


def obligations_can_start_and_end(source: Source) -> Iterator[Finding]:
    """An obligation for this manual's own categories starts and stops on events that its procedures raise."""
    raised = {event for _path, event in emitted(source.manual)} | _always_possible()
    measured = {quota.obligation for quota in source.manual.quota}
    named: dict[tuple[int, str], list[str]] = {}
    for _path, number, name, matcher in matchers(source.manual):
        named.setdefault((number, name), []).append(matcher.event)
    for index, obligation in enumerate(source.manual.obligation):
        path: Place = ("obligation", index)
        if not _categories(source.manual, obligation):
            said = f"「{obligation.label}」不对任何类别：本规程没有程序，它也没写 category。"
            yield source.finding(path, "no-category", said, '写 category，如 ["repair"]，或 ["*"]。')
        if not obligation.start:
            yield source.finding(path, "no-start", f"「{obligation.label}」没写什么事件起算。", "写 start。")
        if not obligation.stop and obligation.key not in measured:
            yield source.finding(path, "no-stop", f"「{obligation.label}」没写什么事件算办了。", "写 stop。")
        if not _own(source.manual, obligation):
            continue
        for name, said in (("start", "永远不会起算"), ("stop", "永远办不了")):
            events = named.get((index, name), [])
            if events and not raised.intersection(events):
                words = "、".join(events)
                message = f"「{obligation.label}」{said}：没有动作会发生 {words}。"
                yield source.finding(
                    (*path, name), f"never-{name}s", message, "改事件，或给一个动作写 emits。"
                )


def _always_possible() -> frozenset[str]:
    return FROM_OUTSIDE | {event for action in builtin.ACTIONS.values() for event in action.definition.emits}


def _categories(manual: Manual, obligation: ObligationDef) -> set[str]:
    return set(obligation.category) or {c.standard for c in manual.category if c.standard != "duty"}


def _own(manual: Manual, obligation: ObligationDef) -> bool:
    """Whether all its categories get their procedure from this manual."""
    own = {word for category in manual.category for word in (category.key, category.standard)}
    categories = _categories(manual, obligation)
    return bool(categories) and categories <= own


def duties_can_open(source: Source) -> Iterator[Finding]:
    """The category of a recurring duty has a procedure that the system opens, with the period as its field."""
    manual = source.manual
    for index, duty in enumerate(manual.duty):
        category = next((c for c in manual.category if c.key == duty.category), None)
        procedure = next((p for p in manual.procedure if category and p.key == category.procedure), None)
        opening = next((a for a in procedure.action if a.opens), None) if procedure else None
        if opening and ("system" not in opening.by or "period" not in [field.key for field in opening.field]):
            said = f"例行应办「{duty.label}」开不了单：「{opening.label}」要由 system 做，并有 period 一栏。"
            yield source.finding(("duty", index, "category"), "duty-opening", said, "改开单动作。")


def quotas_add_up(source: Source) -> Iterator[Finding]:
    """A quota says how many: a number, or a share of a base in bands that rise and leave nothing out."""
    for index, quota in enumerate(source.manual.quota):
        values = {figure.key: figure.value or figure.suggest for figure in source.manual.figure}
        for said, hint in _quota_faults(quota, values):
            yield source.finding(("quota", index), "quota", f"「{quota.label}」{said}", hint)


def _quota_faults(quota: Quota, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if bool(quota.number) == bool(quota.band):
        yield "要么写 number，要么写 band。", "留一个。"
    if quota.band and not quota.of:
        yield "写了比例，没写是什么的百分之几。", "写 of。"
    limits_ = [band.to for band in quota.band]  # a figure that only the office sets is not looked at
    if quota.band and limits_[-1] is not None:
        yield f"最后一档只到 {limits_[-1]}，再多就没有比例。", "最后一档不写 to。"
    if any(to is None for to in limits_[:-1]):
        yield "没写 to 的一档后面还有档。", "把它放到最后。"
    known = [values.get(to[1:], "") if isinstance(to, str) else to for to in limits_ if to is not None]
    steps = [int(to) for to in known if str(to).isdecimal()]
    if any(a >= b for a, b in zip(steps, steps[1:], strict=False)):
        yield "各档的 to 不是从小到大。", "请排好。"
