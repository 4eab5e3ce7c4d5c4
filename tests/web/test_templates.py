"""House rules of templates and styles that a strict policy and accessibility ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src/guanjia/web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STYLES = sorted((WEB / "static/web").glob("*.css"))
SCRIPTS = sorted((WEB / "static/web").glob("*.js"))


def name(path: Path) -> str:
    return str(path.relative_to(WEB))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_inline_style_script_or_handler(path):
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", text), "style= does not work under style-src 'self'"
    assert not re.search(r"\son\w+\s*=", re.sub(r"\{%.*?%\}", "", text)), "inline handlers are blocked"
    assert "hx-on" not in text, "hx-on needs eval"
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "inline scripts are blocked"
    assert not re.search(r"(src|href)=\"https?://", text), "nothing comes from elsewhere"
    assert " autofocus" not in text, "a part that htmx brings would steal the focus"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_icons_alone_are_not_buttons(path):
    for button in re.findall(r"<button\b.*?</button>", path.read_text("utf-8"), re.DOTALL):
        words = re.sub(r"<[^>]*>|\{%\s*icon[^%]*%\}", "", button).strip()
        assert words or "aria-label" in button, button


def test_every_icon_that_is_used_exists():
    drawn = set(re.findall(r"\.i-([\w-]+)\s*\{", "".join(path.read_text("utf-8") for path in STYLES)))
    used = set(
        re.findall(r"\{%\s*icon\s+\"([\w-]+)\"", "".join(path.read_text("utf-8") for path in TEMPLATES))
    )
    used |= set(re.findall(r"\bi-([\w-]+)\"", "".join(path.read_text("utf-8") for path in SCRIPTS)))
    assert used <= drawn, used - drawn


def test_styles_load_nothing_from_elsewhere():
    for path in STYLES:
        text = path.read_text("utf-8")
        assert "@import" not in text
        assert all(
            address.startswith("data:image/svg+xml") for address in re.findall(r"url\([\"']?([^)\"']+)", text)
        )


def test_text_on_pages_can_be_translated():
    """Chinese words stand inside translate tags; the sample pages of /parts/ are exempt."""
    exempt = {"部件", "管"}
    for path in TEMPLATES:
        if "parts_page" in path.parts:
            continue
        text = path.read_text("utf-8")
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", text, flags=re.DOTALL)
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", text, flags=re.DOTALL)
        left = [word for word in re.findall(r"[一-鿿]+", text) if word not in exempt | {"管家"}]
        assert not left, f"{name(path)}: {left}"
