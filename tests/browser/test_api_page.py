"""The page that describes the API: whole under the strict policy, without a file from another host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from guanjia.api.application import build
from guanjia.staff.models import Role


def test_the_policy_of_the_page_is_that_of_all_pages() -> None:
    response = Client().get("/api/v1/docs")
    assert response.status_code == 200
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "https://" not in response.content.decode()


@pytest.mark.browser
def test_the_page_lists_every_address_and_asks_one(
    page: Page, live_server: Any, staff: Callable[..., object], sign_in: Callable[[Page, object], None]
) -> None:
    """`page` fails the test when anything breaks the policy."""
    sign_in(page, staff("周敏", Role.RECEPTIONIST))
    page.goto(f"{live_server.url}/api/v1/docs")
    paths = build().get_openapi_schema(path_prefix="")["paths"]
    expect(page.locator(".opblock")).to_have_count(sum(len(methods) for methods in paths.values()))
    page.locator(".opblock", has_text="我是谁").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("周敏")
