"""Notices to put up: each line is a figure of the office; one that is not set is named, never left blank."""

from __future__ import annotations

from typing import NamedTuple

from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import FormDef


class NoticeLine(NamedTuple):
    """A line of a notice; `text` is empty while the figure is not set, whose name is `figure`."""

    label: str
    text: str
    figure: str


def notices_of(adopted: Adopted) -> list[FormDef]:
    """The notices of a manual."""
    return [form for form in adopted.compiled.manual.form if form.nature == "notice"]


def lines_of(adopted: Adopted, form: FormDef) -> list[NoticeLine]:
    """What a notice says in an office."""
    figures = {figure.key: figure for figure in adopted.compiled.manual.figure}
    lines = []
    for line in form.line:
        figure = figures[line.fact.removeprefix("figure.")]
        lines.append(NoticeLine(line.label, adopted.figure_words(figure.key), figure.label))
    return lines


def unset(lines: list[NoticeLine]) -> list[str]:
    """The names of the figures that the office has not set."""
    return list(dict.fromkeys(line.figure for line in lines if not line.text))
