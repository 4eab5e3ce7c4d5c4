"""People who work: users, departments, posts (a role in an office), skills, shifts, absence."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from guanjia.estate.models import Company, Office


class Role(models.TextChoices):
    """The roles of an office; a manual maps its own titles onto them."""

    RECEPTIONIST = "receptionist", "客服助理"
    CS_SUPERVISOR = "cs_supervisor", "客服主管"
    ENG_SUPERVISOR = "eng_supervisor", "工程主管"
    TECHNICIAN = "technician", "维修人员"
    CLEANER = "cleaner", "保洁人员"
    SECURITY = "security", "保安人员"
    CASHIER = "cashier", "收银员"
    FINANCE = "finance", "财务内勤"
    DIRECTOR = "director", "管理处主任"
    COMPANY_CENTRE = "company_centre", "公司客服中心"
    QUALITY = "quality", "品质部"
    VICE_PRESIDENT = "vice_president", "分管副总经理"
    GENERAL_MANAGER = "general_manager", "总经理"
    ADMINISTRATOR = "administrator", "系统管理员"


class User(AbstractUser):
    """A member of staff. `name` is the one name shown."""

    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name or self.username


class Department(models.Model):
    """A department of an office, such as 工程组 or 客服组."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="departments")
    key = models.SlugField("代码", max_length=20)
    name = models.CharField("部门", max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="department_once")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role that a user holds in an office, or in the company (office empty), from when to when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="posts", null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="posts", null=True, blank=True)
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    since = models.DateField("自", null=True, blank=True)
    until = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            # A post that ended stays as it was; the same one may be given again.
            models.UniqueConstraint(
                fields=["user", "office", "role"],
                condition=Q(office__isnull=False, until__isnull=True),
                name="post_once",
            ),
            models.UniqueConstraint(
                fields=["user", "company", "role"],
                condition=Q(office__isnull=True, until__isnull=True),
                name="company_post_once",
            ),
        ]
        indexes = [models.Index(fields=["office", "role"], name="post_office_role")]


class Skill(models.Model):
    """What a technician can do, in the words of the classification table: 水, 电, 锁."""

    user = models.ForeignKey(User, models.CASCADE, related_name="skills")
    key = models.CharField("技能", max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="skill_once")]


class Shift(models.Model):
    """A user is on duty in an office between two instants."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="shifts")
    user = models.ForeignKey(User, models.PROTECT, related_name="shifts")
    label = models.CharField("班次", max_length=20)
    begins_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="shift_forward")]
        indexes = [models.Index(fields=["office", "ends_at"], name="shift_office_end")]


class Absence(models.Model):
    """A user is away between two instants; new work goes to somebody else."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    begins_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    reason = models.CharField("原因", max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="absence_forward")
        ]
        # queries.absent_at
        indexes = [models.Index(fields=["user", "ends_at"], name="absence_user_end")]
