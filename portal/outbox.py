"""The demo's outbox: the codes a phone would have got, and the current second factors.

The address exists only where PORTAL_DEMO is on.
"""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts import phones
from portal.models import DemoMessage
from portal.signin import TOTP_PERIOD as PERIOD


@never_cache
def outbox(request):
    """Show the latest messages and, for each staff user, the code of this half minute."""
    if not settings.DEMO:
        raise Http404
    messages = [
        {"phone": phones.national(row.phone), "text": row.text, "at": row.sent_at}
        for row in DemoMessage.objects.order_by("-pk")[:20]
    ]
    page = {
        "sent": messages,
        "staff": _second_factors(),
        "left": PERIOD - int(time.time()) % PERIOD,
    }
    return render(request, "portal/outbox.html", page)


def _second_factors() -> list[dict]:
    counter = int(time.time()) // PERIOD
    rows = Authenticator.objects.filter(
        type=Authenticator.Type.TOTP, user__is_staff=True
    ).select_related("user")
    return [
        {
            "user": row.user,
            "code": format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter)),
        }
        for row in rows.order_by("user__username")
    ]
