"""Money: what a case owes, what is owed to the office, receipts, a day's takings. Amounts are fen."""

from __future__ import annotations

from pydantic import BaseModel, Field

from guanjia.api.shapes.common import Fen, Gap, Moment, Page, PersonRef, case_of
from guanjia.kernel.money import in_words
from guanjia.ledger.chart import method_word
from guanjia.ledger.models import OpenItem, Receipt, Refund
from guanjia.ledger.queries import StatementLine, TillLine


class OpenItemOut(BaseModel):
    """What one payer owes for one thing."""

    id: int
    payer: str = Field(description="交款人的代号，如 unit:3-2-1502")
    payer_name: str
    item: str
    case: str
    charged_fen: Fen
    paid_fen: Fen
    open_fen: Fen
    opened_at: Moment
    settled_at: Moment | None

    @classmethod
    def of(cls, row: OpenItem) -> OpenItemOut:
        """The item; its account loaded."""
        return cls(
            id=row.pk,
            payer=row.account.reference,
            payer_name=row.payer_name,
            item=row.item,
            case=case_of(row.reference),
            charged_fen=row.charged_fen,
            paid_fen=row.paid_fen,
            open_fen=row.balance_fen,
            opened_at=row.opened_at,
            settled_at=row.settled_at,
        )


class RefundOut(BaseModel):
    """Money given back."""

    number: str
    method: str
    amount_fen: Fen
    reason: str
    issued_at: Moment

    @classmethod
    def of(cls, row: Refund) -> RefundOut:
        """The refund slip."""
        return cls(
            number=row.number,
            method=row.method,
            amount_fen=row.amount_fen,
            reason=row.reason,
            issued_at=row.issued_at,
        )


class ReceiptOut(BaseModel):
    """A receipt; a voided one keeps its number."""

    number: str
    payer: str
    method: str
    method_label: str
    amount_fen: Fen
    words: str = Field(description="金额大写")
    item: str
    case: str
    issued_at: Moment
    issued_by: PersonRef | None
    voided_at: Moment | None
    void_reason: str
    refunds: list[RefundOut]

    @classmethod
    def of(cls, row: Receipt) -> ReceiptOut:
        """The receipt; refunds and issuer loaded."""
        return cls(
            number=row.number,
            payer=row.payer,
            method=row.method,
            method_label=method_word(row.method),
            amount_fen=row.amount_fen,
            words=in_words(row.amount_fen),
            item=row.item,
            case=case_of(row.reference),
            issued_at=row.issued_at,
            issued_by=PersonRef.of(row.issued_by),
            voided_at=row.voided_at,
            void_reason=row.void_reason,
            refunds=[RefundOut.of(one) for one in row.refunds.all()],
        )


class BalanceOut(BaseModel):
    """What was charged for a case, what is paid, what is open."""

    charged_fen: Fen
    paid_fen: Fen
    open_fen: Fen
    items: list[OpenItemOut]
    receipts: list[ReceiptOut]


class ReceiptPage(Page[ReceiptOut]):
    """The register of receipts, newest first."""

    total_fen: Fen = Field(description="找到的全部收据的合计，作废的不算")
    gaps: list[Gap] = Field(description="缺的号；没有才对")


class OpenItemPage(Page[OpenItemOut]):
    """What is still owed, oldest first."""

    total_fen: Fen = Field(description="找到的全部欠款的合计")


class TillOut(BaseModel):
    """What one cashier moved by one way of paying."""

    method: str
    method_label: str
    cashier: str
    received_fen: Fen
    received: int
    voided_fen: Fen
    voided: int
    refunded_fen: Fen
    refunded: int
    net_fen: Fen

    @classmethod
    def of(cls, line: TillLine) -> TillOut:
        """The line."""
        return cls(
            method=line.method,
            method_label=line.word,
            cashier=line.cashier,
            received_fen=line.received_fen,
            received=line.received,
            voided_fen=line.voided_fen,
            voided=line.voided,
            refunded_fen=line.refunded_fen,
            refunded=line.refunded,
            net_fen=line.net_fen,
        )


class DayOut(BaseModel):
    """A day's takings."""

    day: str
    lines: list[TillOut]
    net_fen: Fen


class StatementOut(BaseModel):
    """A line of a payer's statement."""

    at: Moment
    label: str
    case: str
    memo: str
    debit_fen: Fen
    credit_fen: Fen
    balance_fen: Fen = Field(description="这一行之后欠多少")
    number: str = Field(description="收据或退款单的号")

    @classmethod
    def of(cls, line: StatementLine) -> StatementOut:
        """The line."""
        return cls(
            at=line.at,
            label=line.label,
            case=case_of(line.reference),
            memo=line.memo,
            debit_fen=line.debit_fen,
            credit_fen=line.credit_fen,
            balance_fen=line.balance_fen,
            number=line.number,
        )
