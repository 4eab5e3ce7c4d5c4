"""The caller, the offices that he may see, and who works there."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from guanjia.adoption import queries as adoption
from guanjia.api.keys import ApiRequest, Caller
from guanjia.api.params import OfficeCode, PageNumber, PageSize, Skill
from guanjia.api.shapes.common import Page, cut
from guanjia.api.shapes.forms import CategoryOut
from guanjia.api.shapes.people import MeOut, OfficeOut, StaffOut
from guanjia.cases import queries as cases
from guanjia.estate.models import Office
from guanjia.policy.complementing import supplier
from guanjia.staff import queries as staff
from guanjia.staff.models import Role

router = Router(tags=["管理处"])
Post = Annotated[Role, Query(description="哪个岗位")]


@router.get("/me", response=MeOut, summary="我是谁")
def me(request: ApiRequest) -> MeOut:
    """The caller with his offices and roles."""
    caller = request.auth
    user = caller.user
    return MeOut(
        id=user.pk,
        username=user.username,
        name=str(user),
        now=caller.now,
        offices=[_office(caller, one) for one in caller.offices()],
    )


@router.get("/offices", response=Page[OfficeOut], summary="我的管理处")
def offices(request: ApiRequest, page: PageNumber = 1, size: PageSize = 50) -> Page[OfficeOut]:
    """The offices that the caller may see, by code."""
    rows, numbers = cut(request.auth.offices(), page, size)
    return Page[OfficeOut](items=[_office(request.auth, one) for one in rows], **numbers)


@router.get("/offices/{office}", response=OfficeOut, summary="一个管理处")
def office(request: ApiRequest, office: OfficeCode) -> OfficeOut:
    """One of them."""
    return _office(request.auth, request.auth.office(office))


@router.get("/offices/{office}/staff", response=Page[StaffOut], summary="可以派的人")
def staff_list(
    request: ApiRequest, office: OfficeCode, role: Post = Role.TECHNICIAN, skill: Skill = "", page: PageNumber = 1,
    size: PageSize = 50,
) -> Page[StaffOut]:  # fmt: skip
    """Holders of a role, those who can be sent first."""
    caller = request.auth
    place = caller.office(office)
    found = staff.candidates(place, role.value, skill.strip(), caller.now, cases.open_jobs(place))
    rows, numbers = cut(found, page, size)
    return Page[StaffOut](items=[StaffOut.of(one, role) for one in rows], **numbers)


@router.get("/offices/{office}/categories", response=Page[CategoryOut], summary="可以开单的类别和表单")
def categories(
    request: ApiRequest, office: OfficeCode, page: PageNumber = 1, size: PageSize = 50
) -> Page[CategoryOut]:
    """The categories that the office's manuals supply, each with the form that opens a case of it."""
    caller = request.auth
    every = adoption.adopted(caller.office(office), caller.now)
    found = [
        (category, one.compiled)
        for one in every
        for category in one.compiled.manual.category
        if not category.yields or supplier(every, category.standard) is one
    ]
    rows, numbers = cut(found, page, size)
    return Page[CategoryOut](items=[CategoryOut.of(*one) for one in rows], **numbers)


def _office(caller: Caller, found: Office) -> OfficeOut:
    return OfficeOut.of(found, caller.roles(found))
