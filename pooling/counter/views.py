"""Outside the desk: whoever holds a receipt checks it, a member prints their own."""

from django.http import Http404
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import member_required
from pooling.cases import receipts
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.counter import printing, selectors, wording


@never_cache
@require_GET
def check(request, code):
    """Show the live state of a receipt's case to whoever holds it: nothing about people."""
    case = selectors.by_check_code(code)
    if case is None or case.state == Case.State.DRAFT:
        raise Http404(_("没有这个核验码。"))
    page = {"case": case, "tone": wording.TONES[case.state]}
    page["voided"] = [each for each in receipts.of(case.pk) if each.voided_at]
    page["now"] = selectors.what_came_of(case, now())
    response = render(request, "counter/check.html", page)
    response["X-Robots-Tag"] = "noindex"
    return response


@member_required
@require_GET
def my_receipt(request, number):
    """Return the receipt of one's own case as PDF."""
    case = cases.owned(request.actor.id, number=number)
    if case.state == Case.State.DRAFT:
        raise Http404(_("提交以后才有回执。"))
    sheet = printing.receipt(case, address=printing.address(request, case), at=now())
    return printing.as_pdf(sheet, case, "receipt")
