"""What the member has been told."""

from django.shortcuts import render
from django.utils.timezone import now

from accounts.access import member_required
from pooling.notices import selectors, services
from pooling.shared.forms import row_before
from pooling.shared.work import unit_of_work

PAGE = 30


@member_required
def inbox(request):
    """Messages, latest first; those on the page count as read from here on."""
    before = row_before(request)
    told = selectors.inbox(request.actor.id, limit=PAGE + 1, before=before)
    page, more = told[:PAGE], len(told) > PAGE
    if any(each.is_new for each in page):
        newest = page[0].id
        unit_of_work(lambda: services.mark_read(up_to=newest, by=request.actor, at=now()))
    return render(request, "notices/inbox.html", {"told": page, "more": more})
