"""The cases that belong to a case, because they came out of it or were joined to it."""

from __future__ import annotations

from guanjia.cases.models import Case, CaseLink


def numbers_of_children(case: Case) -> list[str]:
    """The numbers of the cases that came out of a case or were joined to it, the oldest first."""
    rows = Case.objects.filter(links_out__target=case, links_out__kind=CaseLink.Kind.FOLLOWS)
    return list(rows.order_by("pk").values_list("number", flat=True))
