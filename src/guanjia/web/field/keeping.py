"""What may be kept in a phone, for whom; the service worker that keeps it; the page that stands in for forms offline."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guanjia.web.doors import OfficeRequest, office_page

HEADER = "X-Guanjia-Keeper"
COPY = "X-Guanjia-Copy"
STATIC = Path(__file__).resolve().parent.parent / "static"
OTHERS = ("vendor/idb-keyval.umd.js", "vendor/signature_pad.umd.min.js", "django_htmx/htmx-4.min.js")
View = Callable[Concatenate[OfficeRequest, ...], HttpResponse]


def keepable(view: View) -> View:
    """A page that the phone may keep, for this person in this office; the answer to anybody else throws it away."""

    @functools.wraps(view)
    def kept(request: OfficeRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response[HEADER] = f"{request.user.pk}-{request.office.code}"
        return response

    return kept


def is_copy(request: HttpRequest) -> bool:
    """Whether the phone fetches the page to keep it, unseen: what is to be said once must not be said there."""
    return COPY in request.headers


@require_safe
@office_page
@keepable
def stand_in(request: OfficeRequest) -> HttpResponse:
    """The page in which the phone draws a form that it has taken along, while the office cannot be reached."""
    return render(request, "web/field/kept.html", {"messages": ()})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its scope is the folder of this address; it changes when anything that it keeps changes."""
    kit = {
        "version": _version(),
        "shell": _shell(),
        "standIn": reverse("field-kept"),
        "scope": reverse("field"),
    }
    text = f"const KIT = {json.dumps(kit)};\n{(STATIC / 'web' / 'worker.js').read_text('utf-8')}"
    return HttpResponse(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _files() -> list[str]:
    """The scripts and style sheets of the pages, by their names below `static/`."""
    own = sorted(path for path in (STATIC / "web").iterdir() if path.suffix in (".js", ".css", ".svg"))
    return [*(f"web/{path.name}" for path in own), *OTHERS]


def _shell() -> list[str]:
    """Addresses of everything that a page is drawn with: under the names of the pages, and those of the scripts' imports."""
    named = [staticfiles_storage.url(name) for name in _files()]
    plain = [f"{settings.STATIC_URL}{name}" for name in _files()]
    return [*dict.fromkeys((*named, *plain)), f"{reverse('words')}?{get_language()}"]


def _version() -> str:
    """A hash of what is kept, and of the language of its words."""
    return hashlib.sha256(f"{_contents()} {get_language()}".encode()).hexdigest()[:16]


@functools.cache
def _contents() -> str:
    digest = hashlib.sha256()
    for name in _files():
        path = STATIC / name
        digest.update(path.read_bytes() if path.exists() else staticfiles_storage.url(name).encode())
    return digest.hexdigest()
