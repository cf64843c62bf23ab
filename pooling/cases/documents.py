"""What can happen to papers that prove something: collected, handed in, judged, shredded.

The case is locked first, as everywhere. Files are written before the commit and removed after
it: what a rolled-back transaction leaves on the disk is unreadable to all and swept at night.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.cases import materials, services, vault
from pooling.cases.models import Case, CaseKey, Document, Page
from pooling.cases.services import FourEyes, NotNow
from pooling.cases.uploads import MOST_PAGES, CleanPage
from pooling.shared import crypto
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound

#: Papers of one case, so that nobody fills the disk.
MOST_DOCUMENTS = 10
#: While a case stands here, papers can be brought.
OPEN = {Case.State.DRAFT, Case.State.SUBMITTED, Case.State.WAITING, Case.State.MORE}


class TooMany(DomainError):
    """A document has all the pages, or a case all the documents, that it may have."""

    code = "too_many_papers"
    status = 409


class NothingThere(DomainError):
    """There is no page to hand in."""

    code = "no_papers"
    status = 409


@transaction.atomic
def begin(*, case_id: int, kind: str, by: Actor, at) -> Document:
    """Begin a document of a kind, or take up the one of that kind that has no page yet."""
    case = _open_case(case_id, by)
    if kind not in materials.WORDS:
        raise NotFound(_("没有这种材料。"))
    begun = case.documents.filter(kind=kind, state=Document.State.COLLECTING, pages=None).first()
    if begun is not None:
        return begun
    if case.documents.count() >= MOST_DOCUMENTS:
        sentence = _("一件申请最多上传 %(most)s 份材料，请先删去不需要的。")
        raise TooMany(sentence % {"most": MOST_DOCUMENTS})
    document = Document.objects.create(case=case, kind=kind, uploaded_at=at, uploaded_by=by.name)
    _note(document, "begin", by, at)
    return document


@transaction.atomic
def add_pages(*, document_id: int, pages: list[CleanPage], by: Actor, at) -> Document:
    """Add pages behind those there are: all of them or none."""
    document = _collecting(document_id, by)
    held = document.pages.count()
    if held + len(pages) > MOST_PAGES:
        sentence = _("一份材料最多 %(most)s 页，这次没有保存。请只传需要的几页。")
        raise TooMany(sentence % {"most": MOST_PAGES})
    for number, page in enumerate(pages, start=held + 1):
        _keep(document, number, page, by, at)
    _note(document, "add_pages", by, at, pages=len(pages))
    return document


@transaction.atomic
def retake(*, document_id: int, number: int, page: CleanPage, by: Actor, at) -> Document:
    """Put another picture in the place of a page."""
    document = _collecting(document_id, by)
    _drop(document.pages.filter(number=number))
    _keep(document, number, page, by, at)
    _note(document, "retake", by, at, page=number)
    return document


@transaction.atomic
def remove_page(*, document_id: int, number: int, by: Actor, at) -> Document:
    """Take a page out; those behind it move up."""
    document = _collecting(document_id, by)
    _drop(document.pages.filter(number=number))
    document.pages.filter(number__gt=number).update(number=F("number") - 1)
    _note(document, "remove_page", by, at, page=number)
    return document


@transaction.atomic
def discard(*, document_id: int, by: Actor, at) -> None:
    """Throw a document away that was not handed in."""
    document = _collecting(document_id, by)
    _note(document, "discard", by, at)
    if document.pages.exists():
        _drop(document.pages.all())
    document.delete()


@transaction.atomic
def hand_in(*, case_id: int, by: Actor, at) -> Case:
    """Hand in all that was collected; documents without a page are forgotten.

    Where more was asked for, this is the answer, and the case waits for review again. The
    receipt of a premium asked back hands in the claim itself.
    """
    case = _open_case(case_id, by)
    collected = case.documents.filter(state=Document.State.COLLECTING)
    collected.filter(pages=None).delete()
    documents = list(collected.order_by("pk"))
    if not documents:
        raise NothingThere(_("还没有可以提交的材料，请先拍照或选择文件。"))
    for document in documents:
        _move(document, Document.State.RECEIVED)
        document.save(update_fields=["state"])
    handed = [document.pk for document in documents]
    audit.record(verb="cases.hand_in", subject=case, by=by, at=at, detail={"documents": handed})
    if case.state == Case.State.MORE:
        return services.answer_more(case_id=case_id, by=by, at=at)
    if case.state == Case.State.DRAFT and case.kind == Case.Kind.PREMIUM:
        if case.answers_sealed is None:
            raise NotNow(_("这件报销由窗口受理，还没有填完，请到窗口办理。"))
        # Its receipt is all that such a claim still lacked.
        services.submit(case_id=case_id, by=by, at=at)
        return services.wait(case_id=case_id, reason_code="premium_to_check", by=by, at=at)
    return case


@transaction.atomic
def bring(*, case_id: int, kind: str, pages: list[CleanPage], by: Actor, at) -> Document:
    """Take in a whole paper at once, as a window does; what the member collects is left alone."""
    document = begin(case_id=case_id, kind=kind, by=by, at=at)
    add_pages(document_id=document.pk, pages=pages, by=by, at=at)
    # The one taken up may have been begun on a phone; now it is the window's.
    _move(document, Document.State.RECEIVED)
    document.uploaded_at, document.uploaded_by = at, by.name
    document.save(update_fields=["state", "uploaded_at", "uploaded_by"])
    _note(document, "bring", by, at)
    return document


@transaction.atomic
def accept(*, document_id: int, by: Actor, at) -> Document:
    """Find that a paper proves what it says; never by whoever brought it."""
    return _judge(document_id, Document.State.ACCEPTED, by, at)


@transaction.atomic
def reject(*, document_id: int, by: Actor, at) -> Document:
    """Find that a paper does not prove it; the case goes on without."""
    return _judge(document_id, Document.State.REJECTED, by, at)


@transaction.atomic
def shred(*, case_id: int, by: Actor, at) -> int:
    """Make all papers of an ended case unreadable for ever; return how many pages that were.

    What remains says that there were papers, of which kind and who judged them.
    """
    case = services.locked(case_id)
    if Case.ALLOWED[Case.State(case.state)]:
        raise NotNow(_("这件申请还没有办结，材料不能销毁。"))
    CaseKey.objects.filter(case=case).delete()
    names = list(Page.objects.filter(document__case=case).values_list("file_name", flat=True))
    transaction.on_commit(lambda: vault.remove(names))
    audit.record(verb="cases.shred", subject=case, by=by, at=at, detail={"pages": len(names)})
    return len(names)


def sweep(*, before: datetime) -> int:
    """Remove files that no row speaks of and that are older than a moment; return how many."""
    return vault.sweep(before=before, known=_known)


def _known(names: set[str]) -> set[str]:
    return set(Page.objects.filter(file_name__in=names).values_list("file_name", flat=True))


def _open_case(case_id: int, by: Actor) -> Case:
    """Lock a case to which `by` may bring papers: the applicant, or a clerk for them."""
    case = services.locked(case_id)
    theirs = by.kind == ActorKind.MEMBER and by.id == case.member_id
    at_the_desk = by.kind == ActorKind.STAFF and by.on_behalf_of == case.member_id
    if not (theirs or at_the_desk):
        raise NotFound(_("没有找到这件申请。"))
    if case.state not in OPEN:
        sentence = _("这件申请现在的状态是“%(state)s”，不能再补充材料。")
        raise NotNow(sentence % {"state": case.get_state_display()})
    return case


def _collecting(document_id: int, by: Actor) -> Document:
    """Lock the case of a document that still collects pages. Raises NotFound, NotNow."""
    document = _document(document_id)
    _open_case(document.case_id, by)
    document.refresh_from_db()
    if document.state != Document.State.COLLECTING:
        raise NotNow(_("这份材料已提交，不能再改；可以另传一份。"))
    return document


def _document(document_id: int) -> Document:
    try:
        return Document.objects.get(pk=document_id)
    except Document.DoesNotExist:
        raise NotFound(_("没有找到这份材料。")) from None


def _keep(document: Document, number: int, clean: CleanPage, by: Actor, at) -> None:
    """Encrypt one page with the case's key, write it, and write down where it lies."""
    page = Page(
        document=document,
        number=number,
        file_name=vault.new_name(),
        size=len(clean.jpeg),
        width=clean.width,
        height=clean.height,
        uploaded_at=at,
        uploaded_by=by.name,
    )
    key = _key(document.case_id, at)
    page.sm3 = vault.put(page.file_name, clean.jpeg, key=key, bound=page.bound)
    page.save(force_insert=True)


def _key(case_id: int, at) -> str:
    """Return the key of a locked case's papers, made with the first of them."""
    row = CaseKey.objects.filter(case_id=case_id).first()
    if row is None:
        row = CaseKey(case_id=case_id, made_at=at)
        row.key_text = crypto.make_data_key()
        row.save(force_insert=True)
    return row.key_text


def _drop(pages) -> None:
    """Delete pages, and their files once that is committed."""
    names = list(pages.values_list("file_name", flat=True))
    if not names:
        raise NotFound(_("没有找到这一页。"))
    pages.delete()
    transaction.on_commit(lambda: vault.remove(names))


def _judge(document_id: int, state, by: Actor, at) -> Document:
    document = _document(document_id)
    services.locked(document.case_id)
    document.refresh_from_db()
    if by.kind != ActorKind.STAFF or by.name == document.uploaded_by:
        raise FourEyes(_("上传材料的人不能审阅它，请交由他人办理。"))
    _move(document, state)
    document.decided_at, document.decided_by = at, by.name
    document.save(update_fields=["state", "decided_at", "decided_by"])
    _note(document, state, by, at)
    return document


def _move(document: Document, state) -> None:
    """The one place where a document changes its state."""
    if state not in Document.ALLOWED[Document.State(document.state)]:
        sentence = _("这份材料现在的状态是“%(state)s”，不能这样办理。")
        raise NotNow(sentence % {"state": document.get_state_display()})
    document.state = state


def _note(document: Document, verb: str, by: Actor, at, **detail) -> None:
    detail |= {"case": document.case_id}
    audit.record(verb=f"cases.document_{verb}", subject=document, by=by, at=at, detail=detail)
