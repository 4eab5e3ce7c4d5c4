"""Opening a case of any kind that the office's manuals have: the form is the manual's own opening action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.adoption import queries as adoption
from guanjia.engine import Intake
from guanjia.engine.door import new_case
from guanjia.engine.facts import facts_of
from guanjia.engine.speaking import spoken
from guanjia.estate import queries as estate
from guanjia.intake.classification import Row
from guanjia.intake.mail.actions import matter_of
from guanjia.intake.opening import open_from
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted
from guanjia.policy.complementing import supplier
from guanjia.policy.schema import Action, Category
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.bridge import forms, seen, uploads, words
from guanjia.web.bridge.calling import call_of, known_of, letter_of
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.work import queries as work

# what the desk's line hears; an opening action that must have more is filled in on its own form
HEARD = frozenset(
    {
        "unit",
        "contact_phone",
        "contact_name",
        "matter",
        "timing",
        "appointment_at",
        "channel",
        "relayed_by",
        "item",
    }
)


def kinds(request: OfficeRequest) -> Iterator[tuple[Adopted, Category, Action]]:
    """The kinds of cases that this person may open, in the order of the manuals."""
    every = adoption.adopted(request.office, request.now)
    for one in every:
        held = one.compiled.roles_of(request.roles)
        for category in one.compiled.manual.category:
            if category.yields and supplier(every, category.standard) is not one:
                continue  # another manual treats these cases
            procedure = one.compiled.procedures[category.procedure]
            opening = next(action for action in procedure.action if action.opens)
            if "anyone" in opening.by or held & set(opening.by):
                yield one, category, opening


def words_of_kinds(request: OfficeRequest) -> tuple[tuple[str, str], ...]:
    """The kinds that this person may open, as (word of the address, label), each once."""
    found = {_word(category): category.label for _one, category, _opening in kinds(request)}
    return tuple(found.items())


def named(request: OfficeRequest, category: str, row: Row | None) -> dict[str, str]:
    """Choices of the opening action that a classified row names: 急救病人 is the choice 急救病人求助."""
    found = _found(request, category)
    if row is None or found is None:
        return {}
    words = tuple(word for word in (row.kind, row.problem) if word)
    known: dict[str, str] = {}
    for field in found[2].field:
        fits = [one.value for one in field.choices if field.kind == "choice" and one.label.startswith(words)]
        if len(fits) == 1 and field.key not in HEARD:
            known[field.key] = fits[0]
    return known


def sends(request: OfficeRequest, category: str) -> bool:
    """Whether the manual that treats a category lets somebody be sent as it is registered."""
    found = _found(request, category)
    actions = found[0].compiled.procedures[found[1].procedure].action if found else ()
    return any(action.key == "dispatch" for action in actions)


def _word(kind: Category) -> str:
    return kind.key if kind.standard == "duty" else kind.standard


def _found(request: OfficeRequest, category: str) -> tuple[Adopted, Category, Action] | None:
    return next((row for row in kinds(request) if category in (row[1].key, row[1].standard)), None)


@require_safe
@office_page
def choose(request: OfficeRequest) -> HttpResponse:
    """The kinds of cases to choose from, each with its clause."""
    rows = [
        (category, opening, words.clause_view(one.compiled, opening.clause))
        for one, category, opening in kinds(request)
    ]
    if not rows:
        rules.require("see_cases", request.user, request.office, request.now)
    return render(request, "web/case/choose.html", {"rows": rows, "area": "cases"})


@require_http_methods(["GET", "POST"])
@office_page
def new(request: OfficeRequest, category: str) -> HttpResponse:
    """The form of the opening action, and opening the case. Whatever is wrong, what was typed stays."""
    found = _found(request, category)
    if found is None:
        raise Problem("NOT_FOUND", _("您不能开这一类事项。"), _("请从「开一件」里选。"), status=404)
    one, kind, opening = found
    word = _word(kind)
    if request.method == "GET":
        sent = {field.key: request.GET[field.key] for field in opening.field if request.GET.get(field.key)}
        letter = letter_of(request.office, request.GET.get("letter", ""))
        if letter and any(field.key == "matter" for field in opening.field):
            sent["matter"] = matter_of(letter)
        return _form(request, one, kind, opening, sent, None)
    posted = forms.data_of(opening, request.POST)
    call = call_of(request.office, request.POST.get("call", ""))
    letter = letter_of(request.office, request.POST.get("letter", ""))
    try:
        result = open_from(
            request.office, word, actor=request.user, now=request.now, data=posted, call=call, letter=letter,
            intake=Intake(party=_party(request), facts=known_of(call)), key=request.POST.get("key", "")[:80],
        )  # fmt: skip
    except Problem as problem:
        return _form(request, one, kind, opening, posted, problem)
    toasts.say(request, _("已登记 %s。") % result.case.number, draft=f"new:{kind.key}")
    if book := _book(request.POST):
        return redirect(book)
    may_read = rules.can_see_cases(request.user, request.office, request.now)
    return redirect("case", result.case.number) if may_read else redirect("field")


def _book(sent: Mapping[str, Any]) -> str:
    """The address of the book of the desk out of which the form was opened, to go back to; "" for none."""
    manual, _slash, key = str(sent.get("book", "")).partition("/")
    try:
        return reverse("book", args=[manual, key])
    except NoReverseMatch:
        return ""


def _party(request: OfficeRequest) -> Any:
    chosen = request.POST.get("party", "")
    return estate.party_for(request.office, int(chosen)) if chosen.isdigit() else None


def _form(
    request: OfficeRequest, one: Adopted, kind: Category, opening: Action, posted: Mapping[str, Any],
    problem: Problem | None,
) -> HttpResponse:  # fmt: skip
    compiled = one.compiled
    adopted, case, _opening = new_case(request.office, kind.key, request.now, Intake(), "")
    known = {**facts_of(case, adopted), "actor": request.user.pk, "figure": one.figure_facts()}
    known |= _prices(request, opening, posted)
    known["actor_roles"] = sorted(compiled.roles_of(request.roles))
    errors = forms.errors_of(problem) if problem else {}
    shown = {field.key for field in opening.field}
    sent = request.POST if request.method == "POST" else request.GET
    back = _book(sent)
    context = {
        "kind": kind,
        "action": opening,
        "clause": words.clause_view(compiled, opening.clause) if opening.clause else None,
        "clause_text": compiled.clauses.get(opening.clause, ""),
        "fields": forms.views(
            opening,
            known,
            compiled,
            request.office,
            request.now,
            request.zone,
            kept=seen.sight(request).kept_numbers,
            posted=posted,
            errors=errors,
        ),
        "spoken": words.spoken_views(
            spoken(
                adopted,
                opening,
                request.office,
                request.user,
                request.now,
                str(posted.get("channel") or ""),
                kind.standard,
            )
        ),
        "trouble": [text for key, text in errors.items() if key not in shown],
        "party": sent.get("party", ""),
        "call": sent.get("call", ""),
        "letter": sent.get("letter", ""),
        "book": sent.get("book", ""),
        "back": back,
        "key": request.POST.get("key") or uploads.new_key(),
        "area": "shift" if back else "cases",
    }
    return render(request, "web/case/new.html", context, status=problem.status if problem else 200)


def _prices(request: OfficeRequest, opening: Action, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The list's prices of the items that were heard already, in fen, for the amounts that start from them."""
    names = {
        one.key: str(posted[one.key]) for one in opening.field if one.kind == "item" and posted.get(one.key)
    }
    found = {key: work.item_for(request.office, name, request.now) for key, name in names.items()}
    return {f"{key}_price_fen": item.price_fen for key, item in found.items() if item is not None}


def asks_more(request: OfficeRequest, category: str) -> Action | None:
    """The opening action of a category that must have more than the desk's line hears; None when the line suffices."""
    found = _found(request, category)
    if found is None:
        return None
    opening = found[2]
    return opening if any(field.required and field.key not in HEARD for field in opening.field) else None


def taken(request: OfficeRequest, category: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the opening action of a category takes of what the desk knows."""
    found = _found(request, category)
    if found is None:
        return dict(data)
    fields = found[2].field
    return {one.key: data[one.key] for one in fields if one.key in data}


def address_of(
    category: str,
    opening: Action,
    data: Mapping[str, Any],
    party: int | None,
    call: int | None = None,
    letter: int | None = None,
) -> str:
    """The form of an opening action with what was heard already in it."""
    known = {field.key: data[field.key] for field in opening.field if data.get(field.key)}
    if letter:
        known.pop("matter", None)  # as long as the letter; the form takes it from there
    source = {"party": party or "", "call": call or "", "letter": letter or ""}
    return f"{reverse('case-new', args=[category])}?{urlencode({**known, **source})}"
