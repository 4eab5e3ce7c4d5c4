"""Addresses of the director's pages."""

from __future__ import annotations

from django.urls import path

from guanjia.web.director import statistics, views

urlpatterns = [
    path("director/", views.overview, name="director"),
    path("statistics/", statistics.month, name="statistics"),
    path("statistics/overdue.<slug:kind>", statistics.export_overdue, name="overdue-export"),
    path("statistics/<str:period>.<slug:kind>", statistics.export, name="statistics-export"),
    path("statistics/<str:period>/<slug:manual>/<slug:key>/", statistics.behind, name="statistic"),
]
