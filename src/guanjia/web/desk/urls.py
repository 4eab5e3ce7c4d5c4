"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from guanjia.web.desk import (
    agreements,
    books,
    callbacks,
    calls,
    household,
    letters,
    logbook,
    ringing,
    shift,
    views,
)

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/parse/", views.parse, name="desk-parse"),
    path("desk/register/", views.register, name="desk-register"),
    path("desk/worklist/", views.worklist, name="desk-worklist"),
    path("desk/row/<int:pk>/", views.row, name="desk-row"),
    path("desk/phone/<int:pk>/", views.reveal, name="desk-reveal"),
    path("desk/ringing/", ringing.ringing, name="desk-ringing"),
    path("desk/ringing/here/", ringing.here, name="desk-ringing-here"),
    path("shift/", shift.duty, name="shift"),
    path("shift/tick/<str:number>/<slug:action>/", shift.tick, name="shift-tick"),
    path("shift/log/", logbook.show, name="shift-log"),
    path("shift/log.<slug:kind>", logbook.export, name="shift-log-export"),
    path("books/", books.index, name="books"),
    path("books/<slug:manual>/<slug:key>/", books.show, name="book"),
    path("books/<slug:manual>/<slug:key>/enter/", books.enter, name="book-enter"),
    path("books/<slug:manual>/<slug:key>.<slug:kind>", books.export, name="book-export"),
    path("shift/board/", shift.board, name="shift-board"),
    path("calls/", calls.listing, name="calls"),
    path("calls.<slug:kind>", calls.export, name="calls-export"),
    path("calls/back/", calls.back, name="calls-back"),
    path("calls/<int:pk>/reveal/", calls.reveal, name="call-reveal"),
    path("letters/", letters.listing, name="letters"),
    path("letters/<int:pk>/", letters.show, name="letter"),
    path("letters/<int:pk>/drop/", letters.drop, name="letter-drop"),
    path("letters/<int:pk>/add/", letters.add, name="letter-add"),
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
