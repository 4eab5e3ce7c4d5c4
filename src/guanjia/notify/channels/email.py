"""Letters from the office's own mailbox, threaded with the letter that they answer."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime

from guanjia.notify import mailboxes, servers
from guanjia.notify.channels.base import NotDelivered
from guanjia.notify.models import Mailbox, Message


class Email:
    """Over SMTP. Says of itself that a machine wrote it, so that no machine answers it."""

    key = "email"
    label = "邮件"
    stays = False

    def lacks(self, message: Message) -> str:
        """An address, or a mailbox."""
        if not message.to_address:
            return "没有收信地址。"
        has = Mailbox.objects.filter(office=message.office_id, stopped_at=None).exists()
        return "" if has else "本处没有设邮箱。"

    def send(self, message: Message) -> None:
        """To the message's address. Raises NotDelivered."""
        box = mailboxes.mailbox_of(message.office)
        try:
            hand_over(box, letter_of(box, message), message.to_address)
        except servers.TROUBLES as trouble:
            said = servers.in_words(trouble, mailboxes.smtp_server(box))
            raise NotDelivered(f"邮件服务器：{said}"[:200]) from None


def hand_over(box: Mailbox, letter: EmailMessage, to: str) -> None:
    """Gives a letter to the mailbox's server, for one address. Raises one of servers.TROUBLES."""
    smtp = mailboxes.smtp_of(box)
    try:
        smtp.send_message(letter, box.address, [to])
    finally:
        smtp.close()


def letter_of(box: Mailbox, message: Message) -> EmailMessage:
    """The message as it goes out."""
    letter = EmailMessage()
    letter["From"] = box.address
    letter["To"] = message.to_address
    letter["Subject"] = " ".join(message.subject.split())
    letter["Date"] = format_datetime(message.created_at)
    letter["Message-ID"] = message.message_id
    if message.answers:
        letter["In-Reply-To"] = message.answers
        letter["References"] = message.answers
    letter["Auto-Submitted"] = "auto-replied"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(message.body)
    return letter
