"""What may be done with a case on the desk, and with which kind of case in which state."""

from django.utils.translation import gettext_lazy as _

from pooling.cases.models import Case
from pooling.counter import services
from pooling.counter.forms import (
    ApproveForm,
    FindingForm,
    MoreForm,
    OutcomeForm,
    ProposeForm,
    RefuseForm,
    RejectForm,
    TurnBackForm,
    TurnDownForm,
)
from pooling.counter.proofs import DECIDES as DECIDE
from pooling.counter.proofs import HANDLES as TAKE_IN
from pooling.shared.admin import Act

Kind = Case.Kind
#: What members apply for themselves: nothing is left to propose.
_APPLIED = (Kind.BIND, Kind.PREMIUM, Kind.CREDENTIAL, Kind.CARE)
#: One person proposes in words of the kind, another agrees or sends it back.
_PROPOSED = (Kind.SUSPENSE, Kind.AUDIT, Kind.MISUSE)


def waits(case) -> bool:
    return case.state == Case.State.WAITING


def wants_proposal(*kinds):
    """Return whether a case of these kinds still waits for somebody's proposal."""
    return lambda case: waits(case) and case.kind in kinds and case.answers_sealed is None


def can_be_decided(case) -> bool:
    return waits(case) and case.answers_sealed is not None


def may_lack_papers(case) -> bool:
    return waits(case) and (case.kind in _APPLIED or wants_proposal(Kind.AUDIT)(case))


def can_be_refused(case) -> bool:
    return waits(case) and case.kind == Kind.BIND


def can_be_rejected(case) -> bool:
    return waits(case) and case.kind in (Kind.EVENT, Kind.CREDENTIAL, Kind.CARE)


def was_proposed(case) -> bool:
    return can_be_decided(case) and case.kind in _PROPOSED


ACTS = {
    "approve": Act(
        _("通过"),
        services.approve,
        DECIDE,
        _("已通过，并已通知申请人。"),
        ApproveForm,
        lambda case: can_be_decided(case) and case.kind in (*_APPLIED, Kind.SUSPENSE),
    ),
    "agree": Act(
        _("同意并办结"),
        services.approve,
        DECIDE,
        _("已按提出的意见办结。"),
        ApproveForm,
        lambda case: can_be_decided(case) and case.kind not in (*_APPLIED, Kind.SUSPENSE),
    ),
    "more": Act(
        _("退回补正"),
        services.ask_more,
        DECIDE,
        _("已要求补正，并已通知申请人。"),
        MoreForm,
        may_lack_papers,
    ),
    "refuse": Act(
        _("不通过"),
        services.refuse,
        DECIDE,
        _("已办结：不通过，并已通知申请人。"),
        RefuseForm,
        can_be_refused,
        grave=True,
    ),
    "reject": Act(
        _("不通过"),
        services.refuse,
        DECIDE,
        _("已办结：不通过。"),
        RejectForm,
        can_be_rejected,
        grave=True,
    ),
    "turn_down": Act(
        _("不通过"),
        services.refuse,
        DECIDE,
        _("已办结：不通过，没有动用任何钱，并已通知申请人。"),
        TurnDownForm,
        lambda case: waits(case) and case.kind == Kind.PREMIUM,
        grave=True,
    ),
    "propose": Act(
        _("提出办理意见"),
        services.propose,
        TAKE_IN,
        _("办理意见已提出，由他人审核。"),
        ProposeForm,
        wants_proposal(Kind.SUSPENSE),
    ),
    "find": Act(
        _("提出核查结论"),
        services.find_out,
        TAKE_IN,
        _("核查结论已提出，由他人审核。"),
        FindingForm,
        wants_proposal(Kind.AUDIT),
    ),
    "outcome": Act(
        _("写明处理结果"),
        services.note_outcome,
        TAKE_IN,
        _("处理结果已写明，由他人审核。"),
        OutcomeForm,
        wants_proposal(Kind.MISUSE),
    ),
    "turn_back": Act(
        _("退回意见"),
        services.turn_back,
        DECIDE,
        _("已退回，等待重新提出。"),
        TurnBackForm,
        was_proposed,
        grave=True,
    ),
}
