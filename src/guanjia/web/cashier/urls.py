"""Addresses of the cashier's pages and of the registers of forms."""

from __future__ import annotations

from django.urls import path

from guanjia.web.cashier import (
    archive,
    arrears,
    bulk,
    day,
    month,
    reconcile,
    registers,
    requests,
    till,
    views,
)

urlpatterns = [
    path("cashier/", views.desk, name="cashier"),
    path("cashier/open.<slug:kind>", views.export_open, name="cashier-open-export"),
    path("cashier/day/", day.day, name="cashier-day"),
    path("cashier/day.pdf", day.day_pdf, name="cashier-day-pdf"),
    path("cashier/day/count/", till.count, name="cashier-count"),
    path("cashier/day/deposit/", till.deposit, name="cashier-deposit"),
    path("cashier/day/close/", till.close, name="cashier-close"),
    path("cashier/day/check/", till.check, name="cashier-check"),
    path("cashier/deposits/<int:number>/void/", till.void_deposit, name="deposit-void"),
    path("cashier/deposits/<int:number>.pdf", till.deposit_pdf, name="deposit-pdf"),
    path("cashier/month/", month.month, name="cashier-month"),
    path("cashier/month.<slug:kind>", month.export, name="cashier-month-export"),
    path("cashier/arrears/", arrears.page, name="arrears"),
    path("cashier/arrears.<slug:kind>", arrears.export, name="arrears-export"),
    path("cashier/arrears/<str:number>/<slug:action>/", arrears.step, name="arrears-step"),
    path("cashier/requests/", requests.page, name="requests"),
    path("cashier/requests.<slug:kind>", requests.export, name="requests-export"),
    path("cashier/requests/do/<slug:action>/", bulk.act, name="requests-act"),
    path("cashier/requests/print/", requests.print_all, name="requests-print"),
    path("cashier/requests/print/<int:pk>/", requests.progress, name="requests-job"),
    path("cashier/requests/print/<int:pk>.pdf", requests.file, name="requests-file"),
    path("cashier/reconcile/", reconcile.page, name="reconcile"),
    path("cashier/reconcile.<slug:kind>", reconcile.export, name="reconcile-export"),
    path("cashier/receipts/", views.receipts, name="receipts"),
    path("cashier/receipts.<slug:kind>", views.export_receipts, name="receipts-export"),
    path("cashier/receipts/<str:number>/", views.receipt, name="receipt"),
    path("cashier/receipts/<str:number>.pdf", views.receipt_pdf, name="receipt-pdf"),
    path("cashier/statement/<path:payer>/", views.statement, name="statement"),
    path("registers/", registers.index, name="registers"),
    path("registers/outstanding/", registers.outstanding, name="outstanding"),
    path("registers/outstanding.<slug:kind>", registers.export_outstanding, name="outstanding-export"),
    path("registers/archive/", archive.show, name="archive"),
    path("registers/archive.<slug:kind>", archive.export, name="archive-export"),
    path("registers/<slug:form>/", registers.moved, name="register-moved"),
    path("registers/<slug:form>.<slug:kind>", registers.moved, name="register-export-moved"),
    path("registers/<slug:manual>/<slug:form>/", registers.register, name="register"),
    path("registers/<slug:manual>/<slug:form>.<slug:kind>", registers.export, name="register-export"),
]
