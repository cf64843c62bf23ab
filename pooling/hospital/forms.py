"""What people fill in about tills."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class WalkForm(forms.Form):
    """How to walk the sandbox."""

    family = forms.ChoiceField(
        label=_("签名方式"),
        choices=[("A", "A · HMAC-SHA1（_api_*）"), ("B", "B · SHA-256（x-tif-*）")],
        initial="A",
    )
    total = forms.DecimalField(
        label=_("医疗费总额（元）"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99999.99"),
        decimal_places=2,
        initial="130.00",
        error_messages={
            "required": _("请填写金额。"),
            "invalid": _("请填写数字，例如 130.00。"),
        },
    )
