"""The receipt of money that was taken: numbered without gaps. Private to the room: other rooms call `actions`."""

from __future__ import annotations

from datetime import datetime

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.ledger.chart import RECEIPT_PATTERN
from guanjia.ledger.models import PaperSeries, Receipt, Transfer
from guanjia.ledger.seals import receipt_seal
from guanjia.ledger.series import take
from guanjia.staff.models import User


def issue_receipt(
    office: Office, taken: Transfer, *, payer_name: str, item: str, at: datetime, actor: User | None, pattern: str = RECEIPT_PATTERN
) -> Receipt:  # fmt: skip
    """The receipt of a transfer by which somebody paid, in the caller's transaction."""
    number = take(PaperSeries, office, "receipt", pattern, at)
    receipt = Receipt(
        office=office, number=number.text, series=number.series, seq=number.seq, payer=payer_name[:80],
        method=taken.debit.code, amount_fen=taken.amount_fen, item=item[:120], reference=taken.reference,
        transfer=taken, issued_at=require_aware(at), issued_by=actor,
    )  # fmt: skip
    receipt.seal = receipt_seal(receipt)
    receipt.save(force_insert=True)
    return receipt
