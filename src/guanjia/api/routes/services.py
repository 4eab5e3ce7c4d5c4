"""What the office offers: its list of repairs, its suppliers, the table of classification."""

from __future__ import annotations

from ninja import Router

from guanjia.api.keys import ApiRequest
from guanjia.api.params import OfficeCode, PageNumber, PageSize
from guanjia.api.shapes.common import Page, cut
from guanjia.api.shapes.people import ClassificationOut, ServiceItemOut, SupplierOut
from guanjia.work import queries as work

router = Router(tags=["服务项目"])


@router.get("/offices/{office}/service-items", response=Page[ServiceItemOut], summary="家庭维修服务项目")
def service_items(
    request: ApiRequest, office: OfficeCode, page: PageNumber = 1, size: PageSize = 50
) -> Page[ServiceItemOut]:
    """The office's list of household repairs, by name."""
    caller = request.auth
    rows, numbers = cut(work.items(caller.office(office), caller.now), page, size)
    return Page[ServiceItemOut](items=[ServiceItemOut.of(row) for row in rows], **numbers)


@router.get("/offices/{office}/suppliers", response=Page[SupplierOut], summary="专业供应商")
def suppliers(
    request: ApiRequest, office: OfficeCode, page: PageNumber = 1, size: PageSize = 50
) -> Page[SupplierOut]:
    """The office's professional suppliers, by name."""
    caller = request.auth
    rows, numbers = cut(work.suppliers(caller.office(office), caller.now), page, size)
    return Page[SupplierOut](items=[SupplierOut.of(row) for row in rows], **numbers)


@router.get("/offices/{office}/classifications", response=Page[ClassificationOut], summary="部位、类型、问题")
def classifications(
    request: ApiRequest, office: OfficeCode, page: PageNumber = 1, size: PageSize = 50
) -> Page[ClassificationOut]:
    """The office's table of valid combinations and what follows from each."""
    rows, numbers = cut(work.classifications(request.auth.office(office)), page, size)
    return Page[ClassificationOut](items=[ClassificationOut.of(row) for row in rows], **numbers)
