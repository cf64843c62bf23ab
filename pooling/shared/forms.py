"""Form fields every domain needs, and how an address says where a list goes on."""

import re
from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pooling.shared import money
from pooling.shared.rows import row_number


def row_before(request: HttpRequest) -> int | None:
    """Return the row before which a list goes on (`?before=`); None from the list's beginning.

    Raises Http404 for what is no number.
    """
    said = request.GET.get("before", "")
    before = row_number(said)
    if said and before is None:
        raise Http404
    return before


class DayField(forms.DateField):
    """A day, picked from a calendar: of no other century, for at its ends no day can be counted."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = (
        MinValueValidator(date(2000, 1, 1), _("请填 2000 年以后的日期。")),
        MaxValueValidator(date(2099, 12, 31), _("请填 2100 年以前的日期。")),
    )
    default_error_messages = {"invalid": _("请按 年-月-日 填写日期。")}


#: Full-width digits and signs, as a Chinese keyboard types them, to those that are calculated with.
_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)} | {ord("￥"): "¥"}
#: Commas only where they part thousands: in `200,50` somebody meant a point.
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


class YuanField(forms.CharField):
    """An amount of yuan typed by a person, cleaned to fen. Empty is None: no limit.

    The label always ends with the unit, so that nobody wonders whether fen are meant.
    """

    default_error_messages = {
        "not_money": _("请填写金额，例如 200 或 200.50，最多两位小数，不能为负数。"),
        "too_much": _("金额太大，请重新填写。"),
    }

    def __init__(self, *, label, **kwargs):
        kwargs["label"] = format_lazy("{}{}", label, _("（元）"))
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value) -> int | None:
        text = super().clean(value).translate(_HALF_WIDTH).removeprefix("¥").strip()
        if not text:
            return None
        if _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
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


class AmountField(YuanField):
    """An amount that must be given, above nothing and at most so much."""

    default_error_messages = {
        "required": _("请填写金额，例如 200。"),
        "nothing": _("请填写大于零的金额。"),
        "above": _("现在最多 %(most)s，请填小一些的金额。"),
    }

    def __init__(self, *, least_fen: int = 1, **kwargs):
        super().__init__(required=True, **kwargs)
        self.most_fen, self.least_fen = None, least_fen

    def clean(self, value) -> int:
        fen = super().clean(value)
        if fen is None:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if fen < self.least_fen:
            raise forms.ValidationError(self.error_messages["nothing"], code="nothing")
        if self.most_fen is not None and fen > self.most_fen:
            words = self.error_messages["above"] % {"most": money.show_yuan(self.most_fen)}
            raise forms.ValidationError(words, code="above")
        return fen


def refuse(form, error) -> None:
    """Show a domain's refusal in a form: at the fields its details name, else on top."""
    fields = [name for name in error.details if name in form.fields]
    for name in fields:
        form.add_error(name, str(error.details[name]))
    if not fields:
        form.add_error(None, str(error))
