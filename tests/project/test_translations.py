"""English, the second language of the interface: complete, current, compiled, and shown to whoever asks for it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize
from tests.project.source import PACKAGE, ROOT, dotted, nodes, place, python_files, tracked_files

from guanjia.ops.cards.stage import Stage

FOLDER = PACKAGE / "locale" / "en" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
# Name of a function that marks a text -> the places of its texts among its arguments.
MARKS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), 1),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), 2),
}
LITERAL = r"u?(?:'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
MARKED = re.compile(rf"(?<![\w.])(_|n?gettext)\(\s*({LITERAL})(?:\s*,\s*({LITERAL}))?")
HOLE = re.compile(r"%(?:\((\w+)\))?[#0 +-]*\d*(?:\.\d+)?([a-zA-Z%])|\{(\w*)\}|</?(\w+)")
CHINESE = re.compile(r"[㐀-鿿]")

Texts = tuple[str, ...]


@cache
def catalogue(domain: str) -> Catalog:
    """The committed catalogue of a domain."""
    with (FOLDER / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="en")


def entries(domain: str) -> Iterator[Message]:
    """Its entries, without the header."""
    return (message for message in catalogue(domain) if message.id)


def texts(message: Message) -> list[tuple[str, str]]:
    """Each original with its translation: one pair, or two where there is a plural."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


def first(message: Message) -> str:
    """The original, in the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def holes(text: str) -> list[tuple[str, str]]:
    """What a text leaves open: `%(n)s` by name and kind in any order, `%s` by kind, `{x}`, and its tags."""
    found = []
    for name, kind, brace, tag in HOLE.findall(text):
        found.append((f"<{tag}" if tag else name or brace, kind))
    return sorted(found)


def files(suffix: str) -> list[Path]:
    """Source files of the package that a clone has; nothing fetched, nothing made."""
    return [path for path in tracked_files() if path.suffix == suffix and PACKAGE in path.parents]


def in_calls(source: str) -> Iterator[Texts]:
    """The texts marked in a browser script, or in what Django makes of a template."""
    for match in MARKED.finditer(source):
        yield tuple(ast.literal_eval(text) for text in match.groups()[1 : MARKS[match[1]] + 1])


def in_template(source: str) -> Iterator[Texts]:
    """The texts marked in a template."""
    return in_calls(templatize(source))


def in_python(path: Path) -> Iterator[Texts]:
    """The texts marked in a Python file."""
    for node in nodes(path, ast.Call):
        count = MARKS.get(dotted(node.func).rpartition(".")[2], 0)  # type: ignore[attr-defined]
        values = [getattr(argument, "value", None) for argument in node.args[:count]]  # type: ignore[attr-defined]
        if count and all(isinstance(value, str) for value in values):
            yield tuple(value for value in values if isinstance(value, str))


@cache
def marked(domain: str) -> frozenset[Texts]:
    """All texts that the sources mark for a domain."""
    if domain == "djangojs":
        return frozenset(text for path in files(".js") for text in in_calls(path.read_text("utf-8")))
    found = {text for path in files(".html") for text in in_template(path.read_text("utf-8"))}
    return frozenset(found | {text for path in python_files() for text in in_python(path)})


def test_the_three_ways_to_mark_a_text_are_understood(tmp_path: Path) -> None:
    template = "{% load i18n %}{% translate '甲' %}{% blocktranslate count n=n %}乙{% plural %}丙 {{ n }}{% endblocktranslate %}"
    assert list(in_template(template)) == [("甲",), ("乙", "丙 %(n)s")]
    python = tmp_path / "a.py"
    python.write_text('x = _("甲") + other("乙") + i18n.ngettext("丙", "丁", n) + _(name)', "utf-8")
    assert sorted(in_python(python)) == [("丙", "丁"), ("甲",)]
    assert list(in_calls("a(_('甲'), b('乙'), `${_('丙')}`)")) == [("甲",), ("丙",)]


def test_marks_stand_outside_f_strings() -> None:
    """xgettext, which collects the texts, does not look into f-strings."""
    inside = {
        place(path, call.lineno)
        for path in python_files()
        for text in nodes(path, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in MARKS
    }
    assert inside == set()


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_has_what_the_sources_have(domain: str) -> None:
    """A text that is plural in one place and not in another is one entry, under the singular."""
    known = {first(message) for message in entries(domain)}
    plural = {tuple(message.id) for message in entries(domain) if message.pluralizable}
    wanted = {text[0] for text in marked(domain)}
    assert len(wanted) > 10, "the extraction finds nothing"
    advice = "run `make messages` and translate"
    assert sorted(wanted - known) == [], f"marked in the sources, not in {domain}.po: {advice}"
    assert sorted(known - wanted) == [], f"in {domain}.po, no longer in the sources: {advice}"
    assert {text for text in marked(domain) if len(text) == 2} == plural, advice


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_is_translated_with_the_same_holes(domain: str) -> None:
    wrong = []
    for message in entries(domain):
        if message.fuzzy:
            wrong.append(f"guessed: {message.id}")
        for original, english in texts(message):
            if not english.strip():
                wrong.append(f"no English: {original}")
            elif holes(original) != holes(english):
                wrong.append(f"holes differ: {original} | {english}")
            elif re.findall(r"%[^(%]", original) != re.findall(r"%[^(%]", english):
                wrong.append(f"order of unnamed holes: {original} | {english}")
    assert wrong == []


def test_holes_are_seen() -> None:
    assert holes("%(a)d <b>%s</b> {x}") == holes("{x} <b>%s</b> %(a)02d")
    assert holes("%(a)s") != holes("%(b)s")
    assert holes("%(a)s") != holes("a")
    assert holes("<b>x</b>") != holes("x")


def test_english_is_not_chinese() -> None:
    """Only quoted examples of what is typed or spoken stay as they are."""
    kept = {
        english
        for domain in DOMAINS
        for message in entries(domain)
        for _original, english in texts(message)
        if CHINESE.search(english)
    }
    assert all(english.startswith(("What callers say", "Example: ", "Special days: ")) for english in kept), (
        kept
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_compiles(domain: str) -> None:
    file = BytesIO()
    write_mo(file, catalogue(domain))
    file.seek(0)
    compiled = {first(message): texts(message) for message in read_mo(file) if message.id}
    assert compiled == {first(message): texts(message) for message in entries(domain)}


@pytest.fixture
def receptionist(client: Client, stage: Stage) -> Client:
    """Signed in at the desk; the texts are those of the .mo that `make` compiles."""
    stale = [name for name in DOMAINS if not (FOLDER / f"{name}.mo").exists()]
    assert not stale, f"not compiled: {stale}; run scripts/prepare.py in {ROOT.name}"
    client.force_login(stage.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_desk_is_chinese_unless_asked(receptionist: Client) -> None:
    page = receptionist.get(reverse("desk")).content.decode()
    assert "接待台" in page and "应办清单" in page
    assert "Worklist" not in page


@pytest.mark.parametrize("by", ["header", "menu"])
def test_the_desk_in_english(receptionist: Client, by: str) -> None:
    headers = {"Accept-Language": "en-GB,en;q=0.9"} if by == "header" else {}
    if by == "menu":
        answer = receptionist.post(reverse("set_language"), {"language": "en", "next": "/"})
        assert answer.status_code == 302
    page = receptionist.get(reverse("desk"), headers=headers).content.decode()
    assert '<html lang="en"' in page
    for words in ("Skip to content", "Worklist", "Household card", "Residents", "Follow-ups", "Sign out"):
        assert words in page, words
    for words in ("接待台", "应办清单", "住户卡", "退出登录", "跳到正文"):
        assert words not in page, words


def test_the_words_of_the_scripts_in_english(client: Client) -> None:
    answer = client.get(reverse("words"), headers={"Accept-Language": "en"})
    catalog = re.search(r"const newcatalog = (\{.*?\});\n", answer.content.decode(), re.DOTALL)
    assert catalog is not None
    words = json.loads(catalog[1])
    assert words["将到期"] == "Due soon"
    assert {message.id for message in entries("djangojs")} <= set(words)
