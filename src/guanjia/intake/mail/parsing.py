"""A letter as it came over the wire, made readable: who, what, when, and which letters it answers. Pure."""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.policy import default as modern
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

LONGEST = 20_000
MOST_FILES = 20
_ADDRESS = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,180}")
_IDS = re.compile(r"<[^<>\s]{1,240}>")
_NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{4}-\d{4,}")
_QUOTE_HEADS = (
    re.compile(r"^-{2,}\s*(原始邮件|转发的?邮件|Original Message|Forwarded message)\s*-{2,}", re.I),
    re.compile(r"^(On|在).{4,200}(wrote|写道)\s*[:：]\s*$", re.I),
    re.compile(r"^.{0,80}<[^>]+@[^>]+>\s*(于|在).{4,60}写道\s*[:：]\s*$"),
    re.compile(r"^(发件人|From)\s*[:：].+@", re.I),
    re.compile(r"^_{10,}\s*$"),
)
_SIGNATURES = (
    re.compile(r"^--\s?$"),
    re.compile(r"^(发自|来自)我?的?.{0,24}(iPhone|iPad|手机|邮箱|客户端|华为|小米|安卓)", re.I),
    re.compile(r"^(Sent from my |Get Outlook for )", re.I),
)
_ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply|donotreply|bounce[s]?)([+\-_.].*)?$", re.I)


class Unreadable(Exception):
    """The letter cannot be read; the text says why, for the person who looks at it."""


@dataclass(frozen=True)
class File:
    """Something that was sent along; its name is not believed, only shown."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Parsed:
    """A letter. text: without quotation and signature; digest tells it from every other."""

    message_id: str
    answers: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    text: str
    whole: str
    sent_at: datetime | None
    automatic: bool
    files: tuple[File, ...]
    digest: str

    @property
    def numbers(self) -> list[str]:
        """Case numbers in the subject."""
        return _NUMBER.findall(self.subject)


def digest_of(raw: bytes) -> str:
    """The SHA-256 of a letter as it came."""
    return hashlib.sha256(raw).hexdigest()


def parse(raw: bytes, own_address: str = "") -> Parsed:
    """Read a letter. Raises Unreadable, for whatever reason: nothing else gets out of here."""
    try:
        letter = email.message_from_bytes(raw, policy=modern)
        return _parsed(letter, raw, own_address)
    except Unreadable:
        raise
    except Exception as trouble:  # noqa: BLE001 - a broken letter must neither be lost nor stop the others
        raise Unreadable(f"信的格式坏了（{type(trouble).__name__}）。") from trouble


def _parsed(letter: EmailMessage, raw: bytes, own_address: str) -> Parsed:
    name, sender = _sender(letter)
    whole = _text(letter)
    subject = _plain(_header(letter, "Subject"))[:200]
    files = tuple(_files(letter))
    if not whole.strip() and not subject and not files:
        raise Unreadable("信里没有主题、没有文字，也没有附件。")
    found = _IDS.findall(_header(letter, "Message-ID"))
    answers = _IDS.findall(f"{_header(letter, 'In-Reply-To')} {_header(letter, 'References')}")
    return Parsed(
        message_id=found[0] if found else "",
        answers=tuple(dict.fromkeys(answers))[-30:],
        sender=sender,
        sender_name=_plain(name)[:80],
        subject=subject,
        text=trimmed(whole)[:LONGEST],
        whole=whole[:LONGEST],
        sent_at=_moment(_header(letter, "Date")),
        automatic=_automatic(letter, sender, own_address),
        files=files,
        digest=digest_of(
            "\0".join((sender, subject, _header(letter, "Date"), whole)).encode("utf-8", "replace")
        ),
    )


def _header(letter: EmailMessage, name: str) -> str:
    try:
        return str(letter.get(name, "") or "")
    except Exception:  # noqa: BLE001 - some headers cannot even be taken apart
        raw = next((value for key, value in letter.raw_items() if key.lower() == name.lower()), "")
        return str(raw)


def _sender(letter: EmailMessage) -> tuple[str, str]:
    for header in ("Reply-To", "From", "Sender"):
        for name, address in [*getaddresses([_header(letter, header)]), parseaddr(_header(letter, header))]:
            if _ADDRESS.fullmatch(address):
                return name, address.lower()
    raise Unreadable("看不出是谁寄的：没有可用的发件地址。")


def _plain(text: str) -> str:
    """One line without what a database or a page cannot show."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = _decoded(body)
    if body.get_content_subtype() == "html":
        text = _without_tags(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return "".join(char for char in lines if char == "\n" or char == "\t" or char.isprintable())


def _decoded(part: MIMEPart) -> str:
    """The text of a part: as it says, else as the usual letters of this country are written."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Unreadable("正文拆不开。")
    said = str(part.get_content_charset() or "utf-8")
    for charset in (said, "utf-8", "gb18030"):
        try:
            return content.decode("gb18030" if charset.lower() in ("gb2312", "gbk") else charset)
        except (LookupError, UnicodeDecodeError):
            continue
    raise Unreadable(f"正文的字符集「{said[:30]}」读不出来。")


class _Words(HTMLParser):
    """The words of a page, a line for each block."""

    BLOCKS = frozenset(
        {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "head", "title"):
            self.hidden += 1
        if tag in self.BLOCKS:
            self.words.append("\n")
        if tag == "blockquote":
            self.words.append("> ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head", "title"):
            self.hidden = max(0, self.hidden - 1)
        if tag in self.BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(re.sub(r"\s+", " ", data))


def _without_tags(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return re.sub(r"\n[ \n]*\n", "\n", "".join(words.words)).strip()


def trimmed(text: str) -> str:
    """The text without what it quotes and without the signature; the whole text when nothing else would be left."""
    kept: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        if any(mark.match(bare) for mark in (*_QUOTE_HEADS, *_SIGNATURES)):
            break
        if not bare.startswith(">"):
            kept.append(line.rstrip())
    found = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return found or text.strip()


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _automatic(letter: EmailMessage, sender: str, own_address: str) -> bool:
    """Whether a machine wrote it: such a letter is never answered."""
    said = _header(letter, "Auto-Submitted").lower()
    return bool(
        (said and said != "no")
        or _header(letter, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply")
        or _header(letter, "X-Autoreply")
        or _header(letter, "X-Autorespond")
        or _header(letter, "List-Id")
        or _header(letter, "Return-Path").strip() == "<>"
        or letter.get_content_type() == "multipart/report"
        or _ROBOTS.match(sender.partition("@")[0])
        or (own_address and sender == own_address.lower())
    )


def _files(letter: EmailMessage) -> Iterator[File]:
    if not letter.is_multipart():
        return
    for number, part in enumerate(letter.iter_attachments()):
        if number >= MOST_FILES:
            return
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield File(_plain(part.get_filename() or f"附件{number + 1}")[:60], content)
