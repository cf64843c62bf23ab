"""What a patient came for, and the items of its fees."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared import crypto
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class Visit(models.Model):
    """One stay or call of a patient at an institution (`mdtrt_id`).

    What was found and done there is encrypted with the visit's own key: deleting the key
    makes it unreadable, and nobody reads it with the root key alone.
    """

    class Kind(models.TextChoices):
        OUTPATIENT = "outpatient", _("门诊")
        INPATIENT = "inpatient", _("住院")
        PHARMACY = "pharmacy", _("药店")

    class State(models.TextChoices):
        OPEN = "open", _("就诊中")
        DISCHARGED = "discharged", _("已出院")
        CANCELLED = "cancelled", _("已取消")

    ALLOWED = {
        State.OPEN: {State.DISCHARGED, State.CANCELLED},
        State.DISCHARGED: {State.OPEN},
        State.CANCELLED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    patient = models.ForeignKey(
        "accounts.Member", models.PROTECT, related_name="+", verbose_name=_("就诊人")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    #: `infno:msgid` of the message that opened it.
    message_id = models.CharField(_("报文编号"), max_length=64)
    number = models.CharField(_("住院/门诊号"), max_length=30, blank=True)
    insutype = models.CharField(_("险种"), max_length=6)
    opened_at = models.DateTimeField(_("登记时间"))
    begun_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    #: What of the deductible earlier settlements of this visit have used up.
    deductible_fen = models.BigIntegerField(_("已付起付线（分）"), default=0)
    key_sealed = models.BinaryField(null=True)
    details = models.BinaryField(null=True)

    key_text = sealed_text("key")

    DATA_CLASSES = classes(
        L2="id uid institution state message_id number opened_at",
        L3b="patient kind insutype begun_at ended_at deductible_fen",
        L4="key_sealed details",
    )

    class Meta:
        verbose_name = _("就诊")
        verbose_name_plural = _("就诊")
        constraints = [
            models.CheckConstraint(
                name="hospital_visit_only_inpatients_are_discharged",
                condition=~Q(state="discharged") | Q(kind="inpatient", ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hospital_visit_deductible_not_negative", condition=Q(deductible_fen__gte=0)
            ),
        ]

    def __str__(self):
        return str(self.pk)

    def closed(self, text: str, *, bound: object) -> bytes:
        """Return text encrypted with the visit's key, for one place."""
        return crypto.encrypt(text.encode(), key=self.key_text, bound=f"hospital_visit.{bound}")

    def opened(self, data: bytes, *, bound: object) -> str:
        """Return what `closed` closed for that place. Raises CannotOpen."""
        place = f"hospital_visit.{bound}"
        return crypto.decrypt(bytes(data), key=self.key_text, bound=place).decode()


class FeeLine(models.Model):
    """One item of a visit's fees (`feedetl_sn`), in a batch, settled or not yet."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="fees", verbose_name=_("就诊"), db_index=False
    )
    number = models.CharField(_("费用明细流水号"), max_length=30)
    batch = models.CharField(_("收费批次号"), max_length=30, blank=True)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    own_paid_fen = models.BigIntegerField(_("全自费（分）"), default=0)
    over_limit_fen = models.BigIntegerField(_("超限价（分）"), default=0)
    pre_paid_fen = models.BigIntegerField(_("先行自付（分）"), default=0)
    in_scope_fen = models.BigIntegerField(_("政策范围内（分）"), default=0)
    received_at = models.DateTimeField(_("收到时间"))
    settlement = models.ForeignKey(
        "settlements.Settlement",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("结算"),
    )
    details = models.BinaryField()

    DATA_CLASSES = classes(
        L2="id uid visit number batch received_at settlement",
        L3b="amount_fen own_paid_fen over_limit_fen pre_paid_fen in_scope_fen",
        L4="details",
    )

    class Meta:
        verbose_name = _("费用明细")
        verbose_name_plural = _("费用明细")
        constraints = [
            models.UniqueConstraint("visit", "number", name="hospital_feeline_once_per_visit"),
            models.CheckConstraint(
                name="hospital_feeline_adds_up",
                condition=Q(
                    amount_fen=F("own_paid_fen")
                    + F("over_limit_fen")
                    + F("pre_paid_fen")
                    + F("in_scope_fen")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.visit_id}/{self.number}"
