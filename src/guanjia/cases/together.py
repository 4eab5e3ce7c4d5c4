"""Reading which cases may speak of the same thing, which belong together, and which a person has told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q

from guanjia.cases.models import Case, CaseLink, Topic, Unlike
from guanjia.estate.models import Office

MOST = 40  # of those that share most keys, the newest


def with_topics(office: Office, keys: Collection[str], since: datetime, until: datetime) -> list[Case]:
    """Cases of a span that were kept under some of the keys: those with most of them, the newest first."""
    if not keys:
        return []
    rows = Topic.objects.filter(office=office, key__in=keys, at__gte=since, at__lte=until)
    best = rows.values("case").annotate(n=Count("id")).order_by("-n", "-case")[:MOST]
    ids = [row["case"] for row in best]
    found = Case.objects.filter(pk__in=ids).exclude(state="withdrawn")
    return list(found.select_related("unit__building", "party").order_by("-opened_at", "-pk"))


def parents_of(cases: Iterable[Case], category: str) -> dict[int, Case]:
    """Case -> the open case of a category to which it was joined."""
    rows = CaseLink.objects.filter(
        source__in=[case.pk for case in cases], kind=CaseLink.Kind.FOLLOWS,
        target__category=category, target__closed_at__isnull=True,
    )  # fmt: skip
    return {row.source_id: row.target for row in rows.select_related("target__office").order_by("target")}


def children(case: Case) -> list[Case]:
    """The cases that belong to a case, in the order in which they came, with household and person."""
    rows = Case.objects.filter(links_out__target=case, links_out__kind=CaseLink.Kind.FOLLOWS)
    return list(rows.select_related("unit__building", "party", "assignee").order_by("opened_at", "pk"))


def told_apart(case: Case) -> frozenset[int]:
    """The cases of which a person has said that they are not the same thing as this one."""
    rows = Unlike.objects.filter(Q(case=case) | Q(other=case)).values_list("case", "other")
    return frozenset(pk for row in rows for pk in row if pk != case.pk)


def unknown_topics(office: Office, categories: Collection[str], since: datetime) -> list[Case]:
    """Cases of some categories since a moment that were registered before their topics were kept."""
    rows = Case.objects.filter(office=office, category__in=categories, opened_at__gte=since, topics=None)
    return list(rows.select_related("unit__building").order_by("pk"))
