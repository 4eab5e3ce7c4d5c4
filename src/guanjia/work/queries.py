"""What the office offers at a moment: classification, its own list of repairs, its suppliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guanjia.estate.models import Office
from guanjia.estate.spelling import squeeze
from guanjia.kernel.problem import Problem
from guanjia.work.models import Classification, ServiceItem, Supplier


@dataclass(frozen=True)
class ListChange:
    """One change of a list: what was added or ended, when, by whom, on which evaluation (S004-4-2.8b)."""

    what: str
    name: str
    at: datetime
    by: str
    evaluation: str
    price_fen: int | None = None


@dataclass(frozen=True)
class Offer:
    """Where a wanted item stands: on the office's list, on suppliers' lists, on both or on none."""

    item: ServiceItem | None
    suppliers: tuple[Supplier, ...]

    @property
    def is_gap(self) -> bool:
        """Neither the office nor a supplier does it: the monthly review looks at such items (S004-4-2.8c)."""
        return self.item is None and not self.suppliers


def _listed(at: datetime) -> Q:
    return Q(since__lte=at) & (Q(until__isnull=True) | Q(until__gt=at))


def classifications(office: Office) -> list[Classification]:
    """The office's table of valid combinations, by category, place, kind, problem."""
    return list(Classification.objects.filter(office=office).order_by("category", "place", "kind", "problem"))


def classification_words(office: Office) -> list[str]:
    """The words of each row of the office's table, as one text a row."""
    return list(Classification.objects.filter(office=office).values_list("words", flat=True))


def classification_for(office: Office, classification_id: int) -> Classification:
    """One row of the office's table. Raises Problem NOT_FOUND."""
    found = Classification.objects.filter(office=office, pk=classification_id).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这一行分类。", "请从列表里重新选择。", status=404)
    return found


def items(office: Office, at: datetime) -> list[ServiceItem]:
    """The office's list of household repairs at a moment, by name."""
    return list(ServiceItem.objects.filter(_listed(at), office=office).order_by("name", "pk"))


def item_for(office: Office, name: str, at: datetime) -> ServiceItem | None:
    """The listed item with that name or key; None: not on the list, so nobody may be sent for it (S004-4-1.2).

    Only the whole name counts: whether something is on the list is not guessed.
    """
    for item in ServiceItem.objects.filter(office=office, name=name).order_by("pk"):
        if item.since <= at and (item.until is None or at < item.until):
            return item
    wanted = squeeze(name)
    return next(
        (item for item in items(office, at) if wanted in (squeeze(item.name), squeeze(item.key))), None
    )


def items_like(office: Office, text: str, at: datetime, limit: int = 10) -> list[ServiceItem]:
    """Listed items whose name holds the text, for a field that completes while one types."""
    wanted = squeeze(text)
    return [item for item in items(office, at) if wanted in squeeze(item.name)][:limit]


def suppliers(office: Office, at: datetime) -> list[Supplier]:
    """The office's professional suppliers at a moment, by name."""
    return list(Supplier.objects.filter(_listed(at), office=office).order_by("name", "pk"))


def supplier_for(office: Office, name: str, at: datetime) -> Supplier | None:
    """The listed supplier of that name."""
    wanted = squeeze(name)
    return next((one for one in suppliers(office, at) if squeeze(one.name) == wanted), None)


def suppliers_for(office: Office, item: str, at: datetime) -> list[Supplier]:
    """Suppliers that repair the item, exact names before those that only contain it (S004-4-1.2, S004-4-2.2.2a)."""
    wanted = squeeze(item)
    if not wanted:
        return []
    exact, near = [], []
    for one in suppliers(office, at):
        done = [squeeze(word) for word in one.items.split()]
        if wanted in done:
            exact.append(one)
        elif len(wanted) > 1 and any(wanted in word or (len(word) > 1 and word in wanted) for word in done):
            near.append(one)
    return exact + near


def offer_for(office: Office, item: str, at: datetime) -> Offer:
    """Where an item stands: office's list, suppliers' lists, both or neither. The person decides what to do with it."""
    return Offer(item_for(office, item, at), tuple(suppliers_for(office, item, at)))


def gaps(office: Office, wanted: Mapping[str, int], at: datetime) -> dict[str, int]:
    """Of the items asked for (name to how often), those that stand on no list, most wanted first (S004-4-2.8c)."""
    missing = {name: count for name, count in wanted.items() if offer_for(office, name, at).is_gap}
    return dict(sorted(missing.items(), key=lambda pair: (-pair[1], pair[0])))


def changes(office: Office, begin: datetime, end: datetime) -> list[ListChange]:
    """What was added to and ended on both lists from `begin` up to `end`, oldest first (S004-4-2.8b)."""
    found: list[ListChange] = []
    for item in ServiceItem.objects.filter(office=office):
        found += _changes("项目", item, item.price_fen)
    for supplier in Supplier.objects.filter(office=office):
        found += _changes("供应商", supplier, None)
    return sorted(
        (one for one in found if begin <= one.at < end), key=lambda one: (one.at, one.name, one.what)
    )


def _changes(what: str, row: ServiceItem | Supplier, price_fen: int | None) -> list[ListChange]:
    found = [ListChange(f"新增{what}", row.name, row.since, row.changed_by, row.evaluation, price_fen)]
    if row.until is not None:
        found.append(
            ListChange(f"取消{what}", row.name, row.until, row.ended_by, row.ended_evaluation, price_fen)
        )
    return found
