"""Staff sessions end by themselves, and nothing shown to somebody signed in is kept."""

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

_BEGAN, _SEEN = "staff_began", "staff_seen"
#: Writing the last sign of life at every request would make every look-up a write.
_GRAIN = 60


class StaffSessionMiddleware:
    """Sign staff out after 15 idle minutes and after 8 hours, whatever the cookie says."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.user.is_staff and self._over(request.session):
            logout(request)
            return redirect("session_ended")
        return self.get_response(request)

    def _over(self, session) -> bool:
        now = timezone.now().timestamp()
        began = session.setdefault(_BEGAN, now)
        seen = session.setdefault(_SEEN, now)
        if now - seen >= _GRAIN:
            session[_SEEN] = now
        idle = settings.STAFF_IDLE.total_seconds()
        return now - seen > idle or now - began > settings.STAFF_LONGEST.total_seconds()


class NothingKeptMiddleware:
    """Let neither browser nor proxy keep what somebody signed in was shown.

    A phone is handed on: whoever presses back after the sign-out must not read the page again.
    Here rather than view by view, for every page has somebody's frame around it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in or request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
