"""Addresses of the technician's phone pages."""

from __future__ import annotations

from django.urls import path

from guanjia.web.field import files, views

urlpatterns = [
    path("field/", views.jobs, name="field"),
    path("field/<str:number>/", views.job, name="field-job"),
    path("field/<str:number>/do/<slug:action>/", views.act, name="field-act"),
    path("field/<str:number>/paper/<int:record>.pdf", files.paper, name="field-paper"),
]
