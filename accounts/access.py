"""What a member's page asks before it answers: signed in, known to the registry, just confirmed.

The page that sends and takes the fresh code belongs to the site; here stands only what it
leaves in the session, so that pages of every domain can ask for it.
"""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from pooling.shared.actor import Actor

#: Session key: when this session last gave a fresh code, as a timestamp.
CONFIRMED = "step_up_confirmed"
FRESH_SECONDS = 5 * 60


def member_required(view):
    """Let only a signed-in, identified member pass; `request.actor` is who acts.

    Somebody signed in but not yet linked to a member is asked who they are; staff have
    their own desk.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_staff:
            return redirect("admin:index")
        if request.user.member_id is None:
            return redirect("identity")
        request.actor = Actor.member(request.user.member_id)
        return view(request, *args, **kwargs)

    return login_required(guarded)


def is_fresh(request) -> bool:
    """Return whether this session gave a code within the last five minutes."""
    confirmed = request.session.get(CONFIRMED)
    return confirmed is not None and 0 <= _now() - confirmed <= FRESH_SECONDS


def _now() -> float:
    return timezone.now().timestamp()


def require_fresh_code(request, **chosen: object) -> HttpResponseRedirect | None:
    """Return where to send somebody who must give a code first, or None if they did.

    `if response := require_fresh_code(request): return response`. They come back by GET to
    the page they were on; what they had filled in is kept on the server, as everywhere, and what
    they had `chosen` from a list is in the page's address.
    """
    if is_fresh(request):
        return None
    page = f"{request.path}?{urlencode(chosen)}" if chosen else request.get_full_path()
    # Back there nothing has been done yet, which the page then has to say.
    pressed = {"pressed": 1} if request.method == "POST" else {}
    query = urlencode({"next": page} | pressed)
    return redirect(f"{reverse('confirm_it_is_you')}?{query}")


def fresh_code_required(view):
    """Let a view pass only with a fresh code."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        return require_fresh_code(request) or view(request, *args, **kwargs)

    return guarded
