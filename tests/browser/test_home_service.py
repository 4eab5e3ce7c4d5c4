"""The pages that on-request services bring, at a desk and on a phone: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import pytest
from tests.browser.conftest import PHONE
from tests.manuals.test_home_service import TEXT, drawn, homes, on, ordered

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.engine import perform
from guanjia.ops.cards.stage import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_accessible_and_fit(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([TEXT], {}, on("02-27 09:00"))
    case = drawn(stage, homes(stage.office, 12))
    job = ordered(stage, "04-01 09:30", appointment_at="2026-04-01 10:30")
    clerk, worker = stage.person("receptionist"), stage.person("technician")
    perform(job, "dispatch", actor=clerk, at=on("04-01 09:31"), data={"server": worker.pk})
    perform(job, "depart", actor=worker, at=on("04-01 10:00"), data={})
    perform(job, "arrive", actor=worker, at=on("04-01 10:27"), data={})
    monkeypatch.setattr(clock, "now", lambda: on("04-01 10:40"))
    pages = {
        "sample": ("cs_supervisor", f"/cases/{case.number}/sample/"),
        "samples": ("cs_supervisor", "/samples/"),
        "choose": ("receptionist", "/cases/new/"),
        "new": ("receptionist", "/cases/new/paid_service/"),
        "agreement": ("receptionist", "/cases/new/agreement/"),
        "month": ("cs_supervisor", f"/cases/{case.number}/"),
        "job": ("technician", f"/field/{job.number}/"),
    }
    for name, (who, address) in pages.items():
        page = new_page(viewport=size)
        sign_in(page, stage.person(who))
        visit(page, address)
        shot(page, f"home-service-{name}-{size['width']}", full=size is PHONE)
        accessible(page)
        page.close()
