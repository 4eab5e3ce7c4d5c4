"""What a card expects of a form: what it says, where its copies are, what comes out of the printer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pypdfium2

from guanjia.adoption import queries as adoption
from guanjia.engine.facts import reference_of
from guanjia.engine.offering import CaseView
from guanjia.ops.cards.card import Paper, Posted
from guanjia.ops.cards.stage import local
from guanjia.policy import notices
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.reports import printing, sheets
from guanjia.reports.notices import notice_pdf


def paper(play: Any, view: CaseView, want: Paper) -> Iterator[str]:
    """Every difference between the newest form of the kind and what is wanted."""
    found = [r for r in records.records_of(view.case.office, reference_of(view.case)) if r.form == want.form]
    if want.absent:
        if found:
            yield f"不应有表单 {want.form}"
        return
    if not found:
        yield f"没有表单 {want.form}"
        return
    record = found[-1]
    if want.number and record.number != want.number:
        yield f"{want.form} 编号应是 {want.number}，现是 {record.number}"
    if want.signed is not None and (record.signed_at is not None) != want.signed:
        yield f"{want.form} {'应' if want.signed else '不应'}已签署"
    yield from _copies(record, want)
    yield from _shows(view, record, want)
    if want.prints or want.sheets is not None:
        yield from _prints(view, record, want, play.now)


def _copies(record: Record, want: Paper) -> Iterator[str]:
    copies = {copy.key: copy for copy in record.copies.all()}
    for what, wanted in (("状态", want.copies), ("在谁手里", want.holders), ("转手时间", want.moved)):
        for key, text in wanted.items():
            copy = copies.get(key)
            if copy is None:
                yield f"{want.form} 没有 {key} 联"
                continue
            have = {"状态": str(copy.state), "在谁手里": copy.holder, "转手时间": local(copy.moved_at)}[what]
            if have != text:
                yield f"{want.form} 的 {key} 联「{what}」应是 {text}，现是 {have}"


def _shows(view: CaseView, record: Record, want: Paper) -> Iterator[str]:
    shown = dict(sheets.lines_of(view.case.office, record, whole=True))
    for label, text in want.shows.items():
        have = str(shown.get(label, ""))
        if (text not in have) if text else have:
            yield f"{want.form} 的「{label}」应有「{text}」，现是「{have}」"


def posted(play: Any, want: Posted) -> Iterator[str]:
    """Every difference between a notice as the office puts it up now and what is wanted."""
    office = play.stage.office
    found = [
        (one, form)
        for one in adoption.adopted(office, play.now)
        for form in notices.notices_of(one)
        if form.key == want.form and want.manual in ("", one.compiled.key)
    ]
    if not found:
        yield f"没有告示 {want.form}"
        return
    lines = notices.lines_of(*found[0])
    said = {line.label: line.text for line in lines}
    for label, text in want.shows.items():
        if not (have := said.get(label, "")) or text not in have:
            yield f"告示 {want.form} 的「{label}」应有「{text}」，现是「{have}」"
    if want.unset is not None and (names := notices.unset(lines)) != want.unset:
        yield f"告示 {want.form} 没有设定的应是 {want.unset}，现是 {names}"
    printed = _text(notice_pdf(office, *found[0], play.now)) if want.prints else ""
    yield from (
        f"打印的告示 {want.form} 上没有「{words}」"
        for words in want.prints
        if "".join(words.split()) not in printed
    )


def _text(paper: bytes) -> str:
    """All that a PDF says, without the places where lines break."""
    with pypdfium2.PdfDocument(paper) as pages:
        text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    return "".join(text.split()).replace("\u200b", "").replace("\ufffe", "")


def _prints(view: CaseView, record: Record, want: Paper, now: datetime) -> Iterator[str]:
    printed = _text(printing.record_pdf(view.case.office, record, now))
    for words in want.prints:
        if "".join(words.split()) not in printed:
            yield f"打印的 {want.form} 上没有「{words}」"
    if want.sheets is not None and (have := printed.count(record.number)) != want.sheets:
        yield f"打印的 {want.form} 上编号 {record.number} 应有 {want.sheets} 处，现有 {have} 处"
