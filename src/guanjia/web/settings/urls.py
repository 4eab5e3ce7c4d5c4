"""Addresses of administration and of a person's own messages."""

from __future__ import annotations

from django.urls import path

from guanjia.web.settings import duty, hours, households, jobs, lists, logs, people, table, tabs

urlpatterns = [
    path("inbox/", logs.inbox, name="inbox"),
    path("inbox/read/", logs.read, name="inbox-read"),
    path("settings/", tabs.home, name="settings"),
    path("settings/people/", people.listing, name="settings-people"),
    path("settings/people/export.<slug:kind>", people.export, name="settings-people-export"),
    path("settings/people/new/", people.create, name="settings-person-new"),
    path("settings/people/<int:pk>/", people.person, name="settings-person"),
    path("settings/people/<int:pk>/<slug:what>/", people.change, name="settings-person-change"),
    path("settings/shifts/", duty.week, name="settings-shifts"),
    path("settings/shifts/export.<slug:kind>", duty.export, name="settings-shifts-export"),
    path("settings/shifts/add/", duty.add, name="settings-shift-add"),
    path("settings/shifts/<int:pk>/remove/", duty.remove, name="settings-shift-remove"),
    path("settings/absences/add/", duty.away, name="settings-absence-add"),
    path("settings/absences/<int:pk>/end/", duty.back, name="settings-absence-end"),
    path("settings/hours/", hours.listing, name="settings-hours"),
    path("settings/hours/<slug:key>/", hours.edit, name="settings-calendar"),
    path("settings/table/", table.listing, name="settings-table"),
    path("settings/table/export.<slug:kind>", table.export, name="settings-table-export"),
    path("settings/table/new/", table.edit, name="settings-table-new"),
    path("settings/table/defaults/", table.defaults, name="settings-table-defaults"),
    path("settings/table/<int:pk>/", table.edit, name="settings-table-row"),
    path("settings/table/<int:pk>/remove/", table.remove, name="settings-table-remove"),
    path("settings/items/", lists.items, name="settings-items"),
    path("settings/items/<slug:what>/", lists.change_item, name="settings-item-change"),
    path("settings/suppliers/", lists.suppliers, name="settings-suppliers"),
    path("settings/suppliers/<slug:what>/", lists.change_supplier, name="settings-supplier-change"),
    path("settings/lists/<slug:which>.<slug:kind>", lists.export, name="settings-list-export"),
    path("settings/households/", households.upload, name="settings-households"),
    path("settings/households/check/", households.check, name="settings-import-check"),
    path("settings/households/template.xlsx", households.template, name="settings-households-template"),
    path("settings/households/all.<slug:kind>", households.export, name="settings-households-export"),
    path("settings/households/<int:pk>/bad.csv", households.bad_rows, name="settings-import-bad"),
    path("settings/households/<int:pk>/commit/", households.commit, name="settings-import-commit"),
    path("settings/jobs/", jobs.listing, name="settings-jobs"),
    path("settings/jobs/export.<slug:kind>", jobs.export, name="settings-jobs-export"),
    path("settings/jobs/<int:pk>/", jobs.job, name="settings-job"),
    path("settings/jobs/<int:pk>/live/", jobs.live, name="settings-job-live"),
    path("settings/access/", logs.access, name="settings-access"),
    path("settings/access/export.<slug:kind>", logs.access_export, name="settings-access-export"),
    path("settings/outbox/", logs.outbox, name="settings-outbox"),
    path("settings/outbox/<int:pk>/resend/", logs.resend, name="settings-resend"),
    path("settings/keys/", tabs.keys, name="settings-keys"),
]
