"""Checks of a manual as a list of pure functions. Each yields findings; none raises; CHECKS is the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from guanjia.policy import builtin, vocabulary
from guanjia.policy.lint_complements import complements_fit
from guanjia.policy.lint_conditions import conditions_are_well_formed
from guanjia.policy.lint_desk import books_fit, checklists_can_be_ticked
from guanjia.policy.lint_duties import (
    FROM_OUTSIDE,
    duties_can_open,
    figures_are_honest,
    limits_parse,
    obligations_can_start_and_end,
    quotas_add_up,
)
from guanjia.policy.lint_papers import notices_say_figures, statistics_add_up, targets_compare
from guanjia.policy.lint_procedures import (
    bills_go_on,
    effects_are_known,
    fields_can_be_filled,
    joint_actions_fit,
    states_connect,
)
from guanjia.policy.lint_source import Source, actions_of, emitted, matchers
from guanjia.policy.lint_words import (
    clauses_exist,
    keys_are_unique,
    links_exist,
    papers_name_facts,
    people_exist,
    sealed_fields_stay,
    words_are_shared,
)
from guanjia.policy.loader import Finding, parse
from guanjia.policy.schema import Action, Forbid, Manual

__all__ = [
    "CHECKS",
    "Finding",
    "Rival",
    "check_manual",
    "check_text",
    "check_together",
    "notes_together",
    "rivals",
]

Check = Callable[[Source], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    keys_are_unique,
    clauses_exist,
    words_are_shared,
    people_exist,
    links_exist,
    papers_name_facts,
    sealed_fields_stay,
    states_connect,
    fields_can_be_filled,
    joint_actions_fit,
    effects_are_known,
    bills_go_on,
    complements_fit,
    limits_parse,
    figures_are_honest,
    obligations_can_start_and_end,
    duties_can_open,
    quotas_add_up,
    statistics_add_up,
    notices_say_figures,
    targets_compare,
    conditions_are_well_formed,
    checklists_can_be_ticked,
    books_fit,
)


def check_text(text: str, file: str) -> list[Finding]:
    """Every finding of a manual's text, in line order."""
    return check_manual(text, file)[1]


def check_manual(text: str, file: str) -> tuple[Manual | None, list[Finding]]:
    """The manual, if its text is one at all, and every finding in line order."""
    manual, findings, lines = parse(text, file)
    if manual is not None:
        source = Source(manual, file, lines)
        findings = [finding for check in CHECKS for finding in check(source)]
    return manual, sorted(dict.fromkeys(findings), key=lambda finding: finding.line)


@dataclass(frozen=True)
class Rival:
    """Another manual of which an office can only have one with this: both give the procedure of these categories (their
    labels), or they are of one family (none)."""

    other: Manual
    categories: tuple[str, ...]

    def text(self, manual: Manual) -> str:
        """What stands against `manual` beside it, in words."""
        both = f"《{self.other.manual.title}》和《{manual.manual.title}》"
        if not self.categories:
            return f"{both}是同一家族，只能采用一部。"
        return f"{'、'.join(f'「{label}」' for label in self.categories)}的程序{both}都给，只能采用一部。"


def rivals(manual: Manual, others: Iterable[Manual]) -> list[Rival]:
    """The manuals that cannot be adopted together with `manual`."""
    mine = {one.standard for one in manual.category if one.standard != "duty" and not one.yields}
    found = []
    for other in others:
        labels = tuple(one.label for one in other.category if one.standard in mine and not one.yields)
        if labels:
            found.append(Rival(other, labels))
        if manual.manual.family and manual.manual.family == other.manual.family:
            found.append(Rival(other, ()))
    return found


def check_together(manuals: Sequence[Manual]) -> list[str]:
    """What forbids adopting these manuals in one office: two procedures for a category, two of one family."""
    return [
        rival.text(manual)
        for index, manual in enumerate(manuals)
        for rival in rivals(manual, manuals[:index])
    ]


def notes_together(manuals: Sequence[Manual]) -> list[str]:
    """What an office should know before it adopts these manuals together; nothing here forbids it."""
    return [*_waiting_in_vain(manuals), *_forbidden(manuals)]


def _waiting_in_vain(manuals: Sequence[Manual]) -> Iterator[str]:
    """Obligations that wait for events which none of the manuals raises."""
    raised = {event for manual in manuals for _path, event in emitted(manual)} | FROM_OUTSIDE
    raised |= {event for action in builtin.ACTIONS.values() for event in action.definition.emits}
    for manual in manuals:
        for index, obligation in enumerate(manual.obligation):
            for name, said in (("start", "不会起算"), ("stop", "办不了")):
                events = [m.event for _path, i, n, m in matchers(manual) if i == index and n == name]
                if events and not raised.intersection(events):
                    words = "、".join(vocabulary.EVENTS.get(event, event) for event in events)
                    yield f"《{manual.manual.title}》的「{obligation.label}」{said}：这些规程都没有「{words}」。"


def _forbidden(manuals: Sequence[Manual]) -> Iterator[str]:
    """What one manual lets somebody do and another forbids."""
    for manual in manuals:
        for ban in manual.forbid:
            for other in manuals:
                for _path, _procedure, action in actions_of(other):
                    if _clash(manual, ban, other, action):
                        yield (
                            f"《{manual.manual.title}》{ban.clause} 不许「{vocabulary.EVENTS[ban.event]}」，"
                            f"《{other.manual.title}》的「{action.label}」却由他们做。"
                        )


def _clash(manual: Manual, ban: Forbid, other: Manual, action: Action) -> bool:
    """Whether an action raises the event that is forbidden, and only people may do it to whom the ban applies."""
    raised = {*action.emits, *(event for outcome in action.outcome for event in outcome.emits)}
    if ban.event not in raised or not _same_categories(manual, ban, other):
        return False
    allowed, banned = _system_roles(other, action.by), _system_roles(manual, ban.by)
    return not ban.by or bool(allowed) and allowed <= banned


def _same_categories(manual: Manual, ban: Forbid, other: Manual) -> bool:
    meant = set(ban.category) or {category.standard for category in manual.category}
    return "*" in meant or bool(meant & {category.standard for category in other.category})


def _system_roles(manual: Manual, who: Iterable[str]) -> set[str]:
    titles = {role.key: role.is_ for role in manual.role}
    return {system for one in who for system in titles.get(one, (one,))}
