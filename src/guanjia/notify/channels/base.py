"""What a channel is, and sending through Apprise, which all outside channels share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

import apprise

from guanjia.notify.models import Message


class NotDelivered(Exception):
    """The channel could not deliver; the text says why and is kept with the message."""


class Channel(Protocol):
    """A way out for messages.

    key: stands in Message.channel
    label: its Chinese word
    stays: the message is read in the site itself and needs no delivery
    """

    key: str
    label: str
    stays: bool

    def lacks(self, message: Message) -> str:
        """What is missing before this message could go out (no gateway, no number), in Chinese; "" for nothing."""

    def send(self, message: Message) -> None:
        """Deliver once. Raises NotDelivered."""


def notify(urls: Iterable[str], message: Message) -> None:
    """Send to every address of Apprise that has not had this message yet; `message.served` remembers which.

    Raises NotDelivered with Apprise's last word when one of them fails; the others are not sent again later.
    """
    trouble = ""
    for url in urls:
        mark = hashlib.sha256(url.encode()).hexdigest()[:16]  # the address itself may hold a secret
        if mark in message.served:
            continue
        if failed := _send(url, message):
            trouble = failed
        else:
            message.served = [*message.served, mark]
    if trouble:
        raise NotDelivered(trouble)


def _send(url: str, message: Message) -> str:
    """What went wrong, or an empty text."""
    sender = apprise.Apprise()
    if not sender.add(url):
        return "外发地址无法识别，请检查 GUANJIA_CHANNELS。"
    with apprise.LogCapture(level=apprise.logging.WARNING) as said:
        sent = sender.notify(
            title=message.subject, body=message.body or message.subject, body_format=apprise.NotifyFormat.TEXT
        )
        words = said.getvalue().strip().splitlines()
    return "" if sent else (words[-1] if words else "渠道没有接收。")
