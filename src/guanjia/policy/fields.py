"""Input of an action: checked the same way for pages, API, import and cards; and described as JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import from_iso, iso, parse_moment
from guanjia.kernel.money import LARGEST_FEN, parse_yuan, yuan
from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import conditions
from guanjia.policy.limits_of_figures import BETWEEN
from guanjia.policy.schema import Choice, FormField

TEXT_LIMIT, LONG_LIMIT, LINES_LIMIT, LIST_LIMIT = 200, 4000, 60, 2000
SIGNATURE_HOW = ("screen", "paper", "link", "refused")
_PHONE = re.compile(r"^\+?\d[\d-]{4,18}\d$")
# kinds whose text or number refers to something in the database; the engine resolves them (engine/resolve.py)
REFERENCES = ("staff", "unit", "item", "supplier", "photos", "receipt", "department", "case")
# kinds that nobody types: what they hold follows from other facts
RECKONED = ("sum", "product", "derived", "marks", "elapsed", "share")


def clean(
    form: Iterable[FormField], data: Mapping[str, Any], facts: Mapping[str, Any], zone: ZoneInfo
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The checked values by field key, and facts derived from them (totals).

    Raises Problem for one mistake, Problems for several, so that a form shows them together. An input that no field
    takes is refused rather than lost.
    """
    form = tuple(offered(field, facts) for field in form)
    cleaned: dict[str, Any] = {}
    derived: dict[str, Any] = {}
    known = {field.key for field in form if field.kind not in RECKONED}
    wrong = [
        Problem("FIELD_UNKNOWN", f"没有「{key}」这一栏。", "请只填表单里有的栏。", field=key)
        for key in data
        if key not in known
    ]
    seen = dict(facts)
    for field in form:
        if not holds(field.show_when, seen):
            continue
        try:
            value: Any = (
                reckoned(field, seen)
                if field.kind in RECKONED
                else _clean_one(field, data.get(field.key), zone)
            )
            _checked(field, value, seen)
            if value in (None, "", [], {}):
                _require(field, seen)
                continue
        except Problem as problem:
            wrong.append(problem)
            continue
        cleaned[field.key] = seen[field.key] = value
        if field.kind == "lines":
            total = sum(line["amount_fen"] for line in value)
            derived[f"{field.key}_fen"] = seen[f"{field.key}_fen"] = total
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Problems(wrong)
    return cleaned, derived


def offered(field: FormField, facts: Mapping[str, Any]) -> FormField:
    """The field with the choices that the office has added of its own (`more`)."""
    if not field.more:
        return field
    own = conditions.lookup(facts, f"figure.{field.more.removeprefix('@')}") or ()
    added = tuple(Choice(value=word, label=word) for word in own)
    return field.model_copy(update={"choices": (*field.choices, *added)})


def _checked(field: FormField, value: Any, seen: Mapping[str, Any]) -> None:
    """Rows that were ticked off are rows of the table. Raises Problem FIELD_INVALID."""
    if field.kind == "checks" and value:
        rows = conditions.lookup(seen, f"{field.of[0]}.cases") or ()
        strangers = [one for one in value if one not in rows]
        if strangers:
            raise _wrong(field, f"「{field.label}」里的 {'、'.join(strangers)} 不在明细里。", "请重新核对。")


def reckoned(field: FormField, seen: Mapping[str, Any]) -> Any:
    """What a computed field comes to: a sum, a product (None while a part is missing), the first choice that holds,
    all choices that hold, the minutes since a moment, or a part as a percentage of the whole."""
    if field.kind == "derived":
        return next((choice.value for choice in field.choices if holds(choice.when, seen)), None)
    if field.kind == "marks":
        return [choice.value for choice in field.choices if holds(choice.when, seen)]
    if field.kind == "elapsed":
        return _elapsed(field, seen)
    if field.kind == "share":
        return _share(field, seen)
    return _sum(field, seen) if field.kind == "sum" else _product(field, seen)


def _elapsed(field: FormField, seen: Mapping[str, Any]) -> int | None:
    """Whole minutes from the moment of `of` to the action; None while there is none."""
    since, until = conditions.lookup(seen, field.of[0]), seen.get(conditions.NOW)
    if not since or not until:
        return None
    return int((from_iso(str(until)) - from_iso(str(since))).total_seconds()) // 60


def _share(field: FormField, seen: Mapping[str, Any]) -> str | None:
    """The first fact of `of` as a percentage of the second, to a tenth, half up: `75%`, `66.7%`; None of nothing."""
    part, whole = (conditions.lookup(seen, name) or 0 for name in field.of)
    if not isinstance(part, int) or not isinstance(whole, int) or whole <= 0:
        return None
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


def _product(field: FormField, seen: Mapping[str, Any]) -> int | None:
    total = 1
    for name in field.of:
        value = conditions.lookup(seen, name)
        if not isinstance(value, int):
            return None
        total *= value
    return _bounded(field, total)


def _sum(field: FormField, seen: Mapping[str, Any]) -> int:
    """The facts of `of` added up, those with a minus sign taken away; what is missing is nothing."""
    total = 0
    for name in field.of:
        value = conditions.lookup(seen, name.removeprefix("-"))
        if isinstance(value, int):
            total += -value if name.startswith("-") else value
    return total


_CACHE: dict[int, tuple[Mapping[str, Any], conditions.Test]] = {}


def holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds; conditions of the schema live as long as their manual, so each is compiled once."""
    if not condition:
        return True
    known = _CACHE.get(id(condition))
    if known is None or known[0] is not condition:
        known = _CACHE[id(condition)] = (condition, conditions.compile_condition(condition))
    return known[1](facts)


def is_required(field: FormField, facts: Mapping[str, Any]) -> bool:
    """Whether the field must be filled, given what has been entered so far."""
    return field.required or bool(field.required_when and holds(field.required_when, facts))


def _require(field: FormField, facts: Mapping[str, Any]) -> None:
    if is_required(field, facts):
        verb = "请勾选" if field.kind in ("tick", "bool") else "请填写"
        raise Problem(
            "FIELD_REQUIRED", f"{verb}「{field.label}」。", "", field=field.key, clause=field.clause
        )


def _clean_one(field: FormField, raw: Any, zone: ZoneInfo) -> Any:
    if raw is None or raw == "":
        return None
    return _CLEANERS[field.kind](field, raw, zone)


def _wrong(field: FormField, message: str, hint: str = "") -> Problem:
    return Problem("FIELD_INVALID", message, hint, field=field.key, clause=field.clause)


def _plain(raw: Any) -> str:
    """Text without what no database and no paper can hold; line breaks stay."""
    text = str(raw)
    if not text.isprintable():
        text = "".join(char for char in text if char in "\n\t" or category(char) not in ("Cc", "Cs"))
    return text.strip()


def _text(field: FormField, raw: Any, _zone: ZoneInfo) -> str:
    if isinstance(raw, (list, dict)):
        raise _wrong(field, f"「{field.label}」要填文字。")
    text = _plain(raw)
    limit = LONG_LIMIT if field.kind == "long" else TEXT_LIMIT
    if len(text) > limit:
        raise _wrong(field, f"「{field.label}」有 {len(text)} 个字，最多 {limit} 个。", "请缩短。")
    return text


def _choice(field: FormField, raw: Any, _zone: ZoneInfo) -> str:
    values = [choice.value for choice in field.choices]
    if raw not in values:
        labels = "、".join(choice.label for choice in field.choices)
        raise _wrong(field, f"「{field.label}」没有「{raw}」这个选项。", f"请从 {labels} 里选。")
    return str(raw)


def _multi(field: FormField, raw: Any, zone: ZoneInfo) -> list[str]:
    return [_choice(field, one, zone) for one in (raw if isinstance(raw, list) else [raw])]


def _bool(field: FormField, raw: Any, _zone: ZoneInfo) -> bool | None:
    if isinstance(raw, bool):
        return raw or (None if field.kind == "tick" else False)
    if str(raw).lower() in ("on", "true", "1", "yes"):
        return True
    if str(raw).lower() in ("false", "0", "no", "off"):
        return None if field.kind == "tick" else False
    raise _wrong(field, f"「{field.label}」应是 是 或 否。")


def _amount(field: FormField, raw: Any, _zone: ZoneInfo) -> int:
    fen = _fen(field, raw)
    if fen < (field.least or 0):
        raise _wrong(field, f"「{field.label}」不能小于 {yuan(field.least or 0)} 元。")
    return fen


def _fen(field: FormField, raw: Any) -> int:
    """A number is fen; a text is yuan."""
    if isinstance(raw, (bool, float)):
        raise _wrong(field, f"「{field.label}」要用整数分或文字的元。", '如 8500 或 "85.00"。')
    fen = raw if isinstance(raw, int) else parse_yuan(str(raw), field=field.key)
    return _bounded(field, fen)


def _bounded(field: FormField, fen: int) -> int:
    if fen > LARGEST_FEN:
        raise _wrong(field, f"「{field.label}」的金额 {yuan(fen)} 元太大。", "请核对位数。")
    return fen


def _number(field: FormField, raw: Any, _zone: ZoneInfo) -> int:
    try:
        number = int(str(raw))
    except ValueError:
        raise _wrong(field, f"「{field.label}」要填整数，现在是「{raw}」。") from None
    if field.least is not None and number < field.least:
        raise _wrong(field, f"「{field.label}」不能小于 {field.least}。")
    return number


def _time(field: FormField, raw: Any, zone: ZoneInfo) -> str:
    return iso(parse_moment(str(raw), zone, field=field.key))


def _phone(field: FormField, raw: Any, _zone: ZoneInfo) -> str:
    digits = re.sub(r"[\s()（）]", "", str(raw))
    if not _PHONE.match(digits):
        raise _wrong(field, f"「{raw}」不像电话号码。", "请填手机号或带区号的座机。")
    return digits.replace("-", "")


def _reference(_field: FormField, raw: Any, _zone: ZoneInfo) -> Any:
    return raw if isinstance(raw, (int, list, dict)) else _plain(raw)


def _table(field: FormField, raw: Any) -> list[Mapping[str, Any]]:
    """Rows that are tables; empty ones are left out by the caller."""
    if not isinstance(raw, list) or len(raw) > LINES_LIMIT or not all(isinstance(row, dict) for row in raw):
        raise _wrong(field, f"「{field.label}」要一行一项，最多 {LINES_LIMIT} 行。")
    return raw


def _lines(field: FormField, raw: Any, _zone: ZoneInfo) -> list[dict[str, Any]]:
    """Price lines: name, qty, unit, price in fen (number) or yuan (text); the amount is computed, half up."""
    filled = (
        row for row in _table(field, raw) if any(_plain(row.get(key) or "") for key in ("name", "price"))
    )
    return [_line(field, row) for row in filled]


def _line(field: FormField, row: Mapping[str, Any]) -> dict[str, Any]:
    name = _plain(row.get("name") or "")
    try:
        quantity = Decimal(str(row.get("qty") or "1"))
    except InvalidOperation:
        raise _wrong(field, f"「{name or '这一行'}」的数量「{row.get('qty')}」不是数。") from None
    fen = _fen(field, row.get("price", 0))
    if fen < 0:
        raise _wrong(field, f"「{name or '这一行'}」的单价不能小于零。")
    if not name or not quantity.is_finite() or quantity <= 0 or quantity >= 10**6:
        raise _wrong(field, f"「{name or '这一行'}」要有名称和大于零的数量。")
    amount = _bounded(field, int((quantity * fen).to_integral_value(ROUND_HALF_UP)))
    return {
        "name": name[:80],
        "qty": format(quantity.normalize(), "f"),
        "unit": _plain(row.get("unit") or "")[:10],
        "price_fen": fen,
        "amount_fen": amount,
    }


def _signature(field: FormField, raw: Any, _zone: ZoneInfo) -> dict[str, Any]:
    """`{how, name, strokes, png, device}`; how: screen, paper, link, refused, as far as the field allows."""
    value = raw if isinstance(raw, dict) else {}
    how, name = str(value.get("how") or "screen"), _plain(value.get("name") or "")
    allowed = field.allow or SIGNATURE_HOW
    if how not in allowed:
        raise _wrong(field, f"「{field.label}」不接受这种签法。", "请在屏幕或纸上签名。")
    if how == "screen" and not value.get("png"):
        return {}
    if not name:
        raise _wrong(field, f"「{field.label}」要有签名人的姓名。")
    return {
        "how": how,
        "name": name[:40],
        "strokes": value.get("strokes") or [],
        "png": str(value.get("png") or ""),
        "device": str(value.get("device") or "")[:120],
    }


def _rows(field: FormField, raw: Any, _zone: ZoneInfo) -> list[dict[str, Any]]:
    """Rows of service items (`op` add or end, name, price) or suppliers (name, phone, items)."""
    rows = []
    for row in _table(field, raw):
        name = _plain(row.get("name") or "")
        if not name:
            continue
        kept: dict[str, Any] = {"name": name[:80]}
        if field.kind == "items":
            kept["op"] = "end" if row.get("op") == "end" else "add"
            if row.get("price") not in (None, ""):
                kept["price_fen"] = _fen(field, row["price"])
        else:
            kept["phone"] = _plain(row.get("phone") or "")[:40]
            kept["items"] = _plain(row.get("items") or "")[:200]
        rows.append(kept)
    return rows


def _list(field: FormField, raw: Any, _zone: ZoneInfo) -> list[str]:
    """Short texts, each once: a list, or a text with one on a line (or between 、 and commas)."""
    parts = raw if isinstance(raw, list) else BETWEEN.split(str(raw))
    texts = list(dict.fromkeys(text for part in parts if (text := _text(field, part, _zone))))
    if len(texts) > LIST_LIMIT:
        raise _wrong(field, f"「{field.label}」有 {len(texts)} 个，最多 {LIST_LIMIT} 个。")
    return texts


def _times(field: FormField, raw: Any, zone: ZoneInfo) -> list[str]:
    """Times in their order, each once: a list, or a text with one on a line."""
    parts = raw if isinstance(raw, list) else BETWEEN.split(str(raw))
    found = sorted({_time(field, _plain(part), zone) for part in parts if _plain(part)})
    if len(found) > LINES_LIMIT:
        raise _wrong(field, f"「{field.label}」有 {len(found)} 个，最多 {LINES_LIMIT} 个。")
    return found


def _figures(field: FormField, raw: Any, _zone: ZoneInfo) -> dict[str, Any]:
    """Figures that the system computed (reports.drafts); a person cannot type them."""
    if not isinstance(raw, dict):
        raise _wrong(field, f"「{field.label}」由系统算出。", "请从评估页提交。")
    return raw


_CLEANERS: Mapping[str, Callable[[FormField, Any, ZoneInfo], Any]] = {
    "text": _text,
    "long": _text,
    "choice": _choice,
    "multi": _multi,
    "bool": _bool,
    "tick": _bool,
    "amount": _amount,
    "number": _number,
    "time": _time,
    "phone": _phone,
    "lines": _lines,
    "signature": _signature,
    "items": _rows,
    "suppliers": _rows,
    "figures": _figures,
    "table": _figures,
    "matters": _figures,
    "checks": _list,
    "list": _list,
    "times": _times,
} | dict.fromkeys(REFERENCES, _reference)
