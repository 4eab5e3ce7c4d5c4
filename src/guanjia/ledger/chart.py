"""The chart of accounts, the ways of paying and the reasons of transfers: three literal tables."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from guanjia.ledger.models import Account

RECEIPT_PATTERN = "SJ{yy}{mm}-{n:4}"
REFUND_PATTERN = "TK{yy}{mm}-{n:4}"
OTHER_INCOME = "其他服务"


@dataclass(frozen=True)
class Line:
    """One account code: its name, its kind, and whether each reference has an account of its own."""

    name: str
    kind: Account.Kind
    by_reference: bool = False


CHART = MappingProxyType(
    {
        "receivable": Line("应收业户款", Account.Kind.ASSET, by_reference=True),
        "cash": Line("库存现金", Account.Kind.ASSET),
        "bank": Line("银行存款", Account.Kind.ASSET),
        "card": Line("刷卡在途", Account.Kind.ASSET),
        "wechat": Line("微信收款", Account.Kind.ASSET),
        "alipay": Line("支付宝收款", Account.Kind.ASSET),
        "in_hand": Line("经手人待交款", Account.Kind.ASSET, by_reference=True),
        "materials": Line("代购材料", Account.Kind.ASSET),
        "income": Line("服务收入", Account.Kind.INCOME, by_reference=True),
        "refunds": Line("退款", Account.Kind.EXPENSE),
        "waived": Line("免收与核销", Account.Kind.EXPENSE),
        "over_short": Line("现金长短款", Account.Kind.EXPENSE),
    }
)

METHODS = MappingProxyType(
    {
        "cash": "现金",
        "bank": "转账",
        "card": "刷卡",
        "wechat": "微信",
        "alipay": "支付宝",
        "in_hand": "经手人代收",
    }
)


@dataclass(frozen=True)
class Code:
    """A reason for a transfer: its word, and what it adds (+1) or takes (-1) from an open item."""

    label: str
    charged: int = 0
    paid: int = 0


CODES = MappingProxyType(
    {
        "charge": Code("应收", charged=1),
        "charge_reduced": Code("减收", charged=-1),
        "charge_reversed": Code("冲销应收", charged=-1),
        "waived": Code("免收", charged=-1),
        "refund_allowed": Code("退款减收", charged=-1),
        "collected": Code("收款", paid=1),
        "receipt_voided": Code("收据作废", paid=-1),
        "refunded": Code("退款", paid=-1),
        "materials_bought": Code("代购材料付款"),
        "taken_in_hand": Code("经手人代收", paid=1),
        "handed_in": Code("代收款上交"),
        "cash_deposited": Code("现金存行"),
        "deposit_voided": Code("存行作废"),
        "cash_over": Code("现金长款"),
        "cash_short": Code("现金短款"),
    }
)


def method_word(method: str) -> str:
    """The Chinese word of a way of paying; an unknown one as it is."""
    return METHODS.get(method, method)
