"""The components as a browser shows them: accessible, nothing outside the policy, the same quality on a phone."""

from __future__ import annotations

import pytest

from guanjia.staff.models import Role

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def parts(page, visit, sign_in, staff):
    sign_in(page, staff("周敏", Role.RECEPTIONIST))
    visit(page, "/parts/")
    return page


def test_parts_on_the_desk(parts, shot, accessible):
    shot(parts, "parts")
    accessible(parts)


def test_parts_at_200_percent(parts, shot, accessible):
    parts.set_viewport_size({"width": 640, "height": 900})
    shot(parts, "parts-narrow")
    accessible(parts)


@pytest.mark.parametrize("name", ["phone", "resident", "print"])
def test_parts_for_other_audiences(new_page, visit, sign_in, staff, shot, accessible, name):
    size = {"width": 1000, "height": 1300} if name == "print" else {"width": 390, "height": 844}
    page = new_page(viewport=size, device_scale_factor=2)
    sign_in(page, staff("田大勇", Role.TECHNICIAN))
    visit(page, f"/parts/{name}/")
    shot(page, f"parts-{name}")
    accessible(page)
