"""Text messages: one small door, an adapter behind it.

`SMS_BACKEND` names a class with `send`. The demo's writes to a table that `/demo/outbox/`
shows; a real one hands the message to the authority's gateway. Gateways on the mainland
send approved templates only, so a message is a template's name and its values.
"""

from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.core.checks import Critical, register
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from portal.models import DemoMessage

SIGN_IN = "sign_in"
STEP_UP = "step_up"


class Gateway(Protocol):
    """What `SMS_BACKEND` must offer. `phone` is `+86` and 11 digits."""

    def send(self, phone: str, template: str, values: dict[str, str]) -> None: ...


class DemoOutbox:
    """Keeps messages for the outbox page, sealed like everything that holds a phone."""

    KEPT = 200

    def send(self, phone: str, template: str, values: dict[str, str]) -> None:
        message = DemoMessage(sent_at=timezone.now())
        message.phone = phone
        message.text = self.words(template) % values
        message.save()
        kept = DemoMessage.objects.order_by("-pk").values("pk")[: self.KEPT]
        DemoMessage.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()

    @staticmethod
    def words(template: str) -> str:
        return {
            SIGN_IN: _(
                "【医保家庭共济】登录验证码 %(code)s，5 分钟内有效。工作人员不会向您要验证码。"
            ),
            STEP_UP: _(
                "【医保家庭共济】确认本人操作的验证码 %(code)s，5 分钟内有效。"
                "不是您本人操作，请不要告诉任何人。"
            ),
        }[template]


@lru_cache(maxsize=4)
def _gateway(path: str) -> Gateway:
    return import_string(path)()


def send(phone: str, template: str, values: dict[str, str]) -> None:
    """Send a message by the configured gateway."""
    _gateway(settings.SMS_BACKEND).send(phone, template, values)


@register()
def outbox_is_for_demos(app_configs, **kwargs):
    """Refuse to start where codes would be shown on a page of a real site."""
    if f"{__name__}.DemoOutbox" == settings.SMS_BACKEND and not settings.DEMO:
        return [
            Critical(
                "SMS_BACKEND is the demo's outbox but PORTAL_DEMO is off: "
                "name the class that hands messages to your gateway.",
                id="portal.C001",
            )
        ]
    return []
