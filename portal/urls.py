"""Every address of the site."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from pooling.hospital.api import api as rest
from pooling.hospital.national import api as national
from portal import health, identity, looks, me, outbox, signin, stepup, views

#: Also where the database is away: then 503, so that whoever asks knows to ask again.
handler500 = "portal.refusals.broken"

urlpatterns = [
    path("api/v1/", rest.urls),
    path("hsa/<path:address>", national.receive, name="national"),
    path("", views.home, name="home"),
    path("identity/", identity.identity, name="identity"),
    path("me/", me.me, name="me"),
    path("me/looks/", looks.looks, name="looks"),
    path("me/text-size/", me.text_size, name="text_size"),
    path("me/language/", set_language, name="set_language"),
    path("confirm-it-is-you/", stepup.confirm_it_is_you, name="confirm_it_is_you"),
    path("session-ended/", views.session_ended, name="session_ended"),
    path("help/", TemplateView.as_view(template_name="portal/help.html"), name="help"),
    path("doors/", TemplateView.as_view(template_name="portal/doors.html"), name="doors"),
    path("legal/", TemplateView.as_view(template_name="portal/legal.html"), name="legal"),
    # Of allauth only the doors we open, under names it expects.
    path("login/", signin.PhoneDoor.as_view(), name="account_request_login_code"),
    path("login/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", account.logout, name="account_logout"),
    path("staff/login/", signin.StaffDoor.as_view(), name="account_login"),
    path("staff/login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("staff/again/", account.reauthenticate, name="account_reauthenticate"),
    path("staff/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("", include("pooling.policy.urls")),
    path("", include("pooling.counter.urls")),
    path("", include("pooling.bindings.urls")),
    path("", include("pooling.funds.urls")),
    path("", include("pooling.cases.urls")),
    path("", include("pooling.settlements.urls")),
    path("", include("pooling.notices.urls")),
    path("", include("pooling.kinship.urls")),
    path("", include("pooling.hospital.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/outbox/", outbox.outbox, name="demo_outbox"))
