"""The columns of the register of households, and what may stand in them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from guanjia.estate.models import Occupancy, Party, Unit
from guanjia.estate.phones import parse_phone
from guanjia.intake.tables import Value, text_of
from guanjia.kernel.problem import Problem

CM2 = 10_000
LARGEST_CM2 = 2_000_000_000
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))")
_PHONE = re.compile(r"电话(\d{1,2})(用途)?")


@dataclass(frozen=True)
class Column:
    """One column: key in the program, header, width in letters, what to write into it."""

    key: str
    header: str
    width: int
    help: str


COLUMNS = (
    Column("building", "楼栋", 8, "楼栋代码，如 3 或 A。填了「房号」可以不填。"),
    Column("building_name", "楼栋名称", 12, "可不填；不填为 3栋、A座。只用于新增楼栋。"),
    Column("stair", "单元", 6, "没有单元的不填。"),
    Column("floor", "楼层", 6, "整数，地下为负数；不填时按室号推算（1502 为 15 层）。"),
    Column("number", "室号", 10, "如 1502。填了「房号」可以不填。"),
    Column("code", "房号", 14, "如 3-2-1502；不填时由楼栋、单元、室号组成。房号是一户的身份，不能改。"),
    Column("unit_name", "房屋名称", 18, "可不填；不填为 3栋2单元1502。"),
    Column("unit_kind", "类型", 8, "住宅、商铺、写字间、储藏间、车位；不填为住宅。"),
    Column("area", "建筑面积（平方米）", 12, "最多四位小数。"),
    Column("moved_in", "入住日期", 12, "如 2019-08-16。"),
    Column("unit_note", "上门提示", 20, "给上门人员看的，如「老人在家，敲门重些」。"),
    Column("party", "业户编号", 10, "导出时自动填写，用来认出同一个人；新增的不填。"),
    Column("name", "姓名", 12, "个人姓名或单位名称；空置的房屋不填。"),
    Column("kind", "性质", 8, "个人、单位；不填为个人。"),
    Column("title", "称呼", 8, "先生、女士，可不填。"),
    Column("relation", "关系", 10, "业主、租户、家人、紧急联系人；不填为业主。"),
    Column("relation_note", "关系说明", 12, "如 配偶、女儿。"),
    Column("phone1", "电话1", 16, "第一个电话为首选。可以照样加 电话4、电话4用途……"),
    Column("label1", "电话1用途", 10, "如 公司、座机、转801。"),
    Column("phone2", "电话2", 16, ""),
    Column("label2", "电话2用途", 10, ""),
    Column("phone3", "电话3", 16, ""),
    Column("label3", "电话3用途", 10, ""),
    Column("email", "邮箱", 20, ""),
    Column("note", "备注", 20, "关于这个人的备注。"),
    Column("since", "自", 12, "从哪天起，如 2024-01-01。"),
    Column("until", "至", 12, "到哪天止（这天起不再住）。还住着的不填。"),
)
BY_HEADER = {column.header: column.key for column in COLUMNS}
ALIASES = {
    "栋": "building",
    "楼号": "building",
    "楼栋号": "building",
    "单元号": "stair",
    "层": "floor",
    "房间号": "number",
    "门牌号": "code",
    "房屋编号": "code",
    "面积": "area",
    "建筑面积": "area",
    "业主姓名": "name",
    "户主": "name",
    "业主": "name",
    "电话": "phone1",
    "手机": "phone1",
    "手机号": "phone1",
    "联系电话": "phone1",
    "电子邮箱": "email",
    "迁入日期": "since",
    "迁出日期": "until",
}
UNIT_KINDS = {str(label): str(value) for value, label in Unit.Kind.choices}
PARTY_KINDS = {str(label): str(value) for value, label in Party.Kind.choices}
RELATIONS = {str(label): str(value) for value, label in Occupancy.Relation.choices}
RELATIONS |= {
    "业户": "owner",
    "租客": "tenant",
    "租赁": "tenant",
    "配偶": "family",
    "子女": "family",
    "父母": "family",
}
TITLES = {"先生": "mr", "男": "mr", "女士": "ms", "小姐": "ms", "太太": "ms", "女": "ms"}


def key_of(header: str) -> str:
    """The key of a header, an alias or `电话N` and `电话N用途` included; empty for an unknown one."""
    plain = "".join(header.split()).replace("(", "（").replace(")", "）")
    if match := _PHONE.fullmatch(plain):
        return f"{'label' if match[2] else 'phone'}{int(match[1])}"
    return BY_HEADER.get(plain) or ALIASES.get(plain, "")


class BadCell(Exception):
    """A cell that cannot be taken: stable code and Chinese reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


def plain(most: int) -> Callable[[Value], str]:
    """A reader of texts of at most `most` letters."""

    def read(value: Value) -> str:
        text = text_of(value)
        if len(text) > most:
            raise BadCell("CELL_TOO_LONG", f"超过 {most} 个字")
        return text

    return read


def code(most: int) -> Callable[[Value], str]:
    """A reader of codes: a date is a code that a spreadsheet has spoilt (`3-2-15`)."""
    short = plain(most)

    def read(value: Value) -> str:
        if isinstance(value, date | datetime):
            raise BadCell("CELL_IS_DATE", "Excel 把它变成了日期，请把这一列设为文本再填")
        return short(value)

    return read


def one_of(choices: Mapping[str, str], bad: str) -> Callable[[Value], str]:
    """A reader of a Chinese word that stands for a key."""

    def read(value: Value) -> str:
        text = text_of(value)
        if text and text not in choices:
            raise BadCell(bad, f"不认识「{text[:20]}」，可填：{'、'.join(choices)}")
        return choices.get(text, "")

    return read


def day(value: Value) -> date | None:
    """A date cell, or a text such as 2019-08-16, 2019/8/16, 2019年8月16日, 20190816."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = text_of(value)
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        if not match:
            raise ValueError(text)
        found = date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5]))
    except ValueError:
        raise BadCell("BAD_DATE", f"「{text[:20]}」不是日期，请写成 2026-03-24") from None
    if not 1900 <= found.year <= 2200:
        raise BadCell("BAD_DATE", f"「{text[:20]}」的年份不对")
    return found


def area(value: Value) -> int | None:
    """Square metres with at most four decimals, as square centimetres."""
    text = (
        text_of(value).removesuffix("平方米").removesuffix("㎡").removesuffix("平").replace(",", "").strip()
    )
    if not text:
        return None
    try:
        exact = Decimal(text) * CM2
        whole = int(exact)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadCell("BAD_AREA", f"「{text[:20]}」不是面积") from None
    if whole != exact or not 0 < whole <= LARGEST_CM2:
        raise BadCell("BAD_AREA", f"「{text[:20]}」不是面积，最多四位小数")
    return whole


def square_metres(area_cm2: int | None) -> str:
    """`98.6` for 986000 square centimetres; empty for None."""
    return "" if area_cm2 is None else f"{(Decimal(area_cm2) / CM2).normalize():f}"


def floor(value: Value) -> int | None:
    """A whole number from -20 to 300."""
    text = text_of(value).removesuffix("层").removesuffix("楼")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,3}", text, re.ASCII) or not -20 <= int(text) <= 300:
        raise BadCell("BAD_FLOOR", f"「{text[:20]}」不是楼层，请填整数")
    return int(text)


def party_number(value: Value) -> int | None:
    """The number of a party from an earlier export."""
    text = text_of(value)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise BadCell("BAD_PARTY_NUMBER", f"「{text[:20]}」不是业户编号，新增的请留空")
    return int(text)


def phone(value: Value) -> str:
    """Digits of a telephone number; empty for an empty cell."""
    text = text_of(value)
    if not text:
        return ""
    try:
        return parse_phone(text)
    except Problem:
        raise BadCell("BAD_PHONE", f"「{text[:30]}」不是电话号码") from None


def email(value: Value) -> str:
    """An e-mail address."""
    text = text_of(value)
    try:
        if text:
            validate_email(text)
    except ValidationError:
        raise BadCell("BAD_EMAIL", f"「{text[:40]}」不是邮箱地址") from None
    return text
