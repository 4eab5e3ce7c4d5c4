"""Adopting and dropping a manual as a whole: the adoption, and the recurring duties that come and go with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.adoption.models import Adoption, ManualVersion
from guanjia.engine import alike
from guanjia.engine.schedules import start_schedules
from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem, Problems
from guanjia.staff.models import User


@transaction.atomic
def adopt(
    office: Office,
    version: ManualVersion,
    *,
    at: datetime,
    by: User | None = None,
    figures: Mapping[str, str] | None = None,
) -> Adoption:
    """The office works under this version from `at`, and the recurring duties of all its manuals run.

    figures: the office's own figures to set first; an empty one is unset. All or nothing. Raises Problem
    FIGURES_UNSET, ADOPTION_CLASH, ALREADY_ADOPTED, or what is wrong with a figure's value.
    """
    if queries.versions_at(office, at).get(version.key) == version.version:
        raise Problem(
            "ALREADY_ADOPTED",
            f"《{version.title}》{version.version} 版已经在用。",
            "不用再采用。",
            status=409,
        )
    set_figures(office, version, figures or {}, at=at, by=by)
    adopted = adoption.adopt(office, version, at=at, by=by)
    start_schedules(office, at)
    alike.remember_recent(office, at)
    return adopted


@transaction.atomic
def set_figures(
    office: Office,
    version: ManualVersion,
    figures: Mapping[str, str],
    *,
    at: datetime,
    by: User | None = None,
) -> int:
    """Set the figures that differ from what the office has, unset those that are empty now; how many.

    Recurring duties go by them from now on; what is owed already keeps its limit. Every wrong one is named (Problems).
    """
    done = _set_each(
        queries.own_figures(office).get(version.key, {}),
        figures,
        lambda key, value: adoption.set_figure(office, version, key, value, at=at, by=by),
        lambda key: adoption.unset_figure(office, version, key),
    )
    if done and version.key in queries.versions_at(office, at):
        start_schedules(office, at)
    return done


@transaction.atomic
def set_company_figures(
    company: Company,
    version: ManualVersion,
    figures: Mapping[str, str],
    *,
    at: datetime,
    by: User | None = None,
) -> int:
    """As `set_figures`, for every office of a company that has no figure of its own; how many."""
    done = _set_each(
        queries.company_figures(company).get(version.key, {}),
        figures,
        lambda key, value: adoption.set_company_figure(company, version, key, value, at=at, by=by),
        lambda key: adoption.unset_company_figure(company, version, key, at=at),
    )
    for office, _version in queries.offices_under(company, version.key, at) if done else ():
        start_schedules(office, at)
    return done


def _set_each(
    present: Mapping[str, str],
    figures: Mapping[str, str],
    put: Callable[[str, str], object],
    take: Callable[[str], None],
) -> int:
    """Put those that differ from what is present, take those that are empty now; how many. Raises Problems."""
    wrong, done = [], 0
    for key, value in figures.items():
        if value.strip() == present.get(key, ""):
            continue
        try:
            if value.strip():
                put(key, value)
            else:
                take(key)
            done += 1
        except Problem as problem:
            wrong.append(
                Problem(problem.code, problem.message, problem.hint, field=key, clause=problem.clause)
            )
    if wrong:
        raise Problems(wrong)
    return done


@transaction.atomic
def drop(office: Office, key: str, *, at: datetime) -> None:
    """The office stops working under a manual from `at`: no new recurring duties; open cases run on under it.

    Raises Problem NOT_ADOPTED.
    """
    if key not in queries.versions_at(office, at):
        raise Problem("NOT_ADOPTED", "本处没有采用这部规程。", "请从规程页重新选择。", status=409)
    adoption.drop(office, key, at=at)
    start_schedules(office, at)
