"""Life events at the window, put before another clerk; and how commitment letters fared."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from pooling.counter import inquiries, services
from pooling.counter.forms import EventForm
from pooling.shared.admin import acting
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.work import database_clock, unit_of_work


class EventsAtTheDesk:
    """One page: who, what, since when, on which paper. Goes before an admin of cases."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("event/", view(self.event_view), name="counter_deskcase_event"),
            path("letters/", view(self.letters_view), name="counter_deskcase_letters"),
            *super().get_urls(),
        ]

    def letters_view(self, request):
        """Show by area how many commitment letters were looked into; names nobody."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = inquiries.letters()
        return self._page_of(request, "counter/letters.html", _("承诺书核查情况"), rows=rows)

    def event_view(self, request):
        """Take in what a paper says; a reviewer decides whether the registry is corrected."""
        self._may_take_in(request)
        form = EventForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            case = self._reported(request, form)
            if case is not None:
                messages.success(request, _("已登记，转他人审核。审核通过后登记才会更正。"))
                return redirect("admin:counter_deskcase_change", case.pk)
        title = _("登记去世、离婚或关系不属实")
        return self._page_of(request, "counter/event.html", title, form=form)

    def _reported(self, request, form):
        """Find the people, then report; a search that finds nobody is recorded all the same."""
        by = replace(acting(request), purpose="handling", channel="counter")
        ids = []
        for field, asked in form.people():
            found = asked and unit_of_work(
                lambda asked=asked: services.find(**asked, by=by, at=database_clock())
            )
            if asked and found is None:
                form.add_error(field, _("没有姓名和证件号码都相符的参保人，请与证件逐字核对。"))
                return None
            ids.append(found.pk if found else None)
        stated = {"member_id": ids[0], "other_id": ids[1], **form.stated()}
        try:
            return unit_of_work(lambda: services.report(**stated, by=by, at=database_clock()))
        except DomainError as error:
            refuse(form, error)
            return None
