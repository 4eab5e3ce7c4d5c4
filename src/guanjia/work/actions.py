"""The only writer of classification, service items and suppliers. Lists are ended, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from guanjia.estate.models import Office
from guanjia.estate.spelling import squeeze
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.work import queries
from guanjia.work.models import Classification, ServiceItem, Supplier

FREE = ("words", "urgent", "urgent_reason", "skill", "hint", "item")


@transaction.atomic
def add_item(
    office: Office,
    name: str,
    *,
    at: datetime,
    by: str,
    evaluation: str,
    price_fen: int | None = None,
    unit_word: str = "次",
    key: str = "",
) -> ServiceItem:
    """Put an item on the office's list from `at` on; intake uses it at once (S004-4-2.8b).

    price_fen: fen for one unit, None when it is agreed each time. by: author; evaluation: the review that it rests on,
    empty only while the first list is being made. Raises Problem FIELD_REQUIRED, EVALUATION_REQUIRED, ITEM_TAKEN,
    MONEY_NEGATIVE.
    """
    at, name = require_aware(at), _required(name, "项目名称", "name")
    _check_change(ServiceItem.objects.filter(office=office), by, evaluation, at)
    if price_fen is not None and price_fen < 0:
        raise Problem("MONEY_NEGATIVE", "单价不能小于零。", "请核对单价。", field="price")
    key = key.strip() or name[:40]
    taken = ServiceItem.objects.filter(office=office, until__isnull=True)
    if any(squeeze(name) == squeeze(other.name) or key == other.key for other in taken):
        raise Problem(
            "ITEM_TAKEN", f"「{name}」已在服务项目里。", "改价请先取消，再按新价列入。", field="name"
        )
    return ServiceItem.objects.create(
        office=office,
        key=key,
        name=name,
        unit_word=unit_word.strip() or "次",
        price_fen=price_fen,
        since=at,
        changed_by=by.strip(),
        evaluation=evaluation.strip(),
    )


def end_item(office: Office, name: str, *, at: datetime, by: str, evaluation: str) -> ServiceItem:
    """Take an item off the list from `at` on (S004-4-2.8b). Raises Problem ITEM_UNKNOWN and as `add_item`."""
    item = queries.item_for(office, name, require_aware(at))
    if item is None or item.until is not None:
        raise Problem("ITEM_UNKNOWN", f"服务项目里没有「{name}」。", "请从列表里选。", field="name")
    _end(item, at, by, evaluation)
    return item


@transaction.atomic
def change_price(
    office: Office, name: str, price_fen: int | None, *, at: datetime, by: str, evaluation: str
) -> ServiceItem:
    """End the item and list it again at another price, so that earlier quotes keep theirs."""
    old = end_item(office, name, at=at, by=by, evaluation=evaluation)
    return add_item(
        office,
        old.name,
        at=at,
        by=by,
        evaluation=evaluation,
        price_fen=price_fen,
        unit_word=old.unit_word,
        key=old.key,
    )


@transaction.atomic
def add_supplier(
    office: Office,
    name: str,
    *,
    phone: str,
    items: str | Iterable[str],
    at: datetime,
    by: str,
    evaluation: str,
) -> Supplier:
    """Put a professional supplier with what it repairs on the list (S004-4-2.8c).

    items: names, separated by spaces or as a list. Raises Problem FIELD_REQUIRED, EVALUATION_REQUIRED, SUPPLIER_TAKEN.
    """
    at, name = require_aware(at), _required(name, "供应商名称", "name")
    _check_change(Supplier.objects.filter(office=office), by, evaluation, at)
    words = items.replace("、", " ").replace("，", " ").split() if isinstance(items, str) else list(items)
    words = ["".join(word.split()) for word in words if word.strip()]
    if not words:
        raise Problem("FIELD_REQUIRED", "请填写维修项目。", field="items")
    if any(
        squeeze(other.name) == squeeze(name)
        for other in Supplier.objects.filter(office=office, until__isnull=True)
    ):
        raise Problem("SUPPLIER_TAKEN", f"「{name}」已在供应商名单里。", field="name")
    return Supplier.objects.create(
        office=office,
        name=name,
        phone=_required(phone, "供应商电话", "phone"),
        items=" ".join(dict.fromkeys(words)),
        since=at,
        changed_by=by.strip(),
        evaluation=evaluation.strip(),
    )


def end_supplier(office: Office, name: str, *, at: datetime, by: str, evaluation: str) -> Supplier:
    """Take a supplier off the list from `at` on. Raises Problem SUPPLIER_UNKNOWN and as `add_supplier`."""
    supplier = queries.supplier_for(office, name, require_aware(at))
    if supplier is None or supplier.until is not None:
        raise Problem("SUPPLIER_UNKNOWN", f"供应商名单里没有「{name}」。", "请从名单里选。", field="name")
    _end(supplier, at, by, evaluation)
    return supplier


def save_classification(
    office: Office, place: str, kind: str, problem: str, *, category: str, **values: Any
) -> Classification:
    """Write one combination of place, kind and problem, new or known. Values: words, urgent, urgent_reason, skill,
    hint, item. Raises Problem FIELD_REQUIRED, CATEGORY_UNKNOWN, URGENT_REASON_REQUIRED."""
    if unknown := set(values) - set(FREE):
        raise TypeError(f"no columns of the classification: {sorted(unknown)}")
    place = _required(place, "部位", "place")
    kind = _required(kind, "类型", "kind")
    problem = _required(problem, "问题", "problem")
    if category not in CATEGORIES:
        raise Problem(
            "CATEGORY_UNKNOWN",
            f"没有类别「{category}」。",
            "可填：" + "、".join(CATEGORIES),
            field="category",
        )
    if values.get("urgent") and not str(values.get("urgent_reason", "")).strip():
        raise Problem("URGENT_REASON_REQUIRED", "标为急的，要写明为什么急。", field="urgent_reason")
    row, _made = Classification.objects.update_or_create(
        office=office, place=place, kind=kind, problem=problem, defaults={"category": category, **values}
    )
    return row


def remove_classification(office: Office, classification_id: int) -> None:
    """Take a combination out of the office's table; cases keep the words with which they were opened."""
    queries.classification_for(office, classification_id).delete()


@transaction.atomic
def add_classifications(office: Office, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write those combinations that the office does not have yet, and leave its own alone; how many were new."""
    known = set(Classification.objects.filter(office=office).values_list("place", "kind", "problem"))
    new = [dict(row) for row in rows if (row["place"], row["kind"], row["problem"]) not in known]
    for row in new:
        save_classification(office, row.pop("place"), row.pop("kind"), row.pop("problem"), **row)
    return len(new)


def _end(row: ServiceItem | Supplier, at: datetime, by: str, evaluation: str) -> None:
    at = require_aware(at)
    if not evaluation.strip():
        raise Problem(
            "EVALUATION_REQUIRED", "请写明依据哪次评估。", "例如「2026年3月评估」。", field="evaluation"
        )
    row.until = at
    row.ended_by = _required(by, "调整人", "by")
    row.ended_evaluation = evaluation.strip()
    row.save(update_fields=["until", "ended_by", "ended_evaluation"])


def _check_change(
    rows: QuerySet[ServiceItem] | QuerySet[Supplier], by: str, evaluation: str, at: datetime
) -> None:
    """Author always; the evaluation except for the first list, which is made at one moment."""
    _required(by, "调整人", "by")
    if not evaluation.strip() and rows.exclude(since=at).exists():
        raise Problem(
            "EVALUATION_REQUIRED", "请写明依据哪次评估。", "例如「2026年3月评估」。", field="evaluation"
        )


def _required(text: str, what: str, field: str) -> str:
    cleaned = " ".join(str(text).split())
    if not cleaned:
        raise Problem("FIELD_REQUIRED", f"请填写{what}。", field=field)
    return cleaned
