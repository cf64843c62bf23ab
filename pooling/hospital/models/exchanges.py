"""The log of what tills said and were answered, whatever became of it (ADR 0038)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Exchange(models.Model):
    """One message and its answer, written after whatever it did was committed or taken back.

    A log and no book: money is in the ledger, and what a repeated message is answered in
    `Message`. Its keys are not enforced, so that writing a line locks nothing a till waits for.
    Lines are never changed; contents and then lines go when their time is over (a trigger).
    """

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("已办理")
        REPEATED = "repeated", _("重复应答")
        REFUSED = "refused", _("业务拒绝")
        INVALID = "invalid", _("报文有误")
        UNSIGNED = "unsigned", _("未通过验签")
        BUSY = "busy", _("系统繁忙")
        UNKNOWN = "unknown", _("结果不明")
        FAILED = "failed", _("系统故障")

    #: What needs nobody's attention.
    WELL = (Outcome.ANSWERED, Outcome.REPEATED)
    #: What went wrong on our side: the sender did nothing amiss.
    OURS = (Outcome.BUSY, Outcome.UNKNOWN, Outcome.FAILED)

    #: What the contents are sealed for. Nobody searches by it.
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("收到时间"))
    duration_ms = models.PositiveIntegerField(_("用时（毫秒）"))
    #: Who signed it; empty where nobody provably did.
    client = models.ForeignKey(
        "accounts.ApiClient",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("接口客户端"),
        db_constraint=False,
        db_index=False,
    )
    #: Whose key an unsigned message bore: a till with a slow clock, or somebody else.
    claimed = models.ForeignKey(
        "accounts.ApiClient",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("自称的接口客户端"),
        db_constraint=False,
        db_index=False,
    )
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("定点机构"),
        db_constraint=False,
        db_index=False,
    )
    #: Transaction of the national interface, or the name of a REST call.
    infno = models.CharField(_("交易"), max_length=16, blank=True)
    #: `msgid`, or the idempotency key of REST.
    msgid = models.CharField(_("报文编号"), max_length=64, blank=True)
    setl_id = models.BigIntegerField(_("结算编号"), null=True)
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome)
    status = models.PositiveSmallIntegerField(_("HTTP 状态"))
    #: Machine code of a refusal, the field after it where one is to blame.
    reason = models.CharField(_("原因代码"), max_length=100, blank=True)
    #: `X-Request-ID`, which the process's own log lines bear too.
    request_id = models.CharField(_("请求编号"), max_length=64)
    request_size = models.PositiveIntegerField(_("报文长度（字节）"))
    answer_size = models.PositiveIntegerField(_("应答长度（字节）"))
    #: Keyed, for a bare hash of a short message could be guessed.
    fingerprint = models.BinaryField(_("内容指纹"), max_length=32)
    #: Compressed. Empty where it is nobody's, too large, or its time is over.
    request_sealed = models.BinaryField(null=True)
    answer_sealed = models.BinaryField(null=True)
    #: Of a replay: of which line, by whom, and why.
    replay_of = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        verbose_name=_("重放的原报文"),
        db_constraint=False,
        db_index=False,
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("重放人"),
        db_constraint=False,
        db_index=False,
    )
    note = models.CharField(_("重放理由"), max_length=200, blank=True)

    DATA_CLASSES = classes(
        L2="id uid at duration_ms client claimed institution infno msgid setl_id outcome status "
        "reason request_id request_size answer_size fingerprint replay_of staff note",
        # National messages carry diagnoses and drugs.
        L4="request_sealed answer_sealed",
    )

    class Meta:
        verbose_name = _("接口日志")
        verbose_name_plural = _("接口日志")
        default_permissions = ("view",)
        permissions = [("replay_exchange", _("可以重放失败的报文"))]
        constraints = [
            models.CheckConstraint(
                name="hospital_exchange_of_nobody_keeps_nothing",
                condition=Q(client__isnull=False)
                | Q(request_sealed__isnull=True, answer_sealed__isnull=True),
            ),
            models.CheckConstraint(
                name="hospital_exchange_replay_says_who_and_why",
                condition=Q(replay_of__isnull=True, staff__isnull=True, note="")
                | Q(replay_of__isnull=False, staff__isnull=False) & ~Q(note=""),
            ),
        ]
        indexes = [
            models.Index("at", name="hospital_exchange_day"),
            models.Index("institution", "at", name="hospital_exchange_place_day"),
            models.Index("msgid", name="hospital_exchange_msgid", condition=Q(msgid__gt="")),
            models.Index(
                "setl_id", name="hospital_exchange_setl_id", condition=Q(setl_id__isnull=False)
            ),
            models.Index(
                "at",
                name="hospital_exchange_not_well",
                condition=~Q(outcome__in=["answered", "repeated"]),
            ),
            models.Index(
                "at",
                name="hospital_exchange_with_content",
                condition=Q(request_sealed__isnull=False) | Q(answer_sealed__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.infno}/{self.msgid}"
