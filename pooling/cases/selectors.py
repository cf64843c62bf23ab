"""Questions about cases. The asker comes first; absent and not yours sound the same."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pooling.cases import vault
from pooling.cases.models import Case, CaseKey, Document, Original, Page
from pooling.shared.crypto import CannotOpen
from pooling.shared.errors import NotFound

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its member sees it; `state` and `kind` are the words, `*_code` the values."""

    id: int
    number: str
    kind_code: str
    kind: str
    state_code: str
    state: str
    opened_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    due_at: datetime | None
    decided_by_rule: str
    reason_code: str
    reason_values: dict
    subject_type: str
    subject_id: int | None
    #: Whether anything was filled in yet; a window opens a case before it asks.
    filled: bool


def for_member(member_id: int) -> list[CaseRow]:
    """Return a member's cases, newest first (one statement)."""
    return [_row(case) for case in Case.objects.filter(member_id=member_id).order_by("-pk")]


def by_number(member_id: int, number: str) -> CaseRow:
    """Return one case of the member by its number. Raises NotFound."""
    return _row(owned(member_id, number=number))


def answers(member_id: int, case_id: int) -> dict:
    """Return what the member filled in so far. Raises NotFound."""
    return opened(owned(member_id, pk=case_id))


def draft_of(member_id: int, kind) -> Case | None:
    """Return the member's unfinished application of a kind, the newest first."""
    rows = Case.objects.filter(member_id=member_id, kind=kind, state=Case.State.DRAFT)
    return rows.order_by("-pk").first()


def waiting_of(kind, member_id: int) -> list[Case]:
    """Return a member's cases of a kind that wait for somebody, by primary key (one statement)."""
    rows = Case.objects.filter(kind=kind, member_id=member_id, state=Case.State.WAITING)
    return list(rows.order_by("pk"))


def originals_of(case_id: int) -> list[str]:
    """Return the materials whose originals were held in hand, by code, in order of seeing."""
    return list(
        Original.objects.filter(case_id=case_id).order_by("pk").values_list("material", flat=True)
    )


def owned(member_id: int, **key) -> Case:
    """Return the case itself if it is the member's. Raises NotFound."""
    try:
        return Case.objects.get(member_id=member_id, **key)
    except Case.DoesNotExist:
        raise NotFound(_("没有找到这件申请。")) from None


def id_of(number: str) -> int:
    """Return the id of the case with this number, for the house itself. Raises NotFound."""
    found = Case.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(_("没有找到这件申请。"))
    return found


def opened(case: Case) -> dict:
    """Return the unsealed answers of a case."""
    return json.loads(case.answers_text) if case.answers_sealed is not None else {}


def has_come_in(case_id: int, kind: str) -> bool:
    """Return whether an uploaded paper of a kind lies before the reviewers."""
    came = (Document.State.RECEIVED, Document.State.ACCEPTED)
    return Document.objects.filter(case_id=case_id, kind=kind, state__in=came).exists()


def _row(case: Case) -> CaseRow:
    return CaseRow(
        id=case.pk,
        number=case.number,
        kind_code=case.kind,
        kind=case.get_kind_display(),
        state_code=case.state,
        state=case.get_state_display(),
        opened_at=case.opened_at,
        submitted_at=case.submitted_at,
        decided_at=case.decided_at,
        due_at=case.due_at,
        decided_by_rule=case.decided_by_rule,
        reason_code=case.reason_code,
        reason_values=case.reason_values,
        subject_type=case.subject_type,
        subject_id=case.subject_id,
        filled=case.answers_sealed is not None,
    )


# --- papers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of a document, by where it stands in it."""

    document_id: int
    number: int
    width: int
    height: int

    @property
    def path(self) -> str:
        """Return its address below that of the case's papers."""
        return f"{self.document_id}/{self.number}/"


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A paper of a case; `state` and `kind` are the words, `*_code` the values."""

    id: int
    kind_code: str
    kind: str
    state_code: str
    state: str
    uploaded_at: datetime
    uploaded_by: str
    decided_at: datetime | None
    pages: tuple[PageRow, ...]


def documents_of(case_id: int) -> list[DocumentRow]:
    """Return the papers of a case with their pages, oldest first (two statements)."""
    found = Document.objects.filter(case_id=case_id).order_by("pk")
    return [_document_row(row) for row in found.prefetch_related(_PAGES)]


def document_of(member_id: int, number: str, document_id: int) -> DocumentRow:
    """Return one paper of the member's case. Raises NotFound."""
    case = owned(member_id, number=number)
    row = case.documents.filter(pk=document_id).prefetch_related(_PAGES).first()
    if row is None:
        raise NotFound(_("没有找到这份材料。"))
    return _document_row(row)


def accepted_of(case_id: int) -> list[str]:
    """Return which materials a reviewer found proven by an uploaded paper, by code."""
    accepted = Document.objects.filter(case_id=case_id, state=Document.State.ACCEPTED)
    return list(accepted.order_by("pk").values_list("kind", flat=True))


def asked_for(row: CaseRow) -> list[str]:
    """Return the materials a member is still asked to bring, by code."""
    if row.kind_code == Case.Kind.PREMIUM and row.state_code == Case.State.DRAFT:
        return ["premium_receipt"]
    return row.reason_values.get("items", []) if row.state_code == Case.State.MORE else []


def proof_of(row: CaseRow, papers: list[DocumentRow]) -> tuple[str, str, str]:
    """Return how well a relation is proven so far: code, word, tone."""
    if any(paper.state_code == Document.State.ACCEPTED for paper in papers):
        return "documented", gettext("材料已核实"), "good"
    if row.decided_by_rule.endswith(":registry"):
        return "data_matched", gettext("登记数据已核验"), "good"
    return "declared", gettext("仅有申请人声明"), "warn"


def image(case_id: int, document_id: int, number: int) -> bytes:
    """Return the JPEG of one page. Raises NotFound, also where it was shredded or damaged.

    Whose case it is was asked before; who may look is the edge's question.
    """
    page = Page.objects.filter(document__case_id=case_id, document_id=document_id, number=number)
    key = CaseKey.objects.filter(case_id=case_id).first()
    for row in page:
        try:
            if key is not None:
                return vault.get(row.file_name, key=key.key_text, bound=row.bound)
        except CannotOpen:
            _log.error("a page of proof does not open", extra={"page": row.pk})
    raise NotFound(_("没有找到这一页。"))


_PAGES = Prefetch("pages", queryset=Page.objects.order_by("number"))


def _document_row(row: Document) -> DocumentRow:
    return DocumentRow(
        id=row.pk,
        kind_code=row.kind,
        kind=row.get_kind_display(),
        state_code=row.state,
        state=row.get_state_display(),
        uploaded_at=row.uploaded_at,
        uploaded_by=row.uploaded_by,
        decided_at=row.decided_at,
        pages=tuple(
            PageRow(row.pk, page.number, page.width, page.height) for page in row.pages.all()
        ),
    )
