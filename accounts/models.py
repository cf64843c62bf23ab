"""Who: users, insured members, enrolments, e-credentials, institutions, machine clients."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import columns
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

    def dead(self, on) -> bool:
        """Return whether the member is dead on that day; the day of death counts."""
        return self.died_on is not None and self.died_on <= on


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
        permissions = [("let_in_again", _("可以为连续填错密码被锁的人解锁"))]
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

    get_short_name = get_full_name


class ECredential(models.Model):
    """A member's e-credential (医保电子凭证), until it is ended. Issued anew, it is a new row.

    `number` stands in the codes that are shown. It is drawn by lot and says nothing of the person.
    """

    class Via(models.TextChoices):
        MEMBER = "member", _("本人激活")
        FAMILY = "family", _("家人代为激活")
        COUNTER = "counter", _("窗口激活")
        REGISTRY = "registry", _("已在别处激活")

    number = models.BigIntegerField(_("凭证号"), unique=True)
    member = columns.person(_("参保人"), "e_credentials")
    via = models.CharField(_("激活方式"), max_length=10, choices=Via)
    #: What registry or papers proved where a relative came for it: a kind of relation.
    proven_as = models.CharField(_("亲属关系"), max_length=30, blank=True)
    activated_on = models.DateField(_("激活日期"))
    activated_at = models.DateTimeField(_("激活时间"))
    activated_by = models.CharField(_("激活人"), max_length=64)
    ended_at = models.DateTimeField(_("停用时间"), null=True)
    ended_by = models.CharField(_("停用人"), max_length=64, blank=True)

    DATA_CLASSES = classes(
        L2="id number via activated_on activated_at activated_by ended_at ended_by",
        L3b="member proven_as",
    )

    class Meta:
        verbose_name = _("医保电子凭证")
        verbose_name_plural = _("医保电子凭证")
        constraints = [
            columns.one_live(["member"], law="accounts_ecredential_one_active"),
            models.CheckConstraint(
                name="accounts_ecredential_via_known",
                condition=Q(via__in=["member", "family", "counter", "registry"]),
            ),
            models.CheckConstraint(
                name="accounts_ecredential_family_proves_relation",
                condition=~Q(via="family") | ~Q(proven_as=""),
            ),
            columns.has_moment_and_name("ended", law="accounts_ecredential_ended_has_name"),
        ]

    def __str__(self):
        return str(self.number)


class CareLink(models.Model):
    """An entry of a 亲情账户: whose code a caregiver may show. It moves no money.

    A child's rests on what the registry proves; from the age an area sets, on the relative's own
    consent. Until they give it, it is of no use from `consent_due_on` on.
    """

    number = models.BigIntegerField(_("编号"), unique=True)
    carer = columns.person(_("照护人"), "cares_for")
    relative = columns.person(_("家人"), "cared_by")
    #: What registry or papers proved when it was made: a kind of relation.
    proven_as = models.CharField(_("亲属关系"), max_length=30, blank=True)
    opened_at = models.DateTimeField(_("添加时间"))
    opened_by = models.CharField(_("添加人"), max_length=64)
    consent_due_on = models.DateField(_("须本人同意之日"), null=True)
    consented_at = models.DateTimeField(_("本人同意时间"), null=True)
    consented_by = models.CharField(_("同意人"), max_length=64, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.CharField(_("结束人"), max_length=64, blank=True)

    DATA_CLASSES = classes(
        L2="id number opened_at opened_by consented_at consented_by ended_at ended_by",
        L3b="carer relative proven_as consent_due_on",
    )

    class Meta:
        verbose_name = _("亲情账户成员")
        verbose_name_plural = _("亲情账户成员")
        constraints = [
            columns.one_live(["carer", "relative"], law="accounts_carelink_one_active"),
            models.CheckConstraint(
                name="accounts_carelink_not_oneself", condition=~Q(carer=F("relative"))
            ),
            columns.has_moment_and_name("consented", law="accounts_carelink_consent_has_name"),
            models.CheckConstraint(
                name="accounts_carelink_consent_is_due_or_given",
                condition=Q(consented_at__isnull=True) ^ Q(consent_due_on__isnull=True),
            ),
            columns.has_moment_and_name("ended", law="accounts_carelink_ended_has_name"),
        ]

    def __str__(self):
        return str(self.number)

    def usable(self, on) -> bool:
        """Return whether the caregiver may show the code on a day."""
        return self.ended_at is None and (self.consent_due_on is None or on < self.consent_due_on)


class ShownCode(models.Model):
    """A code that a till has taken: it is good for one message, and for no second one."""

    #: Of the credential, or of the entry of a 亲情账户 it was shown from.
    number = models.BigIntegerField(_("编号"))
    step = models.BigIntegerField(_("时段"))
    member = columns.person(_("参保人"))
    carer = columns.person(_("出示人"), null=True)
    institution = columns.place(_("定点机构"))
    message = models.CharField(_("报文"), max_length=80)
    taken_at = models.DateTimeField(_("使用时间"))

    DATA_CLASSES = classes(L2="id number step institution message taken_at", L3b="member carer")

    class Meta:
        verbose_name = _("已使用的医保码")
        verbose_name_plural = _("已使用的医保码")
        constraints = [
            models.UniqueConstraint("number", "step", name="accounts_showncode_taken_once")
        ]

    def __str__(self):
        return f"{self.number}:{self.step}"


class RefusedCode(models.Model):
    """A code that a till presented and was refused, and why. Staff see it, and whose code it is."""

    reason = models.CharField(_("原因"), max_length=30)
    member = columns.person(_("参保人"), null=True)
    carer = columns.person(_("出示人"), null=True)
    institution = columns.place(_("定点机构"))
    refused_at = models.DateTimeField(_("时间"))

    DATA_CLASSES = classes(L2="id reason institution refused_at", L3b="member carer")

    class Meta:
        verbose_name = _("被拒绝的医保码")
        verbose_name_plural = _("被拒绝的医保码")

    def __str__(self):
        return self.reason
