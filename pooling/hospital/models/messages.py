"""What moved money, and what we answered, in the same transaction as the money."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Message(models.Model):
    """One message that moves money, kept for ever: met again it gets the same answer.

    The row is inserted first, so that its unique keys make a second till wait. A
    tombstone is a reversal that came before its original: it refuses the late original.
    """

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("结算")
        TOMBSTONE = "tombstone", _("先到的撤销")
        REVERSAL = "reversal", _("撤销")
        REFUND = "refund", _("退费")
        ADMISSION = "admission", _("入院登记")

    client = models.ForeignKey(
        "accounts.ApiClient", models.PROTECT, related_name="+", verbose_name=_("接口客户端")
    )
    key = models.CharField(_("幂等键"), max_length=64)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    #: Transaction of the national interface; empty for REST. There a message is the
    #: institution's, whichever of its credentials signed it.
    infno = models.CharField(_("交易编号"), max_length=6, blank=True, default="")
    #: The message id of a settlement or of the settlement a tombstone stands for.
    message_id = models.CharField(_("报文编号"), max_length=64, blank=True)
    fingerprint = models.CharField(_("内容指纹"), max_length=64)
    status = models.PositiveSmallIntegerField(_("应答码"), null=True)
    answer = models.TextField(_("应答"), blank=True)
    #: The national interface names people in full; so its answers are sealed, by this row's id.
    answer_sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField(_("时间"))
    replays = models.PositiveIntegerField(_("重放次数"), default=0)

    DATA_CLASSES = classes(
        L2="id client key kind institution infno message_id fingerprint status received_at replays",
        L3a="answer_sealed",
        L3b="answer",
    )

    class Meta:
        verbose_name = _("接口报文")
        verbose_name_plural = _("接口报文")
        constraints = [
            models.UniqueConstraint("client", "key", name="hospital_message_once_per_key"),
            models.UniqueConstraint(
                F("institution"),
                F("message_id"),
                name="hospital_message_once_per_institution",
                condition=Q(kind__in=["settlement", "tombstone", "admission"]),
            ),
            models.UniqueConstraint(
                "institution",
                "key",
                name="hospital_message_once_per_transaction",
                condition=~Q(infno=""),
            ),
        ]

    def __str__(self):
        return f"{self.client_id}/{self.key}"
