"""The parts of a manual as rows of its page: procedures, obligations, figures, clauses. Words only, ready to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.policy import notices
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.schema import Action, Duty, Figure, FormDef, ObligationDef, Procedure, Quota, Target
from guanjia.policy.vocabulary import CATEGORIES, DUTIES
from guanjia.web.bridge import words
from guanjia.web.components import ChoiceView, ClauseView, FieldView
from guanjia.web.manuals import desk, diagram, flow
from guanjia.web.manuals.saying import Speaker, step_words

# How a figure of a kind is typed.
WRITTEN = {
    "limit": gettext_lazy("写法如 30m、2h、3 days、5 working days、same day。"),
    "recurrence": gettext_lazy("写法如 daily、weekly on mon、monthly on day 25、every 90 days。"),
}


@dataclass(frozen=True)
class ActionRow:
    """An action: who does it, from where to where, what is entered, what must hold."""

    label: str
    by: str
    sources: str
    targets: str
    fields: tuple[tuple[str, bool], ...]
    needs: tuple[str, ...]
    cosign: str
    clause: ClauseView | None


@dataclass(frozen=True)
class ProcedureView:
    """A procedure: the drawing, the same in words (state, and what leads away from it), its actions."""

    key: str
    label: str
    picture: SafeString
    ways: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    actions: tuple[ActionRow, ...]


@dataclass(frozen=True)
class ObligationRow:
    """An obligation in words; limit "" means open. blank: the manual leaves the figure open and nobody set it."""

    label: str
    duty: str
    limit: str
    own: bool
    blank: bool
    suggest: str
    start: str
    when: str
    stop: str
    others: tuple[tuple[str, str], ...]
    owner: str
    steps: tuple[tuple[str, str, str], ...]
    categories: str
    clause: ClauseView
    resident: str


@dataclass(frozen=True)
class Set:
    """Who has set which figures of a manual, by figure. mine: by whom the page belongs to, office or company; above: by
    the company of an office; below: the offices that set one themselves, each with its value. of_company: the page is
    the company's, which may leave every figure to its offices."""

    mine: Mapping[str, str]
    above: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    of_company: bool = False


@dataclass(frozen=True)
class FigureRow:
    """A figure with what is in force; own: not the manual's but 本处设定, or 公司设定 where from_company says so;
    blank: 规程留空; field: the input that sets it."""

    definition: Figure
    value: str
    own: bool
    blank: bool
    suggest: str
    clause: ClauseView
    field: FieldView
    from_company: bool = False

    @property
    def address(self) -> str:
        """Where the value leads when it is the address of a page or a file; "" for any other value."""
        return self.value if self.value.startswith(("https://", "http://")) else ""


@dataclass(frozen=True)
class NoticeView:
    """A notice to put up: its lines, and the figures that nobody has set."""

    definition: FormDef
    lines: list[notices.NoticeLine]
    unset: list[str]
    clause: ClauseView


@dataclass(frozen=True)
class ClauseRow:
    """A clause: the author's restatement, the office's own wording, what rests on it. current: it was asked for."""

    anchor: str
    id: str
    text: str
    wording: str
    uses: tuple[str, ...]
    current: bool


def procedures(compiled: CompiledManual, speaker: Speaker) -> list[ProcedureView]:
    """Every procedure of the manual."""
    return [_procedure(compiled, one, speaker) for one in compiled.manual.procedure]


def _procedure(compiled: CompiledManual, procedure: Procedure, speaker: Speaker) -> ProcedureView:
    graph = flow.graph_of(procedure)
    names = {node.key: node.label for node in graph.nodes} | {
        flow.START: _("开始"),
        flow.ANY: _("任何未办结状态"),
    }
    ways = tuple(
        (
            names[node.key],
            tuple((edge.label, names[edge.target]) for edge in graph.edges if edge.source == node.key),
        )
        for node in graph.nodes
    )
    title = _("程序「%s」的状态图") % procedure.label
    return ProcedureView(
        key=procedure.key,
        label=procedure.label,
        picture=diagram.draw(graph, f"flow-{procedure.key}", title),
        ways=tuple(way for way in ways if way[1]),
        actions=tuple(_action(compiled, action, names, speaker) for action in procedure.action),
    )


def _action(
    compiled: CompiledManual, action: Action, names: Mapping[str, str], speaker: Speaker
) -> ActionRow:
    sources = [names.get(state, state) for state in action.from_] or [_("开始")]
    reached: dict[str, bool] = {}
    for source in action.from_ or (flow.START,):
        for target, maybe in flow.targets(action, source):
            reached.setdefault(target, maybe)
    leads = [names.get(target, target) for target in reached if target and target not in action.from_]
    clause = words.clause_view(compiled, action.clause) if action.clause else None
    return ActionRow(
        label=action.label,
        by=speaker.people(action.by),
        sources="、".join(sources),
        targets=_("或").join(leads) or _("不变"),
        fields=tuple((field.label, field.required or bool(field.required_when)) for field in action.field),
        needs=tuple(need.says for need in action.require),
        cosign=_("%s一起定") % speaker.people(action.cosign.roles) if action.cosign else "",
        clause=clause,
    )


def obligations(adopted: Adopted, speaker: Speaker) -> list[ObligationRow]:
    """Every obligation, in the manual's order, with the limits that are in force in the office."""
    return [_obligation(adopted, one, speaker) for one in adopted.compiled.manual.obligation]


def _obligation(adopted: Adopted, one: ObligationDef, speaker: Speaker) -> ObligationRow:
    limit, own = adopted.resolve(one.limit)
    blank = not limit
    figures = {figure.key: figure for figure in adopted.compiled.manual.figure}
    figure = figures.get(one.limit[1:]) if one.limit.startswith("@") else None
    others = (
        (_("不用办了"), speaker.events(one.cancel)),
        (_("停表"), speaker.events(one.pause)),
        (_("接着走"), speaker.events(one.resume)),
        (_("没办完不许"), speaker.events(one.blocks)),
    )
    return ObligationRow(
        label=one.label,
        duty=DUTIES.get(one.duty, ""),
        limit="" if limit == "open" else speaker.limit(limit),
        own=own,
        blank=blank,
        suggest=speaker.limit(figure.suggest) if blank and figure and figure.suggest else "",
        start=speaker.events(one.start),
        when=speaker.condition(one.when),
        stop=speaker.events(one.stop),
        others=tuple((word, said) for word, said in others if said),
        owner=speaker.person(one.owner),
        steps=tuple((step_words(step.at), speaker.person(step.to), step.label) for step in one.step),
        categories=_categories(one.category),
        clause=words.clause_view(adopted.compiled, one.clause, own=own, blank=blank),
        resident=one.resident,
    )


def _categories(keys: Iterable[str]) -> str:
    return "、".join(_("所有类别") if key == "*" else CATEGORIES.get(key, "") for key in keys).strip("、")


def figures(
    adopted: Adopted,
    speaker: Speaker,
    given: Set,
    posted: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[FigureRow]:
    """Every figure that may be set, blanks first. posted: what was typed, kept whatever was wrong with it."""
    rows = [
        _figure(adopted, one, speaker, given, posted or {}, errors or {})
        for one in adopted.compiled.manual.figure
    ]
    return sorted(rows, key=lambda row: not row.blank)


def _figure(
    adopted: Adopted,
    one: Figure,
    speaker: Speaker,
    given: Set,
    posted: Mapping[str, str],
    errors: Mapping[str, str],
) -> FigureRow:
    value, own = adopted.figure(one.key)
    set_here, above = given.mine.get(one.key, ""), given.above.get(one.key, "")
    blank = not value and one.unspecified
    needed = one.unspecified and one.if_unset == "block" and not above and not given.of_company
    clause = words.clause_view(adopted.compiled, one.clause, own=own, blank=blank)
    said = partial(_said, one.kind, speaker)
    helps = [_("公司定：%s。不填就照公司的。") % said(above)] if above else []
    if below := given.below.get(one.key):
        helps.append(_("自己另定的：%s。") % "；".join(f"{office} {said(its)}" for office, its in below))
    if one.suggest:
        helps.append(_("建议：%(text)s（%(words)s）") % {"text": one.suggest, "words": said(one.suggest)})
    if one.kind in WRITTEN:
        helps.append(str(WRITTEN[one.kind]))
    typed = FieldView(
        key=one.key,
        label=one.label,
        kind="choice" if one.kind == "choice" else "long" if one.kind == "list" else "text",
        required=blank and needed,
        value=posted.get(one.key, set_here),
        choices=_options(one, back=bool(set_here) and not needed),
        error=errors.get(one.key, ""),
        help="".join(helps),
        clause=words.clause_view(adopted.compiled, one.clause),
        half=one.kind not in ("list", "choice"),
    )
    from_company = bool(above) and not set_here
    return FigureRow(one, said(value), own, blank, said(one.suggest), clause, typed, from_company)


def _said(kind: str, speaker: Speaker, value: str) -> str:
    """A figure's value in words; "" for none."""
    if value and kind == "recurrence":
        return words.recurrence_words(value)
    return speaker.limit(value) if value and kind == "limit" else value


def _options(one: Figure, *, back: bool) -> tuple[ChoiceView, ...]:
    """The readings of a figure; back: whether one that was chosen here may be given up again."""
    found = [ChoiceView(option, option) for option in one.options]
    if found and back:
        found.append(ChoiceView("", _("不设定")))
    return tuple(found)


def clauses(compiled: CompiledManual, wordings: Mapping[str, str], current: str) -> list[ClauseRow]:
    """Every clause with what rests on it."""
    uses = uses_of(compiled)
    return [
        ClauseRow(
            f"c-{number}",
            one.id,
            one.text,
            wordings.get(one.id, ""),
            tuple(uses.get(one.id, ())),
            one.id == current,
        )
        for number, one in enumerate(compiled.manual.clause, start=1)
    ]


def anchor_of(compiled: CompiledManual, clause: str) -> str:
    """The anchor of a clause on the page; "" for one that the manual does not have."""
    ids = [one.id for one in compiled.manual.clause]
    return f"c-{ids.index(clause) + 1}" if clause in ids else ""


def uses_of(compiled: CompiledManual) -> dict[str, list[str]]:
    """Clause -> what of the manual names it, in words."""
    manual, found = compiled.manual, {}  # type: ignore[var-annotated]
    named: list[tuple[str, str, str]] = [(_("应办"), one.label, one.clause) for one in manual.obligation]
    named += [(_("动作"), one.label, one.clause) for p in manual.procedure for one in p.action]
    named += [(_("例行"), one.label, one.clause) for one in manual.duty]
    named += [(_("要做够"), one.label, one.clause) for one in manual.quota]
    named += [(_("不许"), one.says, one.clause) for one in manual.forbid]
    named += [(_("数字"), one.label, one.clause) for one in manual.figure]
    named += [(_("表单"), one.title, one.clause) for one in manual.form]
    named += [(_("登记"), one.label, one.clause) for one in manual.book]
    named += [
        (_("清单"), one.label, one.clause)
        for action in desk.checklists(compiled)
        for one in desk.points_of(action)
        if one.clause
    ]
    named += [(_("统计"), one.label, one.clause) for one in manual.statistic]
    named += [(_("目标"), one.label, one.clause) for one in manual.target]
    named += [(_("话术"), one.label, one.clause) for one in manual.script if one.clause]
    for kind, label, clause in named:
        found.setdefault(clause, []).append(f"{kind}「{label}」")
    return found


def duty_rows(adopted: Adopted) -> list[tuple[Duty, str, ClauseView]]:
    """Recurring duties with how often, in Chinese."""
    rows = []
    for one in adopted.compiled.manual.duty:
        text, own = adopted.resolve(one.recurrence)
        view = words.clause_view(adopted.compiled, one.clause, own=own, blank=not text)
        rows.append((one, words.recurrence_words(text), view))
    return rows


def quota_rows(adopted: Adopted, speaker: Speaker) -> list[tuple[Quota, str, ClauseView]]:
    """Quotas with how many, in words."""
    rows = []
    for one in adopted.compiled.manual.quota:
        number, _own = adopted.resolve(one.number)
        bands = "，".join(
            (_("%s 以内") % _edge(adopted, band.to) if band.to is not None else _("其余"))
            + f" {band.percent}%"
            for band in one.band
        )
        rows.append((one, number or bands, words.clause_view(adopted.compiled, one.clause)))
    return rows


def _edge(adopted: Adopted, to: int | str) -> str:
    """Where a band ends: a number, or what the office has set."""
    return adopted.resolve(to)[0] or _("本处设定") if isinstance(to, str) else str(to)


def form_rows(compiled: CompiledManual) -> list[tuple[FormDef, ClauseView]]:
    """Forms with their copies; notices are shown by themselves."""
    forms = [one for one in compiled.manual.form if one.nature != "notice"]
    return [(one, words.clause_view(compiled, one.clause)) for one in forms]


def notice_views(adopted: Adopted) -> list[NoticeView]:
    """Notices to put up, as they read in the office."""
    found = []
    for one in notices.notices_of(adopted):
        lines = notices.lines_of(adopted, one)
        clause = words.clause_view(adopted.compiled, one.clause)
        found.append(NoticeView(one, lines, notices.unset(lines), clause))
    return found


def target_rows(adopted: Adopted, speaker: Speaker) -> list[tuple[Target, str, str, ClauseView]]:
    """Targets: what is measured, and what it should reach."""
    signs = {">=": _("不低于"), "<=": _("不高于"), ">": _("高于"), "<": _("低于")}
    rows = []
    for one in adopted.compiled.manual.target:
        value, own = adopted.resolve(one.value)
        view = words.clause_view(adopted.compiled, one.clause, own=own, blank=not value)
        sign = signs.get(adopted.resolve(one.compare)[0], "")
        rows.append((one, speaker.statistic(one.statistic), f"{sign} {value}", view))
    return rows
