"""A fresh code before anything that binds: signing, raising a limit, releasing, exporting.

A signed-in phone may lie on a table. `/confirm-it-is-you/` sends a code to the phone of
whoever is signed in; for five minutes after it was given, `accounts.access` lets pass.
The code that opened the session does not count: signing is an act of its own.
"""

from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import access, phones
from portal import sms
from portal.signin import code_field

CODE_SECONDS = 5 * 60
TRIES = 3
_SENT = "step_up_sent"


class FreshCodeForm(forms.Form):
    code = code_field(_("验证码"))

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self):
        sent = self.request.session.get(_SENT)
        guess = self.cleaned_data["code"]
        if not sent or _now() - sent["at"] > CODE_SECONDS or sent["tries"] >= TRIES:
            raise forms.ValidationError(_("这个验证码已经过期，请点“重新发送”。"))
        sent["tries"] += 1
        self.request.session[_SENT] = sent
        if not _allowed(self.request, "step_up_guess"):
            raise forms.ValidationError(_("试的次数太多了，请一小时后再试，或到窗口办理。"))
        if not compare_user_code(actual=guess, expected=sent["code"]):
            raise forms.ValidationError(_("验证码不对。请看最新一条短信里的 6 位数字。"))
        return guess


@login_required
@require_http_methods(["GET", "POST"])
def confirm_it_is_you(request):
    """Ask for the code that was just sent to the phone of whoever is signed in."""
    goal = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(goal, {request.get_host()}, request.is_secure()):
        goal = "/"
    if request.user.is_staff or not request.user.phone_sealed:
        return redirect("/")
    pressed = request.POST.get("pressed") or request.GET.get("pressed")
    again = request.POST.get("action") == "resend"
    form = FreshCodeForm(None if again else request.POST or None, request=request)
    too_often = False
    if request.method == "GET" or again:
        too_often = not _send(request, again=again)
    elif form.is_valid():
        del request.session[_SENT]
        request.session[access.CONFIRMED] = _now()
        if pressed:
            messages.warning(request, _("已确认是您本人。刚才的事还没有办，请再按一次。"))
        return redirect(goal)
    phone = phones.national(request.user.phone)
    page = {"form": form, "goal": goal, "phone": phone, "too_often": too_often, "pressed": pressed}
    return render(request, "portal/confirm_it_is_you.html", page)


def _send(request, *, again: bool) -> bool:
    """Send a code unless a live one is under way; return False when asked too often."""
    sent = request.session.get(_SENT)
    live = sent and _now() - sent["at"] < CODE_SECONDS and sent["tries"] < TRIES
    if live and not again:
        return True
    if not _allowed(request, "step_up"):
        return False
    code = generate_user_code(**settings.ALLAUTH_USER_CODE_FORMAT)
    request.session[_SENT] = {"code": code, "at": _now(), "tries": 0}
    sms.send(request.user.phone, sms.STEP_UP, {"code": code})
    return True


def _allowed(request, action: str) -> bool:
    """Count an attempt of this user; the page sends its first code on GET, so GETs count too."""
    key = f"user:{request.user.pk}"
    usage = ratelimit.consume(
        request, app="allauth.account", action=action, key=key, limit_get=True
    )
    return usage is not None


def _now() -> float:
    return timezone.now().timestamp()
