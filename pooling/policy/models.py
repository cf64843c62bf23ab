"""An area's rules on a day, each clause with its source."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Area(models.Model):
    """A pooling area, province or the nation, by six-digit administrative code (`admdvs`)."""

    class Level(models.TextChoices):
        NATION = "nation", _("国家")
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")

    code = models.CharField(_("区划代码"), max_length=6, primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("上级")
    )

    DATA_CLASSES = classes(L1="code name level parent")

    class Meta:
        verbose_name = _("统筹区")
        verbose_name_plural = _("统筹区")
        constraints = [
            models.CheckConstraint(
                name="policy_area_code_six_digits", condition=Q(code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="policy_area_only_nation_has_no_parent",
                condition=Q(level="nation", parent__isnull=True)
                | (~Q(level="nation") & Q(parent__isnull=False)),
            ),
            # The fall-back reads codes alone (`parameters.chain`), so the tree must agree.
            models.CheckConstraint(
                name="policy_area_place_follows_code",
                condition=Q(code="000000", level="nation")
                | (Q(code__endswith="0000", level="province", parent="000000"))
                | (
                    ~Q(code__endswith="0000")
                    & Q(level="city", parent=Concat(Left("code", 2), Value("0000")))
                ),
            ),
        ]

    def __str__(self):
        return self.name


class RuleVersion(models.Model):
    """The clauses an area itself sets from a day on; the next published start ends them."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待发布")
        PUBLISHED = "published", _("已发布")
        DISCARDED = "discarded", _("已作废")
        WITHDRAWN = "withdrawn", _("已撤回")

    ALLOWED = {
        Status.DRAFT: {Status.SUBMITTED, Status.DISCARDED},
        Status.SUBMITTED: {Status.DRAFT, Status.PUBLISHED},
        Status.PUBLISHED: {Status.WITHDRAWN},
        Status.DISCARDED: set(),
        Status.WITHDRAWN: set(),
    }

    area = models.ForeignKey(
        Area, models.PROTECT, related_name="versions", verbose_name=_("统筹区")
    )
    label = models.CharField(_("版本"), max_length=40)
    from_date = models.DateField(_("生效日期"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    #: Whoever of the staff drafted it, set a clause or submitted it: none of them publishes it.
    #: Empty for what a rule file brought, whose authors this table does not know.
    editors = models.JSONField(_("起草和修改人"), default=list)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    submitted_by = models.CharField(_("提交人"), max_length=64, blank=True)
    #: Why it was sent back to be mended; gone when it is submitted again.
    remark = models.CharField(_("退回说明"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = models.CharField(_("发布人"), max_length=64, blank=True)
    #: One asks and says why; another agrees, and only then it is withdrawn.
    withdrawal_asked_at = models.DateTimeField(_("申请撤回时间"), null=True)
    withdrawal_asked_by = models.CharField(_("申请撤回人"), max_length=64, blank=True)
    withdrawal_reason = models.CharField(_("撤回理由"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.CharField(_("同意撤回人"), max_length=64, blank=True)

    DATA_CLASSES = classes(
        L1="id area label from_date status editors submitted_at submitted_by remark published_at "
        "published_by withdrawal_asked_at withdrawal_asked_by withdrawal_reason withdrawn_at "
        "withdrawn_by"
    )

    class Meta:
        verbose_name = _("规则版本")
        verbose_name_plural = _("规则版本")
        permissions = [
            ("write_rules", _("可以起草和修改规则")),
            ("publish_rules", _("可以发布他人起草的规则")),
        ]
        constraints = [
            models.UniqueConstraint(
                "area",
                "label",
                name="policy_ruleversion_label_once",
                condition=~Q(status="discarded"),
            ),
            models.UniqueConstraint(
                F("area"),
                F("from_date"),
                name="policy_ruleversion_one_published_per_start",
                condition=Q(status="published"),
            ),
            # Holds the status to the five words as well. That nobody publishes what they edited
            # is `policy_ruleversion_published_by_another`, in SQL (migration 0004).
            models.CheckConstraint(
                name="policy_ruleversion_published_has_moment_and_name",
                condition=Q(
                    status__in=["draft", "submitted", "discarded"],
                    published_at__isnull=True,
                    published_by="",
                )
                | (
                    Q(status__in=["published", "withdrawn"], published_at__isnull=False)
                    & ~Q(published_by="")
                ),
            ),
            models.CheckConstraint(
                name="policy_ruleversion_submitted_has_moment_and_name",
                condition=Q(
                    status__in=["draft", "discarded"], submitted_at__isnull=True, submitted_by=""
                )
                | (Q(status="submitted", submitted_at__isnull=False) & ~Q(submitted_by=""))
                | Q(status__in=["published", "withdrawn"]),
            ),
            # What is asked about is published; that its day has not come is in the trigger.
            models.CheckConstraint(
                name="policy_ruleversion_withdrawal_asked_with_reason",
                condition=Q(
                    withdrawal_asked_at__isnull=True, withdrawal_asked_by="", withdrawal_reason=""
                )
                | (
                    Q(status__in=["published", "withdrawn"], withdrawal_asked_at__isnull=False)
                    & ~Q(withdrawal_asked_by="")
                    & ~Q(withdrawal_reason="")
                ),
            ),
            models.CheckConstraint(
                name="policy_ruleversion_withdrawn_by_another",
                condition=(
                    Q(
                        status="withdrawn",
                        withdrawn_at__isnull=False,
                        withdrawal_asked_at__isnull=False,
                    )
                    & ~Q(withdrawn_by="")
                    & ~Q(withdrawn_by=F("withdrawal_asked_by"))
                )
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_by="")),
            ),
        ]

    def __str__(self):
        return f"{self.area_id} {self.label}"


class Clause(models.Model):
    """One parameter of a version, typed by `pooling/policy/parameters.py`, with its source."""

    class Evidence(models.TextChoices):
        """How good the source is. Mass-made articles have no mark: they make no rule."""

        OFFICIAL = "OFFICIAL", _("政府网站")
        NEWS = "NEWS", _("新闻报道")
        REPOST = "REPOST", _("转载")
        SEED = "SEED", _("整理稿")

    version = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="clauses", verbose_name=_("规则版本")
    )
    name = models.CharField(_("参数"), max_length=40)
    value = models.JSONField(_("值"), null=True)
    source = models.CharField(_("来源"), max_length=300)
    text = models.CharField(_("条款"), max_length=300)
    evidence = models.CharField(_("证据等级"), max_length=10, choices=Evidence)
    seen_on = models.DateField(_("查阅日期"))

    DATA_CLASSES = classes(L1="id version name value source text evidence seen_on")

    class Meta:
        verbose_name = _("条款")
        verbose_name_plural = _("条款")
        constraints = [
            models.UniqueConstraint("version", "name", name="policy_clause_once_per_version"),
            models.CheckConstraint(
                name="policy_clause_has_source", condition=~Q(source="") & ~Q(text="")
            ),
            models.CheckConstraint(
                name="policy_clause_evidence_known",
                condition=Q(evidence__in=["OFFICIAL", "NEWS", "REPOST", "SEED"]),
            ),
        ]

    def __str__(self):
        return self.name
