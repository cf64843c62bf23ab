"""Who is old enough to be asked anew comes to the window and says that it shall go on.

Two pages: whose document is held in hand, then which authorisation and how it was said.
"""

from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from pooling.audit.services import look
from pooling.counter import inquiries, services
from pooling.counter.forms import DocumentForm, RenewForm
from pooling.counter.proofs import AT_THE_WINDOW
from pooling.shared.admin import acting
from pooling.shared.asking import refusals_shown
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

_TITLE = _("到龄重新确认")


class RenewalsAtTheDesk:
    """Goes before an admin of cases. No case is opened: nobody has to decide about a yes."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("renew/", view(self.renew_view), name="counter_deskcase_renew"),
            path("renew/say/", view(self.say_view), name="counter_deskcase_say"),
            *super().get_urls(),
        ]

    def renew_view(self, request):
        """Identify by exact number and name who is at the window."""
        self._may_take_in(request)
        form = DocumentForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            by = replace(acting(request), purpose="handling", channel="counter")
            member = unit_of_work(
                lambda: services.find(**form.cleaned_data, by=by, at=database_clock())
            )
            if member is not None:
                request.session[AT_THE_WINDOW] = member.pk
                return redirect("admin:counter_deskcase_say")
            form.add_error(None, _("没有姓名和证件号码都相符的参保人，请与证件逐字核对。"))
        return self._page_of(request, "counter/renew.html", _TITLE, form=form)

    def say_view(self, request):
        """List what waits for this person's word, and write the word down."""
        self._may_take_in(request)
        member_id = request.session.get(AT_THE_WINDOW)
        if member_id is None:
            messages.warning(request, _("请先核对本人的证件，再为其办理。"))
            return redirect("admin:counter_deskcase_renew")
        by = replace(acting(request), on_behalf_of=member_id, purpose="handling", channel="counter")
        rows = inquiries.to_renew(member_id, business_date(database_clock()))
        form = RenewForm(request.POST or None, rows=rows)
        if request.method == "POST" and form.is_valid():
            with refusals_shown(form):
                unit_of_work(
                    lambda: services.renew(**form.cleaned_data, by=by, at=database_clock())
                )
                messages.success(request, _("已确认继续使用，并已通知双方。"))
                return redirect("admin:counter_deskcase_say")
        unit_of_work(
            lambda: look(
                page="counter.renew",
                member_ids=[member_id, *(row.payer_id for row in rows)],
                fields=["name:masked", "authorisation"],
                by=by,
                at=database_clock(),
            )
        )
        return self._page_of(request, "counter/say.html", _TITLE, form=form, rows=rows)
