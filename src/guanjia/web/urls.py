"""Addresses of the pages that everybody shares; each audience's folder brings its own."""

from __future__ import annotations

from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

from guanjia.web import session
from guanjia.web.parts import views as parts

urlpatterns = [
    path("", session.home, name="home"),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("office/", session.switch_office, name="switch-office"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("i18n/words.js", cache_control(max_age=3600)(JavaScriptCatalog.as_view()), name="words"),
    path("", include("guanjia.web.desk.urls")),
    path("", include("guanjia.web.case.urls")),
    path("", include("guanjia.web.cashier.urls")),
    path("", include("guanjia.web.manuals.urls")),
    path("", include("guanjia.web.director.urls")),
    path("", include("guanjia.web.resident.urls")),
    path("", include("guanjia.web.field.urls")),
    path("", include("guanjia.web.settings.urls")),
    path("parts/", parts.show, name="parts"),
    path("parts/act/", parts.act, name="parts-act"),
    path("parts/more/", parts.more, name="parts-more"),
    path("parts/<slug:page>/", parts.show, name="parts-page"),
]
