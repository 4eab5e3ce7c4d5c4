"""Checks of what a manual counts and puts up: shares are of something, notices say figures."""

from __future__ import annotations

from collections.abc import Iterator

from guanjia.policy.lint_source import Source, effects_of
from guanjia.policy.loader import Finding
from guanjia.policy.toml_lines import Place
from guanjia.policy.vocabulary import BASES

COMPARISONS = (">=", "<=", ">", "<")


def statistics_add_up(source: Source) -> Iterator[Finding]:
    """Per mille and a number of households as denominator are of shares only; households do not meet conditions."""
    for index, one in enumerate(source.manual.statistic):
        path: Place = ("statistic", index)
        if (one.base_number or one.per != 100) and not one.share:
            said = f"「{one.label}」写了分母或千分数，却不是比率。"
            yield source.finding(path, "statistic-share", said, "写 share = true。")
        if one.base_number and (one.base or one.of == "obligations"):
            said = f"「{one.label}」的分母是户数，不能再有条件，也不数应办。"
            yield source.finding(path, "statistic-base", said, '去掉 base；数事项：of = "cases"。')


def targets_compare(source: Source) -> Iterator[Finding]:
    """What a share is of, and how a target is compared, is a word of ours or the office's own figure."""
    figures = {figure.key: figure for figure in source.manual.figure}
    for index, one in enumerate(source.manual.statistic):
        path: Place = ("statistic", index, "base_number")
        if one.base_number.startswith("@"):
            numbers = [key for key, figure in figures.items() if figure.kind == "number"]
            yield from source.unknown(
                path, "unknown-figure", "没有数字「{}」。", one.base_number[1:], numbers
            )
        elif one.base_number:
            yield from source.unknown(path, "unknown-base", "没有分母「{}」。", one.base_number, BASES)
    for index, target in enumerate(source.manual.target):
        path = ("target", index, "compare")
        if target.compare.startswith("@"):
            known = [key for key, figure in figures.items() if set(figure.options) & set(COMPARISONS)]
            yield from source.unknown(path, "unknown-figure", "没有读法「{}」。", target.compare[1:], known)
        else:
            yield from source.unknown(path, "compare", "没有比法「{}」。", target.compare, COMPARISONS)


def notices_say_figures(source: Source) -> Iterator[Finding]:
    """A notice is made of figures, has neither number nor copies, and is printed from the manual, not issued in a case."""
    figures = [figure.key for figure in source.manual.figure]
    notices = {form.key for form in source.manual.form if form.nature == "notice"}
    for index, form in enumerate(source.manual.form):
        path: Place = ("form", index)
        if form.key not in notices:
            continue
        if not form.line or form.prefix or form.copies:
            said = f"告示「{form.title}」要有 line，不编号，不分联。"
            yield source.finding(path, "notice-form", said, "写 line，去掉 prefix 和 copies。")
        for number, line in enumerate(form.line):
            where: Place = (*path, "line", number, "fact")
            head, _, key = line.fact.partition(".")
            if head != "figure" or line.kind != "text":
                said = f"告示「{form.title}」的「{line.label}」不是管理处设定的数。"
                yield source.finding(where, "notice-line", said, "写 figure.代码，kind 为 text。")
            else:
                yield from source.unknown(where, "unknown-figure", "没有数字「{}」。", key, figures)
    for path, _action, effect in effects_of(source.manual):
        if effect.form in notices:
            said = "告示不在事项里开。"
            yield source.finding((*path, "form"), "notice-issued", said, "请从规程页打印。")
