"""What the registry remembers of its own work."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pooling.shared.privacy import classes


class DueRun(models.Model):
    """One walk through all authorisations for one business date, and how far it came.

    The place is written in the transaction of each chunk, so that a run that was killed goes
    on exactly where it stood.
    """

    on = models.DateField(_("业务日期"))
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    after_id = models.BigIntegerField(_("已到授权"), default=0)
    #: What happened → how often.
    counts = models.JSONField(_("结果"), default=dict)

    DATA_CLASSES = classes(L2="id on started_at finished_at after_id counts")

    class Meta:
        verbose_name = _("登记变化处理")
        verbose_name_plural = _("登记变化处理")
        constraints = [
            models.UniqueConstraint(
                fields=["on"],
                name="registry_duerun_one_unfinished_per_day",
                condition=Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="registry_duerun_finished_after_start",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self):
        return str(self.on)
