"""What every address of the API goes through, before and after the library's own view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt

from guanjia.api.parsing import check_address
from guanjia.api.problems import as_response, not_allowed, not_here
from guanjia.kernel.problem import Problem


def guarded(pattern: URLPattern) -> URLPattern:
    """The pattern with its view behind the edge."""
    pattern.callback = _edge(pattern.callback)
    return pattern


def _edge(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @csrf_exempt  # SessionKey asks for the token; a key of a program needs none
    @functools.wraps(view)
    def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            check_address(request)
            response = view(request, *args, **kwargs)
        except Problem as problem:
            response = as_response(problem)
        except Http404:
            response = as_response(not_here())
        if response.status_code == 405:
            allowed = ", ".join(sorted(response["Allow"].split(", ")))
            response = as_response(not_allowed(allowed))
            response["Allow"] = allowed
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return outer


@csrf_exempt
def unknown(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Any address below /api/ that is none."""
    return as_response(not_here())
