"""What a member's page asks before it answers: signed in, and known to the registry."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect

from pooling.shared.actor import Actor


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
