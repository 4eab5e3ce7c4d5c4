"""Numbers, signatures and copies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction

from guanjia.kernel.problem import Problem
from guanjia.records import actions, queries
from guanjia.records.models import Record, Signature

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
STROKES = [
    {"points": [{"x": 10, "y": 20, "time": 1774324800000}, {"x": 90.26, "y": 60, "time": 1774324800250}]}
]
SIGN = {"purpose": "resident", "signer": "王秀兰", "how": "screen", "at": NOON, "strokes": STROKES}

pytestmark = pytest.mark.django_db


def refused(code: str, call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught, transaction.atomic():
        call()
    assert caught.value.code == code
    return caught.value


@pytest.mark.rule("S004-4-2.7a")
def test_three_copies_carry_one_number_and_the_stubs_have_no_gap(office, sheet) -> None:
    records = [sheet() for _ in range(3)]
    assert [record.number for record in records] == ["WX2603-0001", "WX2603-0002", "WX2603-0003"]
    assert [(copy.label, copy.record.number, copy.holder) for copy in records[1].copies.all()] == [
        (label, "WX2603-0002", "田大勇") for label in ("业户联", "财务联", "存根联")
    ]
    actions.void(records[1], reason="写错房号", at=NOON)
    stubs = queries.stub_register(office, "repair-sheet", "stub")
    assert [(stub.record.number, bool(stub.record.voided_at)) for stub in stubs] == [
        ("WX2603-0001", False), ("WX2603-0002", True), ("WX2603-0003", False),
    ]  # fmt: skip
    assert queries.number_gaps(office, "repair-sheet") == []
    actions.archive(stubs, volume="2026-03", at=NOON)
    assert [copy.record.number for copy in queries.volume_of(office, "2026-03")] == [
        stub.record.number for stub in stubs
    ]


def test_a_number_rolled_back_is_given_to_the_next(office, sheet) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        assert sheet().number == "WX2603-0001"
        raise RuntimeError
    assert sheet().number == "WX2603-0001"
    Record.objects.update(seq=3)
    assert queries.number_gaps(office, "repair-sheet") == [
        ("form:repair-sheet:202603", 1),
        ("form:repair-sheet:202603", 2),
    ]


def test_a_deleted_form_leaves_a_gap_that_is_named(office, sheet) -> None:
    sheet(copies=())
    sheet(copies=()).delete()
    sheet(copies=(), form="note")
    assert queries.number_gaps(office, "repair-sheet") == [("form:repair-sheet:202603", 2)]
    assert queries.number_gaps(office, "note") == []


@pytest.mark.django_db(transaction=True)
def test_a_number_is_never_taken_outside_a_transaction(office) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        actions.next_number(office, "case", "BX{n}", NOON)


@pytest.mark.django_db(transaction=True)
def test_parallel_sheets_have_no_gaps(office, sheet) -> None:
    def work(n: int) -> None:
        try:
            for turn in range(10):
                try:
                    with transaction.atomic():
                        sheet()
                        if (turn + n) % 5 == 0:
                            raise RuntimeError
                except RuntimeError:
                    continue
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert list(Record.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 33))
    assert queries.number_gaps(office, "repair-sheet") == []


@pytest.mark.rule("S004-4-2.2.3a", "S004-4-2.5.2a")
def test_a_sheet_is_filled_until_it_is_signed(office, sheet) -> None:
    record = actions.fill(sheet(), {"materials_fen": 8500, "told_at": "2026-03-24T04:10:00Z"}, at=NOON)
    assert record.data == {"unit": "3-2-1502", "materials_fen": 8500, "told_at": "2026-03-24T04:10:00Z"}
    signature = actions.sign(record, **SIGN)
    assert signature.strokes == [[[10.0, 20.0, 0], [90.3, 60.0, 250]]]
    problem = refused("RECORD_SIGNED", lambda: actions.fill(record, {"materials_fen": 1}, at=NOON))
    assert (problem.field, problem.status) == ("materials_fen", 409)
    actions.fill(record, {"materials_fen": 8500}, at=NOON)  # the same again changes nothing
    refused("ALREADY_SIGNED", lambda: actions.sign(record, **SIGN))
    actions.sign(record, **SIGN | {"purpose": "supervisor", "signer": "雷志刚"})
    assert queries.record_of(office, "repair-sheet", "WX2603-0001").signed_at == NOON
    assert queries.broken_seals(office) == []


@pytest.mark.rule("S004-4-2.5.3")
def test_a_charge_left_open_at_the_signature_is_filled_once(office, sheet) -> None:
    record = sheet(data={"unit": "3-2-1502", "opinion": "满意", "charge_fen": None})
    actions.sign(record, **SIGN, leave_open=("charge_fen", "opinion"))
    record = queries.record_by_id(office, record.pk)
    assert record.left_open == ["charge_fen"], "what is filled is not left open"
    refused(
        "RECORD_SIGNED", lambda: actions.fill(record, {"charge_fen": 12000, "opinion": "不满意"}, at=NOON)
    )
    assert actions.fill(record, {"charge_fen": 12000}, at=NOON).left_open == []
    refused("RECORD_SIGNED", lambda: actions.fill(record, {"charge_fen": 13000}, at=NOON))
    assert queries.broken_seals(office) == []


def test_a_refusal_to_sign_is_an_outcome_and_may_be_followed_by_a_signature(office, sheet) -> None:
    record = sheet()
    refusal = SIGN | {"how": "refused", "strokes": None}
    refused("REFUSAL_REASON", lambda: actions.sign(record, **refusal))
    actions.sign(record, **refusal, note="对价格有意见，周敏在场", closes=False)
    actions.sign(record, **SIGN)
    assert [row.how for row in queries.signatures_of(office, record.reference)] == ["refused", "screen"]


def test_kinds_of_signatures(office, sheet, ink) -> None:
    record = sheet()
    refused("SIGNATURE_MISSING", lambda: actions.sign(record, **SIGN | {"strokes": None}))
    refused("SIGNATURE_KIND", lambda: actions.sign(record, **SIGN | {"how": "thumb"}))
    refused("SIGNER_MISSING", lambda: actions.sign(record, **SIGN | {"signer": "  "}))
    assert actions.sign(record, **SIGN | {"strokes": None}, png=ink).png.startswith(b"\x89PNG")
    for n, how in enumerate(("paper", "link")):
        actions.sign(record, **SIGN | {"how": how, "strokes": None, "purpose": f"other{n}"})
    assert actions.add_signature(office, reference="visit:1", **SIGN).record is None


def test_a_signed_sheet_changed_by_hand_is_named(office, sheet, ink) -> None:
    record = sheet()
    actions.sign(record, **SIGN, png=ink)
    Record.objects.update(data={"unit": "3-2-1503"})
    assert queries.broken_seals(office) == [f"表单 {record} 签字后被改过：与封印不符。"]
    Record.objects.update(data={"unit": "3-2-1502"})
    Signature.objects.update(signer="王秀蓝")
    assert "王秀蓝" in queries.broken_seals(office)[0]


def test_a_void_form_takes_nothing_more(office, sheet) -> None:
    record = sheet()
    refused("REASON_NEEDED", lambda: actions.void(record, reason="", at=NOON))
    actions.void(record, reason="写错房号", at=NOON)
    refused("RECORD_VOID", lambda: actions.void(record, reason="再", at=NOON))
    refused("RECORD_VOID", lambda: actions.fill(record, {"a": 1}, at=NOON))
    refused("RECORD_VOID", lambda: actions.sign(record, **SIGN))
    refused("RECORD_NONE", lambda: queries.latest_of(office, record.reference, "repair-sheet"))
    again = sheet()
    assert queries.latest_of(office, record.reference, "repair-sheet") == again


@pytest.mark.rule("S004-4-2.5.2b", "S004-4-2.5.4", "S004-4-2.7b")
def test_each_copy_goes_its_way(office, sheet) -> None:
    record = sheet()
    actions.sign(record, **SIGN)
    at = NOON + timedelta(hours=1)
    handed = actions.hand_over(queries.copy_of(record, "resident"), to="业户", at=at)
    assert (handed.state, handed.holder, handed.moved_at, handed.arrived_at) == ("handed", "业户", at, at)
    stub = queries.copy_of(record, "stub")
    assert actions.receive(stub, by="工程主管", at=at).arrived_at is None, "an archive copy ends in a volume"
    refused("VOLUME_MISSING", lambda: actions.archive([stub], volume=" ", at=at))
    assert actions.archive([stub], volume="2026-03", at=at)[0].arrived_at == at
    refused("COPY_ARCHIVED", lambda: actions.hand_over(stub, to="周敏", at=at))
    finance = queries.copy_of(record, "finance")
    refused("HOLDER_MISSING", lambda: actions.hand_over(finance, to="", at=at))
    refused("COPY_UNKNOWN", lambda: queries.copy_of(record, "fourth"))


def outstanding(office, **asked) -> list[tuple[str, str, str, int]]:
    rows = queries.copies_outstanding(office, **asked)
    return [(row.record.number, row.copy.key, row.copy.holder, row.days) for row in rows]


@pytest.mark.rule("S004-4-2.5.4")
def test_a_sheet_not_returned_is_listed_with_its_holder_and_days(office, sheet) -> None:
    first, second = sheet(), sheet(holder="郑强")
    now = NOON + timedelta(days=3, hours=1)
    assert outstanding(office, now=now) == [], "nothing is finished yet"
    assert len(outstanding(office, now=now, undone=True)) == 6
    actions.sign(first, **SIGN)
    actions.sign(second, **SIGN | {"at": NOON + timedelta(days=2)})
    actions.hand_over(queries.copy_of(first, "resident"), to="业户", at=NOON)
    actions.archive([queries.copy_of(first, "finance")], volume="2026-03", at=NOON)
    actions.receive(queries.copy_of(second, "resident"), by="业户", at=now)
    assert outstanding(office, now=now) == [
        ("WX2603-0001", "stub", "田大勇", 3), ("WX2603-0002", "finance", "郑强", 1), ("WX2603-0002", "stub", "郑强", 1),
    ]  # fmt: skip
    assert outstanding(office, now=now, days=2) == [("WX2603-0001", "stub", "田大勇", 3)]
    assert outstanding(office, now=now, form="other") == []
    actions.void(second, reason="重开", at=now)
    assert outstanding(office, now=now) == [("WX2603-0001", "stub", "田大勇", 3)]


def test_a_missing_copy_stays_listed_until_it_is_found(office, sheet) -> None:
    record = sheet()
    actions.sign(record, **SIGN)
    copy = queries.copy_of(record, "resident")
    refused("COPY_NOT_MISSING", lambda: actions.find(copy, holder="田大勇", at=NOON))
    refused("REASON_NEEDED", lambda: actions.report_missing(copy, note="", at=NOON))
    actions.report_missing(copy, note="雨中遗失", at=NOON)
    refused("COPY_MISSING", lambda: actions.hand_over(copy, to="业户", at=NOON))
    assert ("WX2603-0001", "resident", "田大勇", 0) in outstanding(office, now=NOON)
    actions.find(copy, holder="业户", at=NOON)
    assert "resident" not in [key for _, key, _, _ in outstanding(office, now=NOON)]


def test_the_register(office, sheet, django_assert_num_queries) -> None:
    sheet(at=datetime(2026, 3, 31, 15, 59, tzinfo=UTC))
    sheet(at=datetime(2026, 3, 31, 16, 0, tzinfo=UTC), holder="郑强")
    sheet(form="note")
    for month, number in ((3, "WX2603-0001"), (4, "WX2604-0001")):
        assert [
            row.number for row in queries.register(office, "repair-sheet", month=date(2026, month, 9)).page
        ] == [number]
    assert [row.number for row in queries.register(office, "repair-sheet", search="郑强").page] == [
        "WX2604-0001"
    ]
    assert len(queries.records_of(office, "case:BX2603-0217")) == 3
    for _ in range(2):
        with django_assert_num_queries(5):
            shown = queries.register(office, "repair-sheet")
            [(row.number, [copy.holder for copy in row.copies.all()]) for row in shown.page]
        sheet()
    with pytest.raises(Problem):
        queries.record_of(office, "repair-sheet", "WX2699-0001")
