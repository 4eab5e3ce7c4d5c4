"""Addresses of the manuals."""

from __future__ import annotations

from django.urls import path

from guanjia.web.manuals import company, office, views

urlpatterns = [
    path("manuals/", views.index, name="manuals"),
    path("manuals/add/", office.add, name="manual-add"),
    path("manuals/<slug:key>/drop/", office.drop, name="manual-drop"),
    path("manuals/<slug:key>/figures/", office.figures, name="manual-figures"),
    path("manuals/<slug:key>/company/", company.figures, name="manual-company-figures"),
    path("manuals/<slug:key>/diff/<str:old>/<str:new>/", views.diff, name="manual-diff"),
    path("manuals/<slug:key>/<str:version>/", views.show, name="manual"),
    path("manuals/<slug:key>/<str:version>/toml", views.text, name="manual-text"),
    path("manuals/<slug:key>/<str:version>/adopt/", office.adopt, name="manual-adopt"),
    path("manuals/<slug:key>/<str:version>/wording/", office.wording, name="manual-wording"),
    path("manuals/<slug:key>/<str:version>/notices/<slug:form>.pdf", views.notice, name="manual-notice"),
    path("manuals/<slug:key>/<str:version>/clause/<path:clause>", views.clause, name="manual-clause"),
]
