"""A letter as it came over the wire, made readable: who, what, when, and which letters it answers. Pure."""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import EmailMessage, MIMEPart
from email.policy import default as modern
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

LONGEST = 20_000
MOST_FILES = 20
_ADDRESS = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,180}")
_IDS = re.compile(r"<[^<>\s\0]{1,240}>")
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
_GB = frozenset({"gb2312", "gbk", "gb_2312-80", "cp936", "x-gbk"})
_LATIN = frozenset({"us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252"})
_AWAY = re.compile(r"^(自动回复|自动答复|Automatic reply|Auto[- ]?reply|Out of office)\b", re.I)
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
    files_left: int
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
    subject = _plain(_in_words(_header(letter, "Subject")))[:200]
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
        automatic=_automatic(letter, sender, own_address) or bool(_AWAY.match(subject)),
        files=files[:MOST_FILES],
        files_left=max(0, len(files) - MOST_FILES),
        digest=digest_of(
            "\0".join((sender, subject, _header(letter, "Date"), whole)).encode("utf-8", "replace")
        ),
    )


def _header(letter: EmailMessage, name: str) -> str:
    """A header as it stands in the letter, in one line; letters beyond ASCII are read as this country writes them."""
    raw = next((str(value) for key, value in letter.raw_items() if key.lower() == name.lower()), "")
    coded = raw.encode("utf-8", "surrogateescape")
    text = _as_text(coded, "utf-8")
    return re.sub(r"[\r\n]+\s*", " ", coded.decode("utf-8", "replace") if text is None else text)


def _in_words(header: str) -> str:
    """A header with its encoded words read; a character may be cut in two between words of one charset."""
    try:
        pieces = decode_header(header)
    except (ValueError, HeaderParseError):  # base64 that is none
        return header
    return "".join(
        piece
        if isinstance(piece, str)
        else piece.decode("raw-unicode-escape", "replace")
        if charset is None
        else _as_text(piece, charset) or piece.decode("utf-8", "replace")
        for piece, charset in pieces
    )


def _as_text(content: bytes, said: str) -> str | None:
    """Bytes in the charset that they are said to have, else as the usual letters of this country are written: programs
    say gb2312 and write GB 18030, or say nothing that is true."""
    said = said.lower()
    for charset in (
        "utf-8" if said in _LATIN else "gb18030" if said in _GB else said,
        "utf-8",
        "gb18030",
        said,
    ):
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return None


def _sender(letter: EmailMessage) -> tuple[str, str]:
    for header in ("Reply-To", "From", "Sender"):
        said = _header(letter, header)
        for name, address in [*getaddresses([said]), parseaddr(said)]:
            if _ADDRESS.fullmatch(address) and "\0" not in address:
                return _in_words(name), address.lower()
    raise Unreadable("看不出是谁寄的：没有可用的发件地址。")


def _plain(text: str) -> str:
    """One line without what a database or a page cannot show."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(preferencelist=("plain", "html"))
    if body is None and letter.get_content_maintype() == "multipart" and not letter.is_multipart():
        return _shown(letter)  # it says that it has parts and has none
    return "\n".join(_shown(part) for part in _texts(letter, body))


def _texts(part: MIMEPart, body: MIMEPart | None) -> Iterator[MIMEPart]:
    """The body, and the texts that stand between pictures, in their order; of several versions of one text the body."""
    if part.get_content_subtype() in ("alternative", "related") and part.is_multipart():
        if body is not None and any(one is body for one in _leaves(part)):
            yield body
    elif _is_group(part):
        for one in part.iter_parts():
            yield from _texts(one, body)
    elif part is body or _is_text(part):
        yield part


def _is_group(part: MIMEPart) -> bool:
    return part.get_content_maintype() == "multipart" and part.is_multipart()


def _is_text(part: MIMEPart) -> bool:
    text = part.get_content_type() in ("text/plain", "text/html")
    return text and not part.is_attachment() and not part.get_filename()


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that hold something; a letter that is sent along is one."""
    if not _is_group(part):
        yield part
        return
    for one in part.iter_parts():
        yield from _leaves(one)


def _shown(part: MIMEPart) -> str:
    """The text of a part as it is read."""
    text = _decoded(part)
    if part.get_content_subtype() == "html":
        text = _without_tags(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return "".join(char for char in lines if char == "\n" or char == "\t" or char.isprintable())


def _decoded(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise Unreadable("正文拆不开。")
    said = str(part.get_content_charset() or "utf-8")
    text = _as_text(content, said)
    if text is None:
        raise Unreadable(f"正文的字符集「{said[:30]}」读不出来。")
    return text


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
    """What was sent along, pictures within the text too. Of a letter that is sent along only its name is told."""
    for number, part in enumerate(_leaves(letter)):
        if _is_text(part) or (part is letter and letter.get_content_maintype() in ("multipart", "text")):
            continue
        content = part.get_payload(decode=True)
        name = _plain(_in_words(part.get_filename() or "")) or f"附件{number}"
        yield File(name[:60], content if isinstance(content, bytes) else b"")
