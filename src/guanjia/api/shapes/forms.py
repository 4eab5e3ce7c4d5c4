"""What a case offers: actions with their forms as JSON Schema, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from guanjia.policy import fields_as_json
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Offer
from guanjia.policy.schema import Action, Category, FormField

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Reason(BaseModel):
    """Why an action cannot be done yet."""

    text: str
    clause: str


class Warned(Reason):
    """What speaks against an action unless `field` holds the reason for an exception."""

    field: str


class OfferOut(BaseModel):
    """An action of the manual."""

    key: str
    label: str
    clause: str
    clause_text: str
    possible: bool
    reasons: list[Reason]
    warnings: list[Warned] = Field(description="填了原因才能例外的")
    by: list[str] = Field(description="谁可以做，规程的角色")
    cosign: list[str] = Field(description="要哪几方一起定；不要的为空")
    primary: int = Field(description="主动作排序，大的在前")
    place: str
    says: str = Field(description="该说的话")
    notice: str
    form: dict[str, Any] = Field(description="要填的栏，JSON Schema 2020-12")

    @classmethod
    def of(cls, offer: Offer, compiled: CompiledManual, facts: Mapping[str, Any]) -> OfferOut:
        """An offer to this caller; `facts` fill in what the form suggests."""
        action = offer.action
        return cls(
            key=action.key,
            label=action.label,
            clause=action.clause,
            clause_text=compiled.clauses.get(action.clause, ""),
            possible=offer.possible,
            reasons=[Reason(text=one[0], clause=one[1]) for one in offer.reasons],
            warnings=[Warned(text=one[0], clause=one[1], field=one[2]) for one in offer.warnings],
            by=list(action.by),
            cosign=list(action.cosign.roles) if action.cosign else [],
            primary=action.primary,
            place=action.place,
            says=action.says,
            notice=action.notice,
            form=form_of(action, facts),
        )


class CategoryOut(BaseModel):
    """A category in which a case can be opened, and the form that opens it."""

    category: str
    label: str
    manual: str
    version: str
    action: str
    clause: str
    says: str
    form: dict[str, Any] = Field(description="开单要填的栏，JSON Schema 2020-12")

    @classmethod
    def of(cls, category: Category, compiled: CompiledManual) -> CategoryOut:
        """A category that a manual supplies the procedure of."""
        opening = next(one for one in compiled.procedures[category.procedure].action if one.opens)
        return cls(
            category=category.key if category.standard == "duty" else category.standard,
            label=category.label,
            manual=compiled.key,
            version=compiled.version,
            action=opening.key,
            clause=opening.clause,
            says=opening.says,
            form=form_of(opening, {}),
        )


def form_of(action: Action, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The form as JSON Schema; beside the standard's words: x-kind, x-choices, x-show-when, x-required-when, x-clause,
    and x-suggested, what a page would have filled in."""
    schema = {"$schema": DIALECT, "title": action.label, **fields_as_json.json_schema(action.field)}
    for field in action.field:
        if field.key in schema["properties"]:
            schema["properties"][field.key] |= _more(field, facts)
    return schema


def _more(field: FormField, facts: Mapping[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {"x-kind": field.kind}
    if field.choices:
        more["x-choices"] = [{"value": choice.value, "label": choice.label} for choice in field.choices]
    if field.show_when:
        more["x-show-when"] = dict(field.show_when)
    if field.roles:
        more["x-roles"] = list(field.roles)
    if field.least is not None:
        more["x-least"] = field.least
    suggested = facts.get(field.default[1:]) if field.default.startswith("=") else field.default
    if suggested not in (None, ""):
        more["x-suggested"] = suggested
    return more
