"""Where each door stands."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from guanjia.config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("guanjia.api.urls")),
    path("", include("guanjia.web.urls")),
]
