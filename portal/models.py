"""The demo's outbox: what a gateway would have sent. Empty wherever PORTAL_DEMO is off."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from pooling.shared.crypto import sealed_text
from pooling.shared.privacy import classes


class DemoMessage(models.Model):
    """A text message that was not sent."""

    uid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    phone_sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    sent_at = models.DateTimeField(_("时间"))

    phone = sealed_text("phone")
    text = sealed_text("text")

    DATA_CLASSES = classes(L2="id uid sent_at", L3a="phone_sealed text_sealed")

    class Meta:
        verbose_name = _("演示短信")
        verbose_name_plural = _("演示短信")

    def __str__(self):
        return f"{self.sent_at:%F %T}"
