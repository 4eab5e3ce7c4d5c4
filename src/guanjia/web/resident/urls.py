"""Addresses of the resident's pages, and of making a link at the desk."""

from __future__ import annotations

from django.urls import path

from guanjia.web.resident import desk, views

urlpatterns = [
    path("r/<str:token>/", views.show, name="resident"),
    path("r/<str:token>/do/<slug:action>/", views.act, name="resident-act"),
    path("cases/<str:number>/link/", desk.link, name="case-link"),
]
