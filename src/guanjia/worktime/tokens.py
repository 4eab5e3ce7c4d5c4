"""A cursor over the words of a limit. It remembers what it looked for, so that an error can say what was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple

from guanjia.kernel.problem import Problem
from guanjia.worktime.walltime import read_clock

_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
    r"|(?P<compact>(?:\d+(?:min|h|m|s))+(?![\w:]))"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d](?:[\w.-]*\w)?)"
    r"|(?P<mark>[^\w\s])"
    r"|(?P<space>\s+)"
)
_PART = re.compile(r"(\d+)(min|h|m|s)")
_ONE = ("a", "an", "one")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Token(NamedTuple):
    """One word, number or mark, and where it starts in the text."""

    kind: str
    text: str
    start: int


class SyntaxProblem(Problem):
    """A text that the grammar does not read: `position` counts characters from 0, `suggestion` is the mended text or ""."""

    def __init__(self, code: str, message: str, hint: str, *, position: int, suggestion: str) -> None:
        super().__init__(code, message, hint)
        self.position = position
        self.suggestion = suggestion


def _tokens(text: str) -> list[Token]:
    found = [Token(str(match.lastgroup), match[0], match.start()) for match in _TOKEN.finditer(text)]
    return [token for token in found if token.kind != "space"] + [Token("end", "", len(text))]


class Cursor:
    """Reads a text word by word. `code` and `what` name the grammar in errors, `examples` is its general hint."""

    def __init__(self, text: str, code: str, what: str, examples: str) -> None:
        self.text = text
        self._code, self._what, self._examples = code, what, examples
        self._tokens = _tokens(text)
        self._at = 0
        self._furthest = 0
        self._expected: set[str] = set()

    # -- words -----------------------------------------------------------------------------------------------

    def take(self, *phrases: str) -> str:
        """The first of the phrases that stands here, longest first; the cursor moves past it. "" if none does."""
        for phrase in sorted(phrases, key=len, reverse=True):
            size = self._matches(phrase)
            if size:
                self._at += size
                return phrase
        return ""

    def ahead(self, phrase: str) -> bool:
        """Whether the phrase stands here."""
        return bool(self._matches(phrase))

    def skip(self, phrase: str) -> None:
        """Moves past a word that may stand here and means nothing."""
        self.take(phrase)

    def expect(self, *phrases: str) -> str:
        """Like `take`, but one of the phrases must stand here."""
        return self.take(*phrases) or self._raise()

    def _matches(self, phrase: str) -> int:
        words = phrase.split() if not phrase.startswith(",") else [",", *phrase[1:].split()]
        for offset, word in enumerate(words):
            token = self._peek(offset)
            if token.text.lower() != word:
                self._note(self._at + offset, word)
                return 0
        return len(words)

    def _peek(self, offset: int = 0) -> Token:
        return self._tokens[min(self._at + offset, len(self._tokens) - 1)]

    def _note(self, index: int, word: str) -> None:
        index = min(index, len(self._tokens) - 1)
        if index > self._furthest:
            self._furthest, self._expected = index, set()
        if index == self._furthest:
            self._expected.add(word)

    # -- figures ---------------------------------------------------------------------------------------------

    def _next(self, kind: str) -> str:
        token = self._peek()
        if token.kind != kind:
            return ""
        self._at += 1
        return token.text

    def clock(self) -> int | None:
        """Seconds after midnight where a time of day stands."""
        token = self._peek()
        if token.kind != "clock":
            return None
        try:
            seconds = read_clock(token.text)
        except ValueError:
            raise self.refuse(f"没有「{token.text}」这个钟点。") from None
        self._at += 1
        return seconds

    def need_clock(self) -> int:
        """Seconds after midnight of the time of day that must stand here."""
        seconds = self.clock()
        if seconds is None:
            raise self.fail("09:00")
        return seconds

    def clock_follows(self, *words: str) -> bool:
        """Whether one of the words stands here and a time of day after it."""
        return self._peek().text.lower() in words and self._peek(1).kind == "clock"

    def compact(self, units: Mapping[str, int]) -> int | None:
        """Seconds of `15m`, `1h30m` or `1h 30m`."""
        total = None
        while text := self._next("compact"):
            total = (total or 0) + sum(int(count) * units[unit] for count, unit in _PART.findall(text))
        return total

    def count(self) -> tuple[int, int]:
        """(least, most) of `7-10`, (0, 7) of `7`, (0, 1) of `a`; (0, 0) where no number stands."""
        if self._peek().text.lower() in _ONE:
            self._at += 1
            return 0, 1
        if self._peek().kind != "number":
            return 0, 0
        count = self.need_number(1, 10**9)
        if self._peek().text in ("-", "–") and self._peek(1).kind == "number":
            self._at += 1
            return count, self.need_number(1, 10**9)
        return 0, count

    def need_number(self, low: int, high: int) -> int:
        """The number that must stand here, within bounds."""
        token = self._peek()
        if token.kind != "number":
            raise self.fail(str(low))
        if not low <= int(token.text[:12]) <= high:
            raise self.refuse(
                f"「{token.text}」应在 {low} 到 {high} 之间。" if high < 10**9 else "应是正整数。"
            )
        self._at += 1
        return int(token.text)

    def comma_number(self) -> bool:
        """Moves past a comma that a number follows; a number with a unit is the next limit's, not the list's."""
        after = self._peek(2)
        stands_alone = after.kind not in ("word", "number") or after.text.lower() in ("on", "from", "for")
        if self._peek().text == "," and self._peek(1).kind == "number" and stands_alone and after.text != "-":
            self._at += 1
            return True
        return False

    def percent(self) -> int | None:
        """The number of `50%`."""
        if self._peek().kind == "number" and self._peek(1).text == "%":
            number = self.need_number(0, 1000)
            self._at += 1
            return number
        return None

    def month_day(self) -> tuple[int, int] | None:
        """(12, 31) of `12-31`."""
        if not (self._peek().kind == self._peek(2).kind == "number" and self._peek(1).text == "-"):
            return None
        if self._peek(3).kind == "word" and self._peek(3).text.lower() not in (
            "by",
            "before",
            "for",
            "in",
            "next",
            "previous",
        ):
            return None
        month = self.need_number(1, 12)
        self._at += 1
        return month, self.need_number(1, _DAYS_IN_MONTH[month - 1])

    def need_name(self) -> str:
        """The name of a field or an event that must stand here."""
        name = self._next("word")
        if not name:
            raise self.fail()
        return name

    # -- the end and errors ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Nothing may follow."""
        if self._peek().kind != "end":
            raise self.fail()

    def fail(self, *expected: str) -> SyntaxProblem:
        """The Problem for what stands at the furthest point that was reached."""
        for word in expected:
            self._note(self._at, word)
        token = self._tokens[max(self._furthest, self._at)]
        suggestion = self._suggestion(token)
        what = f"「{token.text}」看不懂" if token.text else "少了内容"
        message = f"{self._what}「{self.text}」第 {token.start + 1} 个字符处{what}。"
        hint = f"是否想写「{suggestion}」？" if suggestion else self._examples
        return SyntaxProblem(self._code, message, hint, position=token.start, suggestion=suggestion)

    def refuse(self, reason: str) -> SyntaxProblem:
        """The Problem for a text that reads well but says something impossible."""
        position = self._peek().start
        message = f"{self._what}「{self.text}」：{reason}"
        return SyntaxProblem(self._code, message, self._examples, position=position, suggestion="")

    def _suggestion(self, token: Token) -> str:
        words = self._expected if max(self._furthest, self._at) == self._furthest else set()
        close = difflib.get_close_matches(token.text.lower(), sorted(words), n=1, cutoff=0.5)
        if not token.text or not close:
            return ""
        head, tail = self.text[: token.start], self.text[token.start + len(token.text) :]
        return head + (" " if head[-1:].isdigit() else "") + close[0] + tail

    def _raise(self) -> str:
        raise self.fail()
