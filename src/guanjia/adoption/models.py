"""Which office works under which version of which manual, and with which figures of its own."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from guanjia.estate.models import Company, Office


class ManualVersion(models.Model):
    """The text of one version of a manual, kept as it was adopted; a case runs on under it."""

    key = models.SlugField("规程代码", max_length=60)
    version = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=120)
    text = models.TextField("TOML")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="manual_version_once")]


class Adoption(models.Model):
    """An office works under a version from one instant to another."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="adoptions")
    manual = models.ForeignKey(ManualVersion, models.PROTECT, related_name="adoptions")
    since = models.DateTimeField("生效")
    until = models.DateTimeField("失效", null=True, blank=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class OfficeFigure(models.Model):
    """A figure that the office set itself (本处设定): for a blank of the manual, or for 'immediately'."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="figures")
    manual_key = models.SlugField(max_length=60)
    figure = models.SlugField(max_length=60)
    value = models.CharField("本处设定", max_length=80)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "manual_key", "figure"], name="figure_once")]


class CompanyFigure(models.Model):
    """A figure that the company set for all its offices (公司设定); an office's own figure goes before it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    manual_key = models.SlugField(max_length=60)
    figure = models.SlugField(max_length=60)
    value = models.CharField("公司设定", max_length=80)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "manual_key", "figure"], name="company_figure_once")
        ]


class ClauseWording(models.Model):
    """The wording of a clause as the office's own manual prints it, entered by the office."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    manual_key = models.SlugField(max_length=60)
    clause = models.CharField(max_length=40)
    text = models.TextField("原文")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "manual_key", "clause"], name="wording_once")
        ]


class OfficeCalendar(models.Model):
    """A calendar as versioned data (`worktime` reads `data`). Saved versions are never changed."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="calendars")
    key = models.SlugField("代码", max_length=30)
    version = models.PositiveIntegerField()
    data = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key", "version"], name="calendar_once")]
