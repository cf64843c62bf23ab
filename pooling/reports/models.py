"""What other rules would have made of stored decisions: a question, its progress, its answer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Replay(models.Model):
    """A draft of rules tried on the decisions of a period, a few at a time.

    `since` and `until` are half-open business dates. The rules are those of the moment it was
    asked for: who goes on editing the draft does not mix two answers into one.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        STOPPED = "stopped", _("已停止")

    ALLOWED = {
        Status.WAITING: {Status.RUNNING, Status.STOPPED},
        Status.RUNNING: {Status.DONE, Status.STOPPED},
        Status.DONE: set(),
        Status.STOPPED: set(),
    }

    version = models.ForeignKey(
        "policy.RuleVersion", models.PROTECT, related_name="+", verbose_name=_("规则版本")
    )
    rules = models.JSONField(_("试算的规则"))
    since = models.DateField(_("从"))
    until = models.DateField(_("到（不含）"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(_("提出时间"))
    asked_by = models.CharField(_("提出人"), max_length=64)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    #: What is settled after it was asked for is not looked at, so that the figures are definite.
    up_to_id = models.BigIntegerField(_("截至结算"))
    #: Where it goes on: the day, and the last settlement of that day that was looked at.
    day = models.DateField(_("算到哪天"))
    after_id = models.BigIntegerField(_("算到哪笔"), default=0)
    total = models.PositiveIntegerField(_("结算总数"), default=0)
    seen = models.PositiveIntegerField(_("已看"), default=0)
    concerned = models.PositiveIntegerField(_("涉及本规则"), default=0)
    changed = models.PositiveIntegerField(_("结果不同"), default=0)
    #: Made again under their own rules, they did not come out as stored.
    unlike = models.PositiveIntegerField(_("按原规则重算不符"), default=0)

    DATA_CLASSES = classes(
        L1="id version rules since until status asked_at asked_by finished_at",
        L2="up_to_id day after_id total seen concerned changed unlike",
    )

    class Meta:
        verbose_name = _("规则试算")
        verbose_name_plural = _("规则试算")
        default_permissions = ("view",)
        permissions = [("start_replay", _("可以试算规则"))]
        constraints = [
            models.CheckConstraint(
                name="reports_replay_period_not_empty", condition=Q(since__lt=F("until"))
            ),
            models.CheckConstraint(
                name="reports_replay_finished_has_moment",
                condition=Q(status__in=["waiting", "running"], finished_at__isnull=True)
                | Q(status__in=["done", "stopped"], finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reports_replay_counts_nest",
                condition=Q(changed__lte=F("concerned"), concerned__lte=F("seen"))
                & Q(unlike__lte=F("concerned")),
            ),
            models.UniqueConstraint(
                "version",
                name="reports_replay_one_at_a_time",
                condition=Q(status__in=["waiting", "running"]),
            ),
        ]

    def __str__(self):
        return f"{self.version_id} {self.since}–{self.until}"


class ReplayArea(models.Model):
    """The figures of one pooling area: the bills its rules, or payers', had a say in."""

    replay = models.ForeignKey(
        Replay, models.CASCADE, related_name="areas", verbose_name=_("规则试算")
    )
    area = models.CharField(_("参保地"), max_length=6)
    looked_at = models.PositiveIntegerField(_("结算数"), default=0)
    changed = models.PositiveIntegerField(_("结果不同"), default=0)
    own_before_fen = models.BigIntegerField(_("原本人账户（分）"), default=0)
    own_after_fen = models.BigIntegerField(_("试算本人账户（分）"), default=0)
    pooled_before_fen = models.BigIntegerField(_("原共济（分）"), default=0)
    pooled_after_fen = models.BigIntegerField(_("试算共济（分）"), default=0)
    cash_before_fen = models.BigIntegerField(_("原现金（分）"), default=0)
    cash_after_fen = models.BigIntegerField(_("试算现金（分）"), default=0)

    DATA_CLASSES = classes(
        L1="id replay area",
        L2="looked_at changed own_before_fen own_after_fen pooled_before_fen pooled_after_fen "
        "cash_before_fen cash_after_fen",
    )

    class Meta:
        verbose_name = _("各地试算")
        verbose_name_plural = _("各地试算")
        constraints = [
            models.UniqueConstraint("replay", "area", name="reports_replayarea_once"),
            models.CheckConstraint(
                name="reports_replayarea_bills_stay_whole",
                condition=Q(
                    own_before_fen=F("own_after_fen")
                    + F("pooled_after_fen")
                    + F("cash_after_fen")
                    - F("pooled_before_fen")
                    - F("cash_before_fen")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.replay_id} {self.area}"


class ReplayChange(models.Model):
    """One settlement that would have come out otherwise, with the first source that differs."""

    replay = models.ForeignKey(
        Replay, models.CASCADE, related_name="changes", verbose_name=_("规则试算")
    )
    settlement = models.ForeignKey(
        "settlements.Settlement",
        models.PROTECT,
        related_name="+",
        verbose_name=_("结算"),
        db_index=False,
    )
    area = models.CharField(_("参保地"), max_length=6)
    business_date = models.DateField(_("业务日期"))
    own_before_fen = models.BigIntegerField(_("原本人账户（分）"))
    own_after_fen = models.BigIntegerField(_("试算本人账户（分）"))
    pooled_before_fen = models.BigIntegerField(_("原共济（分）"))
    pooled_after_fen = models.BigIntegerField(_("试算共济（分）"))
    cash_before_fen = models.BigIntegerField(_("原现金（分）"))
    cash_after_fen = models.BigIntegerField(_("试算现金（分）"))
    #: The first source that differs, by ids: who, how much, why. NULL where only parts differ.
    before = models.JSONField(_("原先"), null=True)
    after = models.JSONField(_("试算"), null=True)

    DATA_CLASSES = classes(
        L1="id replay",
        L2="settlement",
        L3b="area business_date own_before_fen own_after_fen pooled_before_fen pooled_after_fen "
        "cash_before_fen cash_after_fen before after",
    )

    class Meta:
        verbose_name = _("试算结果不同的结算")
        verbose_name_plural = _("试算结果不同的结算")
        constraints = [
            models.UniqueConstraint(
                "replay", "settlement", name="reports_replaychange_once_per_settlement"
            )
        ]

    def __str__(self):
        return f"{self.replay_id} {self.settlement_id}"
