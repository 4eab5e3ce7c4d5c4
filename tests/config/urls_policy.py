"""A page of its own for test_policy.py: htmx 4 as the pages load it, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path

PAGE = """<!doctype html><html lang="zh-CN"><head><title>policy</title><link rel="icon" href="data:,">
<meta name="htmx-config" content='{{"includeIndicatorCSS": {css}}}'>
<script src="{htmx}" defer></script>
<script src="{signature}" defer></script><script src="{idb}" defer></script></head>
<body><button hx-get="/part" hx-target="#out" hx-swap="innerMorph">go</button><p id="out"></p></body></html>"""


def page(request: HttpRequest) -> HttpResponse:
    """The page; ?css=true leaves htmx's own indicator rules on."""
    return HttpResponse(
        PAGE.format(
            css=request.GET.get("css", "false"),
            htmx=static("django_htmx/htmx-4.min.js"),
            signature=static("vendor/signature_pad.umd.min.js"),
            idb=static("vendor/idb-keyval.umd.js"),
        )
    )


def part(request: HttpRequest) -> HttpResponse:
    """What htmx fetches."""
    return HttpResponse("<b>fetched</b>")


urlpatterns = [path("page", page), path("part", part)]
