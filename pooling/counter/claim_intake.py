"""Premiums asked back at the desk: whose account pays, and the page that asks for the rest."""

from dataclasses import replace

from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.bindings import selectors as authorisations
from pooling.bindings.selectors import Shared
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.counter import claim_cases
from pooling.counter.forms import ClaimFindForm, DeskClaimForm, SeenForm
from pooling.counter.intake import Intake
from pooling.settlements.selectors import premiums
from pooling.settlements.selectors.premiums import InsuredRow
from pooling.settlements.services import claims
from pooling.shared.forms import refuse
from pooling.shared.masks import mask_name
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock

#: What is typed; the rest is a choice that a browser sends whether or not anybody made it.
_TYPED = ("paid_on", "amount_fen", "bank", "bank_account")


class ClaimsAtTheDesk:
    """One page to begin: whose account is to pay, and who came. Goes before an admin of cases."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("claims/", view(self.claims_view), name="counter_deskcase_claims"),
            *super().get_urls(),
        ]

    def claims_view(self, request):
        """Identify whose account it is by exact number and name, and open or find their case."""
        self._may_take_in(request)
        form = ClaimFindForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            response = self._received(
                request,
                form,
                lambda by: claim_cases.take_in(agent=form.agent(), by=by, at=database_clock()),
                kinds=[Case.Kind.PREMIUM],
            )
            if response is not None:
                return response
        return self._page_of(request, "counter/claim_find.html", _("保费报销"), form=form)


class FillingInClaim(Intake):
    """What was paid for whom, where the money goes, and the originals."""

    template = "counter/claim_intake.html"

    def __init__(self, request, case):
        super().__init__(request, case)
        data, today = request.POST or None, business_date(database_clock())
        family = premiums.of_family(case.member_id, today)
        known = authorisations.shared_with(case.member_id)
        self.also_shown = [row.member_id for row in family]
        self.form = DeskClaimForm(
            data,
            family=[_masked(row, known.get(row.member_id)) for row in family],
            today=today,
            initial=cases.opened(case),
        )
        self.seen = SeenForm(data, initial={"seen": cases.originals_of(case.pk)})
        self.submits = request.POST.get("act") == "submit"
        self.context = {
            "form": self.form,
            "ticked": set(request.POST.getlist("seen")),
            "papers": [row for row in cases.documents_of(case.pk) if row.pages],
            "form_clause": claims.rules_of(case.member_id, today).clause("premium_form"),
        }

    def is_valid(self) -> bool:
        """Return whether it can be kept; where nothing was begun, the ticks alone can."""
        typed = any(self.form.data.get(name) for name in _TYPED)
        self.begun = self.submits or typed or bool(self.form.initial)
        return (not self.begun or self.form.is_valid()) and self.seen.is_valid()

    def work(self, request, at) -> None:
        keep = {"case_id": self.case.pk, "by": self.by, "at": at}
        wish = self.form.wish() if self.begun else None
        claim_cases.fill_in(wish=wish, seen=self.seen.codes(), **keep)
        if not self.submits:
            messages.success(request, _("已保存。"))
            return
        claim_cases.hand_in(**keep)
        messages.success(request, _("已提交，转他人审核。请打印回执交给申请人。"))

    def refused(self, error) -> None:
        refuse(self.form, error)

    def goal(self, page: str) -> str:
        if self.submits:
            return page
        return reverse("admin:counter_deskcase_intake", args=[self.case.pk])


def _masked(row: InsuredRow, known: Shared | None) -> InsuredRow:
    """Return a row that tells relatives apart by what they are, and not by their names."""
    if row.is_me or known is None:
        return replace(row, name=gettext("申请人本人") if row.is_me else mask_name(row.name))
    return replace(row, name=str(replace(known, name=mask_name(known.name))))
