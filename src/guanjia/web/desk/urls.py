"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from guanjia.web.desk import callbacks, household, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/parse/", views.parse, name="desk-parse"),
    path("desk/register/", views.register, name="desk-register"),
    path("desk/worklist/", views.worklist, name="desk-worklist"),
    path("desk/row/<int:pk>/", views.row, name="desk-row"),
    path("desk/phone/<int:pk>/", views.reveal, name="desk-reveal"),
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("households/", household.households, name="households"),
    path("households/<str:code>/", household.household, name="household"),
]
