"""A case's forms as they read and as they print."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.estate.models import Office
from guanjia.estate.phones import mask
from guanjia.policy import forms
from guanjia.policy.forms import Shown
from guanjia.records.models import Record


def shown(office: Office, record: Record) -> list[Shown]:
    """Every line of a record with its text, in the version of the manual that issued it."""
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    form = forms.form_of(compiled, record.form)
    return forms.shown(form, compiled, record.data, ZoneInfo(office.time_zone))


def lines_of(office: Office, record: Record, *, whole: bool = False) -> list[tuple[str, str]]:
    """(label, text) of every line of a record, telephone numbers masked: lists show many people's at once.

    whole: numbers as they stand on the paper.
    """
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    form = forms.form_of(compiled, record.form)
    return [
        (
            line.label,
            mask(line.text) if line.text and not whole and written.fact in compiled.phones else line.text,
        )
        for written, line in zip(form.line, shown(office, record), strict=True)
    ]


def clause_of(record: Record) -> tuple[str, str]:
    """(short name of the manual, clause) behind a form."""
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    return compiled.manual.manual.short, forms.form_of(compiled, record.form).clause


def local(office: Office, moment: datetime) -> str:
    """`2026-03-24 10:42` in the office's zone."""
    return forms.moment_text(moment, ZoneInfo(office.time_zone))
