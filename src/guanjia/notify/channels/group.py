"""Group robots and mailboxes (WeCom, DingTalk, Feishu, e-mail...): the addresses of GUANJIA_CHANNELS."""

from __future__ import annotations

from django.conf import settings

from guanjia.notify.channels.base import notify
from guanjia.notify.models import Message

PHONE = "{phone}"


class Group:
    """Everybody behind the configured addresses sees the message. Addresses with {phone} belong to `sms`."""

    key = "apprise"
    label = "群机器人"
    stays = False

    def lacks(self, message: Message) -> str:
        """An address."""
        return "" if group_addresses() else "没有配置外发地址（GUANJIA_CHANNELS）。"

    def send(self, message: Message) -> None:
        """To every address. Raises NotDelivered."""
        notify(group_addresses(), message)


def group_addresses() -> list[str]:
    """The configured addresses that reach everybody behind them."""
    return [url for url in settings.CHANNELS if PHONE not in url]
