"""The statistics of a month; every figure leads to its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import BaseModel, Field

from guanjia.reports.monthly import Figure, Verdict


class StatisticOut(BaseModel):
    """One statistic of a month."""

    manual: str
    manual_short: str
    key: str
    label: str
    clause: str
    period: str = Field(description="哪一期：2026-03、2026-W13、2026-Q1、2026")
    per: int = Field(description="比率怎么说：100 百分数，1000 千分数")
    text: str = Field(description="如 97.6% 或件数；没有可比的为 –")
    count: int
    base: int
    permille: int | None = Field(description="千分之几；不是比例的为空")
    by: dict[str, int] = Field(description="分组的件数")
    cases: list[str] = Field(description="数进来的事项")
    base_cases: list[str] = Field(description="作为分母的事项")

    @classmethod
    def of(cls, figure: Figure, seen: Callable[[Iterable[str]], list[str]]) -> StatisticOut:
        """The figure. seen: of the cases those that the caller sees."""
        statistic = figure.statistic
        return cls(
            manual=figure.manual_key,
            manual_short=figure.manual_short,
            key=statistic.key,
            label=statistic.label,
            clause=statistic.clause,
            period=figure.period,
            per=statistic.per,
            text=figure.text,
            count=figure.count,
            base=figure.base,
            permille=figure.permille if statistic.share else None,
            by=dict(figure.by),
            cases=seen(figure.numbers),
            base_cases=seen(figure.base_numbers),
        )


class TargetOut(BaseModel):
    """A target beside what was reached."""

    manual: str
    key: str
    label: str
    clause: str
    statistic: str
    period: str = Field(description="哪一期")
    compare: str
    wanted: str
    reached: str
    met: bool | None = Field(description="没有可判断的为空")

    @classmethod
    def of(cls, verdict: Verdict) -> TargetOut:
        """The verdict."""
        target = verdict.target
        return cls(
            manual=verdict.figure.manual_key,
            key=target.key,
            label=target.label,
            clause=target.clause,
            statistic=target.statistic,
            period=verdict.figure.period,
            compare=target.compare,
            wanted=verdict.wanted,
            reached=verdict.figure.text,
            met=verdict.met,
        )


class MonthOut(BaseModel):
    """The statistics and targets of a month."""

    month: str
    statistics: list[StatisticOut]
    targets: list[TargetOut]
