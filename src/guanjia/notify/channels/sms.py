"""Text messages to one telephone: the addresses of GUANJIA_CHANNELS that name {phone}."""

from __future__ import annotations

import re

from django.conf import settings

from guanjia.notify.channels.base import notify
from guanjia.notify.channels.group import PHONE
from guanjia.notify.models import Message

_NUMBER = re.compile(r"\+?[0-9]{5,19}")


class Sms:
    """One gateway after the configured pattern; the number is digits only, so it cannot change the address."""

    key = "sms"
    label = "短信"
    stays = False

    def lacks(self, message: Message) -> str:
        """A gateway, or a number."""
        if not _NUMBER.fullmatch(message.to_phone):
            return "没有可用的手机号。"
        return "" if _gateways() else "没有配置短信网关（GUANJIA_CHANNELS 中带 {phone} 的地址）。"

    def send(self, message: Message) -> None:
        """To the message's number. Raises NotDelivered."""
        notify([url.replace(PHONE, message.to_phone) for url in _gateways()], message)


def _gateways() -> list[str]:
    return [url for url in settings.CHANNELS if PHONE in url]
