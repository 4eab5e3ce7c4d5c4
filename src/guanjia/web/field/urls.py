"""Addresses of the technician's phone pages."""

from __future__ import annotations

from django.urls import path

from guanjia.web.field import files, keeping, kit, views

urlpatterns = [
    path("field/", views.jobs, name="field"),
    path("field/worker.js", keeping.worker, name="field-worker"),
    path("field/kept/", keeping.stand_in, name="field-kept"),
    path("field/<str:number>/", views.job, name="field-job"),
    path("field/<str:number>/kit/", kit.kit, name="field-kit"),
    path("field/<str:number>/do/<slug:action>/", views.act, name="field-act"),
    path("field/<str:number>/paper/<int:record>.pdf", files.paper, name="field-paper"),
]
