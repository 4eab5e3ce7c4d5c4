"""Checks of procedures: states that connect, fields that can be filled, effects that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from guanjia.policy import fields as form_fields
from guanjia.policy import vocabulary
from guanjia.policy.effects import EFFECTS
from guanjia.policy.lint_source import Source, actions_of, effects_of, fields_of
from guanjia.policy.loader import Finding
from guanjia.policy.schema import Action, Effect, FormField, Procedure
from guanjia.policy.toml_lines import Place

# Kinds of field that say what they are made of.
# what a person gives for one case only
ONE_BY_ONE = ("signature", "photos", "receipt", "table", "checks")
OF = ("sum", "product", "table", "checks", "elapsed", "share")
# The engine writes these itself; a field under such a name would be overwritten.
RESERVED = frozenset(
    [
        "number",
        "category",
        "state",
        "urgent",
        "party",
        "assignee",
        "department",
        "opened_at",
        "completed_at",
        "reopened",
        "balance_fen",
        "charged_fen",
        "events",
        "owed",
        "figure",
        "now",
        "actor",
        "actor_roles",
        "actor_departments",
        "cosigned",
        "joint",
        "differing",
        "copies",
        "papers",
        "last_receipt",
        "charged_at",
        "paid_fen",
        "previous",
        "children",
        "roster",
        "sample",
        "same_unit",
        "handed",
        "shift_label",
        "shift_begins_at",
        "shift_ends_at",
        "shift_people",
        "covered",
        "procedure",
        "unit_name",
    ]
)


def states_connect(source: Source) -> Iterator[Finding]:
    """Actions lead from and to states that exist; a case can reach every state, and from each an end."""
    for p, procedure in enumerate(source.manual.procedure):
        known = [state.key for state in procedure.state]
        for a, action in enumerate(procedure.action):
            path: Place = ("procedure", p, "action", a)
            for name, state in _states_named(action):
                if state != "*":
                    yield from source.unknown(
                        (*path, *name), "unknown-state", "没有「{}」这个状态。", state, known
                    )
            yield from _from(source, path, action)
        yield from _opening(source, p, procedure)
        yield from _connected(source, p, procedure)


def _states_named(action: Action) -> Iterator[tuple[Place, str]]:
    yield from ((("from",), state) for state in action.from_)
    if action.to:
        yield ("to",), action.to
    yield from ((("outcome", i, "to"), o.to) for i, o in enumerate(action.outcome) if o.to)


def _from(source: Source, path: Place, action: Action) -> Iterator[Finding]:
    if not action.from_ and not action.opens:
        yield source.finding(
            path, "no-from", f"「{action.label}」没写从哪个状态做。", "加 from，或写 opens = true。"
        )
    if action.bulk and (action.opens or any(field.kind in ONE_BY_ONE for field in action.field)):
        said = f"「{action.label}」开单，或者有每件各自的签名、照片、收据，不能许多件一起办。"
        yield source.finding(path, "bulk", said, "去掉 bulk。")
    if action.opens and action.from_:
        yield source.finding(
            path, "opens-from", f"「{action.label}」是开单动作，不能再写 from。", "去掉一个。"
        )
    if action.opens and not (action.to or any(outcome.to for outcome in action.outcome)):
        yield source.finding(path, "opens-to", f"「{action.label}」没写开单后的状态。", "加 to。")
    for index, outcome in enumerate(action.outcome[:-1]):
        if not outcome.when:
            said = "没写条件的结果后面还有结果，永远轮不到。"
            yield source.finding((*path, "outcome", index), "outcome-order", said, "请把它放到最后。")


def _opening(source: Source, p: int, procedure: Procedure) -> Iterator[Finding]:
    opening = [action for action in procedure.action if action.opens]
    if not opening:
        said = f"「{procedure.label}」没有开单动作。"
        yield source.finding(("procedure", p), "no-opening", said, "给一个动作写 opens = true。")
    for action in opening[1:]:
        index = procedure.action.index(action)
        said = f"「{procedure.label}」有两个开单动作。"
        yield source.finding(("procedure", p, "action", index), "two-openings", said, "只留一个。")


def _connected(source: Source, p: int, procedure: Procedure) -> Iterator[Finding]:
    """Every state can be reached from the opening action, and leads to an end."""
    ends = {state.key for state in procedure.state if state.end}
    ways = _ways(procedure)
    reached = _closure({to for start, to in ways if start == ""}, ways)
    back = [(to, start) for start, to in ways]
    ending = _closure(ends, back)
    for s, state in enumerate(procedure.state):
        place: Place = ("procedure", p, "state", s)
        if state.key not in reached:
            yield source.finding(
                place, "unreachable", f"没有动作能到「{state.label}」。", "删去，或加一个动作。"
            )
        elif state.key not in ending:
            yield source.finding(
                place, "dead-end", f"从「{state.label}」走不到办结。", "加动作，或写 end = true。"
            )


def _ways(procedure: Procedure) -> list[tuple[str, str]]:
    """(from, to) of every action; an opening action comes from nowhere."""
    running = [state.key for state in procedure.state if not state.end]
    found = []
    for action in procedure.action:
        starts = [""] if action.opens else running if "*" in action.from_ else list(action.from_)
        targets = {action.to, *(outcome.to for outcome in action.outcome)} - {""}
        found += [(start, to) for start in starts for to in sorted(targets)]
    return found


def _closure(begin: Iterable[str], ways: list[tuple[str, str]]) -> set[str]:
    found, new = set(begin), set(begin)
    while new:
        new = {to for start, to in ways if start in new} - found
        found |= new
    return found


def fields_can_be_filled(source: Source) -> Iterator[Finding]:
    """Each kind of field has what it needs and nothing that it cannot use."""
    lists = [figure.key for figure in source.manual.figure if figure.kind == "list"]
    for path, _action, field in fields_of(source.manual):
        for rule, name, said, hint in _faults(field):
            yield source.finding((*path, name) if name else path, rule, said, hint)
        if field.more:
            said = "没有名单「{}」。"
            yield from source.unknown(
                (*path, "more"), "unknown-figure", said, field.more.removeprefix("@"), lists
            )


def _faults(field: FormField) -> Iterator[tuple[str, str, str, str]]:
    """(rule, key, message, hint) of what is wrong with a field."""
    label = f"「{field.label}」"
    if field.key in RESERVED:
        yield "reserved", "key", f"「{field.key}」是系统自己记的事实，不能用作栏的代码。", "请换一个名字。"
    chooses = field.kind in ("choice", "multi", "derived", "marks", "matters")
    if chooses and field.kind != "matters" and not field.choices and not field.more:
        yield "no-choices", "", f"{label}没有选项。", "加 choices。"
    if field.choices and not chooses:
        yield "choices-unused", "choices", f"{label}不是选择，用不到选项。", "把 kind 改为 choice，或删去。"
    if field.kind not in ("derived", "marks") and any(choice.when for choice in field.choices):
        yield (
            "choice-when",
            "choices",
            f"{label}由人来选，选项用不到 when。",
            "把 kind 改为 derived，或删去。",
        )
    values = [choice.value for choice in field.choices]
    if len(set(values)) < len(values):
        yield "duplicate", "choices", f"{label}有两个选项的值相同。", "请改一个。"
    if field.roles and field.kind not in ("staff", "matters"):
        yield "roles-unused", "roles", f"{label}不是选同事，用不到 roles。", "请删去。"
    if field.least is not None and field.kind not in ("number", "amount"):
        yield "least-unused", "least", f"{label}不是数，用不到 least。", "请删去。"
    if field.more and not (chooses and field.more.startswith("@")):
        yield "more", "more", f"{label}的 more 写法不对。", "只用于选择，写 @名单的代码。"
    if field.free_at and field.kind != "staff":
        yield "free-at", "free_at", f"{label}不是选同事，用不到 free_at。", "请删去。"
    if field.near and field.kind != "staff":
        yield "near", "near", f"{label}不是选同事，用不到 near。", "请删去。"
    if field.kind != "case" and (field.kind in OF) is not bool(field.of):
        said = f"{label}没写 of。" if field.kind in OF else f"{label}用不到 of。"
        yield "field-of", "", said, "加 of。" if field.kind in OF else "请删去。"
    if field.kind == "matters" and not field.roles:
        yield "matters-roles", "", f"{label}没写谁可以接。", "加 roles。"
    unknown = [how for how in field.allow if how not in form_fields.SIGNATURE_HOW]
    if unknown or (field.allow and field.kind != "signature"):
        ways = "、".join(form_fields.SIGNATURE_HOW)
        yield "signature-how", "allow", f"{label}的 allow 写法不对。", f"只用于签名，可用：{ways}。"


def joint_actions_fit(source: Source) -> Iterator[Finding]:
    """Whoever must agree may do the action, on fields that must be filled; an override names a field."""
    for path, _procedure, action in actions_of(source.manual):
        own = {field.key: field for field in action.field}
        if action.cosign:
            for role in action.cosign.roles:
                if role not in action.by:
                    said = f"「{role}」要一起定，却不在 by 里。"
                    yield source.finding((*path, "cosign"), "cosign-by", said, "请加进 by。")
            for name in action.cosign.same:
                yield from _joint_field(source, (*path, "cosign"), action, name)
        for index, need in enumerate(action.require):
            if need.override and need.override not in own:
                place = (*path, "require", index, "override")
                said = f"「{action.label}」没有「{{}}」这一栏。"
                yield from source.unknown(place, "unknown-field", said, need.override, own)
            if need.override_by and not need.override:
                place = (*path, "require", index, "override_by")
                yield source.finding(
                    place, "override-by", "没有 override，用不到 override_by。", "加 override，或删去。"
                )


def _joint_field(source: Source, path: Place, action: Action, name: str) -> Iterator[Finding]:
    field = next((field for field in action.field if field.key == name), None)
    if field is None:
        known = [field.key for field in action.field]
        yield from source.unknown(
            path, "unknown-field", f"「{action.label}」没有「{{}}」这一栏。", name, known
        )
    elif not field.required:
        yield source.finding(
            path, "cosign-required", f"要几方填得一样的「{field.label}」不是必填。", "请加 required = true。"
        )


def effects_are_known(source: Source) -> Iterator[Finding]:
    """Each effect stands in the table with its parameters, and names fields, forms and messages that exist."""
    for path, action, effect in effects_of(source.manual):
        spec = EFFECTS.get(effect.do)
        if spec is None:
            yield from source.unknown(
                (*path, "do"), "unknown-effect", "没有「{}」这种效果。", effect.do, EFFECTS
            )
            continue
        given = effect.model_dump(by_alias=True, exclude_defaults=True).keys() - {"do", "when"}
        for name in spec.needs:
            if name not in given:
                yield source.finding(path, "effect-needs", f"效果 {effect.do} 要写 {name}。", "请补上。")
        for name in sorted(given - set(spec.needs) - set(spec.takes)):
            yield source.finding(
                (*path, name), "effect-takes", f"效果 {effect.do} 用不到 {name}。", "请删去。"
            )
        yield from _effect_names(source, path, action, effect)


def bills_go_on(source: Source) -> Iterator[Finding]:
    """What is billed is remembered for the worker, and what follows is an action of the system in the same procedure."""
    for path, action, effect in effects_of(source.manual):
        if effect.do != "bill" or path[0] != "procedure":
            continue
        if effect.field in [field.key for field in action.field if not field.keep]:
            said = f"后台接着开要看「{effect.field}」，它却没有留下。"
            yield source.finding((*path, "field"), "bill-keep", said, "把那一栏的 keep = false 删去。")
        own = source.manual.procedure[int(path[1])].action
        if effect.then:
            by_system = [one.key for one in own if "system" in one.by and not one.opens]
            said = "程序里没有由 system 做的动作「{}」。"
            yield from source.unknown((*path, "then"), "bill-then", said, effect.then, by_system)


def _effect_names(source: Source, path: Place, action: Action, effect: Effect) -> Iterator[Finding]:
    forms = {form.key: form for form in source.manual.form}
    own = [field.key for field in action.field]
    no_field = f"「{action.label}」没有「{{}}」这一栏。"
    if effect.form:
        yield from source.unknown((*path, "form"), "unknown-form", "没有「{}」这张表单。", effect.form, forms)
    if effect.copy_.startswith("field:"):
        name = effect.copy_.removeprefix("field:")
        yield from source.unknown((*path, "copy"), "unknown-field", no_field, name, own)
    elif effect.copy_ and effect.form in forms:
        form = forms[effect.form]
        said = f"《{form.title}》没有「{{}}」联。"
        yield from source.unknown(
            (*path, "copy"), "unknown-copy", said, effect.copy_, [c.key for c in form.copies]
        )
    if effect.field and not (effect.do == "spread" and effect.field == "children"):
        yield from source.unknown((*path, "field"), "unknown-field", no_field, effect.field, own)
    if effect.department.startswith("field:"):
        chosen = [field.key for field in action.field if field.kind == "department"]
        name = effect.department.removeprefix("field:")
        yield from source.unknown((*path, "department"), "unknown-field", no_field, name, chosen)
    if effect.message:
        messages = [message.key for message in source.manual.message]
        yield from source.unknown(
            (*path, "message"), "unknown-message", "没有「{}」这条消息。", effect.message, messages
        )
    if effect.do != "append" and bool(effect.each) is not bool(effect.into):
        yield source.finding((*path, "each"), "each", "each 和 into 要一起写。", "补上另一个，或删去。")
    for name in ("amount", "method", "reason", "each"):
        if fact := getattr(effect, name):
            yield from source.unknown(
                (*path, name), "unknown-fact", "没有动作会记下「{}」。", fact, sorted(source.facts)
            )
    if effect.quota:
        said = "没有「{}」这个数量要求。"
        quotas = [quota.key for quota in source.manual.quota if quota.of]
        yield from source.unknown((*path, "quota"), "unknown-link", said, effect.quota, quotas)
    if effect.category:
        known = [*(category.key for category in source.manual.category), *vocabulary.CATEGORIES]
        yield from source.unknown(
            (*path, "category"), "unknown-link", "没有「{}」这个类别。", effect.category, known
        )
    if effect.event:
        said = "词表里没有事件「{}」。"
        yield from source.unknown((*path, "event"), "unknown-event", said, effect.event, vocabulary.EVENTS)
    if effect.scope and effect.scope not in ("view", "act"):
        yield source.finding((*path, "scope"), "scope", f"链接不能「{effect.scope}」。", "可用：view、act。")
