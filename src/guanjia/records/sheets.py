"""From a filled form, a receipt or a missed visit to what its PDF template takes. Reads rows already fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso
from guanjia.kernel.money import in_words, yuan
from guanjia.ledger.chart import method_word
from guanjia.ledger.models import Receipt
from guanjia.policy.schema import FormDef, FormLine
from guanjia.records.models import Record, Signature
from guanjia.records.pdf import qr_svg
from guanjia.records.report import day_text

ORDINALS = ("第一联", "第二联", "第三联", "第四联", "第五联", "第六联")
WIDE_FROM = 15

Say = Callable[[str, Any], str]


def slip(
    record: Record, form: FormDef, *, printed_at: datetime, basis: str = "", notice: str = "", qr: str = "",
    say: Say | None = None, only: Sequence[str] = (), tint: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """What the template `slip` takes: all copies of a filled form, or those in `only`. S004-4-2.7a.

    The form's lines name the facts; `say(fact, value)` gives the word of a choice; a lines fact is a list of
    {item, quantity, unit, price_fen, amount_fen}. A signature stands at the line whose fact or label is its purpose;
    those left over fill the lines left over, in order.
    """
    zone = ZoneInfo(record.office.time_zone)
    price = next((line for line in form.line if line.kind == "lines"), None)
    return _office(record.office, printed_at) | {
        "title": record.title,
        "number": record.number,
        "basis": basis,
        "notice": notice,
        "qr": qr_svg(qr),
        "tint": tint,
        "void": record.void_reason if record.voided_at else "",
        "copies": _copies(record, only),
        "fields": [
            {"label": label, "value": words, "wide": len(words) >= WIDE_FROM and kind != "time"}
            for label, words, kind in _fields(record, form, say)
        ],
        "lines": {**price_lines(fact_of(record, price.fact) or []), "named": price.label} if price else None,
        "signatures": [_signature(label, row, zone) for label, row in _signed_lines(record, form)],
    }


def receipt(
    row: Receipt, *, printed_at: datetime, place: str = "", case: str = "", lines: Iterable[Mapping[str, Any]] = (),
    note: str = "", copies: Sequence[Mapping[str, str]] = (), tint: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """What the template `receipt` takes. `place` is the payer's unit in words, `case` the number it was for."""
    office = row.office
    zone = ZoneInfo(office.time_zone)
    data = _office(office, printed_at) | {
        "title": "收据",
        "company": office.company.name,
        "foot": f"值班电话 {office.duty_phone}" if office.duty_phone else "",
        "number": row.number,
        "date": day_text(row.issued_at, zone, time=False),
        "payer": f"{row.payer}（{place}）" if place else row.payer,
        "item": row.item,
        "reference": case,
        "words": in_words(row.amount_fen),
        "amount": yuan(row.amount_fen),
        "method": method_word(row.method),
        "cashier": str(row.issued_by or ""),
        "note": note,
        "void": row.void_reason if row.voided_at else "",
        "lines": price_lines(lines)["rows"],
        "tint": tint,
    }
    return data | ({"copies": [dict(copy) for copy in copies]} if copies else {})


def visit_note(
    office: Office, *, number: str, to: str, text: Sequence[str], fields: Sequence[tuple[str, str]], at: datetime,
    printed_at: datetime, link: str = "", basis: str = "", title: str = "留言条",
) -> dict[str, Any]:  # fmt: skip
    """What the template `note` takes: left when nobody is home, with the office's telephone and a link to a new
    time. S004-4-2.1.2."""
    told: list[dict[str, Any]] = [{"label": label, "value": value} for label, value in fields]
    if office.duty_phone:
        told.append({"label": "请致电", "value": office.duty_phone, "large": True})
    return _office(office, printed_at) | {
        "title": title,
        "number": number,
        "to": to,
        "text": list(text),
        "fields": told,
        "qr": qr_svg(link),
        "qr_says": "扫码另约时间",
        "signed": office.name,
        "date": day_text(at, ZoneInfo(office.time_zone)),
        "basis": basis,
    }


def fields_of(record: Record, form: FormDef, say: Say | None = None) -> list[tuple[str, str]]:
    """What a filled form says, line by line in words, price lines and signatures left out: for notes and registers."""
    return [(label, words) for label, words, _ in _fields(record, form, say)]


def fact_of(record: Record, name: str) -> Any:
    """A fact that a form was filled with; a name with dots is looked up whole first, then step by step."""
    if name in record.data:
        return record.data[name]
    found: Any = record.data
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def price_lines(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Price lines as they are printed, with their total in figures and in capitals.

    An amount that is not given is quantity times price, rounded half up to whole fen.
    """
    printed, total = [], 0
    for row in rows:
        fen = amount_of(row)
        total += fen or 0
        price = row.get("price_fen")
        printed.append(
            {
                "item": str(row.get("item") or row.get("name") or ""),
                "quantity": str(row.get("quantity") or ""),
                "unit": str(row.get("unit") or ""),
                "price": "" if price is None else yuan(price),
                "amount": "" if fen is None else yuan(fen),
            }
        )
    return {
        "rows": printed,
        "total": yuan(total) if printed else "",
        "words": in_words(total) if printed else "　",
    }


def amount_of(row: Mapping[str, Any]) -> int | None:
    """The amount of a price line in fen; None when it cannot be told."""
    if row.get("amount_fen") is not None:
        return int(row["amount_fen"])
    if row.get("price_fen") is None:
        return None
    try:
        quantity = Decimal(str(row.get("quantity") or "1"))
    except InvalidOperation:
        return None
    return int((quantity * row["price_fen"]).quantize(Decimal(1), ROUND_HALF_UP))


def _office(office: Office, printed_at: datetime) -> dict[str, Any]:
    return {
        "office": office.name,
        "phone": f"值班电话 {office.duty_phone}" if office.duty_phone else "",
        "printed_at": f"{day_text(printed_at, ZoneInfo(office.time_zone))} 打印",
    }


def _copies(record: Record, only: Sequence[str]) -> list[dict[str, str]]:
    copies = [
        {
            "key": copy.key,
            "ordinal": "" if ordinal == copy.label else ordinal,
            "label": copy.label,
            "paper": copy.paper,
            "goes_to": copy.goes_to,
        }
        for ordinal, copy in zip(ORDINALS, record.copies.all(), strict=False)
    ]
    return [copy for copy in copies if not only or copy["key"] in only] or [{"label": "", "paper": "white"}]


def _fields(record: Record, form: FormDef, say: Say | None) -> list[tuple[str, str, str]]:
    zone = ZoneInfo(record.office.time_zone)
    return [
        (line.label, _words(line, fact_of(record, line.fact), zone, say), line.kind)
        for line in form.line
        if line.kind not in ("lines", "signature", "table")
    ]


def _words(line: FormLine, value: Any, zone: ZoneInfo, say: Say | None) -> str:
    if value in (None, "", []):
        return ""
    if own := line.word_for(value):
        return own
    if line.kind in ("time", "times") and isinstance(value, str):
        return _moment(str(value), zone)
    if line.kind == "amount" and type(value) is int:
        return f"¥{yuan(value)}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_words(line, one, zone, say) for one in value)
    if say and line.kind == "choice":
        return say(line.fact, value)
    return str(value)


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return day_text(from_iso(text), zone)
    except ValueError:
        return text


def _signed_lines(record: Record, form: FormDef) -> list[tuple[str, Signature | None]]:
    lines = [line for line in form.line if line.kind == "signature"]
    # a refusal gives way to the signature that followed it
    rows = {row.purpose: row for row in sorted(record.signatures.all(), key=lambda row: row.signed_at)}
    placed = {line.fact: rows.pop(line.fact, None) or rows.pop(line.label, None) for line in lines}
    over = iter(rows.values())
    return [(line.label, placed[line.fact] or next(over, None)) for line in lines]


def _signature(label: str, row: Signature | None, zone: ZoneInfo) -> dict[str, Any]:
    if row is None:
        return {"label": label}
    return {
        "label": label,
        "name": row.signer,
        "how": row.get_how_display(),
        "at": day_text(row.signed_at, zone),
        "note": row.note,
        "refused": row.how == Signature.How.REFUSED,
        "picture": bytes(row.png),
    }
