"""Manuals that an office works under: versions, blanks, the office's own figures, clauses, obligations."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, Field

from guanjia.adoption.models import Adoption
from guanjia.api.shapes.common import Moment
from guanjia.api.shapes.obligations import limit_words, role_label
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Figure, FormDef, ObligationDef, Procedure


class FigureOut(BaseModel):
    """A figure that the office sets itself, or may set."""

    key: str
    label: str
    clause: str
    kind: str
    value: str = Field(description="现在用的值；没人定的为空")
    own: bool = Field(description="本处设定的")
    blank: bool = Field(description="规程没有写，要由管理处定")
    unset: bool = Field(description="没写也没定")
    suggest: str

    @classmethod
    def of(cls, figure: Figure, adopted: Adopted) -> FigureOut:
        """A figure as the office has it."""
        value, own = adopted.figure(figure.key)
        return cls(
            key=figure.key,
            label=figure.label,
            clause=figure.clause,
            kind=figure.kind,
            value=value,
            own=own,
            blank=figure.unspecified,
            unset=not value,
            suggest=figure.suggest,
        )


class ManualRow(BaseModel):
    """A manual as the list shows it."""

    key: str
    version: str
    title: str
    short: str
    edition: str
    since: Moment
    until: Moment | None = Field(description="不再采用的时间；还在用的为空")
    categories: list[str]
    figures: list[FigureOut]

    @classmethod
    def of(cls, adopted: Adopted, period: Adoption) -> ManualRow:
        """A manual, and the period in which the office works under it."""
        head = adopted.compiled.manual.manual
        return cls(
            key=head.key,
            version=head.version,
            title=head.title,
            short=head.short,
            edition=head.edition,
            since=period.since,
            until=period.until,
            categories=[one.key for one in adopted.compiled.manual.category],
            figures=[FigureOut.of(figure, adopted) for figure in adopted.compiled.manual.figure],
        )


class ClauseOut(BaseModel):
    """A clause in the author's own words, and in those of the office's manual if it has entered them."""

    id: str
    text: str
    wording: str = Field(description="本处录入的原文；没有录入的为空")


class StateOut(BaseModel):
    """A state of a procedure."""

    key: str
    label: str
    stage: str
    end: bool


class ActionOut(BaseModel):
    """An action of a procedure."""

    key: str
    label: str
    clause: str
    by: list[str]
    from_states: list[str]
    to: str
    opens: bool
    emits: list[str]


class ProcedureOut(BaseModel):
    """The procedure of a category."""

    key: str
    label: str
    states: list[StateOut]
    actions: list[ActionOut]

    @classmethod
    def of(cls, procedure: Procedure) -> ProcedureOut:
        """The procedure."""
        return cls(
            key=procedure.key,
            label=procedure.label,
            states=[
                StateOut(key=one.key, label=one.label, stage=one.stage, end=one.end)
                for one in procedure.state
            ],
            actions=[
                ActionOut(
                    key=one.key,
                    label=one.label,
                    clause=one.clause,
                    by=list(one.by),
                    from_states=list(one.from_),
                    to=one.to,
                    opens=one.opens,
                    emits=list(one.emits),
                )
                for one in procedure.action
            ],
        )


class DutyOut(BaseModel):
    """What a manual says is owed."""

    key: str
    label: str
    clause: str
    owner: str
    owner_label: str
    limit: str = Field(description="时限；取自数字的已换成现在用的值")
    limit_words: str
    own_figure: bool
    start: list[str]
    stop: list[str]

    @classmethod
    def of(cls, one: ObligationDef, adopted: Adopted) -> DutyOut:
        """An obligation of the manual as the office has it."""
        limit, own = adopted.resolve(one.limit)
        return cls(
            key=one.key,
            label=one.label,
            clause=one.clause,
            owner=one.owner,
            owner_label=role_label(adopted.compiled, one.owner),
            limit=limit,
            limit_words=limit_words(limit),
            own_figure=own,
            start=[_event(entry) for entry in one.start],
            stop=[_event(entry) for entry in one.stop],
        )


class FormOut(BaseModel):
    """A form of a manual."""

    key: str
    title: str
    clause: str
    nature: str
    copies: list[str]

    @classmethod
    def of(cls, form: FormDef) -> FormOut:
        """The form."""
        return cls(
            key=form.key,
            title=form.title,
            clause=form.clause,
            nature=form.nature,
            copies=[copy.label for copy in form.copies],
        )


class ManualOut(ManualRow):
    """A whole manual."""

    clauses: list[ClauseOut]
    procedures: list[ProcedureOut]
    obligations: list[DutyOut]
    forms: list[FormOut]

    @classmethod
    def whole(cls, adopted: Adopted, period: Adoption, wordings: Mapping[str, str]) -> ManualOut:
        """A manual with the office's own wordings of its clauses."""
        manual = adopted.compiled.manual
        return cls(
            **dict(ManualRow.of(adopted, period)),
            clauses=[
                ClauseOut(id=one.id, text=one.text, wording=wordings.get(one.id, "")) for one in manual.clause
            ],
            procedures=[ProcedureOut.of(one) for one in manual.procedure],
            obligations=[DutyOut.of(one, adopted) for one in manual.obligation],
            forms=[FormOut.of(one) for one in manual.form],
        )


def _event(entry: object) -> str:
    return str(getattr(entry, "event", entry))
