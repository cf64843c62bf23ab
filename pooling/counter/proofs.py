"""Papers on the desk: looked at by those who handle cases and said what for, and judged.

Every page opened is a look of its own, and bears the name of whoever opened it.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from pooling.audit.services import look
from pooling.cases import documents, materials, showing, uploads
from pooling.cases import selectors as cases
from pooling.cases.forms import KindForm
from pooling.counter.intake import handling
from pooling.shared.admin import acting
from pooling.shared.asking import carry_out
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.forms import refuse
from pooling.shared.work import database_clock, unit_of_work

HANDLES, DECIDES = "counter.take_in", "counter.decide"
#: Session key: the member whose document the clerk holds in hand.
AT_THE_WINDOW = "counter_at_the_window"
JUDGEMENTS = {
    "accept": (documents.accept, _("这份材料已采信。")),
    "reject": (documents.reject, _("这份材料未采信。")),
}


class ProofsOnTheDesk:
    """The papers of a case and what may be done with them. Goes before an admin of cases."""

    def get_urls(self):
        view, name = self.admin_site.admin_view, "counter_deskcase"
        paper = "<int:pk>/papers/<int:document>/"
        return [
            path(
                "<int:pk>/papers/",
                view(uploads.within_limits(self.scan_view)),
                name=f"{name}_scan",
            ),
            path(f"{paper}<int:page>/", view(self.paper_view), name=f"{name}_paper"),
            path(f"{paper}<slug:verb>/", view(self.judge_view), name=f"{name}_judge"),
            *super().get_urls(),
        ]

    def papers(self, request, case) -> dict:
        """Return what `cases/_viewer.html` needs; nothing opens before a purpose was stated."""
        if not request.user.has_perm(HANDLES):
            return {}
        rows = cases.documents_of(case.pk)
        return {
            "documents": [row for row in rows if row.state_code != "collecting"],
            "papers_root": reverse("admin:counter_deskcase_paper", args=[case.pk, 0, 0])[:-4],
            "may_judge": request.user.has_perm(DECIDES),
        }

    @method_decorator(require_GET)
    def paper_view(self, request, pk: int, document: int, page: int):
        """Return the picture of one page, marked, and record that it was looked at."""
        case = self._handled(request, pk)
        by, at = self.looking(request, case), database_clock()
        mark = showing.mark_of(request.user, at)
        try:
            answer = showing.answer(case.pk, document, page, mark=mark)
        except NotFound:
            raise Http404 from None
        people, fields = [case.member_id], ["papers"]
        unit_of_work(
            lambda: look(page="counter.papers", member_ids=people, fields=fields, by=by, at=at)
        )
        return answer

    def scan_view(self, request, pk: int):
        """Scan or photograph a paper of whoever stands at the window: all its pages at once."""
        case = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        self._may_take_in(request)
        if request.session.get(AT_THE_WINDOW) != case.member_id:
            messages.warning(request, _("请先核对申请人的证件，再为其办理。"))
            return redirect("admin:counter_deskcase_find")
        # An upload that was not read says nothing, not even which paper it was.
        posted = request.method == "POST"
        form = KindForm(request.POST if posted else None, asked=list(materials.WORDS))
        if posted and self._scanned(request, case, form):
            return redirect("admin:counter_deskcase_intake", case.pk)
        papers = [row for row in cases.documents_of(case.pk) if row.pages]
        return self._page_of(
            request,
            "counter/scan.html",
            _("上传或拍摄材料"),
            original=case,
            form=form,
            papers=papers,
        )

    def _scanned(self, request, case, form) -> bool:
        try:
            files = uploads.chosen(request, "camera", "files")
            if not form.is_valid():
                return False
            kind, pages = form.cleaned_data["kind"], uploads.read(files)
            by = handling(request, case)
            unit_of_work(
                lambda: documents.bring(
                    case_id=case.pk, kind=kind, pages=pages, by=by, at=database_clock()
                )
            )
        except DomainError as error:
            form.errors.clear()
            refuse(form, error)
            return False
        messages.success(request, _("材料已加密保存，审核人员可以查看。"))
        return True

    @method_decorator(require_POST)
    def judge_view(self, request, pk: int, document: int, verb: str):
        """Accept a paper as proof, or not; only of those that belong to the case."""
        case = self._handled(request, pk)
        if not request.user.has_perm(DECIDES):
            raise PermissionDenied
        if verb not in JUDGEMENTS or all(row.id != document for row in cases.documents_of(case.pk)):
            raise Http404
        judge, done = JUDGEMENTS[verb]
        carry_out(
            request,
            lambda: judge(document_id=document, by=acting(request), at=database_clock()),
            done,
        )
        return redirect("admin:counter_deskcase_change", case.pk)

    def _handled(self, request, pk: int):
        """Return the case for somebody who handles cases and said what for."""
        case = self.get_object(request, str(pk))
        if case is None:
            raise Http404
        may = self.has_view_permission(request, case) and request.user.has_perm(HANDLES)
        if not may or not self.purpose(request, case):
            raise PermissionDenied
        return case
