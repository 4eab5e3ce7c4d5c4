"""Hashes over what was asked and over what was written. Pure: no database."""

from __future__ import annotations

from guanjia.kernel.chain import START, link
from guanjia.kernel.moments import iso
from guanjia.ledger.models import CashCount, DayClose, Receipt, Transfer


def request_hash(**asked: str | int) -> str:
    """The hash of a request: what makes a repeat the same as the first."""
    return link(START, asked)


def transfer_seal(row: Transfer) -> str:
    """The hash of a transfer's columns."""
    return link(
        row.request,
        {
            "office": row.office_id,
            "debit": row.debit_id,
            "credit": row.credit_id,
            "amount_fen": row.amount_fen,
            "code": row.code,
            "key": row.key,
            "reference": row.reference,
            "memo": row.memo,
            "reverses": row.reverses_id,
            "about": row.about_id,
            "at": iso(row.at),
            "written_at": iso(row.written_at),
            "actor": row.actor_id,
        },
    )


def receipt_seal(row: Receipt) -> str:
    """The hash of a receipt's columns, the void left out: that is written later and proved by its transfer."""
    return link(
        START,
        {
            "office": row.office_id,
            "number": row.number,
            "series": row.series,
            "seq": row.seq,
            "payer": row.payer,
            "method": row.method,
            "amount_fen": row.amount_fen,
            "item": row.item,
            "reference": row.reference,
            "transfer": row.transfer_id,
            "issued_at": iso(row.issued_at),
            "issued_by": row.issued_by_id,
        },
    )


def count_seal(row: CashCount) -> str:
    """The hash of a count's columns."""
    return link(
        row.request,
        {
            "office": row.office_id,
            "key": row.key,
            "book_fen": row.book_fen,
            "counted_fen": row.counted_fen,
            "notes": row.notes,
            "reason": row.reason,
            "transfer": row.transfer_id,
            "at": iso(row.at),
            "actor": row.actor_id,
        },
    )


def close_seal(row: DayClose) -> str:
    """The hash of what was closed, the check left out: that is written later and has its own."""
    return link(
        START,
        {
            "office": row.office_id,
            "day": row.day.isoformat(),
            "revision": row.revision,
            "figures": row.figures,
            "receipt_first": row.receipt_first,
            "receipt_last": row.receipt_last,
            "count": row.count_id,
            "counted_fen": row.counted_fen,
            "difference_fen": row.difference_fen,
            "closed_at": iso(row.closed_at),
            "closed_by": row.closed_by_id,
        },
    )


def check_seal(row: DayClose) -> str:
    """The hash of who checked what was closed; "" while nobody has."""
    if row.checked_at is None:
        return ""
    return link(row.seal, {"checked_at": iso(row.checked_at), "checked_by": row.checked_by_id})
