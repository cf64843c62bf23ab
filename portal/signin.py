"""Sign-in on django-allauth: what it asks of us about phones, and our two doors.

Members: `/login/`, phone and one-time code, no password; the same door for those who were
never here. Staff: `/staff/login/`, name, password and always a second factor. ADR 0014.
"""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView, RequestLoginCodeView
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import phones, selectors
from accounts.services import users
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.crypto import seal, unseal
from pooling.shared.work import unit_of_work
from portal import sms

TOTP_PERIOD = 30
_TOTP = {"table": "mfa_authenticator", "column": "data", "uid": ""}


def visitor(user=None) -> Actor:
    """Return somebody at the door, who is not (yet) a member; the user's id is their trace."""
    purpose = f"user:{user.pk}" if user is not None else "sign-in"
    return Actor(ActorKind.MEMBER, None, purpose=purpose, channel="portal")


def has_second_factor(request) -> bool:
    """Return whether this session gave a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def name_tried(request, credentials) -> str:
    """Return the name whose failures axes counts, the same before and after a password is tried.

    The door tells no capitals apart, so that they must not make a new name with new tries.
    """
    return ((credentials or request.POST).get("username") or "").strip().lower()


class Adapter(DefaultAccountAdapter):
    """Phones are sealed on `accounts.User` and found by blind index."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("验证码不对。请看最新一条短信里的 6 位数字。"),
        "too_many_login_attempts": _("试的次数太多了，请过几分钟再试。"),
        "rate_limited": _("请求太频繁了，请过一会儿再试。"),
        "username_password_mismatch": _("用户名或密码不对。"),
        "phone_password_mismatch": _("用户名或密码不对。"),
        "invalid_login": _("用户名或密码不对。"),
        "account_inactive": _("这个账号已经停用，请联系管理员。"),
    }

    def is_open_for_signup(self, request):
        return False  # there is one door; whoever proves a phone is in

    def get_phone(self, user):
        return (user.phone, user.phone_verified) if user.phone_sealed else None

    def set_phone(self, user, phone, verified):
        raise NotImplementedError("A phone changes by users.confirm_phone only.")

    def set_phone_verified(self, user, phone):
        at = timezone.now()
        unit_of_work(
            lambda: users.confirm_phone(user_id=user.pk, phone=phone, by=visitor(user), at=at)
        )
        user.refresh_from_db()

    def get_user_by_phone(self, phone):
        return selectors.user_by_phone_index(users.phone_index(phone))

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        sms.send(phone, sms.SIGN_IN, {"code": code})

    def get_login_redirect_url(self, request):
        return (
            reverse("admin:index")
            if request.user.is_staff
            else super().get_login_redirect_url(request)
        )

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """Our pages say what happened themselves; allauth's messages would keep the phone."""
        if kwargs.get("message"):
            super().add_message(request, level, message_template, *args, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    """Seeds of second factors are sealed too."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对，或者刚刚用过。请等它换新后再填。"),
    }

    def encrypt(self, text):
        return base64.b64encode(seal(text, **_TOTP)).decode()

    def decrypt(self, encrypted_text):
        return unseal(base64.b64decode(encrypted_text), **_TOTP)

    def get_totp_issuer(self):
        return "医保家庭共济"


class PhoneForm(forms.Form):
    """Step one at the members' door."""

    phone = forms.CharField(
        label=_("手机号"),
        help_text=_("用来收 6 位验证码。第一次来也填在这里。"),
        error_messages={"required": _("请填写手机号。")},
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}
        ),
    )

    def clean_phone(self) -> str:
        try:
            phone = phones.normalise(self.cleaned_data["phone"])
        except phones.NotAPhone as error:
            raise ValidationError(_("请填写 11 位手机号，例如 13800138000。")) from error
        if not ratelimit.consume(context.request, action="request_login_code", key=phone):
            raise ValidationError(_("这个手机号要验证码太频繁了，请过几分钟再试。"))
        at = timezone.now()
        self._user = unit_of_work(lambda: users.open_sign_in(phone=phone, by=visitor(), at=at))
        return phone


def code_field(label) -> forms.CharField:
    """Return a field for six digits that phones fill in by themselves."""
    return forms.CharField(
        label=label,
        error_messages={"required": _("请填写 6 位验证码。")},
        widget=forms.TextInput(
            attrs={
                "class": "code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": "12",
            }
        ),
    )


class CodeForm(ConfirmLoginCodeForm):
    """Step two: the code from the message."""

    code = code_field(_("验证码"))


class StaffForm(LoginForm):
    """Staff: name and password. Members have no password, so none of them gets in here."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("用户名"),
            max_length=64,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
            error_messages={"required": _("请填写用户名。")},
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].error_messages["required"] = _("请填写密码。")
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])

    def user_credentials(self):
        credentials = super().user_credentials()
        return {key: credentials[key] for key in ("username", "password") if key in credentials}


class _UsedOnce:
    """A dynamic code counts once for as long as it could be accepted.

    allauth remembers used codes for one period, but with a tolerance of one period either
    way a code lives for three.
    """

    def clean_code(self):
        code = super().clean_code()
        digits = "".join(character for character in code if character.isdigit())
        if not cache.add(f"portal.totp:{self.user.pk}:{digits}", "used", 4 * TOTP_PERIOD):
            raise ValidationError(MFAAdapter.error_messages["incorrect_code"])
        return code


class SecondFactorForm(_UsedOnce, AuthenticateForm):
    code = code_field(_("动态码"))


class SecondFactorAgainForm(_UsedOnce, ReauthenticateForm):
    code = code_field(_("动态码"))


class Afresh:
    """Lets people go back and give another phone or name.

    allauth sends whoever has a code under way on to the code's page, again and again; a
    mistyped number would be a dead end.
    """

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" or "other" in request.GET:
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)


class PhoneDoor(Afresh, RequestLoginCodeView):
    """Members' door."""


class StaffDoor(Afresh, LoginView):
    """Staff's door."""
