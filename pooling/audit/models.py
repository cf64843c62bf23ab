"""Who did, and who looked at, what. Append-only (triggers); holds ids, never names or numbers.

Subjects are a type and an id rather than foreign keys: the trail must never hold
back live data, nor change with it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from pooling.audit.act_words import act
from pooling.shared.periods import SHANGHAI
from pooling.shared.privacy import classes


class Trace(models.Model):
    """Who, when, from where: what every line of the trail has."""

    at = models.DateTimeField(_("时间"))
    actor_kind = models.CharField(_("操作者类型"), max_length=10)
    actor_id = models.BigIntegerField(_("操作者"), null=True)
    on_behalf_of = models.BigIntegerField(_("代办对象"), null=True)
    channel = models.CharField(_("渠道"), max_length=20, blank=True)
    purpose = models.CharField(_("目的"), max_length=200, blank=True)

    class Meta:
        abstract = True


class Event(Trace):
    """An act: `verb` is `<domain>.<function>`."""

    verb = models.CharField(_("动作"), max_length=60)
    subject_type = models.CharField(_("对象类型"), max_length=40)
    subject_id = models.BigIntegerField(_("对象"), null=True)
    detail = models.JSONField(_("内容"), default=dict)

    DATA_CLASSES = classes(
        L2="id at actor_kind actor_id on_behalf_of channel purpose verb subject_type subject_id",
        L3b="detail",
    )

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        indexes = [
            models.Index("subject_type", "subject_id", name="audit_event_subject"),
            models.Index("verb", "at", name="audit_event_verb"),
        ]

    def __str__(self):
        return f"{self.at.astimezone(SHANGHAI):%F %T} {act(self.verb)}"


class Look(Trace):
    """Somebody looked at personal data: one row a page, with the people and fields shown."""

    page = models.CharField(_("页面"), max_length=120)
    fields = models.JSONField(_("字段"), default=list)
    member_ids = models.JSONField(_("涉及人员"), default=list)

    DATA_CLASSES = classes(
        L2="id at actor_kind actor_id on_behalf_of channel purpose page fields",
        L3b="member_ids",
    )

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")

    def __str__(self):
        return f"{self.at.astimezone(SHANGHAI):%F %T} {self.page}"
