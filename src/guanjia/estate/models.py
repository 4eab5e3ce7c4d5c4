"""Who lives where: company, management office, building, unit, party, phone, occupancy."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from guanjia.estate.bytewise import Bytewise


class Company(models.Model):
    """A property-management company."""

    name = models.CharField("公司", max_length=80, unique=True)
    short = models.CharField("简称", max_length=20)


class Office(models.Model):
    """A management office (管理处): the unit of data ownership. Nobody sees another office's data."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="offices")
    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("管理处", max_length=80)
    estate_name = models.CharField("项目", max_length=80)
    duty_phone = models.CharField("值班电话", max_length=40, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    time_zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    revision = models.BigIntegerField(
        default=0, editable=False, help_text="one more with every change of the office's estate"
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """A building (栋) of an office's estate."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="buildings")
    code = models.CharField("楼栋代码", max_length=10)
    name = models.CharField("楼栋", max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "code"], name="building_code_once")]


class Unit(models.Model):
    """A unit: residence, shop, office, storage or parking space. `code` is what tables show: 3-2-1502."""

    class Kind(models.TextChoices):
        RESIDENCE = "residence", "住宅"
        SHOP = "shop", "商铺"
        OFFICE = "office", "写字间"
        STORAGE = "storage", "储藏间"
        PARKING = "parking", "车位"

    office = models.ForeignKey(Office, models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, models.PROTECT, related_name="units")
    code = models.CharField("房号", max_length=30)
    sort = models.CharField(
        "排序", max_length=80, blank=True, editable=False, help_text="code with padded figures"
    )
    name = models.CharField("房屋", max_length=60)
    stair = models.CharField("单元", max_length=10, blank=True)
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    number = models.CharField("室号", max_length=20)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices, default=Kind.RESIDENCE)
    area_cm2 = models.PositiveIntegerField("建筑面积（平方厘米）", null=True, blank=True)
    moved_in_on = models.DateField("入住日期", null=True, blank=True)
    note = models.CharField("上门提示", max_length=200, blank=True)
    unindexed = models.BooleanField(
        default=False, editable=False, help_text="its search words are still to be written"
    )

    class Meta:
        ordering = ["office_id", "sort", "code"]
        constraints = [models.UniqueConstraint(fields=["office", "code"], name="unit_code_once")]
        indexes = [
            # queries.units_page: 2-1-101 before 10-1-101
            models.Index(fields=["office", "sort"], name="unit_sorted"),
            # queries.neighbours: above and below in the same stair
            models.Index(fields=["building", "stair", "floor"], name="unit_stair_floor"),
            # actions.index_rest: what an import has left to be indexed
            models.Index(fields=["office"], condition=Q(unindexed=True), name="unit_unindexed"),
        ]

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """A person or an organisation that an office deals with."""

    class Kind(models.TextChoices):
        PERSON = "person", "个人"
        ORGANISATION = "organisation", "单位"

    class Title(models.TextChoices):
        MR = "mr", "先生"
        MS = "ms", "女士"
        NONE = "", ""

    office = models.ForeignKey(Office, models.PROTECT, related_name="parties")
    kind = models.CharField("性质", max_length=12, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField("姓名", max_length=80)
    title = models.CharField("称呼", max_length=4, choices=Title.choices, default=Title.NONE, blank=True)
    email = models.EmailField("邮箱", blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name}{self.get_title_display()}"


class Phone(models.Model):
    """One of the several telephone numbers of a party; digits only."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="phones")
    number = models.CharField("号码", max_length=20)
    label = models.CharField("用途", max_length=20, blank=True)
    main = models.BooleanField("首选", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="phone_once_a_party")]
        # queries.parties_by_phone
        indexes = [models.Index(fields=["number"], name="phone_number")]


class Occupancy(models.Model):
    """Who stands in which relation to a unit, from when to when (until: the first day it no longer holds)."""

    class Relation(models.TextChoices):
        OWNER = "owner", "业主"
        TENANT = "tenant", "租户"
        FAMILY = "family", "家人"
        EMERGENCY = "emergency", "紧急联系人"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupancies")
    party = models.ForeignKey(Party, models.PROTECT, related_name="occupancies")
    relation = models.CharField("关系", max_length=10, choices=Relation.choices)
    relation_note = models.CharField("关系说明", max_length=20, blank=True)
    since = models.DateField("自", null=True, blank=True)
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "party", "relation"], condition=Q(until__isnull=True), name="occupancy_once"
            )
        ]


class SearchWord(models.Model):
    """One spelling under which a unit is found: code, name, pinyin, initials, every tail of a number.

    `actions.index_units` rewrites them; `queries.search` reads them by prefix.
    """

    class Kind(models.TextChoices):
        CODE = "code", "房号"
        NAME = "name", "姓名"
        PINYIN = "pinyin", "拼音"
        PHONE = "phone", "电话"

    office = models.ForeignKey(Office, models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="search_words", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, related_name="+", null=True)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CODE)
    word = models.CharField(max_length=80)
    weight = models.SmallIntegerField(default=0)
    # indexing.marks_of what the unit answers to, the same in all its rows: says without a look at them that a word
    # is not among them. All bits set says nothing.
    mates = models.BigIntegerField(default=-1)

    class Meta:
        indexes = [
            # queries.search: a range of one kind, in byte order
            models.Index(
                F("office"), F("kind"), Bytewise("word"), F("unit"), F("mates"), name="search_word_prefix"
            ),
            # queries.search: does the same unit also answer to the other words?
            models.Index(F("unit"), Bytewise("word"), name="search_word_unit"),
        ]
