"""`guanjia verify` finds one value changed by hand, whichever it is, and names the row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import F
from tests.web.repair import TO_DONE, Repair

from guanjia.cases.models import Case, Event
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.ledger.models import OpenItem, Receipt, Transfer
from guanjia.obligations.models import Obligation
from guanjia.ops.verification import Trouble, verify
from guanjia.records.models import Record, Signature

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def repair() -> Repair:
    """A repair that has gone all the way: signed, booked, paid, archived, followed up, closed."""
    repair = Repair()
    repair.report("3-2-1402")
    repair.play(*TO_DONE)
    repair.do("return_sheet", sheet_back=True)
    repair.do("book", by="finance", finance_copy_here=True)
    repair.do("collect", by="finance", received="260", method="cash")
    repair.do("archive", by="eng_supervisor", volume="2026-03")
    repair.do("follow_up", follow_means="phone", satisfied="yes")
    repair.do("close", by="receptionist")
    advance(repair.at + 2 * DAY, offices=[repair.office.pk])
    assert troubles() == []
    return repair


def troubles() -> list[Trouble]:
    return list(verify(lambda *_: None))


@contextmanager
def by_hand(rows: models.QuerySet[Any], **values: Any) -> Iterator[None]:
    """Somebody changes rows in the database, and afterwards they are as they were."""
    with transaction.atomic():
        assert rows.update(**values) >= 1
        yield
        transaction.set_rollback(True)


def found(check: str, row: str) -> bool:
    """Whether the check names the row (in its row or its words)."""
    return any(one.check == check and (row in one.row or row in one.message) for one in troubles())


def test_every_value_of_a_line_of_the_timeline(repair: Repair) -> None:
    line = repair.case.events.get(action="sign")
    rows = Event.objects.filter(pk=line.pk)
    changes: dict[str, Any] = {
        "at": line.at + timedelta(microseconds=1),
        "written_at": line.written_at + timedelta(seconds=1),
        "actor": repair.person("陈建军").pk,
        "actor_label": "田大勇 ",
        "action": "signed",
        "label": line.label + "。",
        "emits": line.emits[:-1],
        "data": {**line.data, "opinion": "满意吗"},
        "state": "closed",
        "changes": {**line.changes, "facts": {**line.changes["facts"], "fee": 26001}},
        "key": "x",
        "request": "f",
        "previous": "0" * 64,
        "hash": "0" * 64,
        "seq": 999,
        "office": estate.create_office(repair.office.company, "other", "另一处", "另一处").pk,
    }
    covered = {field.attname for field in Event._meta.concrete_fields} - {"id", "case_id"}
    assert {f"{name}_id" if name in ("actor", "office") else name for name in changes} == covered
    row = f"{repair.case.number}#{line.seq}"
    missed = []
    for name, value in changes.items():
        with by_hand(rows, **{name: value}):
            wanted = f"{repair.case.number}#{value}" if name == "seq" else row
            if not found("timelines_unbroken", wanted):
                missed.append(name)
    assert missed == []


def test_a_line_taken_out_or_moved_to_another_case(repair: Repair) -> None:
    line = repair.case.events.get(action="arrive")
    other = Case.objects.exclude(pk=repair.case.pk).filter(category="repair").get()
    with by_hand(Event.objects.filter(pk=line.pk), case=other, seq=F("seq") + 100):
        assert found("timelines_unbroken", f"{repair.case.number}#{line.seq + 1}")
        assert found("timelines_unbroken", f"{other.number}#{line.seq + 100}")
    last = repair.case.events.latest("seq")
    with by_hand(Event.objects.filter(pk=last.pk), case=other, seq=F("seq") + 100):
        assert found("timelines_unbroken", repair.case.number)
    with by_hand(Event.objects.filter(case=repair.case), case=other, seq=F("seq") + 100):
        assert found("columns_follow_timelines", repair.case.number)


def test_every_column_of_a_case(repair: Repair) -> None:
    case = Case.objects.get(pk=repair.case.pk)
    other = repair.stage.parties["3-2-1402"]
    changes: dict[str, Any] = {
        "number": "BX2603-9999",
        "category": "complaint",
        "manual_key": "entrusted-repair-x",
        "manual_version": "2026.2",
        "versions": {"entrusted-repair-h": "2026.2"},
        "state": "completed",
        "unit": None,
        "party": other.pk,
        "subject": case.subject + "！",
        "urgent": True,
        "channel": "email",
        "assignee": repair.person("陈建军").pk,
        "department": "cleaning",
        "facts": {**case.facts, "fee": 1},
        "opened_at": case.opened_at - timedelta(seconds=1),
        "moved_at": case.opened_at,
        "appointment_at": case.opened_at,
        "completed_at": case.completed_at + timedelta(minutes=1),
        "closed_at": None,
        "reopened": 1,
        "opening_key": "k",
        "last_seq": case.last_seq + 1,
        "head": "0" * 64,
    }
    covered = {field.name for field in Case._meta.concrete_fields} - {"id", "office"}
    assert set(changes) == covered
    missed = []
    for name, value in changes.items():
        with by_hand(Case.objects.filter(pk=case.pk), **{name: value}):
            check = "timelines_unbroken" if name in ("last_seq", "head") else "columns_follow_timelines"
            if not found(check, "BX2603-9999" if name == "number" else case.number):
                missed.append(name)
    assert missed == []


def test_a_fact_added_or_taken_away(repair: Repair) -> None:
    facts = Case.objects.get(pk=repair.case.pk).facts
    for changed in (
        {**facts, "vip": True},
        {name: value for name, value in facts.items() if name != "matter"},
    ):
        with by_hand(Case.objects.filter(pk=repair.case.pk), facts=changed):
            assert found("columns_follow_timelines", repair.case.number)


def test_money(repair: Repair) -> None:
    transfer = Transfer.objects.get(code="collected")
    receipt = Receipt.objects.get()
    for rows, values, row in (
        (Transfer.objects.filter(pk=transfer.pk), {"amount_fen": 26001}, f"转账 {transfer.pk}"),
        (Transfer.objects.filter(pk=transfer.pk), {"reference": "case:x"}, f"转账 {transfer.pk}"),
        (Transfer.objects.filter(pk=transfer.pk), {"key": "x"}, f"转账 {transfer.pk}"),
        (Receipt.objects.all(), {"number": "SJ2603-0002"}, "SJ2603-0002"),
        (Receipt.objects.all(), {"seq": 2}, "1"),
        (Receipt.objects.all(), {"amount_fen": 1}, receipt.number),
        (Receipt.objects.all(), {"method": "bank"}, receipt.number),
        (Receipt.objects.all(), {"payer": "别人"}, receipt.number),
        (OpenItem.objects.all(), {"paid_fen": 0}, "应收项"),
    ):
        with by_hand(rows, **values):
            assert found("books_are_right", row), values


def test_papers(repair: Repair) -> None:
    sheet = Record.objects.get(form="repair_sheet")
    for rows, values, check, row in (
        (Record.objects.filter(pk=sheet.pk), {"data": {**sheet.data, "opinion": "不满意"}}, "papers_are_untouched", sheet.number),
        (Record.objects.filter(pk=sheet.pk), {"number": "WX2603-0009"}, "papers_are_untouched", "WX2603-0009"),
        (Record.objects.filter(pk=sheet.pk), {"seq": 9}, "numbers_have_no_gaps", "1"),
        (Record.objects.filter(pk=sheet.pk), {"signed_at": None}, "papers_are_untouched", sheet.number),
        (Signature.objects.all(), {"signer": "别人"}, "papers_are_untouched", "别人"),
    ):  # fmt: skip
        with by_hand(rows, **values):
            assert found(check, row), values


def test_a_case_that_is_gone(repair: Repair) -> None:
    other = Case.objects.exclude(pk=repair.case.pk).get(category="repair")
    with by_hand(Case.objects.filter(pk=other.pk), number="XX2603-0001"):
        assert found("numbers_have_no_gaps", other.number)


def test_obligations_that_contradict_themselves(repair: Repair) -> None:
    number = repair.case.number
    met = Obligation.objects.filter(case=repair.case, key="arrive")
    row = met.get()
    for values in (
        {"met_at": None},
        {"state": "open", "closed_at": None},
        {"missed_at": row.due_at},
        {"missed_at": row.due_at + DAY},
        {"next_step_at": row.due_at},
    ):
        with by_hand(met, **values):
            assert found("obligations_are_consistent", f"{number}/arrive"), values


def test_the_command_names_the_row_and_ends_with_an_error(repair: Repair) -> None:
    said = StringIO()
    call_command("verify", stdout=said, stderr=StringIO())
    assert "全部一致" in said.getvalue()
    line = repair.case.events.get(action="inspect")
    with by_hand(Event.objects.filter(pk=line.pk), data={**line.data, "finding": "角阀裂"}):
        said = StringIO()
        with pytest.raises(CommandError, match="1 处不对"):
            call_command("verify", stdout=said, stderr=StringIO())
        assert f"{repair.case.number}#{line.seq}：内容和散列不符" in said.getvalue()
        said = StringIO()
        with pytest.raises(CommandError):
            call_command("verify", "--json", stdout=said, stderr=StringIO())
        assert json.loads(said.getvalue())["row"] == f"{repair.case.number}#{line.seq}"
