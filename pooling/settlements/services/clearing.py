"""Money that could not go home: one person says where it goes, another lets it go there.

A reversal or refund whose account is closed or whose owner is dead leaves the amount in
suspense and a case at the counter (`returning`). Here it leaves suspense again.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.funds import services as treasury
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError

#: Into the owner's account, opened again where it was closed; or out, to heirs or a bank.
ACCOUNT, PAYOUT = "account", "payout"


class NotThisWay(DomainError):
    """The money cannot go where it was proposed to go."""

    code = "suspense_way"


@transaction.atomic
def propose(*, case_id: int, way: str, reference: str = "", reason: str, by: Actor, at) -> Case:
    """Say where the money of a case goes: `reference` is the voucher of a payout.

    Raises NotThisWay.
    """
    case = _held(case_id)
    _check(case, way, reference)
    answers = {
        "way": way,
        "reference": reference,
        "reason": reason,
        "amount_fen": case.reason_values["amount_fen"],
    }
    return case_services.propose(case_id=case_id, answers=answers, by=by, at=at)


@transaction.atomic
def clear(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Move the money as proposed, once; somebody else than who proposed it. Raises NotThisWay."""
    case = _held(case_id)
    proposed = cases.opened(case)
    if not proposed:
        raise NotThisWay(_("还没有人提出办理意见。"))
    way, amount_fen = proposed["way"], case.reason_values["amount_fen"]
    people.locked([case.member_id])
    _check(case, way, proposed["reference"])
    move = {"amount_fen": amount_fen, "key": f"suspense:{case.number}", "by": by, "at": at}
    if way == ACCOUNT:
        treasury.return_from_suspense(member_id=case.member_id, **move)
    else:
        treasury.pay_out_from_suspense(**move)
    detail = {"fen": amount_fen, "way": way}
    audit.record(verb="settlements.clear_suspense", subject=case, by=by, at=at, detail=detail)
    values = {"amount_fen": amount_fen}
    message = Message(kind="suspense_cleared", member_id=case.member_id, values=values)
    notices.enqueue([message], at=at)
    return case_services.approve(case_id=case_id, remark=remark, by=by, at=at)


@transaction.atomic
def turn_back(*, case_id: int, remark: str = "", reason_code: str = "", by: Actor, at) -> Case:
    """Send a proposal back; the money stays where it is and the case waits on."""
    _held(case_id)
    return case_services.turn_back(case_id=case_id, remark=remark, by=by, at=at)


def _held(case_id: int) -> Case:
    case = case_services.locked(case_id)
    if case.kind != Case.Kind.SUSPENSE or case.state != Case.State.WAITING:
        raise case_services.NotNow(_("这不是一件待办理的暂挂款项。"))
    return case


def _check(case: Case, way: str, reference: str) -> None:
    owner = people.by_ids([case.member_id])[case.member_id]
    if way == ACCOUNT and owner.died_on is not None:
        raise NotThisWay(_("账户所有人已登记死亡，不能退回账户，请办理支付给继承人。"))
    if way == PAYOUT and not reference.strip():
        raise NotThisWay(_("请填写支付凭证号。"), details={"reference": _("请填写支付凭证号。")})
    if way not in (ACCOUNT, PAYOUT):
        raise NotThisWay(_("请选择款项的去向。"))
