"""The channels a message can take: one literal table."""

from __future__ import annotations

from types import MappingProxyType

from guanjia.notify.channels.base import Channel, NotDelivered
from guanjia.notify.channels.email import Email
from guanjia.notify.channels.group import Group
from guanjia.notify.channels.inbox import Inbox
from guanjia.notify.channels.sms import Sms

CHANNELS: MappingProxyType[str, Channel] = MappingProxyType(
    {channel.key: channel for channel in (Inbox(), Group(), Sms(), Email())}
)

__all__ = ["CHANNELS", "Channel", "NotDelivered"]
