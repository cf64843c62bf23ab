"""What an institution and the scheme reckon with each other, and the files they compare."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.hospital.models.visits import Visit
from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class ClearingLine(models.Model):
    """What a settlement adds to the account between institution and scheme, with its sign.

    One line when settled, one with everything negated when reversed: 3201 adds them up by
    insurance, clearing type and day. `facts` is what a later reply repeats; it names nobody.
    """

    settlement = models.ForeignKey(
        "settlements.Settlement", models.PROTECT, related_name="+", verbose_name=_("结算")
    )
    returned = models.BooleanField(_("退费"), default=False)
    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="clearing", verbose_name=_("就诊")
    )
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        related_name="+",
        verbose_name=_("定点机构"),
        db_index=False,
    )
    #: The institution's own `msgid`, by which it names the settlement.
    msgid = models.CharField(_("发送方报文编号"), max_length=30)
    insutype = models.CharField(_("险种"), max_length=6)
    clr_type = models.CharField(_("清算类别"), max_length=6)
    settled_at = models.DateTimeField(_("结算时间"))
    settled_on = models.DateField(_("结算日期"))
    total_fen = models.BigIntegerField(_("总额（分）"))
    fund_fen = models.BigIntegerField(_("基金支付（分）"))
    hospital_borne_fen = models.BigIntegerField(_("医院负担（分）"))
    account_fen = models.BigIntegerField(_("个人账户支付（分）"))
    pooled_fen = models.BigIntegerField(_("共济（分）"))
    cash_fen = models.BigIntegerField(_("现金（分）"))
    facts = models.JSONField(_("结算要素"))

    DATA_CLASSES = classes(
        L2="id settlement returned visit institution msgid settled_at settled_on",
        L3b="insutype clr_type total_fen fund_fen hospital_borne_fen account_fen pooled_fen "
        "cash_fen facts",
    )

    class Meta:
        verbose_name = _("清算明细")
        verbose_name_plural = _("清算明细")
        constraints = [
            models.UniqueConstraint(
                "settlement", "returned", name="hospital_clearingline_once_each_way"
            ),
            models.CheckConstraint(
                name="hospital_clearingline_adds_up",
                condition=Q(
                    total_fen=F("fund_fen")
                    + F("hospital_borne_fen")
                    + F("account_fen")
                    + F("cash_fen")
                ),
            ),
            models.CheckConstraint(
                name="hospital_clearingline_sign",
                condition=Q(returned=False, total_fen__gte=0, fund_fen__gte=0, account_fen__gte=0)
                | Q(returned=True, total_fen__lte=0, fund_fen__lte=0, account_fen__lte=0),
            ),
        ]
        indexes = [
            models.Index("institution", "settled_on", name="hospital_clearing_of_day"),
        ]

    def __str__(self):
        return f"{self.settlement_id}{'-' if self.returned else '+'}"


class ExchangeFile(models.Model):
    """A file of an institution: a statement it uploaded (9101), or what differs in it (9102).

    Sealed, for nobody looks into what an institution uploads before it is asked about.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    number = models.CharField(_("文件查询号"), max_length=30, unique=True)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("定点机构")
    )
    name = models.CharField(_("文件名"), max_length=200)
    content_sealed = models.BinaryField()
    made_at = models.DateTimeField(_("建立时间"), db_index=True)

    #: Base64.
    content = sealed_text("content")

    DATA_CLASSES = classes(L2="id uid number institution name made_at", L3a="content_sealed")

    class Meta:
        verbose_name = _("对账文件")
        verbose_name_plural = _("对账文件")

    def __str__(self):
        return self.number
