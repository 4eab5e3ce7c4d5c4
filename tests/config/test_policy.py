"""The Content-Security-Policy, and that our front-end packages live with it."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.mark.django_db
def test_every_page_carries_the_policy(client: Client) -> None:
    header = client.get("/healthz").headers["Content-Security-Policy"]
    found = dict(directive.strip().split(" ", 1) for directive in header.split(";") if directive.strip())
    assert found == POLICY
    assert "unsafe" not in header


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.config.urls_policy")
@pytest.mark.parametrize("css", ["false", "true"])
def test_htmx_and_the_packages_work_under_it(page: Page, live_server: object, css: str) -> None:
    """`page` fails the test when the browser reports a breach of the policy."""
    page.goto(f"{live_server.url}/page?css={css}")  # type: ignore[attr-defined]
    page.get_by_role("button").click()
    expect(page.locator("#out b")).to_have_text("fetched")
    assert page.evaluate("[typeof SignaturePad, typeof idbKeyval.get]") == ["function", "function"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.config.urls_policy")
def test_the_policy_bites(page: Page, live_server: object) -> None:
    page.goto(f"{live_server.url}/page")  # type: ignore[attr-defined]
    page.evaluate("document.body.setAttribute('onclick', 'window.hacked = 1')")
    page.locator("#out").evaluate("node => node.parentNode.click()")
    assert page.evaluate("window.hacked === undefined")
    breaches = [line for line in page.errors if "Content Security Policy" in line]  # type: ignore[attr-defined]
    assert breaches
    page.errors.clear()  # type: ignore[attr-defined]
