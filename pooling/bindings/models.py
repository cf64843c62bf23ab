"""Authorisations: a payer lets a near relative's own part be paid from the payer's account."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


def _both_or_neither(at: str, by: str) -> Q:
    return Q(**{f"{at}__isnull": True, f"{by}__isnull": True}) | Q(
        **{f"{at}__isnull": False, f"{by}__isnull": False}
    )


class Binding(models.Model):
    """One authorisation, `[from_date, to_date)`. People are ids; names are looked up, not kept.

    `frozen_*` is the payer stopping use, `declined_*` the relative stopping use: both count
    at the till at once and neither ends the binding. Empty cap = none, 0 = nothing.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待家人确认")
        ACTIVE = "active", _("使用中")
        REFUSED = "refused", _("家人未同意")
        WITHDRAWN = "withdrawn", _("已撤回")
        RELEASED = "released", _("已解除")
        EXPIRED = "expired", _("已到期")

    ALLOWED = {
        State.PROPOSED: {State.ACTIVE, State.REFUSED, State.WITHDRAWN, State.EXPIRED},
        State.ACTIVE: {State.RELEASED, State.EXPIRED},
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
        State.RELEASED: set(),
        State.EXPIRED: set(),
    }
    OPEN = (State.PROPOSED, State.ACTIVE)

    class Proof(models.TextChoices):
        REGISTRY = "registry", _("登记数据")
        COMMITMENT = "commitment", _("承诺书")
        DOCUMENTED = "documented", _("关系证明")
        CONFIRMED = "confirmed", _("家人确认")

    payer = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="bindings_given", verbose_name=_("共济人")
    )
    relative = models.ForeignKey(
        "accounts.Member",
        models.PROTECT,
        related_name="bindings_received",
        verbose_name=_("被共济人"),
    )
    #: What the relative is to the payer (GB/T 4761 code and its class).
    relation_code = models.CharField(_("关系代码"), max_length=2)
    relation_kind = models.CharField(_("关系"), max_length=24)
    proof = models.CharField(_("关系依据"), max_length=12, choices=Proof)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    #: The relative's order among those who pay for them; the relative may change it.
    rank = models.PositiveSmallIntegerField(_("顺位"), default=1)
    from_date = models.DateField(_("起始日期"))
    to_date = models.DateField(_("终止日期"), null=True)
    bound_at = models.DateTimeField(_("绑定时间"), null=True)
    cap_per_settlement_fen = models.BigIntegerField(_("每次上限（分）"), null=True)
    cap_per_day_fen = models.BigIntegerField(_("每日上限（分）"), null=True)
    cap_per_month_fen = models.BigIntegerField(_("每月上限（分）"), null=True)
    cap_per_year_fen = models.BigIntegerField(_("每年上限（分）"), null=True)
    uses = models.JSONField(_("用途"), null=True)
    #: The signed authorisation: version and SM3 fingerprint of the very text shown.
    signed_at = models.DateTimeField(_("签署时间"))
    signed_by = models.BigIntegerField(_("签署人"))
    text_version = models.CharField(_("文本版本"), max_length=20)
    text_hash = models.CharField(_("文本指纹"), max_length=64)
    frozen_at = models.DateTimeField(_("暂停时间"), null=True)
    frozen_by = models.BigIntegerField(_("暂停人"), null=True)
    declined_at = models.DateTimeField(_("停用时间"), null=True)
    declined_by = models.BigIntegerField(_("停用人"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ended_by = models.BigIntegerField(_("结束人"), null=True)
    #: Why it ended: released_by_payer, released_by_relative, expired, refused, ….
    ended_cause = models.CharField(_("结束原因"), max_length=40, blank=True)
    release_asked_at = models.DateTimeField(_("申请解除时间"), null=True)
    release_asked_by = models.BigIntegerField(_("申请解除人"), null=True)
    #: A release that counts later by the area's clause: usable before this day, not from it on.
    release_on = models.DateField(_("解除生效日"), null=True)
    case = models.OneToOneField(
        "cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("经办件")
    )
    #: Where the two were insured when it was made; empty where nobody knows. Who is insured
    #: elsewhere since has moved.
    payer_area = models.CharField(_("授权时共济人统筹区"), max_length=6, blank=True)
    relative_area = models.CharField(_("授权时被共济人统筹区"), max_length=6, blank=True)
    #: The last of `rules.AGES` the relative had reached when both were told; 0 before the first.
    age_told = models.PositiveSmallIntegerField(_("已告知年龄"), default=0)
    #: The relative was asked to renew; from this day on it is unusable until they do.
    renew_before = models.DateField(_("续期截止日"), null=True)
    #: What the registry stops it for, as both were last told. For telling alone: what counts
    #: at the till is asked of the registry at every bill.
    halted_for = models.CharField(_("暂停原因"), max_length=40, blank=True)
    #: Whether the lot fell on its commitment letter; empty until drawn.
    sampled = models.BooleanField(_("抽中核查"), null=True)

    DATA_CLASSES = classes(
        L2="id case text_version text_hash sampled",
        L3b="payer relative relation_code relation_kind proof state rank from_date to_date "
        "bound_at cap_per_settlement_fen cap_per_day_fen cap_per_month_fen cap_per_year_fen uses "
        "signed_at signed_by frozen_at frozen_by declined_at declined_by ended_at ended_by "
        "ended_cause release_asked_at release_asked_by release_on payer_area relative_area "
        "age_told renew_before halted_for",
    )

    class Meta:
        verbose_name = _("共济授权")
        verbose_name_plural = _("共济授权")
        constraints = [
            models.CheckConstraint(
                name="bindings_binding_not_oneself", condition=~Q(payer=F("relative"))
            ),
            models.CheckConstraint(
                name="bindings_binding_state_known",
                condition=Q(
                    state__in=[
                        "proposed",
                        "active",
                        "refused",
                        "withdrawn",
                        "released",
                        "expired",
                    ]
                ),
            ),
            models.UniqueConstraint(
                F("payer"),
                F("relative"),
                name="bindings_binding_one_open_per_pair",
                condition=Q(state__in=["proposed", "active"]),
            ),
            models.CheckConstraint(
                name="bindings_binding_period_forward",
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")),
            ),
            models.CheckConstraint(
                name="bindings_binding_caps_not_negative",
                condition=(
                    Q(cap_per_settlement_fen__isnull=True) | Q(cap_per_settlement_fen__gte=0)
                )
                & (Q(cap_per_day_fen__isnull=True) | Q(cap_per_day_fen__gte=0))
                & (Q(cap_per_month_fen__isnull=True) | Q(cap_per_month_fen__gte=0))
                & (Q(cap_per_year_fen__isnull=True) | Q(cap_per_year_fen__gte=0)),
            ),
            models.CheckConstraint(
                name="bindings_binding_active_is_bound",
                condition=~Q(state__in=["active", "released"]) | Q(bound_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bindings_binding_ended_says_why",
                condition=(
                    Q(state__in=["proposed", "active"], ended_at__isnull=True, ended_cause="")
                    | (
                        ~Q(state__in=["proposed", "active"])
                        & Q(ended_at__isnull=False)
                        & ~Q(ended_cause="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="bindings_binding_both_frozen_at_and_by",
                condition=_both_or_neither("frozen_at", "frozen_by"),
            ),
            models.CheckConstraint(
                name="bindings_binding_both_declined_at_and_by",
                condition=_both_or_neither("declined_at", "declined_by"),
            ),
            models.CheckConstraint(
                name="bindings_binding_both_release_asked_at_and_by",
                condition=_both_or_neither("release_asked_at", "release_asked_by"),
            ),
            models.CheckConstraint(
                name="bindings_binding_later_release_was_asked",
                condition=Q(release_on__isnull=True) | Q(release_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bindings_binding_ended_by_has_moment",
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(name="bindings_binding_rank_from_one", condition=Q(rank__gte=1)),
            models.CheckConstraint(
                name="bindings_binding_age_told_is_a_milestone",
                condition=Q(age_told__in=[0, 14, 16, 18]),
            ),
            models.CheckConstraint(
                name="bindings_binding_renewal_after_consent",
                condition=Q(renew_before__isnull=True) | Q(bound_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bindings_binding_halted_while_active",
                condition=Q(halted_for="") | Q(state="active"),
            ),
            models.CheckConstraint(
                name="bindings_binding_only_commitments_are_sampled",
                condition=Q(sampled__isnull=True) | Q(proof="commitment"),
            ),
        ]
        indexes = [
            models.Index(
                F("relative"),
                name="bindings_binding_of_relative",
                condition=Q(state__in=["proposed", "active"]),
            ),
            models.Index(
                F("payer"),
                name="bindings_binding_of_payer",
                condition=Q(state__in=["proposed", "active"]),
            ),
        ]

    def __str__(self):
        return f"{self.payer_id}→{self.relative_id}"


class PayerCap(models.Model):
    """A payer's own limits over all relatives. Empty = none, 0 = nothing."""

    payer = models.OneToOneField(
        "accounts.Member", models.PROTECT, related_name="payer_cap", verbose_name=_("共济人")
    )
    cap_per_day_fen = models.BigIntegerField(_("每日上限（分）"), null=True)
    cap_per_month_fen = models.BigIntegerField(_("每月上限（分）"), null=True)
    cap_per_year_fen = models.BigIntegerField(_("每年上限（分）"), null=True)

    DATA_CLASSES = classes(L2="id", L3b="payer cap_per_day_fen cap_per_month_fen cap_per_year_fen")

    class Meta:
        verbose_name = _("共济人总限额")
        verbose_name_plural = _("共济人总限额")
        constraints = [
            models.CheckConstraint(
                name="bindings_payercap_not_negative",
                condition=(Q(cap_per_day_fen__isnull=True) | Q(cap_per_day_fen__gte=0))
                & (Q(cap_per_month_fen__isnull=True) | Q(cap_per_month_fen__gte=0))
                & (Q(cap_per_year_fen__isnull=True) | Q(cap_per_year_fen__gte=0)),
            )
        ]

    def __str__(self):
        return str(self.payer_id)


class Attempt(models.Model):
    """An application about somebody the asker has no registered relation to.

    Kept whether or not that person exists: attempts are limited per asker and day and per
    number, and whoever is asked about may see that somebody asked. The number itself stays
    sealed in the case; here is only its fingerprint.
    """

    case = models.OneToOneField(
        "cases.Case", models.PROTECT, related_name="+", verbose_name=_("经办件")
    )
    asker = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    target_index = models.BinaryField(db_index=True)
    made_at = models.DateTimeField(_("时间"))

    DATA_CLASSES = classes(L2="id case made_at", L3a="target_index", L3b="asker")

    class Meta:
        verbose_name = _("未登记关系的申请")
        verbose_name_plural = _("未登记关系的申请")
        indexes = [models.Index("asker", "made_at", name="bindings_attempt_of_asker")]

    def __str__(self):
        return str(self.case_id)


class Block(models.Model):
    """A member wants no more applications from somebody who asked about them."""

    relative = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("被共济人")
    )
    payer = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    blocked_at = models.DateTimeField(_("时间"))

    DATA_CLASSES = classes(L2="id blocked_at", L3b="relative payer")

    class Meta:
        verbose_name = _("不接受申请")
        verbose_name_plural = _("不接受申请")
        constraints = [
            models.UniqueConstraint("relative", "payer", name="bindings_block_once_per_pair"),
            models.CheckConstraint(
                name="bindings_block_not_oneself", condition=~Q(payer=F("relative"))
            ),
        ]

    def __str__(self):
        return f"{self.relative_id}×{self.payer_id}"
