"""A bill split and paid; what was given back; why. The usage log is a reading of these rows."""

import uuid
from functools import cached_property

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from pooling.policy.parameters import PREMIUMS
from pooling.settlements.waterfall import decision_from_json
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class Use(models.TextChoices):
    """What a bill is for. Registration, emergency and ambulance are outpatient."""

    OUTPATIENT = "outpatient", _("门诊")
    INPATIENT = "inpatient", _("住院")
    PHARMACY_DRUGS = "pharmacy_drugs", _("药店购药")
    PHARMACY_DEVICES = "pharmacy_devices", _("药店医疗器械")
    PHARMACY_CONSUMABLES = "pharmacy_consumables", _("药店医用耗材")
    VACCINATION = "vaccination", _("预防接种")
    CHECKUP = "checkup", _("健康体检")
    TCM_PREVENTIVE = "tcm_preventive", _("中医治未病")
    RESIDENT_PREMIUM = "resident_premium", _("居民医保缴费")
    LTC_PREMIUM = "ltc_premium", _("长期护理保险缴费")
    LARGE_EXPENSE_PREMIUM = "large_expense_premium", _("大额医疗补助缴费")
    COMMERCIAL_INSURANCE = "commercial_insurance", _("商业补充保险")


class Settlement(models.Model):
    """One bill, settled once. Amounts never change; only `status` and `refunded_fen` do."""

    class Status(models.TextChoices):
        SETTLED = "settled", _("已结算")
        PARTLY_REFUNDED = "partly_refunded", _("部分退费")
        REFUNDED = "refunded", _("已退费")
        REVERSED = "reversed", _("已撤销")

    ALLOWED = {
        Status.SETTLED: {Status.PARTLY_REFUNDED, Status.REFUNDED, Status.REVERSED},
        Status.PARTLY_REFUNDED: {Status.PARTLY_REFUNDED, Status.REFUNDED, Status.REVERSED},
        Status.REFUNDED: set(),
        Status.REVERSED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    #: Indexes of their own would repeat those below, at the cost of every bill.
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        related_name="+",
        verbose_name=_("定点机构"),
        db_index=False,
    )
    message_id = models.CharField(_("报文编号"), max_length=64)
    patient = models.ForeignKey(
        "accounts.Member",
        models.PROTECT,
        related_name="settlements",
        verbose_name=_("就诊人"),
        db_index=False,
    )
    #: Where and as what the patient was insured on the day: the rules of the whole bill.
    patient_area = models.CharField(_("参保地"), max_length=6, blank=True)
    patient_insutype = models.CharField(_("险种"), max_length=3, blank=True)
    use = models.CharField(_("用途"), max_length=24, choices=Use)
    status = models.CharField(_("状态"), max_length=16, choices=Status, default=Status.SETTLED)
    business_time = models.DateTimeField(_("业务时间"))
    business_date = models.DateField(_("业务日期"))
    posted_at = models.DateTimeField(_("记账时间"))
    total_fen = models.BigIntegerField(_("总额（分）"))
    fund_fen = models.BigIntegerField(_("基金支付（分）"))
    hospital_borne_fen = models.BigIntegerField(_("医院负担（分）"))
    own_paid_fen = models.BigIntegerField(_("全自费（分）"))
    over_limit_fen = models.BigIntegerField(_("超限价（分）"))
    pre_paid_fen = models.BigIntegerField(_("先行自付（分）"))
    in_scope_share_fen = models.BigIntegerField(_("范围内自付（分）"))
    personal_part_fen = models.BigIntegerField(_("个人负担（分）"))
    own_fen = models.BigIntegerField(_("本人账户（分）"))
    pooled_fen = models.BigIntegerField(_("共济（分）"))
    cash_fen = models.BigIntegerField(_("现金（分）"))
    refunded_fen = models.BigIntegerField(_("已退（分）"), default=0)
    balance_after_fen = models.BigIntegerField(_("结算后本人余额（分）"))
    acct_used_flag = models.PositiveSmallIntegerField(_("个人账户使用标志"))
    #: NULL where no account money moved.
    entry = models.OneToOneField(
        "ledger.Entry", models.PROTECT, null=True, related_name="+", verbose_name=_("分录")
    )
    #: Whole input and outcome of the split, by ids: `waterfall.split` reproduces it from here.
    decision = models.JSONField(_("决定"))
    rules_version = models.CharField(_("规则版本"), max_length=400)
    #: Who was bound to whom at that moment (ids, relation codes, states).
    family_snapshot = models.JSONField(_("家庭快照"), default=list)
    buyer_sealed = models.BinaryField(null=True)
    #: The case that asked a premium back; such a settlement is with the authority itself.
    claim = models.OneToOneField(
        "cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("报销申请")
    )
    #: Of a premium: the year it insures, where the till told it; the product, if an area lists it.
    premium_year = models.PositiveSmallIntegerField(_("参保年度"), null=True)
    premium_product = models.CharField(_("保险产品"), max_length=60, blank=True)
    premium_listed = models.BooleanField(_("产品已列名"), default=False)
    reversed_at = models.DateTimeField(_("撤销时间"), null=True)
    reversal_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)
    reversal_entry = models.OneToOneField(
        "ledger.Entry", models.PROTECT, null=True, related_name="+", verbose_name=_("撤销分录")
    )

    #: JSON of name and number of whoever collected the drugs for the patient.
    buyer = sealed_text("buyer")
    decided = cached_property(lambda row: decision_from_json(row.decision))  # set where just made

    DATA_CLASSES = classes(
        L2="id uid institution message_id claim status posted_at entry rules_version reversed_at "
        "reversal_reason reversal_entry",
        L3a="buyer_sealed",
        L3b="patient patient_area patient_insutype use business_time business_date total_fen "
        "fund_fen hospital_borne_fen own_paid_fen over_limit_fen pre_paid_fen in_scope_share_fen "
        "personal_part_fen own_fen pooled_fen cash_fen refunded_fen balance_after_fen "
        "acct_used_flag decision family_snapshot premium_year premium_product premium_listed",
    )

    class Meta:
        verbose_name = _("结算")
        verbose_name_plural = _("结算")
        constraints = [
            models.UniqueConstraint(
                "institution", "message_id", name="settlements_settlement_once_per_message"
            ),
            models.CheckConstraint(
                name="settlements_settlement_bill_adds_up",
                condition=Q(
                    total_fen=F("fund_fen") + F("hospital_borne_fen") + F("personal_part_fen")
                ),
            ),
            models.CheckConstraint(
                name="settlements_settlement_personal_part_adds_up",
                condition=Q(
                    personal_part_fen=F("own_paid_fen")
                    + F("over_limit_fen")
                    + F("pre_paid_fen")
                    + F("in_scope_share_fen")
                ),
            ),
            models.CheckConstraint(
                name="settlements_settlement_sources_cover_personal_part",
                condition=Q(personal_part_fen=F("own_fen") + F("pooled_fen") + F("cash_fen")),
            ),
            models.CheckConstraint(
                name="settlements_settlement_amounts_not_negative",
                condition=Q(
                    fund_fen__gte=0,
                    hospital_borne_fen__gte=0,
                    own_paid_fen__gte=0,
                    over_limit_fen__gte=0,
                    pre_paid_fen__gte=0,
                    in_scope_share_fen__gte=0,
                    own_fen__gte=0,
                    pooled_fen__gte=0,
                    cash_fen__gte=0,
                    balance_after_fen__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="settlements_settlement_refunded_within_personal_part",
                condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("personal_part_fen")),
            ),
            models.CheckConstraint(
                name="settlements_settlement_entry_iff_account_money",
                condition=Q(own_fen=0, pooled_fen=0, entry__isnull=True)
                | (~Q(own_fen=0, pooled_fen=0) & Q(entry__isnull=False)),
            ),
            models.CheckConstraint(
                name="settlements_settlement_status_matches_refunds",
                condition=Q(status="settled", refunded_fen=0)
                | Q(
                    status="partly_refunded",
                    refunded_fen__gt=0,
                    refunded_fen__lt=F("personal_part_fen"),
                )
                | Q(status="refunded", refunded_fen__gt=0, refunded_fen=F("personal_part_fen"))
                | Q(status="reversed"),
            ),
            models.CheckConstraint(
                name="settlements_settlement_reversed_has_moment",
                condition=Q(status="reversed", reversed_at__isnull=False)
                | (~Q(status="reversed") & Q(reversed_at__isnull=True)),
            ),
            # Nobody is insured twice for one year; what went back whole may be paid again.
            models.UniqueConstraint(
                *("patient", "use", "premium_year"),
                Case(When(premium_listed=True, then="premium_product"), default=Value("")),
                name="settlements_settlement_premium_once_a_year",
                condition=Q(premium_year__isnull=False) & ~Q(status__in=["reversed", "refunded"]),
            ),
            models.CheckConstraint(
                name="settlements_settlement_year_only_of_premium",
                condition=Q(premium_year__isnull=True, premium_product="", premium_listed=False)
                | Q(premium_year__isnull=False, use__in=PREMIUMS),
            ),
            models.CheckConstraint(
                name="settlements_settlement_flag_known",
                condition=Q(acct_used_flag__gte=0, acct_used_flag__lte=2),
            ),
        ]
        indexes = [
            models.Index(F("patient"), F("business_time").desc(), name="settlements_of_patient"),
            models.Index("institution", "business_date", name="settlements_of_institution"),
            # Bills come in by day, so a summary of each range of blocks finds a day's among years,
            # at next to no cost for the till.
            BrinIndex("business_date", name="settlements_of_day", autosummarize=True),
        ]

    def __str__(self):
        return f"{self.institution_id}/{self.message_id}"


def _somebody(words, **more) -> models.ForeignKey:
    """Return the field of a person of a line; an index of its own would repeat those below."""
    return models.ForeignKey(
        "accounts.Member",
        models.PROTECT,
        related_name="+",
        verbose_name=words,
        db_index=False,
        **more,
    )


class Line(models.Model):
    """One source of one settlement: what it gave, and how much of that went back."""

    class Source(models.TextChoices):
        OWN = "own", _("本人账户")
        WALLET = "wallet", _("本人医保钱包")
        FAMILY_FUND = "family_fund", _("家庭共济账户")
        RELATIVE = "relative", _("家人账户")
        QUOTA = "quota", _("共济额度")
        CASH = "cash", _("现金")

    settlement = models.ForeignKey(
        Settlement, models.PROTECT, related_name="lines", verbose_name=_("结算"), db_index=False
    )
    order = models.PositiveSmallIntegerField(_("次序"))
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    part = models.CharField(_("部分"), max_length=7, blank=True)
    ledger_account = models.ForeignKey(
        "ledger.Account",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("账目"),
        db_index=False,
    )
    binding = models.ForeignKey(
        "bindings.Binding",
        models.PROTECT,
        null=True,
        related_name="lines",
        verbose_name=_("共济授权"),
    )
    payer = _somebody(_("共济人"), null=True)
    #: Whose share of a family fund it came from: nobody authorised it, so it has no payer.
    owner = _somebody(_("出资人"), null=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    #: Given back so far, by refunds and by the reversal.
    returned_fen = models.BigIntegerField(_("已退回（分）"), default=0)
    #: Copies for the caps' index: patient, use and day of the settlement.
    patient = _somebody(_("就诊人"))
    use = models.CharField(_("用途"), max_length=24)
    business_date = models.DateField(_("业务日期"))

    DATA_CLASSES = classes(
        L2="id settlement order",
        L3b="source part ledger_account binding payer owner amount_fen returned_fen patient use "
        "business_date",
    )

    class Meta:
        verbose_name = _("结算行")
        verbose_name_plural = _("使用记录")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint("settlement", "order", name="settlements_line_order_once"),
            models.CheckConstraint(
                name="settlements_line_amount_positive", condition=Q(amount_fen__gt=0)
            ),
            models.CheckConstraint(
                name="settlements_line_returned_within_amount",
                condition=Q(returned_fen__gte=0, returned_fen__lte=F("amount_fen")),
            ),
            models.CheckConstraint(
                name="settlements_line_account_unless_cash",
                condition=Q(source="cash", ledger_account__isnull=True)
                | (~Q(source="cash") & Q(ledger_account__isnull=False)),
            ),
            models.CheckConstraint(
                name="settlements_line_payer_iff_binding",
                condition=Q(
                    source__in=["relative", "quota"], payer__isnull=False, binding__isnull=False
                )
                | (
                    ~Q(source__in=["relative", "quota"])
                    & Q(payer__isnull=True, binding__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="settlements_line_owner_iff_family_fund",
                condition=Q(source="family_fund", owner__isnull=False)
                | (~Q(source="family_fund") & Q(owner__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                F("owner"),
                F("business_date"),
                name="settlements_line_of_owner",
                condition=Q(owner__isnull=False),
            ),
            models.Index(
                F("payer"),
                F("business_date"),
                name="settlements_line_of_payer",
                condition=Q(payer__isnull=False),
            ),
            models.Index(
                F("patient"),
                F("business_date"),
                name="settlements_line_of_patient",
                condition=Q(payer__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.settlement_id}#{self.order}"


class Refund(models.Model):
    """Part of a settlement given back, walking its lines backwards."""

    settlement = models.ForeignKey(
        Settlement, models.PROTECT, related_name="refunds", verbose_name=_("结算")
    )
    amount_fen = models.BigIntegerField(_("金额（分）"))
    reason = models.CharField(_("原因"), max_length=200)
    refunded_at = models.DateTimeField(_("退费时间"))
    balance_after_fen = models.BigIntegerField(_("退费后本人余额（分）"))
    entry = models.OneToOneField(
        "ledger.Entry", models.PROTECT, null=True, related_name="+", verbose_name=_("分录")
    )

    DATA_CLASSES = classes(
        L2="id settlement reason refunded_at entry", L3b="amount_fen balance_after_fen"
    )

    class Meta:
        verbose_name = _("退费")
        verbose_name_plural = _("退费")
        constraints = [
            models.CheckConstraint(
                name="settlements_refund_amount_positive", condition=Q(amount_fen__gt=0)
            )
        ]

    def __str__(self):
        return f"{self.settlement_id}/{self.pk}"


class RefundLine(models.Model):
    """What one line got back in one refund, and into which ledger account."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines", verbose_name=_("退费"))
    line = models.ForeignKey(
        Line, models.PROTECT, related_name="refund_lines", verbose_name=_("结算行")
    )
    order = models.PositiveSmallIntegerField(_("次序"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    ledger_account = models.ForeignKey(
        "ledger.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("账目")
    )

    DATA_CLASSES = classes(L2="id refund line order ledger_account", L3b="amount_fen")

    class Meta:
        verbose_name = _("退费行")
        verbose_name_plural = _("退费行")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint("refund", "order", name="settlements_refundline_order_once"),
            models.CheckConstraint(
                name="settlements_refundline_amount_positive", condition=Q(amount_fen__gt=0)
            ),
        ]

    def __str__(self):
        return f"{self.refund_id}#{self.order}"
