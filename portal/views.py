"""The home page, and the few pages that stand for none."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache


@never_cache
def home(request):
    """Signed out: what this is. Signed in: money first, one thing to do, what happened last."""
    user = request.user
    if not user.is_authenticated:
        return render(request, "portal/welcome.html")
    if user.is_staff:
        return redirect("admin:index")
    if user.member_id is None:
        return redirect("identity")
    return render(request, "portal/home.html", {})


def session_ended(request, reason=""):
    """Say that the session is over and nothing is lost; also what a stale form gets."""
    return render(request, "portal/session_ended.html", status=403 if reason else 200)
