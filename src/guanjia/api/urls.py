"""Where the API stands."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from guanjia.api.application import build
from guanjia.api.edge import guarded, unknown

patterns, application, namespace = build().urls
urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "v1/",
        (
            [guarded(pattern) for pattern in patterns if isinstance(pattern, URLPattern)],
            application,
            namespace,
        ),
    ),
    re_path("", unknown),
]
