"""Hashes over what was asked and over what was written. Pure: no database."""

from __future__ import annotations

from guanjia.kernel.chain import START, link
from guanjia.kernel.moments import iso
from guanjia.ledger.models import Receipt, Transfer


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
