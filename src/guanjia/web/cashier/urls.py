"""Addresses of the cashier's pages and of the registers of forms."""

from __future__ import annotations

from django.urls import path

from guanjia.web.cashier import registers, views

urlpatterns = [
    path("cashier/", views.desk, name="cashier"),
    path("cashier/open.<slug:kind>", views.export_open, name="cashier-open-export"),
    path("cashier/day/", views.day, name="cashier-day"),
    path("cashier/day.pdf", views.day_pdf, name="cashier-day-pdf"),
    path("cashier/receipts/", views.receipts, name="receipts"),
    path("cashier/receipts.<slug:kind>", views.export_receipts, name="receipts-export"),
    path("cashier/receipts/<str:number>/", views.receipt, name="receipt"),
    path("cashier/receipts/<str:number>.pdf", views.receipt_pdf, name="receipt-pdf"),
    path("cashier/statement/<path:payer>/", views.statement, name="statement"),
    path("registers/", registers.index, name="registers"),
    path("registers/outstanding/", registers.outstanding, name="outstanding"),
    path("registers/outstanding.<slug:kind>", registers.export_outstanding, name="outstanding-export"),
    path("registers/<slug:form>/", registers.register, name="register"),
    path("registers/<slug:form>.<slug:kind>", registers.export, name="register-export"),
]
