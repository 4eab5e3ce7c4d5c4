"""The work lists of the desk: each kind of matter that the office's manuals take in, and what is to be asked after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.cases import queries as cases
from guanjia.obligations import queries as obligations
from guanjia.policy.compiled import Adopted
from guanjia.policy.complementing import supplier
from guanjia.policy.schema import FormDef
from guanjia.web.bridge import seen
from guanjia.web.desk.books import open_counts
from guanjia.web.desk.callbacks import FOLLOW_UPS
from guanjia.web.doors import OfficeRequest

TAKEN_IN, ASKED = "reported", "followed_up"


@dataclass(frozen=True)
class WorkList:
    """A list with its name, the form that is kept of it, how many are open, and where it is. count None: not counted."""

    label: str
    paper: str
    count: int | None
    href: str


def work_lists(request: OfficeRequest, every: tuple[Adopted, ...]) -> list[WorkList]:
    """The reception's book of the day, a list for each kind of matter, and the follow-ups."""
    books = [(one, form) for one in every for form in _books(one)]
    own = [WorkList(book.label, "", count, href) for book, href, count in open_counts(request, every)]
    if not books:
        return own
    open_now = Counter(cases.cases(seen.sight(request)).order_by().values_list("category", flat=True))
    found = [_book(request, one, form) for one, form in books]
    for one in every:
        for category in one.compiled.manual.category:
            word = category.standard
            if category.subject == "unit" and word != "duty" and supplier(every, word) is one:
                href = f"{reverse('cases')}?{urlencode({'category': word})}"
                found.append(WorkList(category.label, _paper(every, word, TAKEN_IN), open_now[word], href))
    asked = obligations.worklist(seen.sight(request), now=request.now).filter(duty__in=FOLLOW_UPS).count()
    paper = _paper(every, "complaint", ASKED)
    return [*found, *own, WorkList(_("回访"), paper, asked, reverse("callbacks"))]


def _book(request: OfficeRequest, one: Adopted, form: FormDef) -> WorkList:
    day = request.now.astimezone(request.zone).date()
    href = f"{reverse('register', args=[one.compiled.key, form.key])}?{urlencode({'day': day.isoformat()})}"
    return WorkList(_("接待"), one.title_of(form), None, href)


def _books(one: Adopted) -> Iterator[FormDef]:
    """The registers that a manual keeps of every kind of matter."""
    forms = {form.key: form for form in one.compiled.manual.form}
    for reaction in one.compiled.manual.reaction:
        if reaction.event == TAKEN_IN and len(reaction.category) > 1 and not reaction.when:
            for effect in reaction.effects:
                if effect.do == "issue" and forms[effect.form].nature == "register":
                    yield forms[effect.form]


def _paper(every: tuple[Adopted, ...], category: str, event: str) -> str:
    """The form that is kept of a kind of matter, the most particular one; "" when none is."""
    kept = [
        (len(reaction.category), one.title_of(form))
        for one in every
        for reaction in one.compiled.manual.reaction
        if reaction.event == event and category in reaction.category
        for effect in reaction.effects
        for form in one.compiled.manual.form
        if form.key == effect.form and form.nature == "register"
    ]
    return min(kept)[1] if kept else ""
