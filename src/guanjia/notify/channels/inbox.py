"""The site's own inbox: the message is there as soon as its transaction is."""

from __future__ import annotations

from guanjia.notify.models import Message


class Inbox:
    """Read on the desk and the telephone page; nothing leaves the site."""

    key = "inbox"
    label = "站内"
    stays = True

    def lacks(self, message: Message) -> str:
        """Nothing: `enqueue` asks for the reader."""
        return ""

    def send(self, message: Message) -> None:
        """Nothing to do."""
