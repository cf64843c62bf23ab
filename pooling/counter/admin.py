"""The desk: the queue, a case with its decision, and taking in who stands at the window."""

from dataclasses import replace

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pooling.audit.admin import PurposeFirst, Recorded
from pooling.bindings import drafts
from pooling.bindings.forms import LimitsForm, PersonForm
from pooling.bindings.services.applications import WAITING
from pooling.cases import receipts
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.counter import printing, selectors, services, wording
from pooling.counter.acts import ACTS
from pooling.counter.claim_intake import ClaimsAtTheDesk, FillingInClaim
from pooling.counter.code_intake import CodesAtTheDesk, FillingInCode
from pooling.counter.forms import DeskRelationForm, FindForm, SeenForm, VoidForm
from pooling.counter.intake import Intake, Shown
from pooling.counter.models import DeskCase
from pooling.counter.proofs import AT_THE_WINDOW, HANDLES, ProofsOnTheDesk
from pooling.counter.receipts import ReceiptsAtTheDesk
from pooling.counter.renewing import RenewalsAtTheDesk
from pooling.counter.reporting import EventsAtTheDesk
from pooling.shared.admin import ActAdmin, acting
from pooling.shared.errors import DomainError
from pooling.shared.forms import refuse
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock, unit_of_work

TAKE_IN = HANDLES


@admin.register(DeskCase)
class DeskAdmin(
    CodesAtTheDesk,
    ClaimsAtTheDesk,
    RenewalsAtTheDesk,
    EventsAtTheDesk,
    ReceiptsAtTheDesk,
    ProofsOnTheDesk,
    PurposeFirst,
    ActAdmin,
):
    """A case is masked until its reader says what for; every page shown is recorded."""

    purpose_per_row = True
    closed_until_said = False
    change_form_template = "counter/case.html"
    list_display = fields = readonly_fields = ("number",)
    acts = ACTS

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("find/", view(self.find_view), name="counter_deskcase_find"),
            path("<int:pk>/intake/", view(self.intake_view), name="counter_deskcase_intake"),
            path("<int:pk>/notice/", view(self.notice_view), name="counter_deskcase_notice"),
            *super().get_urls(),
        ]

    # --- the queue ----------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        """Show what lies under a tab, one line a case, nearest deadline first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at, who = timezone.now(), acting(request).name
        chosen = request.GET.get("tab", "")
        chosen = chosen if chosen in wording.TABS else "waiting"
        number = request.GET.get("number", "").strip().upper()
        rows = selectors.queue(chosen, who, at, number=number)
        self._record(request, rows, ["number", "name:masked", "state"])
        counted = selectors.counts(who, at)
        tabs = [(name, word, counted[name]) for name, word in wording.TABS.items()]
        page = {"rows": rows, "tabs": tabs, "chosen": "" if number else chosen, "number": number}
        return self._page_of(request, "counter/queue.html", _("办件队列"), **page)

    # --- one case -----------------------------------------------------------------------------

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        at = timezone.now()
        opened = bool(self.purpose(request, obj))
        page = selectors.page(obj, at, open=opened)
        shown = Shown(page.member_ids)
        self._record(request, [shown], page.fields, by=self.looking(request, obj))
        context |= {
            "page": page,
            "title": f"{obj.get_kind_display()} {obj.number}",
            "subtitle": None,
            "tone": wording.TONES[obj.state],
            "next_case": selectors.next_in_line(obj.pk, at),
            "by_me": acting(request).name in {obj.opened_by, obj.submitted_by, obj.answered_by},
            "receipts": receipts.of(obj.pk),
            "void_form": VoidForm(),
            "may_print": request.user.has_perm(TAKE_IN) and obj.state != Case.State.DRAFT,
            "has_notice": bool(selectors.missing(obj, at)),
            "may_take_in": request.user.has_perm(TAKE_IN)
            and obj.state in (Case.State.DRAFT, Case.State.MORE),
        }
        context |= self.papers(request, obj)
        # Not Recorded's: the look was recorded above, with whom the page really shows.
        return super(Recorded, self).render_change_form(
            request, context, add, change, form_url, obj
        )

    def members_of(self, row):
        return row.member_ids if isinstance(row, Shown) else [row.member_id]

    # --- the window ---------------------------------------------------------------------------

    def find_view(self, request):
        """Identify who is at the window by exact number and name, and open or find their case."""
        self._may_take_in(request)
        form = FindForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            response = self._received(
                request,
                form,
                lambda by: services.take_in(
                    member_id=by.on_behalf_of, agent=form.agent(), by=by, at=database_clock()
                ),
            )
            if response is not None:
                return response
        return self._page_of(request, "counter/find.html", _("窗口受理"), form=form)

    def _received(self, request, form, take_in, **which):
        """Find who is at the window by number and name; go on with their case, or open one.

        `take_in` opens it, given who acts; `which` says what cases may be waiting already. None:
        the form says what is wrong.
        """
        words = form.cleaned_data
        by = replace(acting(request), purpose="handling", channel="counter")
        member = unit_of_work(
            lambda: services.find(
                cert_no=words["cert_no"], name=words["name"], by=by, at=database_clock()
            )
        )
        if member is None:
            form.add_error(None, _("没有姓名和证件号码都相符的参保人，请与证件逐字核对。"))
            return None
        request.session[AT_THE_WINDOW] = member.pk
        asked = selectors.in_more(member.pk, **which)
        if asked is not None:
            messages.info(request, _("申请人有一件正在补正，材料带来了可在这里补交。"))
            return redirect("admin:counter_deskcase_intake", asked)
        by = replace(by, on_behalf_of=member.pk)
        try:
            case = unit_of_work(lambda: take_in(by))
        except DomainError as error:
            refuse(form, error)
            return None
        return redirect("admin:counter_deskcase_intake", case.pk)

    def intake_view(self, request, pk: int):
        """Fill in for the member at the window, tick the originals, hand in."""
        self._may_take_in(request)
        case = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        if request.session.get(AT_THE_WINDOW) != case.member_id:
            messages.warning(request, _("请先核对申请人的证件，再为其办理。"))
            return redirect("admin:counter_deskcase_find")
        if case.state == Case.State.MORE:
            intake = _Bringing(request, case)
        elif case.state == Case.State.DRAFT and case.kind == Case.Kind.BIND:
            intake = _FillingIn(request, case)
        elif case.state == Case.State.DRAFT and case.kind == Case.Kind.PREMIUM:
            intake = FillingInClaim(request, case)
        elif case.state == Case.State.DRAFT and case.kind in selectors.CODES:
            intake = FillingInCode(request, case)
        else:
            return redirect(self._page(case))
        if request.method == "POST" and intake.is_valid() and intake.carry_out(request):
            return redirect(intake.goal(self._page(case)))
        shown = selectors.page(case, timezone.now(), open=False)
        fields = ["name:masked", "answers"]
        people = [*shown.member_ids, *intake.also_shown]
        self._record(request, [Shown(people)], fields, by=intake.by)
        return self._page_of(
            request, intake.template, _("窗口受理"), page=shown, original=case, **intake.context
        )

    # --- on paper -----------------------------------------------------------------------------

    def notice_view(self, request, pk: int):
        """Return the one-off notice of what is missing as PDF, where something is."""
        return self._paper(
            request, pk, "notice", lambda case: selectors.missing(case, timezone.now())
        )

    def _paper(self, request, pk: int, name: str, exists):
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self.get_object(request, str(pk))
        if case is None or not exists(case):
            raise Http404
        self._record(request, [case], ["name:masked"], by=self.looking(request, case))
        at = timezone.now()
        sheet = getattr(printing, name)(case, address=printing.address(request, case), at=at)
        return printing.as_pdf(sheet, case, name)

    def _may_take_in(self, request) -> None:
        if not (self.has_view_permission(request) and request.user.has_perm(TAKE_IN)):
            raise PermissionDenied

    def _page_of(self, request, template: str, title, **more):
        each = self.admin_site.each_context(request)
        page = {**each, "opts": self.opts, "title": title, **more}
        return TemplateResponse(request, template, page)


class _Bringing(Intake):
    """The applicant brings what a reviewer asked for."""

    template = "counter/bring.html"

    def __init__(self, request, case):
        super().__init__(request, case)
        self.form = SeenForm(request.POST or None)
        asked = case.reason_values["items"]
        self.form.fields["seen"].choices = [
            choice for choice in self.form.fields["seen"].choices if choice[0] in asked
        ] + [choice for choice in self.form.fields["seen"].choices if choice[0] not in asked]
        self.context = {"form": self.form, "asked": asked}

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def work(self, request, at) -> None:
        services.bring(case_id=self.case.pk, seen=self.form.codes(), by=self.by, at=at)
        messages.success(request, _("补交的材料已核，已重新送审。"))

    def refused(self, error) -> None:
        refuse(self.form, error)

    def goal(self, page: str) -> str:
        return page


class _FillingIn(Intake):
    """The same questions as online, on one page; `save` keeps, `submit` hands in."""

    template = "counter/intake.html"

    def __init__(self, request, case):
        super().__init__(request, case)
        data = request.POST or None
        on = business_date(timezone.now())
        filled = cases.opened(case)
        guide = drafts.limits_guide(case.member_id, on)
        stored = dict(filled.get("limits", {}))
        if stored.get("uses") is None:
            stored["uses"] = guide.ticked
        self.steps = {
            "relation": DeskRelationForm(
                data,
                choices=drafts.relation_choices(case.member_id, on),
                initial=filled.get("relation"),
            ),
            "person": PersonForm(data, initial=filled.get("person")),
            "limits": LimitsForm(data, guide=guide, initial=stored),
        }
        self.seen = SeenForm(data, initial={"seen": cases.originals_of(case.pk)})
        self.submits = request.POST.get("act") == "submit"
        self.errors: list[str] = []
        ticked = set(request.POST.getlist("seen"))
        self.context = {**self.steps, "ticked": ticked, "errors": self.errors}

    def is_valid(self) -> bool:
        """Return whether what was filled in can be kept; to hand in, all of it has to be."""
        good = {name: form for name, form in self.steps.items() if form.is_valid()}
        empty = {name for name in self.steps.keys() - good if self._is_left_out(name)}
        for name in empty:
            # Half an application may be kept: what was not begun is not wrong.
            self.steps[name].errors.clear()
        self.answered = good
        return len(good) + len(empty) == len(self.steps) and self.seen.is_valid()

    def _is_left_out(self, name) -> bool:
        return not self.submits and not self.steps[name].has_changed()

    def work(self, request, at) -> None:
        values = {
            name: form.answers() if name == "limits" else form.cleaned_data
            for name, form in self.answered.items()
        }
        keep = {"case_id": self.case.pk, "by": self.by, "at": at}
        services.fill_in(steps=values, seen=self.seen.codes(), **keep)
        if not self.submits:
            messages.success(request, _("已保存。"))
            return
        outcome = services.hand_in(**keep)
        if outcome.kind == WAITING:
            messages.success(request, _("已提交，转他人审核。请打印回执交给申请人。"))
        else:
            messages.success(request, _("已提交，按规则直接办结。请打印回执交给申请人。"))

    def refused(self, error) -> None:
        """Show a refusal at the field it names, whichever step that is in; else on top."""
        for form in self.steps.values():
            for name in error.details:
                if name in form.fields:
                    form.add_error(name, str(error.details[name]))
                    return
        self.errors.append(str(error))

    def goal(self, page: str) -> str:
        if self.submits:
            return page
        return reverse("admin:counter_deskcase_intake", args=[self.case.pk])
