"""Once after the first sign-in: which insured person is this?"""

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.services import users
from pooling.shared.work import unit_of_work
from portal.signin import visitor

SENTENCES = {
    users.Link.NO_MATCH: _(
        "没有核实成功：号码和姓名要与参保登记一致，并且没有在别的手机号上核实过。请核对后再试，或带证件到窗口办理。"
    ),
    users.Link.TOO_OFTEN: _("今天核实的次数已经用完，请明天再试，或带证件到窗口办理。"),
}


class IdentityForm(forms.Form):
    """Number and name as they stand on the certificate. Neither is kept on this page."""

    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        error_messages={"required": _("请填写姓名。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    cert_no = forms.CharField(
        label=_("证件号码"),
        help_text=_("身份证 18 位，最后一位可能是 X；其他证件照证件填写。"),
        max_length=40,
        error_messages={"required": _("请填写证件号码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@sensitive_post_parameters()
@login_required
def identity(request):
    """Link the signed-in user to a member by number and name, or say one thing for all."""
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.member_id is not None:
        return redirect("home")
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, by = timezone.now(), visitor(request.user)
        outcome = unit_of_work(
            lambda: users.link_member(user_id=request.user.pk, by=by, at=at, **form.cleaned_data)
        )
        if outcome is users.Link.DONE:
            return redirect("home")
        form.add_error(None, SENTENCES[outcome])
    return render(request, "portal/identity.html", {"form": form})
