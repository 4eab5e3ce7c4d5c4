"""Letters as people's programs write them, made readable; whatever is broken says why."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.intake.post import letter

from guanjia.intake.mail.parsing import MOST_FILES, Parsed, Unreadable, parse, trimmed


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


def encoded(text: bytes, charset: str = "gb2312") -> bytes:
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text) + b"?="


def test_rare_characters_of_names_are_read_whatever_gb_is_declared() -> None:
    raw = (
        b"From: " + encoded("朱镕堃".encode("gbk")) + b" <a@example.com>\r\nSubject: "
        + encoded("喆喆家漏水".encode("gb18030")) + b"\r\n\r\nx"
    )  # fmt: skip
    found = parse(raw)
    assert (found.sender_name, found.subject, found.sender) == ("朱镕堃", "喆喆家漏水", "a@example.com")


def test_a_character_that_is_cut_between_two_words_is_whole() -> None:
    coded = "水管漏水了".encode("gbk")
    raw = (
        b"From: a@example.com\r\nSubject: "
        + encoded(coded[:5])
        + b"\r\n "
        + encoded(coded[5:])
        + b"\r\n\r\nx"
    )
    assert parse(raw).subject == "水管漏水了"


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
def test_headers_that_are_not_encoded_at_all_are_read(charset: str) -> None:
    raw = "From: 王秀兰 <a@example.com>\r\nSubject: 水管漏水\r\n\r\nx".encode(charset)
    assert (parse(raw).sender_name, parse(raw).subject) == ("王秀兰", "水管漏水")


@pytest.mark.parametrize("cut", ["=?utf-8?B?a?=", "=?utf-8?B?5rC0566h5?=", "=?utf-8?B??="])
def test_a_word_that_is_cut_off_spoils_neither_its_letter_nor_its_thread(cut: str) -> None:
    raw = f"From: {cut} <a@example.com>\r\nSubject: {cut}\r\nIn-Reply-To: <a@b>\r\n\r\n水管漏水"
    found = parse(raw.encode())
    assert (found.sender, found.text, found.answers) == ("a@example.com", "水管漏水", ("<a@b>",))


def test_a_sender_whose_name_is_in_no_charset_that_we_know_is_still_the_sender() -> None:
    found = parse(b'From: "Ren\xe9" <a@b.fr>\r\nSubject: Caf\xe9\r\n\r\nx')
    assert (
        found.sender == "a@b.fr" and found.sender_name.startswith("Ren") and found.subject.startswith("Caf")
    )


def test_a_letter_in_seven_bits_is_read() -> None:
    """HZ, RFC 1843: GB 2312 between ~{ and ~}."""
    raw = (
        b"From: a@example.com\r\nSubject: =?hz-gb-2312?Q?~{VPND~}?=\r\n"
        b"Content-Type: text/plain; charset=hz-gb-2312\r\n\r\n~{VPND~}"
    )
    assert (parse(raw).subject, parse(raw).text) == ("中文", "中文")


def test_a_text_that_says_it_is_latin_is_read_as_what_it_is() -> None:
    raw = "From: a@example.com\r\nSubject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n水管漏水"
    assert parse(raw.encode()).text == "水管漏水"


def test_a_letter_that_says_it_has_parts_and_has_none_keeps_its_text() -> None:
    raw = "From: a@example.com\r\nSubject: x\r\nContent-Type: multipart/mixed\r\n\r\n水管漏水\r\n"
    assert parse(raw.encode()).text == "水管漏水"


def test_pictures_within_the_text_are_files() -> None:
    """As programs write them: within one of two versions of the text, or beside the page that shows them."""
    made = letter("照片", "见图")
    made.add_alternative('<p>见图</p><img src="cid:1">', subtype="html")
    made.get_payload()[1].add_related(b"png", "image", "png", cid="<1>", filename="水.png")
    made.add_attachment(b"pdf", maintype="application", subtype="pdf", filename="单.pdf")
    found = parse(made.as_bytes())
    assert found.text == "见图" and [one.name for one in found.files] == ["水.png", "单.pdf"]


def test_texts_between_pictures_are_all_read_and_a_lone_picture_is_a_file() -> None:
    made = letter("照片", "第一处")
    made.add_attachment(b"png", maintype="image", subtype="png", disposition="inline", filename="a.png")
    made.add_attachment("第二处", disposition="inline")
    found = parse(made.as_bytes())
    assert found.text.split() == ["第一处", "第二处"] and [one.name for one in found.files] == ["a.png"]
    alone = b"From: a@example.com\r\nSubject: x\r\nContent-Type: image/png\r\n\r\npng"
    assert [one.content for one in parse(alone).files] == [b"png"]


def test_a_letter_that_is_sent_along_is_named_and_not_mixed_in() -> None:
    made = letter("转", "见附件")
    made.add_attachment(letter("里面", "旧信"))
    found = parse(made.as_bytes())
    assert found.text == "见附件" and [one.content for one in found.files] == [b""]


def test_more_files_than_a_letter_may_have_are_counted() -> None:
    made = letter("照片", "见附件")
    for number in range(MOST_FILES + 3):
        made.add_attachment(b"png", maintype="image", subtype="png", filename=f"{number}.png")
    found = parse(made.as_bytes())
    assert (len(found.files), found.files_left) == (MOST_FILES, 3)


@pytest.mark.parametrize(
    "subject", ["自动回复：您好", "自动回复: 外出", "Automatic reply: x", "Out of Office: x"]
)
def test_automatic_answers_that_only_their_subject_tells(subject: str) -> None:
    assert parse(letter(subject, "我在休假").as_bytes()).automatic
    assert not parse(letter(f"Re: {subject}", "收到").as_bytes()).automatic


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
