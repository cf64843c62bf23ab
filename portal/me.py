"""Mine: size of text, language, phone, sign-out."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import phones
from portal.context import TEXT_SIZE_COOKIE, TEXT_SIZES

_YEAR = 365 * 86400


@login_required
def me(request):
    if request.user.is_staff:
        return redirect("admin:index")
    phone = request.user.phone
    return render(request, "portal/me.html", {"phone": phones.national(phone) if phone else ""})


@require_POST
def text_size(request):
    """Remember the size of text in a cookie, signed in or not, and go back."""
    size = request.POST.get("size")
    if size not in dict(TEXT_SIZES):
        return HttpResponseBadRequest()
    goal = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(goal, {request.get_host()}, request.is_secure()):
        goal = "/"
    response = redirect(goal)
    response.set_cookie(
        TEXT_SIZE_COOKIE, size, max_age=_YEAR, samesite="Lax", secure=settings.SECURE, httponly=True
    )
    return response
