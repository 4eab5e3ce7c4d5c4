"""What a card expects, looked up in the database; every difference is a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case
from guanjia.engine import nearness, view_of
from guanjia.engine.facts import reference_of
from guanjia.engine.offering import CaseView
from guanjia.kernel.moments import from_iso
from guanjia.kernel.money import yuan
from guanjia.kernel.problem import Problem
from guanjia.ledger import days
from guanjia.ledger import queries as ledger
from guanjia.notify.models import Message
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation, State
from guanjia.ops.cards import desk
from guanjia.ops.cards.card import (
    Change,
    Expect,
    Hidden,
    Line,
    Nearest,
    Offered,
    Outstanding,
    Owed,
    Pinned,
    Register,
    Told,
)
from guanjia.ops.cards.counted import counted
from guanjia.ops.cards.papers import paper, posted
from guanjia.ops.cards.speech import board, opening, said
from guanjia.ops.cards.stage import DAY_ONE, local, moment
from guanjia.policy import scripts
from guanjia.policy.builtin import WHO
from guanjia.policy.conditions import lookup
from guanjia.records import queries as records
from guanjia.reports import drafts, tables
from guanjia.staff import queries as staff
from guanjia.work import queries as work

OF_OFFICE = (
    "in_hand",
    "items",
    "suppliers",
    "changes",
    "open_cases",
    "notices",
    "statistics",
    "told",
    "opening",
    "board",
    "receipts_without_gaps",
    "outstanding",
    "gaps",
)


def failures_of(play: Any, expect: Expect, name: str) -> list[str]:
    """Everything that is not as expected."""
    if expect == Expect():
        return []
    found = list(_of_office(play, expect))
    asked = expect.model_dump(exclude_defaults=True, by_alias=False)
    if set(asked) <= {*OF_OFFICE, "register_"}:
        return found
    try:
        return found + list(_of_case(play, expect, play.case(name)))
    except Problem as problem:
        return [*found, str(problem)]


def _of_office(play: Any, expect: Expect) -> Iterator[str]:
    office = play.stage.office
    for name, listed in expect.items.items():
        if (work.item_for(office, name, play.now) is not None) != listed:
            yield f"「{name}」{'应' if listed else '不应'}在服务项目里"
    for supplier in expect.suppliers:
        if work.supplier_for(office, supplier, play.now) is None:
            yield f"名单里没有供应商「{supplier}」"
    for category, count in expect.open_cases.items():
        have = Case.objects.filter(office=office, category=category, closed_at__isnull=True).count()
        if have != count:
            yield f"{category} 未办结应有 {count} 件，现有 {have} 件"
    held = {one.name: one.fen for one in days.holdings(office)} if expect.in_hand else {}
    for name, wanted in expect.in_hand.items():
        if (holds := yuan(held[name]) if name in held else "") != wanted:
            yield f"{name} 手里的代收款应是 {wanted or '没有'}，现是 {holds or '没有'}"
    if expect.receipts_without_gaps and (gaps := ledger.receipt_gaps(office)):
        yield f"收据断号：{gaps}"
    yield from _each(play, expect.told, _told)
    yield from _each(play, expect.changes, _change)
    yield from _each(play, expect.opening, opening)
    yield from _each(play, expect.board, board)
    yield from _each(play, expect.statistics, counted)
    yield from _each(play, expect.notices, posted)
    yield from _each(play, expect.outstanding, _outstanding)
    yield from _each(play, expect.register_, _register)
    yield from desk.gaps(play, expect.gaps)


def _each(play: Any, wanted: list[Any], check: Callable[..., Iterator[str]], *more: Any) -> Iterator[str]:
    for one in wanted:
        yield from check(play, *more, one)


def _of_case(play: Any, expect: Expect, case: Case) -> Iterator[str]:
    view = view_of(case, play.doer("receptionist"), play.now)
    if expect.state and case.state != expect.state:
        yield f"状态应是 {expect.state}，现是 {case.state}"
    if expect.number and case.number != expect.number:
        yield f"单号应是 {expect.number}，现是 {case.number}"
    if expect.subject and case.subject != expect.subject:
        yield f"事由应是 {expect.subject}，现是 {case.subject}"
    if expect.follows and not case_queries.came_from(case, play.case(expect.follows)):
        yield f"不是由「{expect.follows}」而来"
    for name, want in expect.facts.items():
        if (have := lookup(view.facts, name)) != want:
            yield f"事实 {name} 应是 {want!r}，现是 {have!r}"
    for name, text in expect.times.items():
        have = lookup(view.facts, name)
        if (shown := local(from_iso(have)) if have else "") != text:
            yield f"时间 {name} 应是 {text or '空'}，现是 {shown or '空'}"
    yield from _each(play, expect.owed, _owed, view)
    yield from _each(play, expect.paper, paper, view)
    yield from _each(play, expect.line, _line, view)
    yield from _each(play, expect.offered, _offered, view)
    yield from _each(play, expect.hidden, _hidden, view)
    yield from _each(play, expect.pinned, _pinned, view)
    if expect.nearest:
        yield from _nearest(play, view, expect.nearest)
    yield from _money(expect, case)
    yield from _tables(expect, case, play.now)
    if expect.figures:
        draft = drafts.figures_for(case, play.now)
        for name, want in expect.figures.items():
            if (have := lookup(draft, name)) != want:
                yield f"评估里的 {name} 应是 {want!r}，现是 {have!r}"


def _hidden(play: Any, view: CaseView, want: Hidden) -> Iterator[str]:
    """Whether somebody reads a field of the case, in its facts and in its timeline."""
    read = view_of(view.case, play.doer(want.to), play.now)
    seen = want.field not in read.hidden and want.field in read.facts
    if seen != want.seen or (want.field in read.facts) != want.seen:
        yield f"{want.to} {'应' if want.seen else '不应'}看到「{want.field}」"


def _pinned(_play: Any, view: CaseView, want: Pinned) -> Iterator[str]:
    texts = [
        scripts.words_of(view.adopted, one, view.facts) for one in scripts.pinned(view.adopted, view.facts)
    ]
    if any(want.has in text for text in texts) == want.absent:
        yield f"事项页最上面{'不应' if want.absent else '应'}写「{want.has}」，现有 {texts}"


def _nearest(play: Any, view: CaseView, want: Nearest) -> Iterator[str]:
    """Who is put first in a field of staff, and where he is said to be."""
    fields = [one for offer in view.offers if offer.action.key == want.action for one in offer.action.field]
    field = next((one for one in fields if one.key == want.field and one.near), None)
    if field is None:
        yield f"动作 {want.action} 的「{want.field}」不按远近排"
        return
    unit = view.case.unit if field.near == "unit" else None
    first = nearness.nearest(view.case.office, field.roles, unit, play.now)[0]
    if (first.user.name, first.where) != (want.first, want.where):
        yield f"最近的应是 {want.first} {want.where}，现是 {first.user.name} {first.where}"


def _tables(expect: Expect, case: Case, now: datetime) -> Iterator[str]:
    for path, want in expect.tables.items():
        action, _, name = path.partition(".")
        drawn = tables.tables_of(case, drafts.action_of(case, action), now)
        if (have := lookup(drawn, name)) != want:
            yield f"明细 {path} 应是 {want!r}，现是 {have!r}"


def _money(expect: Expect, case: Case) -> Iterator[str]:
    reference = reference_of(case)
    if expect.balance:
        have = yuan(ledger.balance_of(case.office, reference).open_fen)
        if have != expect.balance:
            yield f"未收应是 {expect.balance}，现是 {have}"
    if expect.receipt:
        numbers = [receipt.number for receipt in ledger.receipts_of(case.office, reference)]
        if expect.receipt not in numbers:
            yield f"应有收据 {expect.receipt}，现有 {numbers}"


def _state_of(row: Obligation, play: Any) -> str:
    if row.state == State.OPEN and row.due_at and play.now > row.due_at:
        return "overdue"
    if row.state == State.MET and row.missed_at:
        return "missed"
    if obligations.too_early(row):
        return "early"
    return str(row.state)


def _owed(play: Any, view: CaseView, want: Owed) -> Iterator[str]:
    rows = [
        row
        for row in view.owed
        if row.key == want.key and want.manual in ("", row.manual_key) and want.subject in ("", row.subject)
    ]
    pending = [one for one in view.waiting if one.obligation.definition.key == want.key]
    if want.state == "waiting":
        if not pending:
            yield f"应办 {want.key} 应还没起算"
    elif want.absent:
        if rows:
            yield f"不应有应办 {want.key}"
    elif not rows:
        yield f"没有应办 {want.key}"
    else:
        yield from _row(play, view, want, rows[-1])


def _row(play: Any, view: CaseView, want: Owed, row: Obligation) -> Iterator[str]:
    late = obligations.late_by(row, play.now)
    roles = play.titles.get(want.owner, frozenset())
    owner = row.owner.name if row.owner else WHO.get(row.owner_role, row.owner_role)
    if (
        want.owner
        and want.owner not in (owner, row.owner_role)
        and (row.owner or row.owner_role not in roles)
    ):
        yield f"应办 {want.key} 的承担人应是 {want.owner}，现是 {owner}"
    listed = obligations.worklist(view.case.office, now=play.now).filter(pk=row.pk).exists()
    pairs: list[tuple[str, Any, Any]] = [
        ("到期", want.due or None, local(row.due_at)),
        ("依据", want.clause or None, row.clause),
        ("状态", want.state or None, _state_of(row, play)),
        ("办结", want.met or None, local(row.met_at)),
        ("迟了几分钟", want.late, None if late is None else late.total_seconds() // 60),
        ("暂定", want.provisional, row.provisional),
        ("本处设定", want.own_figure, row.own_figure),
        ("在清单里", want.listed, listed),
    ]
    for what, wanted, have in pairs:
        if wanted is not None and wanted != have:
            yield f"应办 {want.key} 的「{what}」应是 {wanted}，现是 {have}"


def _told(play: Any, want: Told) -> Iterator[str]:
    rows = Message.objects.filter(office=play.stage.office)
    if want.to == "resident":
        rows = rows.exclude(to_phone="")
    else:
        roles = play.titles.get(want.to) or {want.to}
        people = {user.pk for role in roles for user in staff.members(play.stage.office, role, play.now)}
        people |= {user.pk for users in play.stage.people.values() for user in users if user.name == want.to}
        rows = rows.filter(to_user__in=people)
    bodies = list(rows.values_list("body", flat=True))
    if any(want.has in body for body in bodies) == want.absent:
        yield f"{want.to} {'不应' if want.absent else '应'}收到含「{want.has}」的消息，现有 {bodies}"


def _change(play: Any, want: Change) -> Iterator[str]:
    begins, ends = moment(DAY_ONE.isoformat()), play.now + timedelta(microseconds=1)
    for one in work.changes(play.stage.office, begins, ends):
        if (
            (want.what, want.name) == (one.what, one.name)
            and want.at in ("", local(one.at))
            and want.by in ("", one.by)
            and want.evaluation in ("", one.evaluation)
        ):
            return
    yield f"名单没有这次调整：{want.model_dump(exclude_defaults=True)}"


def _outstanding(play: Any, want: Outstanding) -> Iterator[str]:
    rows = [
        one
        for one in records.copies_outstanding(play.stage.office, now=play.now, form=want.form)
        if one.copy.key == want.copy_
        and want.holder in ("", one.copy.holder)
        and want.days in (None, one.days)
    ]
    if bool(rows) == want.absent:
        what = want.model_dump(exclude_defaults=True, by_alias=True)
        yield f"{'不应' if want.absent else '应'}列为未到位：{what}"


def _register(play: Any, want: Register) -> Iterator[str]:
    rows = records.stub_register(play.stage.office, want.form, want.copy_)
    numbers = [row.record.number for row in rows]
    if numbers != want.numbers:
        yield f"{want.form} 的 {want.copy_} 登记簿应是 {want.numbers}，现是 {numbers}"
    if gaps := records.number_gaps(play.stage.office, want.form):
        yield f"{want.form} 断号：{gaps}"


def _line(play: Any, view: CaseView, want: Line) -> Iterator[str]:
    for event in view.case.events.all():
        if (
            want.action in ("", event.action)
            and want.label in ("", event.label)
            and want.at in ("", local(event.at))
            and want.by in ("", event.actor_label)
            and set(want.emits) <= set(event.emits)
            and (not want.has or any(want.has in str(value) for value in event.data.values()))
        ):
            return
    yield f"经过里没有 {want.model_dump(exclude_defaults=True)}"


def _offered(play: Any, view: CaseView, want: Offered) -> Iterator[str]:
    offers = {offer.action.key: offer for offer in view_of(view.case, play.doer(want.to), play.now).offers}
    offer = offers.get(want.action)
    if offer is None or want.absent:
        if (offer is None) != want.absent:
            yield f"{'不应' if want.absent else '应'}向 {want.to} 给出动作 {want.action}"
        return
    if want.possible is not None and offer.possible != want.possible:
        yield f"动作 {want.action} 对 {want.to} {'应' if want.possible else '不应'}能做：{offer.reasons}"
    if want.says and not any(want.says in reason[0] for reason in offer.reasons):
        yield f"动作 {want.action} 的理由里没有「{want.says}」，现是 {offer.reasons}"
    if want.clause and not any(want.clause == reason[1] for reason in offer.reasons):
        yield f"动作 {want.action} 的理由没有引 {want.clause}，现是 {offer.reasons}"
    if want.script and want.script not in said(play, view, offer.action, want.to):
        yield f"动作 {want.action} 没有给出「{want.script}」"
    names = {name for one in offer.action.field for name in (one.key, one.kind)}
    if want.field and want.field not in names:
        yield f"动作 {want.action} 没有「{want.field}」栏"
    if want.no_field and want.no_field in names:
        yield f"动作 {want.action} 不应有「{want.no_field}」栏"
    for one in offer.action.field:
        labels = [choice.label for choice in one.choices]
        if one.key == want.field and want.choices and want.choices != labels:
            yield f"「{one.label}」的选项是 {'、'.join(labels)}"
        if one.key == want.field and want.help not in one.help:
            yield f"「{one.label}」的提示里没有「{want.help}」"
