"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from guanjia.web.desk import agreements, callbacks, household, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/parse/", views.parse, name="desk-parse"),
    path("desk/register/", views.register, name="desk-register"),
    path("desk/worklist/", views.worklist, name="desk-worklist"),
    path("desk/row/<int:pk>/", views.row, name="desk-row"),
    path("desk/phone/<int:pk>/", views.reveal, name="desk-reveal"),
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("agreements/", agreements.listing, name="agreements"),
    path("agreements.<slug:kind>", agreements.export, name="agreements-export"),
    path("agreements/month/", agreements.month, name="agreements-month"),
    path("agreements/month.<slug:kind>", agreements.export_month, name="agreements-month-export"),
    path("agreements/quarter/", agreements.quarter, name="agreements-quarter"),
    path("agreements/quarter.<slug:kind>", agreements.export_quarter, name="agreements-quarter-export"),
    path("households/", household.households, name="households"),
    path("households/<str:code>/", household.household, name="household"),
]
