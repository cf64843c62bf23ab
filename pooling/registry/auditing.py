"""Commitment letters looked into: proof asked for, a finding by one, a decision by another.

A letter found untrue ends its authorisation at once. What was paid on the strength of it
becomes a case of its own, because people talk to people about it: no money moves by itself.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import affected
from pooling.bindings.models import Binding
from pooling.bindings.services import events
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.settlements import selectors as settlements
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError

CONFIRMED, DISPROVED = "confirmed", "disproved"
FINDINGS = (CONFIRMED, DISPROVED)
#: How the money used may have been seen to.
OUTCOMES = ("repaid_outside", "referred", "waived")


class NothingFound(DomainError):
    """Nobody has said yet what was found, or how it was seen to."""

    code = "nothing_proposed"


@transaction.atomic
def open_audit(*, binding: Binding, by: Actor, at) -> Case:
    """Put a letter on which the lot fell before the desk, as a case of whoever signed it."""
    return case_services.open_waiting(
        kind=Case.Kind.AUDIT,
        member_id=binding.payer_id,
        reason_code="commitment_sampled",
        reason_values={},
        subject=binding,
        by=by,
        at=at,
    )


@transaction.atomic
def find(*, case_id: int, finding: str, reason: str, by: Actor, at) -> Case:
    """Say what looking into a letter came to; somebody else decides on it."""
    _held(case_id, Case.Kind.AUDIT)
    if finding not in FINDINGS:
        raise NothingFound(_("请选择核查结论。"))
    answers = {"finding": finding, "reason": reason}
    return case_services.propose(case_id=case_id, answers=answers, by=by, at=at)


@transaction.atomic
def decide(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Follow the finding: all is well, or the authorisation ends and its money is asked after."""
    case = _held(case_id, Case.Kind.AUDIT)
    finding = cases.opened(case).get("finding")
    if finding is None:
        raise NothingFound(_("还没有人提出核查结论。"))
    close = {"case_id": case_id, "remark": remark, "by": by, "at": at}
    if finding == CONFIRMED:
        link = f"/family/{case.subject_id}/"
        told = Message(kind="commitment_confirmed", member_id=case.member_id, link=link)
        notices.enqueue([told], at=at)
        return case_services.approve(**close)
    # Refused first: whoever may not decide must have ended nothing.
    case = case_services.refuse(reason_code="commitment_disproved", **close)
    _disprove(case, by, at)
    return case


def _disprove(case: Case, by: Actor, at) -> None:
    binding = affected.with_people_locked(case.subject_id)
    if binding.state in Binding.OPEN:
        events.end(binding, "commitment_disproved", by, at)
    taken = settlements.taken_by(binding.pk)
    amount_fen = sum(each.fen for each in taken)
    if not amount_fen:
        return
    case_services.open_waiting(
        kind=Case.Kind.MISUSE,
        member_id=binding.payer_id,
        reason_code="money_used",
        reason_values={
            "amount_fen": amount_fen,
            "relative": binding.relative_id,
            "settlements": [[each.settlement_id, each.fen] for each in taken],
        },
        subject=binding,
        by=Actor.job("registry.auditing"),
        at=at,
    )


@transaction.atomic
def note_outcome(*, case_id: int, outcome: str, reason: str, by: Actor, at) -> Case:
    """Say how the money used was seen to; somebody else closes the case on it."""
    case = _held(case_id, Case.Kind.MISUSE)
    if outcome not in OUTCOMES:
        raise NothingFound(_("请选择处理结果。"))
    # With the amounts: what a case waits for is forgotten once it is decided.
    answers = {"outcome": outcome, "reason": reason, **case.reason_values}
    return case_services.propose(case_id=case_id, answers=answers, by=by, at=at)


@transaction.atomic
def close(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Close the case about money used, as somebody else noted; no money moves."""
    case = _held(case_id, Case.Kind.MISUSE)
    noted = cases.opened(case)
    if not noted:
        raise NothingFound(_("还没有人写明处理结果。"))
    detail = {"outcome": noted["outcome"], "fen": case.reason_values["amount_fen"]}
    audit.record(verb="registry.close_misuse", subject=case, by=by, at=at, detail=detail)
    return case_services.approve(case_id=case_id, remark=remark, by=by, at=at)


@transaction.atomic
def turn_back(*, case_id: int, remark: str = "", reason_code: str = "", by: Actor, at) -> Case:
    """Send a finding or an outcome back to whoever proposed it."""
    return case_services.turn_back(case_id=case_id, remark=remark, by=by, at=at)


def _held(case_id: int, kind) -> Case:
    case = case_services.locked(case_id)
    if case.kind != kind or case.state != Case.State.WAITING:
        raise case_services.NotNow(_("这件现在不能这样办理。"))
    people.locked([case.member_id])
    return case
