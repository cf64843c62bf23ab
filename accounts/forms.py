"""What acts on users ask."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

#: A phone or identity number, old or new: none may stand in the trail.
_NUMBER = re.compile(r"\d{11,}")


class LetInForm(forms.Form):
    """Why somebody who is shut out may try again."""

    reason = forms.CharField(
        label=_("怎样核实了是本人"),
        min_length=4,
        max_length=120,
        help_text=_("例如当面核对工牌。会留在操作记录里，请不要写证件号码或手机号。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if _NUMBER.search(reason):
            raise forms.ValidationError(_("请不要写证件号码或手机号。"))
        return reason
