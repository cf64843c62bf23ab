"""A domain's refusal as a page: the sentence, the clause behind it, and a way on.

Views catch what belongs to a form. Whatever else a verb or a question refuses ends here,
once for all pages: absent and not yours become the same page.
"""

import sys

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.defaults import page_not_found

from pooling.shared.errors import DomainError


class RefusalMiddleware:
    """Turn a DomainError that reached the edge into its page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if not isinstance(error, DomainError):
            return None
        if error.status == 404:
            return page_not_found(request, Http404(str(error.sentence)))
        return render(request, "portal/refused.html", {"refused": error}, status=error.status)


def broken(request):
    """Say that it is our fault, by a page that needs neither request, session nor database."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    page = HttpResponse(get_template("500.html").render(), status=503 if away else 500)
    if away:
        page["Retry-After"] = "30"
    return page
