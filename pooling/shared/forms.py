"""Form fields every domain needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.shared import money


class YuanField(forms.CharField):
    """An amount of yuan typed by a person, cleaned to fen. Empty is None: no limit."""

    default_error_messages = {
        "not_money": _("请填写金额，例如 200 或 200.50，最多两位小数，不能为负数。"),
        "too_much": _("金额太大，请重新填写。"),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value) -> int | None:
        text = super().clean(value).replace(",", "").replace("，", "").removeprefix("¥").strip()
        if not text:
            return None
        try:
            fen = money.fen_from_yuan(text)
        except money.NotMoney as error:
            raise forms.ValidationError(
                self.error_messages["not_money"], code="not_money"
            ) from error
        if fen > money.MAX_FEN:
            raise forms.ValidationError(self.error_messages["too_much"], code="too_much")
        return fen

    def prepare_value(self, value):
        return money.yuan_from_fen(value) if isinstance(value, int) else value


def refuse(form, error) -> None:
    """Show a domain's refusal in a form: at the fields its details name, else on top."""
    fields = [name for name in error.details if name in form.fields]
    for name in fields:
        form.add_error(name, str(error.details[name]))
    if not fields:
        form.add_error(None, str(error))
