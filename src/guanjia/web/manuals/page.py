"""What the pages of manuals show, gathered once: the list of manuals, and one manual as the office works under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.adoption.models import Adoption, ManualVersion
from guanjia.adoption.shipped import Shipped, shipped, shipped_manual
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.lint import Rival, rivals
from guanjia.policy.loader import compile_text
from guanjia.web.doors import OfficeRequest
from guanjia.web.manuals import desk, parts
from guanjia.web.manuals.saying import Speaker


@dataclass(frozen=True)
class Standing:
    """How the office stands to a version: in use since when, used until when, or never."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def in_use(self) -> bool:
        """Whether the office works under it now."""
        return self.since is not None and self.until is None


@dataclass(frozen=True)
class ManualRow:
    """A version in a list. blanks: figures that the manual leaves open and the office has not set; rivals: what of the
    manuals in use stands against adopting it."""

    key: str
    version: str
    title: str
    short: str
    edition: str
    standing: Standing
    blanks: tuple[str, ...] = ()
    present: str = ""
    rivals: tuple[Rival, ...] = ()


def manual_of(key: str, version: str) -> CompiledManual:
    """A stored version, else one that comes with the software. Raises Problem MANUAL_UNKNOWN."""
    try:
        return adoption.compiled(key, version)
    except Problem:
        return compile_text(shipped_manual(key, version).text)


def text_of(key: str, version: str) -> str:
    """The TOML of a version. Raises Problem MANUAL_UNKNOWN."""
    stored = adoption.version_of(key, version)
    return stored.text if stored else shipped_manual(key, version).text


def in_office(office: Office, compiled: CompiledManual) -> Adopted:
    """A manual with the figures of the office, whether or not the office has adopted it."""
    return Adopted(compiled, adoption.figures(office).get(compiled.key, {}))


def given_in(office: Office, compiled: CompiledManual) -> parts.Set:
    """Which figures of a manual the office set, and which its company."""
    mine, above = adoption.own_figures(office), adoption.company_figures(office.company)
    return parts.Set(mine.get(compiled.key, {}), above.get(compiled.key, {}))


def blanks_of(adopted: Adopted) -> tuple[str, ...]:
    """The figures that stand open."""
    return tuple(
        figure.label
        for figure in adopted.compiled.manual.figure
        if figure.unspecified and not adopted.figure(figure.key)[0]
    )


def rivals_of(compiled: CompiledManual, working: Iterable[CompiledManual]) -> tuple[Rival, ...]:
    """The manuals in use that give a procedure which this one gives too, or are of its family; not its own versions."""
    return tuple(rivals(compiled.manual, (one.manual for one in working if one.key != compiled.key)))


def standings(office: Office, now: datetime) -> dict[tuple[str, str], Standing]:
    """Key and version -> how the office stands to it; the present period before past ones."""
    found: dict[tuple[str, str], Standing] = {}
    for one in adoption.adoptions(office):
        over = one.until if one.until is not None and one.until <= now else None
        found.setdefault((one.manual.key, one.manual.version), Standing(one.since, over))
    return found


def lists(office: Office, now: datetime) -> tuple[list[ManualRow], list[ManualRow]]:
    """Manuals in use, and other versions that are stored or come with the software."""
    known = standings(office, now)
    used: list[ManualRow] = []
    others: list[ManualRow] = []
    present = adoption.versions_at(office, now)
    working = [manual_of(key, version) for key, version in present.items()]
    rows: dict[tuple[str, str], ManualVersion | Shipped] = {(one.key, one.version): one for one in shipped()}
    rows |= {(one.key, one.version): one for one in adoption.versions()}
    for (key, version), one in sorted(rows.items()):
        standing = known.get((key, version), Standing())
        adopted = in_office(office, manual_of(key, version))
        head = adopted.compiled.manual.manual
        row = ManualRow(
            key,
            version,
            one.title,
            head.short,
            head.edition,
            standing,
            blanks_of(adopted),
            present.get(key, ""),
            rivals_of(adopted.compiled, working),
        )
        (used if present.get(key) == version else others).append(row)
    return used, others


@dataclass(frozen=True)
class ManualPage:
    """One manual as a person reads it."""

    adopted: Adopted
    standing: Standing
    versions: list[ManualVersion]
    roles: list[tuple[str, str]]
    categories: list[tuple[str, str, str]]
    procedures: list[parts.ProcedureView]
    obligations: list[parts.ObligationRow]
    figures: list[parts.FigureRow]
    clauses: list[parts.ClauseRow]
    duties: list[object]
    quotas: list[object]
    forms: list[object]
    books: list[desk.BookRow]
    checklists: list[desk.ChecklistView]
    notices: list[parts.NoticeView]
    targets: list[object]
    statistics: list[object]
    history: list[Adoption]

    @property
    def manual(self):  # type: ignore[no-untyped-def]
        """The manual as its author wrote it."""
        return self.adopted.compiled.manual

    @property
    def blanks(self) -> list[parts.FigureRow]:
        """Figures that nobody has set."""
        return [row for row in self.figures if row.blank]


def gather(request: OfficeRequest, compiled: CompiledManual, clause: str = "") -> ManualPage:
    """Everything of a manual for its page, with the figures and wordings of the office."""
    office, speaker = request.office, Speaker(compiled)
    adopted = in_office(office, compiled)
    words = parts.words
    titles = {
        role.key: "、".join(words.ROLES.get(one, one) for one in role.is_) for role in compiled.manual.role
    }
    key = compiled.key
    return ManualPage(
        adopted=adopted,
        standing=standings(office, request.now).get((key, compiled.version), Standing()),
        versions=[one for one in adoption.versions(key) if one.version != compiled.version],
        roles=[(role.label, titles[role.key]) for role in compiled.manual.role],
        categories=[
            (one.label, one.prefix, compiled.procedures[one.procedure].label)
            for one in compiled.manual.category
        ],
        procedures=parts.procedures(compiled, speaker),
        obligations=parts.obligations(adopted, speaker),
        figures=parts.figures(adopted, speaker, given_in(office, compiled)),
        clauses=parts.clauses(compiled, adoption.wordings(office, key), clause),
        duties=list(parts.duty_rows(adopted)),
        quotas=list(parts.quota_rows(adopted, speaker)),
        forms=list(parts.form_rows(compiled)),
        books=desk.book_rows(compiled, speaker),
        checklists=desk.checklist_views(compiled, speaker),
        notices=parts.notice_views(adopted),
        targets=list(parts.target_rows(adopted, speaker)),
        statistics=[(one, words.clause_view(compiled, one.clause)) for one in compiled.manual.statistic],
        history=[one for one in adoption.adoptions(office) if one.manual.key == key],
    )


def clash_hint() -> str:
    """What stands over the list of manuals that are not in use."""
    return _(
        "同一类事项只能有一部规程给它程序，要换一部就先停用在用的那一部；采用新版，旧版到那一刻为止。在办的事项按受理时的版本办完。"
    )
