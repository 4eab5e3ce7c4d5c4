"""Papers as PDF: forms of a case, receipts. What they say comes from records and ledger, the wording from manuals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso
from guanjia.kernel.problem import Problem
from guanjia.ledger.models import Receipt
from guanjia.policy import forms
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import FormDef, FormLine
from guanjia.records import pdf, sheets, xlsx
from guanjia.records.models import Record
from guanjia.records.report import Block, Column, Kind, Report, Table, report_data


def _form(record: Record) -> tuple[CompiledManual, FormDef]:
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    return compiled, forms.form_of(compiled, record.form)


def record_pdf(office: Office, record: Record, printed_at: datetime) -> bytes:
    """A form as the office prints it: a slip with its copies, a note, or a report."""
    compiled, form = _form(record)
    basis = f"{compiled.manual.manual.short} {form.clause}"
    if form.nature == "note":
        return pdf.render("note", _note(office, record, form, basis, printed_at, _say(compiled)))
    if form.nature == "report":
        return pdf.render("report", _report(office, record, form, basis, printed_at))
    return pdf.render("slip", _slip(record, printed_at))


def slips_pdf(office: Office, records: Sequence[Record], printed_at: datetime) -> bytes:
    """Several slips one after the other, set in one run of the typesetter."""
    many = [_slip(record, printed_at) for record in records]
    title = records[0].title if records else ""
    return pdf.render("slip", {"title": title, "office": office.name, "many": many})


def _say(compiled: CompiledManual) -> sheets.Say:
    def say(fact: str, value: Any) -> str:
        return forms.choice_label(compiled, fact, str(value))

    return say


def _slip(record: Record, printed_at: datetime) -> dict[str, Any]:
    compiled, form = _form(record)
    notice = " ".join(script.text for script in compiled.manual.script if script.form == form.key)
    return sheets.slip(
        record, form, printed_at=printed_at, basis=f"{compiled.manual.manual.short} {form.clause}", notice=notice,
        qr=record.reference.removeprefix("case:"), say=_say(compiled),
    )  # fmt: skip


def _note(
    office: Office, record: Record, form: FormDef, basis: str, printed_at: datetime, say: sheets.Say
) -> dict[str, Any]:
    at = sheets.fact_of(record, "events.nobody_home.at")
    text = [
        f"我们按约上门维修，您不在家。请打电话或扫码，另约一个您方便的时间。{office.name}值班电话 24 小时有人接听。"
    ]
    return sheets.visit_note(
        office, number=record.number, to=str(sheets.fact_of(record, "unit_name") or "业户"), text=text,
        fields=sheets.fields_of(record, form, say), at=from_iso(at) if at else record.issued_at,
        printed_at=printed_at, basis=basis, title=record.title,
    )  # fmt: skip


def _report(
    office: Office, record: Record, form: FormDef, basis: str, printed_at: datetime
) -> dict[str, Any]:
    return report_data(report_of(office, record, form, basis, printed_at))


def record_xlsx(office: Office, record: Record, printed_at: datetime) -> bytes:
    """A report as a workbook. Raises Problem EXPORT_KIND (404) for a form that is no report."""
    compiled, form = _form(record)
    if form.nature != "report":
        raise Problem("EXPORT_KIND", "这张表单没有表格版。", "请打印 PDF。", status=404)
    basis = f"{compiled.manual.manual.short} {form.clause}"
    return xlsx.write(report_of(office, record, form, basis, printed_at))


def report_of(office: Office, record: Record, form: FormDef, basis: str, printed_at: datetime) -> Report:
    """A report: the figures of its period as they stood when it was handed in, its paragraphs, what it changes."""
    number = record.reference.removeprefix("case:")
    case = Case.objects.filter(office=office, number=number).first()
    facts = case.facts if case else {}
    blocks = [Block(label, text=[text] if text else []) for label, text in sheets.fields_of(record, form)]
    drawn = [_drawn(line.label, record.data[line.fact]) for line in form.line if _is_drawn(line, record)]
    figures = facts.get("figures") or {}
    period = str(figures.get("period") or facts.get("period") or record.data.get("period", ""))
    return Report(
        title=record.title, office=office.name, period=period, blocks=[*_figures(figures), *drawn, *blocks, *_changes(facts)],
        printed_at=printed_at, number=record.number, basis=basis, zone=ZoneInfo(office.time_zone), signs=_signs(record, form),
    )  # fmt: skip


def _is_drawn(line: FormLine, record: Record) -> bool:
    return line.kind == "table" and isinstance(record.data.get(line.fact), Mapping)


def _drawn(label: str, drawn: Mapping[str, Any]) -> Block:
    """A table that the system drew up, with its sums, and under it what each group comes to."""
    kinds: dict[str, Kind] = {"amount": "money", "time": "time"}
    columns = [Column(one["label"], kinds.get(one["kind"], "text")) for one in drawn["columns"]]
    rows = [
        [_cell(value, column.kind) for value, column in zip(row, columns, strict=True)]
        for row in drawn["rows"]
    ]
    total = [drawn["sums"].get(one["fact"], "") for one in drawn["columns"]]
    total[0] = f"合计 {drawn['count']} 件"
    groups = [
        "，".join((f"{group['name'] or '未填'}：{group['count']} 件", *sums))
        for group in drawn.get("by", ())
        for sums in [forms.sums_of(drawn["columns"], group["sums"])]
    ]
    return Block(label, text=groups, table=Table(columns, rows, total=total if rows else ()))


def _cell(value: Any, kind: str) -> Any:
    if kind == "money":
        return int(value or 0)
    return from_iso(value) if kind == "time" and value else "" if value is None else value


def _signs(record: Record, form: FormDef) -> tuple[str, ...]:
    """Who signs below: whom the form names, with the name of whoever has; else two lines."""
    by_purpose = {row.purpose: row.signer for row in record.signatures.all()}
    named = [line.label for line in form.line if line.kind == "signature"]
    return tuple(f"{label} {by_purpose.get(label, '')}".strip() for label in named) or ("制表", "审核")


def _figures(figures: Mapping[str, Any]) -> list[Block]:
    """The statistics of the period, and what was asked for that stands on no list."""
    rows = [
        (
            one["label"],
            one["text"],
            "、".join(f"{name} {count}" for name, count in one["by"].items()),
            one["clause"],
        )
        for one in figures.values()
        if isinstance(one, dict) and "label" in one
    ]
    gaps = [(gap["item"], int(gap["count"])) for gap in figures.get("gaps") or ()]
    found = []
    if rows:
        columns = (
            Column("指标", width=2),
            Column("数", "center"),
            Column("分项", width=3),
            Column("条款", "center"),
        )
        found.append(Block("本期的数", table=Table(columns, rows)))
    if gaps:
        found.append(
            Block(
                "两张一览表都没有的需求",
                table=Table((Column("项目", width=3), Column("次数", "number")), gaps),
            )
        )
    return found


def _changes(facts: Mapping[str, Any]) -> list[Block]:
    """Service items added or ended, suppliers added."""
    words = {"end": "停办", "add": "新增"}
    items = [
        (row.get("name", ""), words.get(str(row.get("op") or "add"), ""), row.get("price_fen"))
        for row in facts.get("item_changes") or ()
    ]
    suppliers = [
        (row.get("name", ""), row.get("phone", ""), row.get("items", ""))
        for row in facts.get("new_suppliers") or ()
    ]
    found = []
    if items:
        columns = (Column("服务项目", width=3), Column("增减", "center"), Column("单价，元", "money"))
        found.append(Block("调整服务项目", table=Table(columns, items)))
    if suppliers:
        columns = (Column("供应商", width=2), Column("电话", "center"), Column("承接项目", width=3))
        found.append(Block("新增专业供应商", table=Table(columns, suppliers)))
    return found


def receipt_pdf(row: Receipt, printed_at: datetime, *, place: str = "", case: str = "") -> bytes:
    """A receipt with figures and 大写."""
    return pdf.render("receipt", sheets.receipt(row, printed_at=printed_at, place=place, case=case))
