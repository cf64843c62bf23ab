"""Receipts handed out at the window: each printing counted, none taken back but with a reason."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.cases.models import Case, Receipt
from pooling.cases.services import locked
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound


class NoReceipt(DomainError):
    """There is nothing yet that a receipt could confirm."""

    code = "no_receipt_yet"
    status = 404


class AlreadyVoid(DomainError):
    """A printing is voided once."""

    code = "receipt_void"
    status = 409


@transaction.atomic
def issue(*, case_id: int, paper: str, by: Actor, at) -> Receipt:
    """Count one more printing of a case's receipt; `paper` is one of `Receipt.Paper`."""
    case = locked(case_id)
    if case.state == Case.State.DRAFT:
        raise NoReceipt(_("提交以后才有回执。"))
    number = Receipt.objects.filter(case=case).count() + 1
    receipt = Receipt.objects.create(
        case=case, number=number, paper=paper, printed_at=at, printed_by=by.name
    )
    detail = {"number": number, "paper": paper}
    audit.record(verb="cases.print_receipt", subject=case, by=by, at=at, detail=detail)
    return receipt


@transaction.atomic
def void(*, case_id: int, number: int, reason: str, by: Actor, at) -> Receipt:
    """Say that a printing does not count; the case is as it was. `reason`: `Receipt.Void`."""
    case = locked(case_id)
    receipt = Receipt.objects.filter(case=case, number=number).first()
    if receipt is None:
        raise NotFound(_("这件没有这张回执。"))
    if receipt.voided_at is not None:
        raise AlreadyVoid(_("这张回执已经作废了。"))
    receipt.voided_at, receipt.voided_by, receipt.void_reason = at, by.name, reason
    receipt.save()
    detail = {"number": number, "reason": reason}
    audit.record(verb="cases.void_receipt", subject=case, by=by, at=at, detail=detail)
    return receipt


def of(case_id: int) -> list[Receipt]:
    """Return every printing of a case's receipt, the first one first."""
    return list(Receipt.objects.filter(case=case_id).order_by("number"))
