"""An office, its cashier, and one debt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from guanjia.estate.models import Company, Office
from guanjia.ledger import actions
from guanjia.ledger.models import Transfer
from guanjia.staff.models import User

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)  # 12:00 in the office
CASE = "case:BX2603-0217"
PAYER = "unit:1502"


@pytest.fixture
def office(db: None) -> Office:
    company = Company.objects.create(name="安居物业服务有限公司", short="安居")
    return Office.objects.create(company=company, code="cuihu", name="翠湖花园管理处", estate_name="翠湖花园")


@pytest.fixture
def cashier(db: None) -> User:
    return User.objects.create(username="lin", name="林芳")


@pytest.fixture
def owe(office: Office, cashier: User) -> Callable[..., Transfer]:
    """Book a charge; a key of its own unless one is given."""

    def book(amount_fen: int = 26000, **over: object) -> Transfer:
        asked = {
            "payer_ref": PAYER,
            "payer_name": "王秀兰",
            "amount_fen": amount_fen,
            "item": "给水管抢修",
            "reference": CASE,
            "key": f"charge:{Transfer.objects.count()}",
            "at": NOON,
            "actor": cashier,
        } | over
        return actions.charge(office, **asked)

    return book


@pytest.fixture
def pay(office: Office, cashier: User) -> Callable[..., object]:
    """Take money; a key of its own unless one is given."""

    def take(amount_fen: int = 26000, **over: object) -> object:
        asked = {
            "payer_ref": PAYER,
            "payer_name": "王秀兰",
            "amount_fen": amount_fen,
            "method": "wechat",
            "reference": CASE,
            "key": f"collect:{Transfer.objects.count()}",
            "at": NOON,
            "actor": cashier,
        } | over
        return actions.collect(office, **asked)

    return take
