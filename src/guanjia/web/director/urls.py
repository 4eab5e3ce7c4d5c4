"""Addresses of the director's pages."""

from __future__ import annotations

from django.urls import path

from guanjia.web.director import company, complaints, drill, statistics, views

urlpatterns = [
    path("director/", views.overview, name="director"),
    path("statistics/", statistics.month, name="statistics"),
    path("company/", company.compare, name="company"),
    path("company/complaints/", complaints.desk, name="company-complaints"),
    path("company/complaints/export.<slug:kind>", complaints.export, name="company-complaints-export"),
    path("company/complaints/down/", complaints.pass_down, name="company-pass-down"),
    path("company/complaints/received/", complaints.received, name="company-received"),
    path("company/complaints/cases/", complaints.behind, name="company-behind"),
    path("company/complaints/cases.<slug:kind>", complaints.behind_export, name="company-behind-export"),
    path("company/<str:period>.<slug:kind>", company.export, name="company-export"),
    path("director/arrivals/", drill.arrivals, name="arrivals"),
    path("director/arrivals/<str:period>.<slug:kind>", drill.arrivals_export, name="arrivals-export"),
    path("director/weeks/", drill.weeks, name="weeks"),
    path("director/weeks/<str:period>.<slug:kind>", drill.weeks_export, name="weeks-export"),
    path("director/duties/", drill.duties_list, name="duties"),
    path("director/duties/export.<slug:kind>", drill.duties_export, name="duties-export"),
    path("statistics/<str:period>.<slug:kind>", statistics.export, name="statistics-export"),
    path("statistics/<str:period>/<slug:manual>/<slug:key>/", statistics.behind, name="statistic"),
    path(
        "statistics/<str:period>/<slug:manual>/<slug:key>.<slug:kind>",
        statistics.behind_export,
        name="statistic-export",
    ),
]
