"""A double-entry ledger: every transfer has one debit account, one credit account and one positive amount in fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from guanjia.estate.models import Office


class Account(models.Model):
    """An account of an office. `reference` is opaque (a unit, a party, a department)."""

    class Kind(models.TextChoices):
        ASSET = "asset", "资产"
        LIABILITY = "liability", "负债"
        INCOME = "income", "收入"
        EXPENSE = "expense", "支出"

    office = models.ForeignKey(Office, models.PROTECT, related_name="accounts")
    code = models.CharField("科目", max_length=40)
    reference = models.CharField(max_length=60, blank=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "code", "reference"], name="account_once")]

    def __str__(self) -> str:
        return self.name


class Transfer(models.Model):
    """Money moved, once, for a reason. Never changed: a correction is another transfer.

    `request` is the hash of what was asked for under `key`, so that a repeat is told from a second request;
    `seal` is the hash of the row's own columns, so that a row changed by hand is found.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="transfers")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField("金额（分）")
    code = models.CharField("事由", max_length=30)
    key = models.CharField("幂等键", max_length=120)
    reference = models.CharField("关联", max_length=60, blank=True)
    memo = models.CharField("摘要", max_length=120, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    about = models.ForeignKey("self", models.PROTECT, null=True, related_name="adjustments")
    at = models.DateTimeField("发生")
    written_at = models.DateTimeField("写入")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    request = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "key"], name="transfer_key_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["office", "at"], name="transfer_day"),
            models.Index(fields=["office", "reference"], name="transfer_reference"),
        ]


class OpenItem(models.Model):
    """What one payer owes under one reference, and the row that is locked while money moves there.

    A summary of its transfers, kept in their transaction: `charged_fen` less reductions, `paid_fen` less
    voids and refunds. What is owed is never negative.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="open_items")
    account = models.ForeignKey(Account, models.PROTECT, related_name="open_items")
    reference = models.CharField("关联", max_length=60)
    payer_name = models.CharField("交款人", max_length=80)
    item = models.CharField("收费项目", max_length=120)
    charged_fen = models.BigIntegerField("应收（分）", default=0)
    paid_fen = models.BigIntegerField("已收（分）", default=0)
    opened_at = models.DateTimeField("记账")
    settled_at = models.DateTimeField("结清", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="open_item_once"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0) & Q(charged_fen__gte=F("paid_fen")),
                name="open_item_not_negative",
            ),
        ]
        indexes = [
            # queries.balance_of
            models.Index(fields=["office", "reference"], name="open_item_reference"),
            # queries.open_items
            models.Index(
                fields=["office", "opened_at"],
                name="open_item_owed",
                condition=Q(charged_fen__gt=F("paid_fen")),
            ),
        ]

    @property
    def balance_fen(self) -> int:
        """What is still owed, in fen."""
        return self.charged_fen - self.paid_fen


class PaperSeries(models.Model):
    """A gapless series of receipts or refund slips; the next number is taken under the row's lock."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="paper_series")
    key = models.CharField(max_length=60)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="paper_series_once")]


class Receipt(models.Model):
    """A receipt for money taken: numbered without gaps; a void keeps its number."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="receipts")
    number = models.CharField("收据号", max_length=30)
    series = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    payer = models.CharField("交款人", max_length=80)
    method = models.CharField("方式", max_length=20)
    amount_fen = models.BigIntegerField()
    item = models.CharField("收费项目", max_length=120)
    reference = models.CharField(max_length=60)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="receipt")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=120, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["office", "series", "seq"], name="receipt_seq_once"),
        ]
        indexes = [models.Index(fields=["office", "-issued_at"], name="receipt_register")]

    def __str__(self) -> str:
        return self.number


class Refund(models.Model):
    """Money given back against a receipt: numbered without gaps; the receipt itself stays valid."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="refunds")
    number = models.CharField("退款单号", max_length=30)
    series = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="refunds")
    method = models.CharField("方式", max_length=20)
    amount_fen = models.BigIntegerField()
    reason = models.CharField("原因", max_length=120)
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="refund")
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="refund_number_once"),
            models.UniqueConstraint(fields=["office", "series", "seq"], name="refund_seq_once"),
        ]

    def __str__(self) -> str:
        return self.number


class CashCount(models.Model):
    """The cash of the till as somebody counted it. Never changed; `transfer` books the difference, if there was one.

    `notes` says how many there were of each denomination: {"10000": 3} is three notes of 100 yuan; empty when only
    the sum was written down.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="cash_counts")
    key = models.CharField("幂等键", max_length=120)
    book_fen = models.BigIntegerField("账面（分）")
    counted_fen = models.BigIntegerField("点出（分）")
    notes = models.JSONField("面额", default=dict)
    reason = models.CharField("原因", max_length=120, blank=True)
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="cash_count")
    at = models.DateTimeField("点款")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    request = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="cash_count_once")]
        indexes = [models.Index(fields=["office", "at"], name="cash_count_day")]

    @property
    def difference_fen(self) -> int:
        """More (+) or less (-) than the books said, in fen."""
        return self.counted_fen - self.book_fen


class DayClose(models.Model):
    """A day of the till as it was closed: a snapshot that is never changed. What moves later asks for a further revision.

    `figures` is what `ledger.days.snapshot` says. `seal` is over everything but the check, which finance adds once;
    `check_seal` is over the seal and the check.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="day_closes")
    day = models.DateField("日")
    revision = models.PositiveSmallIntegerField("第几次", default=1)
    figures = models.JSONField("数字")
    receipt_first = models.CharField("第一张收据", max_length=30, blank=True)
    receipt_last = models.CharField("最后一张收据", max_length=30, blank=True)
    count = models.ForeignKey(CashCount, models.PROTECT, related_name="closes")
    counted_fen = models.BigIntegerField("点出（分）")
    difference_fen = models.BigIntegerField("差额（分）")
    closed_at = models.DateTimeField("关账")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seal = models.CharField(max_length=64)
    checked_at = models.DateTimeField("复核", null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    check_seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "revision"], name="day_close_once"),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="day_close_check_whole",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("closed_by")), name="day_close_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} 第 {self.revision} 次"
