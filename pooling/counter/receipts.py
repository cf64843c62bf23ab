"""Receipts at the window: on A4 or on the roll, counted, and void with a reason."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pooling.cases import receipts
from pooling.counter import printing
from pooling.counter.forms import PaperForm, VoidForm
from pooling.shared.admin import acting
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work


class ReceiptsAtTheDesk:
    """Printing is an act: it is posted, and the paper says which printing it is."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "counter_deskcase"
        return [
            path("<int:pk>/receipt/", view(self.receipt_view), name=f"{name}_receipt"),
            path("<int:pk>/receipt/<int:nth>/void/", view(self.void_view), name=f"{name}_void"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def receipt_view(self, request, pk: int):
        """Count a printing and return it as PDF; before submission there is nothing to confirm."""
        case = self._to_print(request, pk)
        form = PaperForm(request.POST)
        if not form.is_valid():
            raise Http404
        by, at = acting(request), database_clock()
        try:
            printed = unit_of_work(
                lambda: receipts.issue(case_id=pk, **form.cleaned_data, by=by, at=at)
            )
        except DomainError as refusal:
            raise Http404(str(refusal)) from None
        self._record(request, [case], ["name:masked"], by=self.looking(request, case))
        address = printing.address(request, case)
        sheet = printing.receipt(case, address=address, at=at, printed=printed)
        return printing.as_pdf(sheet, case, f"receipt-{printed.number}")

    @method_decorator(require_POST)
    def void_view(self, request, pk: int, nth: int):
        """Say that one printing does not count, and why."""
        case = self._to_print(request, pk)
        form = VoidForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("请选择作废的原因。"))
            return redirect(self._page(case))
        try:
            unit_of_work(
                lambda: receipts.void(
                    case_id=pk,
                    number=nth,
                    **form.cleaned_data,
                    by=acting(request),
                    at=database_clock(),
                )
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("第 %(n)s 次打印的回执已作废。") % {"n": nth})
        return redirect(self._page(case))

    def _to_print(self, request, pk: int):
        self._may_take_in(request)
        case = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        return case
