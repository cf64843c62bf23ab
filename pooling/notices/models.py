"""What must be told to whom: rows written in the transaction that causes them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class Notice(models.Model):
    """One message to one member or one staff user.

    `kind` picks the sentence (`pooling/notices/wording.py`), `values` fills it with ids,
    amounts in fen and dates, so that it can be read in either language and no name is stored.
    """

    member = models.ForeignKey(
        "accounts.Member", models.PROTECT, null=True, related_name="+", verbose_name=_("参保人")
    )
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("工作人员")
    )
    kind = models.CharField(_("种类"), max_length=40)
    values = models.JSONField(_("内容"), default=dict)
    link = models.CharField(_("链接"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    DATA_CLASSES = classes(L2="id user kind link created_at read_at", L3b="member values")

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [
            models.CheckConstraint(
                name="notices_notice_exactly_one_recipient",
                condition=Q(member__isnull=False, user__isnull=True)
                | Q(member__isnull=True, user__isnull=False),
            )
        ]
        indexes = [models.Index(F("member"), F("id").desc(), name="notices_notice_of_member")]

    def __str__(self):
        return f"{self.kind} {self.pk}"
