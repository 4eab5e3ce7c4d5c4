"""What the office offers and with whom: classification, service items, professional suppliers."""

from __future__ import annotations

from django.db import models

from guanjia.estate.models import Office


class Classification(models.Model):
    """One valid combination of place, kind and problem, and what follows from it. Editable by the office."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="classifications")
    place = models.CharField("部位", max_length=20)
    kind = models.CharField("类型", max_length=20)
    problem = models.CharField("问题", max_length=30)
    words = models.CharField(
        "常用说法", max_length=300, blank=True, help_text="space-separated words that callers use"
    )
    category = models.CharField("类别", max_length=40)
    urgent = models.BooleanField("急", default=False)
    urgent_reason = models.CharField("为什么急", max_length=80, blank=True)
    skill = models.CharField("工种", max_length=20, blank=True)
    hint = models.CharField("话术", max_length=120, blank=True)
    item = models.CharField("服务项目", max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "place", "kind", "problem"], name="classification_once")
        ]

    def __str__(self) -> str:
        return f"{self.place}·{self.kind}·{self.problem}"


class ServiceItem(models.Model):
    """An item of the office's list of household repairs (家庭维修服务项目一览表). Ended, never deleted."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="service_items")
    key = models.CharField("代码", max_length=40)
    name = models.CharField("项目", max_length=60)
    unit_word = models.CharField("单位", max_length=10, default="次")
    price_fen = models.BigIntegerField("单价（分）", null=True, blank=True)
    since = models.DateTimeField("列入")
    until = models.DateTimeField("取消", null=True, blank=True)
    changed_by = models.CharField("由谁调整", max_length=60, blank=True)
    evaluation = models.CharField("依据哪次评估", max_length=60, blank=True)
    ended_by = models.CharField("由谁取消", max_length=60, blank=True)
    ended_evaluation = models.CharField("取消依据哪次评估", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "key"], condition=models.Q(until__isnull=True), name="service_item_once"
            )
        ]
        indexes = [models.Index(fields=["office", "key"], name="service_item_key")]

    def __str__(self) -> str:
        return self.name


class Supplier(models.Model):
    """A professional supplier and what it repairs (专业供应商名单和维修项目一览表)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="suppliers")
    name = models.CharField("供应商", max_length=80)
    phone = models.CharField("电话", max_length=40)
    items = models.CharField("维修项目", max_length=200, help_text="space-separated item names")
    since = models.DateTimeField("列入")
    until = models.DateTimeField("取消", null=True, blank=True)
    changed_by = models.CharField("由谁列入", max_length=60, blank=True)
    evaluation = models.CharField("依据哪次评估", max_length=60, blank=True)
    ended_by = models.CharField("由谁取消", max_length=60, blank=True)
    ended_evaluation = models.CharField("取消依据哪次评估", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"], condition=models.Q(until__isnull=True), name="supplier_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
