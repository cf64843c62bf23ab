"""The question every look at somebody's data begins with."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.audit.wording import PURPOSES

#: A phone or identity number, old or new: none may stand in a session or in the trail.
_NUMBER = re.compile(r"\d{11,}")


class PurposeForm(forms.Form):
    """What somebody looks for: one of a list, and in their own words what exactly."""

    purpose = forms.ChoiceField(label=_("查看目的"), choices=list(PURPOSES.items()))
    what = forms.CharField(
        label=_("具体事由"),
        min_length=4,
        max_length=120,
        help_text=_("例如经办件编号或来访情况。本人能看到这句话，请不要写姓名和号码。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_what(self) -> str:
        what = " ".join(self.cleaned_data["what"].split())
        if _NUMBER.search(what):
            raise forms.ValidationError(_("请不要写证件号码或手机号。"))
        return what

    @property
    def stated(self) -> str:
        """Return the purpose as it is kept (`pooling.audit.wording`)."""
        return f"{self.cleaned_data['purpose']} {self.cleaned_data['what']}"
