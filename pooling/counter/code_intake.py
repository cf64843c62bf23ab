"""E-credentials and the 亲情账户 at the desk: who comes for what, and the page that asks for it."""

from django.contrib import messages
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from pooling.cases import selectors as cases
from pooling.counter import code_cases, code_desk
from pooling.counter.forms import CodeFindForm, CodeForm, SeenForm
from pooling.counter.intake import Intake
from pooling.shared.forms import refuse
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock


class CodesAtTheDesk:
    """One page to begin: whose code, for what, and who came. Goes before an admin of cases."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("codes/", view(self.codes_view), name="counter_deskcase_codes"),
            *super().get_urls(),
        ]

    def codes_view(self, request):
        """Identify whose code it is by exact number and name, and open or find their case."""
        self._may_take_in(request)
        form = CodeFindForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            want = form.cleaned_data["want"]
            response = self._received(
                request,
                form,
                lambda by: code_cases.take_in(
                    want=want, agent=form.agent(), by=by, at=database_clock()
                ),
                kinds=[code_desk.KINDS[want]],
            )
            if response is not None:
                return response
        title = _("医保电子凭证和亲情账户")
        return self._page_of(request, "counter/code_find.html", title, form=form)


class FillingInCode(Intake):
    """Who is to show the code, or which entry ends; the originals; `save` keeps, `submit` ends."""

    template = "counter/code_intake.html"

    def __init__(self, request, case):
        super().__init__(request, case)
        data = request.POST or None
        found = code_desk.asked(case, business_date(database_clock()))
        self.form = CodeForm(
            data,
            want=found.want,
            relation=code_desk.relation_choices(found.owner) if self._asks(found) else [],
            entries=code_desk.entries(case.member_id),
            initial=_filled(cases.opened(case)),
        )
        self.seen = SeenForm(data, initial={"seen": cases.originals_of(case.pk)})
        self.submits = request.POST.get("act") == "submit"
        ticked = set(request.POST.getlist("seen"))
        self.context = {
            "form": self.form,
            "ticked": ticked,
            "outlook": code_desk.outlook(found),
            "want": found.want,
        }

    def is_valid(self) -> bool:
        return self.form.is_valid() and self.seen.is_valid()

    def work(self, request, at) -> None:
        keep = {"case_id": self.case.pk, "by": self.by, "at": at}
        code_cases.fill_in(values=self.form.cleaned_data, seen=self.seen.codes(), **keep)
        if not self.submits:
            messages.success(request, _("已保存。"))
        elif code_cases.hand_in(**keep).rule:
            messages.success(request, _("已提交，按规则直接办结。请打印回执交给申请人。"))
        else:
            messages.success(request, _("已提交，转他人审核。请打印回执交给申请人。"))

    def refused(self, error) -> None:
        refuse(self.form, error)

    def goal(self, page: str) -> str:
        if self.submits:
            return page
        return reverse("admin:counter_deskcase_intake", args=[self.case.pk])

    @staticmethod
    def _asks(found) -> bool:
        """Return whether the page asks what whose code it is is to the other."""
        return found.coming.by_family and found.tie is None


def _filled(answers: dict) -> dict:
    carer = answers.get("carer") or {}
    return {
        "carer_name": carer.get("name", ""),
        "carer_cert_no": carer.get("cert_no", ""),
        "code": answers.get("code", ""),
        "entry": answers.get("entry"),
    }
