"""Word that something was done: a toast for eight seconds, with 撤销 when it can be undone. It never takes the focus."""

from __future__ import annotations

import json
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

Response = TypeVar("Response", bound=HttpResponse)


def say(request: HttpRequest, text: str, *, undo: str = "", draft: str = "") -> None:
    """The toast of the next page. undo: address to POST to; draft: key of the kept draft that is now done with."""
    messages.success(request, text, extra_tags=json.dumps({"undo": undo, "draft": draft}))


def attach(response: Response, text: str, *, undo: str = "", draft: str = "") -> Response:
    """The same for the answer to an htmx request, as an event of the browser."""
    trigger_client_event(response, "guanjia:toast", {"text": text, "undo": undo, "draft": draft})
    return response
