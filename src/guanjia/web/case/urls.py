"""Addresses of cases."""

from __future__ import annotations

from django.urls import path

from guanjia.web.case import counted, files, joining, lists, opening, samples, ties, together, views

urlpatterns = [
    path("cases/", lists.listing, name="cases"),
    path("cases/export.<slug:kind>", lists.export, name="cases-export"),
    path("cases/new/", opening.choose, name="case-choose"),
    path("cases/new/<slug:category>/", opening.new, name="case-new"),
    path("cases/<str:number>/", views.show, name="case"),
    path("cases/<str:number>/live/", views.live, name="case-live"),
    path("cases/<str:number>/do/<slug:action>/", views.act, name="case-act"),
    path("cases/<str:number>/tie/", ties.add, name="case-tie"),
    path("cases/<str:number>/untie/", ties.remove, name="case-untie"),
    path("cases/<str:number>/join/", joining.join, name="case-join"),
    path("cases/<str:number>/apart/", joining.apart, name="case-apart"),
    path("cases/<str:number>/take-out/", joining.take_out, name="case-take-out"),
    path("cases/<str:number>/together.<slug:kind>", together.sheet, name="case-together"),
    path("cases/<str:number>/counted/<int:pk>/", counted.show, name="case-counted"),
    path("cases/<str:number>/counted/<int:pk>.<slug:kind>", counted.export, name="case-counted-export"),
    path("samples/", samples.listing, name="samples"),
    path("cases/<str:number>/sample/", samples.show, name="case-sample"),
    path("cases/<str:number>/sample.<slug:kind>", samples.export, name="case-sample-export"),
    path("cases/<str:number>/undo/", views.undo, name="case-undo"),
    path("cases/<str:number>/paper/<int:record>.pdf", files.paper, name="case-paper"),
    path("cases/<str:number>/paper/<int:record>.xlsx", files.table, name="case-paper-xlsx"),
    path("cases/<str:number>/paper/<int:record>/", files.sheet, name="case-sheet"),
    path("files/<int:pk>/", files.attachment, name="attachment"),
]
