"""Letters as people's programs write them, made readable; whatever is broken says why."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.intake.post import letter

from guanjia.intake.mail.parsing import Parsed, Unreadable, parse, trimmed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("水管漏水\n\n> 您好\n> 已登记", "水管漏水"),
        ("还在漏\n\n------------------ 原始邮件 ------------------\n发件人: x", "还在漏"),
        ("好的\n\nOn Tue, Mar 24, 2026 at 10:42 AM 客服 <kf@example.com> wrote:\n> 单号", "好的"),
        ("可以\n\n在 2026年3月24日，客服 <kf@example.com> 写道：\n\n单号", "可以"),
        ("谢谢\n\n发件人：客服 <kf@example.com>\n时间：2026", "谢谢"),
        ("门坏了\n-- \n王秀兰\n某公司", "门坏了"),
        ("门坏了\n\n发自我的 iPhone", "门坏了"),
        ("A door\n\nSent from my Galaxy", "A door"),
        ("> 只有引用", "> 只有引用"),
        ("-- \n只有签名", "-- \n只有签名"),
        ("第一行\n\n\n\n\n第二行", "第一行\n\n第二行"),
    ],
)
def test_quotation_and_signature_are_trimmed(text: str, kept: str) -> None:
    assert trimmed(text) == kept


def test_a_letter_is_read() -> None:
    made = letter("厨房水管", "3-2-1502 漏水\n", In_Reply_To="<a@b>", References="<x@y> <a@b>")
    found = parse(made.as_bytes())
    assert (found.sender, found.sender_name, found.subject) == ("wxl@example.com", "王秀兰", "厨房水管")
    assert found.text == "3-2-1502 漏水" and found.answers == ("<a@b>", "<x@y>") and not found.automatic


@pytest.mark.parametrize("charset", ["gb2312", "gb18030", "big5", "utf-8", "x-unknown"])
def test_letters_of_this_country_are_read_in_their_charset(charset: str) -> None:
    coded = "水管漏水".encode("gb18030" if charset.startswith(("gb", "x")) else charset)
    raw = (
        b"From: a@example.com\r\nSubject: =?gb2312?B?y67udczK?=\r\n"
        + f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
        + coded
    )
    assert parse(raw).text == "水管漏水"


def test_a_page_is_read_as_words() -> None:
    made = letter("x", "")
    made.set_content(
        "<style>p{}</style><p>水管<b>漏水</b></p><script>1</script><div>请来</div>", subtype="html"
    )
    assert parse(made.as_bytes()).text.split() == ["水管漏水", "请来"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example.com>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_letters_of_machines_are_told(headers: dict[str, str]) -> None:
    assert parse(letter("外出", "我在休假", **headers).as_bytes()).automatic


@pytest.mark.parametrize("sender", ["mailer-daemon@example.com", "no-reply@example.com", "kf@example.com"])
def test_robots_and_ourselves_are_told(sender: str) -> None:
    assert parse(letter("x", "y", sender).as_bytes(), "kf@example.com").automatic


def test_a_person_who_says_so_is_none() -> None:
    assert not parse(letter("x", "y", Auto_Submitted="no").as_bytes()).automatic


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Subject: x\r\n\r\ntext", "没有可用的发件地址"),
        (b"From: a@example.com\r\n\r\n\r\n", "没有主题"),
        (b"", "发件地址"),
        (b'From: a@example.com\r\nContent-Type: text/plain; charset="x"\r\n\r\n\xff\xff\xff', "字符集"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        parse(raw)


@hypothesis_settings(max_examples=150)
@given(st.binary(max_size=400))
@example(
    b"From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhi"
)
@example(b"From: =?x?Q?=80?= <a@b.cn>\r\nDate: Tue, 99 Foo\r\nSubject: =?utf-8?B?////?=\r\n\r\nx")
@example(b"From: a@b.cn\r\nContent-Type: message/rfc822\r\n\r\nFrom: x")
def test_any_bytes_are_read_or_said_to_be_unreadable(raw: bytes) -> None:
    for whole in (raw, b"From: a@b.cn\r\n" + raw):
        try:
            found = parse(whole)
        except Unreadable as why:
            assert str(why)
        else:
            assert isinstance(found, Parsed) and "\0" not in found.text + found.subject
