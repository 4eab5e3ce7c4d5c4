"""Adopting manuals, setting the office's own figures, saving calendars."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from guanjia.adoption import queries
from guanjia.adoption.models import (
    Adoption,
    ClauseWording,
    CompanyFigure,
    ManualVersion,
    OfficeCalendar,
    OfficeFigure,
)
from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import limits_of_figures, lint
from guanjia.policy.loader import compile_text
from guanjia.policy.schema import Figure
from guanjia.staff.models import User
from guanjia.worktime import Calendar


def keep_version(text: str, *, at: datetime, file: str = "manual.toml") -> ManualVersion:
    """Store the text of a manual's version. The same version with another text is refused (VERSION_CHANGED);
    a manual with findings is refused (MANUAL_FAULTY)."""
    findings = lint.check_text(text, file)
    if findings:
        raise Problems([Problem("MANUAL_FAULTY", str(finding), field=finding.key) for finding in findings])
    head = compile_text(text, file).manual.manual
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    version, _made = ManualVersion.objects.get_or_create(
        key=head.key,
        version=head.version,
        defaults={"title": head.title, "text": text, "sha256": sha256, "created_at": at},
    )
    if version.sha256 != sha256:
        raise Problem(
            "VERSION_CHANGED",
            f"《{head.title}》{head.version} 版已经存过，内容不同。",
            "改了内容请换一个版本号。",
            status=409,
        )
    return version


@transaction.atomic
def adopt(office: Office, version: ManualVersion, *, at: datetime, by: User | None = None) -> Adoption:
    """The office works under this version from `at`. An older version of the same manual ends then.

    Raises Problem FIGURES_UNSET naming every blank that the office must set first, what is wrong with each figure that
    was set under another version and does not fit this one, and ADOPTION_CLASH when another adopted manual supplies the
    same category's procedure or is of the same family.
    """
    compiled = compile_text(version.text)
    figures = queries.figures(office).get(version.key, {})
    unset = [f for f in compiled.manual.figure if _blocks(f) and not figures.get(f.key)]
    if unset:
        raise Problems(
            [
                Problem(
                    "FIGURES_UNSET",
                    f"「{figure.label}」原文没有给数字（{figure.clause}）。",
                    f"请先由管理处设定{f'，例如 {figure.suggest}' if figure.suggest else ''}。",
                    field=figure.key,
                    clause=figure.clause,
                    status=409,
                )
                for figure in unset
            ]
        )
    if misfits := list(_misfits(compiled.figures, figures)):
        raise Problems(misfits)
    others = [one.compiled.manual for one in queries.adopted(office, at) if one.compiled.key != version.key]
    if clashes := lint.rivals(compiled.manual, others):
        raise Problems(
            [
                Problem(
                    "ADOPTION_CLASH",
                    rival.text(compiled.manual),
                    f"本处在用《{rival.other.manual.title}》：要换成这一部，先在规程页里停用它；在办的事项仍按它办完。",
                    status=409,
                )
                for rival in clashes
            ]
        )
    office.adoptions.filter(manual__key=version.key, until__isnull=True).update(until=at)
    return Adoption.objects.create(office=office, manual=version, since=at, adopted_by=by)


def _misfits(definitions: Mapping[str, Figure], values: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with figures that stand already, by the definitions of a version."""
    for key in sorted(values.keys() & definitions.keys()):
        definition = definitions[key]
        try:
            limits_of_figures.check(definition, values[key])
        except Problem as problem:
            said = f"「{definition.label}」现在设的是「{values[key]}」，这一版里不合适：{problem.message}"
            hint = f"{problem.hint}先把它改成合适的数，再启用。"
            yield Problem(problem.code, said, hint, field=key, clause=definition.clause, status=409)


def _blocks(figure: Figure) -> bool:
    return figure.unspecified and figure.if_unset == "block"


def drop(office: Office, key: str, *, at: datetime) -> None:
    """The office stops working under a manual; its cases run on under it."""
    office.adoptions.filter(manual__key=key, until__isnull=True).update(until=at)


def set_figure(
    office: Office, version: ManualVersion, key: str, value: str, *, at: datetime, by: User | None = None
) -> OfficeFigure:
    """Set the office's own figure. Raises Problem FIGURE_UNKNOWN, or what is wrong with the value."""
    _check_figure(version, key, value)
    figure, _made = OfficeFigure.objects.update_or_create(
        office=office,
        manual_key=version.key,
        figure=key,
        defaults={"value": value.strip(), "set_by": by, "set_at": at},
    )
    return figure


def set_company_figure(
    company: Company, version: ManualVersion, key: str, value: str, *, at: datetime, by: User | None = None
) -> CompanyFigure:
    """Set a figure for all offices of a company that have none of their own. Raises as `set_figure`; the value must fit
    the figure in every version that an office works under, for it may come to count in any of them."""
    _check_figure(version, key, value)
    for office, used, definition in _definitions_in(company, version.key, key, at):
        try:
            limits_of_figures.check(definition, value)
        except Problem as problem:
            said = f"{office.name}在用的是 {used} 版：{problem.message}"
            raise Problem(problem.code, said, problem.hint, field=key, clause=problem.clause) from None
    figure, _made = CompanyFigure.objects.update_or_create(
        company=company,
        manual_key=version.key,
        figure=key,
        defaults={"value": value.strip(), "set_by": by, "set_at": at},
    )
    return figure


def _check_figure(version: ManualVersion, key: str, value: str) -> None:
    """Raises Problem FIGURE_UNKNOWN, or what is wrong with the value."""
    definition = _definition(version, key)
    if definition is None:
        raise Problem("FIGURE_UNKNOWN", f"规程里没有「{key}」这个数字。", status=404)
    limits_of_figures.check(definition, value)


def _definition(version: ManualVersion, key: str) -> Figure | None:
    return compile_text(version.text).figures.get(key)


def _definitions_in(
    company: Company, manual_key: str, key: str, at: datetime
) -> Iterator[tuple[Office, str, Figure]]:
    """The offices whose version of a manual has the figure, each with that version and what the figure is in it."""
    for office, used in queries.offices_under(company, manual_key, at):
        definition = queries.compiled(manual_key, used).figures.get(key)
        if definition is not None:
            yield office, used, definition


def unset_figure(office: Office, version: ManualVersion, key: str) -> None:
    """The office has no figure of its own any more: the company's counts, else the manual's, or none.

    Raises Problem FIGURES_UNSET where both leave it blank and the manual cannot be worked under without it.
    """
    if key not in queries.company_figures(office.company).get(version.key, {}):
        _need_no(_definition(version, key), "在用的规程不能没有它。")
    OfficeFigure.objects.filter(office=office, manual_key=version.key, figure=key).delete()


def unset_company_figure(company: Company, version: ManualVersion, key: str, *, at: datetime) -> None:
    """The company leaves a figure to its offices again.

    Raises Problem FIGURES_UNSET while an office has none of its own and cannot work under its version without it.
    """
    relying = [
        (office.name, definition)
        for office, _used, definition in _definitions_in(company, version.key, key, at)
        if _blocks(definition) and key not in queries.own_figures(office).get(version.key, {})
    ]
    if relying:
        names = "、".join(name for name, _figure in relying)
        _need_no(relying[0][1], f"{names}自己没有设定，正照公司的数办。")
    CompanyFigure.objects.filter(company=company, manual_key=version.key, figure=key).delete()


def _need_no(definition: Figure | None, why: str) -> None:
    """Raises Problem FIGURES_UNSET for a blank that keeps a manual from being worked under."""
    if definition is not None and _blocks(definition):
        raise Problem(
            "FIGURES_UNSET",
            f"「{definition.label}」原文没有给数字，{why}",
            "请填一个数字。",
            field=definition.key,
            clause=definition.clause,
            status=409,
        )


def set_wording(office: Office, manual_key: str, clause: str, text: str) -> None:
    """Keep the wording of a clause as the office's own manual prints it; an empty text removes it."""
    if not text.strip():
        ClauseWording.objects.filter(office=office, manual_key=manual_key, clause=clause).delete()
        return
    ClauseWording.objects.update_or_create(
        office=office, manual_key=manual_key, clause=clause, defaults={"text": text.strip()}
    )


@transaction.atomic
def save_calendar(office: Office, key: str, data: Mapping[str, Any], *, at: datetime) -> OfficeCalendar:
    """Save the next version of a calendar. Raises Problem when the data make no calendar."""
    last = office.calendars.filter(key=key).order_by("-version").first()
    version = (last.version if last else 0) + 1
    Calendar.from_data({**data, "key": key, "version": version})
    return OfficeCalendar.objects.create(
        office=office, key=key, version=version, data=dict(data), created_at=at
    )
