"""Checks of what a manual puts on the duty desk: checklists of a shift, and the desk's books."""

from __future__ import annotations

from collections.abc import Iterator

from guanjia.policy.lint_source import Source, actions_of
from guanjia.policy.loader import Finding
from guanjia.policy.schema import Action, Book
from guanjia.policy.toml_lines import Place


def checklists_can_be_ticked(source: Source) -> Iterator[Finding]:
    """A checklist has something to tick, one item at a time if need be, and moves nothing; `person` is a field of it."""
    for path, procedure, action in actions_of(source.manual):
        if action.checklist is None:
            continue
        place: Place = (*path, "checklist")
        for rule, said, hint in _faults(action):
            yield source.finding(place, rule, said, hint)
        if procedure is None:
            said = f"清单「{action.label}」要写在自己的程序里。"
            yield source.finding(place, "checklist", said, "不要写在 addition 里。")
        if action.checklist.person:
            staff = [field.key for field in action.field if field.kind == "staff"]
            said = f"「{action.label}」没有选同事的「{{}}」这一栏。"
            yield from source.unknown(place, "unknown-field", said, action.checklist.person, staff)


def _faults(action: Action) -> Iterator[tuple[str, str, str]]:
    """(rule, message, hint) of what a checklist cannot have."""
    ticks = [field for field in action.field if field.kind == "tick"]
    label = f"清单「{action.label}」"
    if not ticks:
        yield "checklist", f"{label}没有要勾的栏。", "加 kind 为 tick 的栏。"
    if any(field.required or field.required_when for field in ticks):
        yield "checklist-required", f"{label}的各项可以分几次勾。", "tick 的栏不写 required。"
    moves = action.opens or action.to or any(one.to for one in action.outcome)
    if moves or action.cosign:
        yield "checklist", f"{label}只是勾，不开单、不改状态，也不几方同定。", "去掉 opens、to、cosign。"


def books_fit(source: Source) -> Iterator[Finding]:
    """A book names a category, states, actions, forms and facts that there are; words lead to a book that there is."""
    manual = source.manual
    categories = {category.key: category for category in manual.category}
    for index, book in enumerate(manual.book):
        path: Place = ("book", index)
        said = "没有「{}」这个类别。"
        yield from source.unknown((*path, "category"), "unknown-link", said, book.category, categories)
        if category := categories.get(book.category):
            yield from _of_procedure(source, path, book, category.procedure)
        if book.form:
            forms = [form.key for form in manual.form]
            said = "没有「{}」这张表单。"
            yield from source.unknown((*path, "form"), "unknown-form", said, book.form, forms)
        for name in (*book.where, *(column.fact for column in book.column)):
            head, said = name.split(".")[0], "没有动作会记下「{}」。"
            yield from source.unknown(path, "unknown-fact", said, head, sorted(source.facts))
    books = [book.key for book in manual.book]
    for index, script in enumerate(manual.script):
        if script.book:
            path = ("script", index, "book")
            yield from source.unknown(path, "unknown-link", "没有「{}」这本登记。", script.book, books)


def _of_procedure(source: Source, path: Place, book: Book, procedure: str) -> Iterator[Finding]:
    """The states and actions that a book names are its procedure's; an opening action closes nothing."""
    found = next((one for one in source.manual.procedure if one.key == procedure), None)
    if found is None:
        return
    states = [state.key for state in found.state]
    actions = [action.key for action in found.action if not action.opens]
    for state in book.waiting:
        said = f"「{found.label}」没有状态「{{}}」。"
        yield from source.unknown((*path, "waiting"), "unknown-state", said, state, states)
    for action in book.closes:
        said = f"「{found.label}」没有动作「{{}}」。"
        yield from source.unknown((*path, "closes"), "unknown-link", said, action, actions)
