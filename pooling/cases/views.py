"""Proof by photograph, on the phone: which paper, its pages, hand in. Works without script."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import member_required
from pooling.cases import documents, materials, selectors, showing, uploads
from pooling.cases.forms import KindForm, PagesForm
from pooling.shared.asking import refusals_shown
from pooling.shared.errors import DomainError
from pooling.shared.work import unit_of_work


@member_required
@require_http_methods(["GET", "POST"])
def proof(request, number):
    """Show what is asked for and what is there; begin another paper."""
    case = selectors.by_number(request.actor.id, number)
    asked = selectors.asked_for(case)
    form = KindForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            begun = unit_of_work(
                lambda: documents.begin(
                    case_id=case.id, kind=form.cleaned_data["kind"], by=request.actor, at=now()
                )
            )
            return redirect("cases:document", number, begun.pk)
    papers = selectors.documents_of(case.id)
    page = {
        "case": case,
        "asked": materials.words(asked),
        "proof": selectors.proof_of(case, papers),
        "papers": papers,
        "may_bring": case.state_code in documents.OPEN,
        "collected": any(paper.state_code == "collecting" and paper.pages for paper in papers),
        "form": form,
    }
    return render(request, "cases/proof.html", page)


@member_required
@uploads.within_limits
@require_http_methods(["GET", "POST"])
def document(request, number, document):
    """Photograph a paper page by page; `?retake=2` puts another picture in a page's place."""
    case = selectors.by_number(request.actor.id, number)
    paper = selectors.document_of(request.actor.id, number, document)
    again = next((each for each in paper.pages if str(each.number) == _asked_again(request)), None)
    form = PagesForm()
    if request.method == "POST":
        form = PagesForm(data={})
        with refusals_shown(form):
            _take(request, paper, again)
            return redirect("cases:document", number, document)
    page = {"case": case, "paper": paper, "again": again, "form": form, "most": uploads.MOST_PAGES}
    return render(request, "cases/document.html", page | {"most_bytes": uploads.MOST_BYTES})


@member_required
@require_POST
def hand_in(request, number):
    """Hand in all that was collected."""
    case = selectors.by_number(request.actor.id, number)
    try:
        unit_of_work(lambda: documents.hand_in(case_id=case.id, by=request.actor, at=now()))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("cases:proof", number)
    messages.success(request, _("材料已提交。审核后会用消息通知您。"))
    return redirect(f"/cases/{number}/")


@member_required
@require_POST
def discard(request, number, document):
    """Throw a paper away that was not handed in."""
    paper = selectors.document_of(request.actor.id, number, document)
    unit_of_work(lambda: documents.discard(document_id=paper.id, by=request.actor, at=now()))
    messages.success(request, _("已删除，没有保留。"))
    return redirect("cases:proof", number)


@member_required
@require_POST
def remove(request, number, document, page):
    """Take one page out."""
    paper = selectors.document_of(request.actor.id, number, document)
    unit_of_work(
        lambda: documents.remove_page(document_id=paper.id, number=page, by=request.actor, at=now())
    )
    return redirect("cases:document", number, document)


@member_required
@require_GET
def page(request, number, document, page):
    """Return the picture of one page to the member whose case it is."""
    case = selectors.by_number(request.actor.id, number)
    return showing.answer(case.id, document, page, small="small" in request.GET)


def _asked_again(request) -> str:
    return request.GET.get("retake", "")


def _take(request, paper, again) -> None:
    """Read the files before any lock is taken: decoding may take seconds."""
    pages = uploads.read(uploads.chosen(request, "camera", "files"))
    if again is not None and len(pages) > 1:
        raise documents.TooMany(_("重拍一页时，请只选一张照片。"))
    which = {"document_id": paper.id, "by": request.actor, "at": now()}
    if again is None:
        unit_of_work(lambda: documents.add_pages(pages=pages, **which))
    else:
        unit_of_work(lambda: documents.retake(number=again.number, page=pages[0], **which))
