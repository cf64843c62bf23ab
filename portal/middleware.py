"""Staff sessions end by themselves."""

from django.conf import settings
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.utils import timezone

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
