"""What the pages about wallets and family funds ask: shape here, rules in the verbs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.shared.forms import AmountField


class RelativeForm(forms.Form):
    """Which relative? Only those on record are offered; nobody else can be named."""

    relative = forms.TypedChoiceField(
        label=_("哪一位家人"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一位家人。"), "invalid_choice": _("请选择一位家人。")},
    )

    def __init__(self, *args, relatives, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = {each.id: each.label for each in relatives}
        self.fields["relative"].choices = list(self.labels.items())

    @property
    def label(self) -> str:
        """Return how the chosen one is called."""
        return self.labels[self.cleaned_data["relative"]]


class AmountForm(forms.Form):
    """How much, at most so much."""

    amount = AmountField(label=_("金额"))

    def __init__(self, *args, most_fen: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].most_fen = most_fen


class SendForm(AmountForm, RelativeForm):
    """To whom, and how much."""

    field_order = ("relative", "amount")


class PlaceForm(forms.Form):
    """Where the wallet is to be used."""

    area = forms.ChoiceField(
        label=_("改到哪里使用"), error_messages={"required": _("请选择一个地方。")}
    )

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("请选择")), *areas]
