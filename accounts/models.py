"""Who: people who sign in, insured members, enrolments, institutions, machine clients."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class Gender(models.TextChoices):
    """GB/T 2261.1."""

    MALE = "1", _("男")
    FEMALE = "2", _("女")


class Insurance(models.TextChoices):
    """Insurance kinds (`insutype`) this system knows."""

    EMPLOYEE = "310", _("职工医保")
    RESIDENT = "390", _("居民医保")


class Member(models.Model):
    """An insured person, known to the authority by `psn_no`."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    psn_no = models.CharField(_("人员编号"), max_length=30, unique=True)
    name_sealed = models.BinaryField()
    #: Truncated: many names share one value, so it only helps beside a second fact.
    name_index = models.BinaryField()
    cert_type = models.CharField(_("证件类型"), max_length=3, default="01")
    cert_no_sealed = models.BinaryField()
    cert_no_index = models.BinaryField(unique=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, db_index=True)
    birth_date = models.DateField(_("出生日期"))
    gender = models.CharField(_("性别"), max_length=1, choices=Gender)
    died_on = models.DateField(_("死亡日期"), null=True)

    name = sealed_text("name")
    cert_no = sealed_text("cert_no")
    phone = sealed_text("phone")

    DATA_CLASSES = classes(
        L2="id uid psn_no cert_type",
        L3a="name_sealed name_index cert_no_sealed cert_no_index phone_sealed phone_index",
        L3b="birth_date gender died_on",
    )

    class Meta:
        verbose_name = _("参保人")
        verbose_name_plural = _("参保人")
        constraints = [
            models.CheckConstraint(
                name="accounts_member_gender_known", condition=Q(gender__in=["1", "2"])
            ),
            models.CheckConstraint(
                name="accounts_member_dies_after_birth",
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("birth_date")),
            ),
        ]

    def __str__(self):
        return self.psn_no


class Enrolment(models.Model):
    """One stay of a member in one insurance of one pooling area, `[from_date, to_date)`."""

    class Status(models.TextChoices):
        NORMAL = "1", _("正常参保")
        PAUSED = "2", _("暂停参保")
        ENDED = "4", _("终止参保")

    #: Without an index of its own: that of the unique key begins with it.
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="enrolments",
        db_index=False,
        verbose_name=_("参保人"),
    )
    insutype = models.CharField(_("险种"), max_length=3, choices=Insurance)
    area = models.CharField(_("统筹区"), max_length=6)
    psn_type = models.CharField(_("人员类别"), max_length=6)
    status = models.CharField(_("参保状态"), max_length=1, choices=Status)
    from_date = models.DateField(_("起始日期"))
    to_date = models.DateField(_("终止日期"), null=True)
    employer = models.CharField(_("单位"), max_length=200, blank=True)

    DATA_CLASSES = classes(
        L2="id",
        L3b="member insutype area psn_type status from_date to_date employer",
    )

    class Meta:
        verbose_name = _("参保登记")
        verbose_name_plural = _("参保登记")
        constraints = [
            models.UniqueConstraint(
                "member", "insutype", "area", "from_date", name="accounts_enrolment_once_per_start"
            ),
            models.CheckConstraint(
                name="accounts_enrolment_period_forward",
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")),
            ),
            models.CheckConstraint(
                name="accounts_enrolment_insurance_known", condition=Q(insutype__in=["310", "390"])
            ),
            models.CheckConstraint(
                name="accounts_enrolment_status_known", condition=Q(status__in=["1", "2", "4"])
            ),
        ]

    def __str__(self):
        return f"{self.insutype} {self.area} {self.from_date}"


class Institution(models.Model):
    """A designated institution: hospital, pharmacy, insurer or premium collector."""

    class Type(models.TextChoices):
        HOSPITAL = "hospital", _("医院")
        PHARMACY = "pharmacy", _("药店")
        INSURER = "insurer", _("保险机构")
        PREMIUM = "premium", _("缴费机构")

    code = models.CharField(_("定点机构编码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    area = models.CharField(_("所在统筹区"), max_length=6)
    level = models.PositiveSmallIntegerField(_("级别"))
    type = models.CharField(_("类型"), max_length=10, choices=Type)

    DATA_CLASSES = classes(L2="id code name area level type")

    class Meta:
        verbose_name = _("定点机构")
        verbose_name_plural = _("定点机构")
        constraints = [
            models.CheckConstraint(
                name="accounts_institution_level_known", condition=Q(level__gte=0, level__lte=3)
            ),
            models.CheckConstraint(
                name="accounts_institution_type_known",
                condition=Q(type__in=["hospital", "pharmacy", "insurer", "premium"]),
            ),
        ]

    def __str__(self):
        return f"{self.name}（{self.code}）"


class ApiClient(models.Model):
    """A machine that calls the REST interface with a bearer key (stored hashed)."""

    class Scope(models.TextChoices):
        SETTLE = "settle", _("结算")
        LOOKUP = "lookup", _("查询")

    name = models.CharField(_("名称"), max_length=80, unique=True)
    key_hash = models.BinaryField(unique=True)
    scope = models.CharField(_("权限"), max_length=10, choices=Scope)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="clients", verbose_name=_("定点机构")
    )
    backdate_days = models.PositiveSmallIntegerField(_("可补报天数"), default=0)
    created_at = models.DateTimeField(_("建立时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    DATA_CLASSES = classes(
        L2="id name key_hash scope institution backdate_days created_at revoked_at"
    )

    class Meta:
        verbose_name = _("接口客户端")
        verbose_name_plural = _("接口客户端")
        constraints = [
            models.CheckConstraint(
                name="accounts_apiclient_backdate_at_most_30",
                condition=Q(backdate_days__gte=0, backdate_days__lte=30),
            ),
            models.CheckConstraint(
                name="accounts_apiclient_settles_for_an_institution",
                condition=Q(scope="lookup") | Q(institution__isnull=False),
            ),
            models.CheckConstraint(
                name="accounts_apiclient_scope_known", condition=Q(scope__in=["settle", "lookup"])
            ),
        ]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    """Users are made by `accounts.services` only; this satisfies Django's look-ups."""

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: a member by phone and code, staff by name, password and code."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    username = models.CharField(_("用户名"), max_length=64, unique=True)
    display_name = models.CharField(_("显示名"), max_length=60, blank=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, unique=True)
    phone_verified = models.BooleanField(_("手机已验证"), default=False)
    phone_changed_at = models.DateTimeField(_("手机变更时间"), null=True)
    member = models.OneToOneField(
        Member, models.PROTECT, null=True, related_name="user", verbose_name=_("参保人")
    )
    is_staff = models.BooleanField(_("工作人员"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    joined_at = models.DateTimeField(_("加入时间"), null=True)

    phone = sealed_text("phone")
    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    DATA_CLASSES = classes(
        L2="id uid username display_name password last_login is_superuser is_staff is_active "
        "joined_at phone_verified phone_changed_at",
        L3a="phone_sealed phone_index",
        L3b="member",
    )

    class Meta:
        verbose_name = _("登录用户")
        verbose_name_plural = _("登录用户")
        constraints = [
            models.CheckConstraint(
                name="accounts_user_staff_is_no_member",
                condition=Q(is_staff=False) | Q(member__isnull=True),
            ),
        ]

    def __str__(self):
        return self.display_name or self.username

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
