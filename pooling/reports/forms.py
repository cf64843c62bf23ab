"""What staff fill in to try rules: which version, on which days."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.policy import drafts
from pooling.shared.forms import DayField


class ReplayForm(forms.Form):
    """A version, and the first and last day whose settlements it is tried on."""

    version = forms.TypedChoiceField(label=_("规则版本"), coerce=int)
    since = DayField(label=_("从"))
    until = DayField(label=_("到（含这一天）"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = drafts.tryable()
