"""What a member says about a paper before photographing it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pooling.cases import materials


class KindForm(forms.Form):
    """Which paper it is: those that were asked for, else those that can prove a relation."""

    kind = forms.ChoiceField(
        label=_("要上传哪一种？"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择一种材料。")},
    )

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        offered = asked or materials.PROVING
        self.fields["kind"].choices = [(code, materials.WORDS[code]) for code in offered]
        self.fields["kind"].widget.attrs["class"] = "form-check-input"


class PagesForm(forms.Form):
    """No field of its own: the files go past it, a refusal is shown on it."""
