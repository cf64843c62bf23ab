"""What can happen to a case. Whose turn it is lies in its state; nobody decides their own."""

import json
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.cases.models import Case
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

#: A reviewer has this long; the queue shows what is over time.
REVIEW_TIME = timedelta(days=5)


class NotNow(DomainError):
    """The case is not in a state from which this can be done."""

    code = "case_state"
    status = 409


class FourEyes(DomainError):
    """Who submitted a case cannot decide it."""

    code = "case_four_eyes"
    status = 403


@transaction.atomic
def open(*, kind, member_id: int, answers: dict | None = None, subject=None, by: Actor, at) -> Case:
    """Open a case in DRAFT for a member; `subject` is the row it is about, if there is one."""
    case = Case(
        kind=kind,
        member_id=member_id,
        number=_number(at),
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        opened_at=at,
        opened_by=by.name,
    )
    if answers is not None:
        case.answers_text = json.dumps(answers, ensure_ascii=False)
    case.save(force_insert=True)
    audit.record(verb="cases.open", subject=case, by=by, at=at, detail={"member": member_id})
    return case


@transaction.atomic
def open_waiting(
    *, kind, member_id: int, reason_code: str, reason_values: dict, subject=None, by: Actor, at
) -> Case:
    """Open a case that a reviewer must see to: opened, submitted and waiting in one step."""
    case = open(kind=kind, member_id=member_id, subject=subject, by=by, at=at)
    submit(case_id=case.pk, by=by, at=at)
    return wait(case_id=case.pk, reason_code=reason_code, reason_values=reason_values, by=by, at=at)


@transaction.atomic
def update_answers(*, case_id: int, answers: dict, by: Actor, at) -> Case:
    """Replace the answers of a DRAFT. The trail keeps who and when, not what was typed."""
    case = locked(case_id)
    if case.state != Case.State.DRAFT:
        raise NotNow(_("申请已提交，不能再修改；可以先撤回再重新填写。"))
    case.answers_text = json.dumps(answers, ensure_ascii=False)
    case.save(update_fields=["answers_sealed"])
    audit.record(verb="cases.update_answers", subject=case, by=by, at=at)
    return case


@transaction.atomic
def submit(*, case_id: int, by: Actor, at) -> Case:
    """Hand the case in; from here on its answers stay as they are."""
    case = locked(case_id)
    _move(case, Case.State.SUBMITTED)
    case.submitted_at, case.submitted_by = at, by.name
    return _save(case, "submit", ["submitted_at", "submitted_by"], by, at)


@transaction.atomic
def wait(
    *, case_id: int, reason_code: str, reason_values: dict | None = None, by: Actor, at: datetime
) -> Case:
    """Leave the case to a reviewer and say why."""
    case = locked(case_id)
    _move(case, Case.State.WAITING)
    case.reason_code, case.reason_values = reason_code, reason_values or {}
    case.due_at = at + REVIEW_TIME
    return _save(case, "wait", ["reason_code", "reason_values", "due_at"], by, at)


@transaction.atomic
def approve(*, case_id: int, by: Actor, at, rule: str = "", subject=None) -> Case:
    """Grant the case: by a person, or by the rule named where evidence decides alone."""
    case = locked(case_id)
    _move(case, Case.State.APPROVED)
    _decide(case, by, at, rule)
    if subject is not None:
        case.subject_type, case.subject_id = subject._meta.label_lower, subject.pk
    case.reason_code, case.reason_values = "", {}
    fields = ["subject_type", "subject_id", "reason_code", "reason_values", *_DECISION]
    return _save(case, "approve", fields, by, at)


@transaction.atomic
def refuse(
    *,
    case_id: int,
    reason_code: str,
    reason_values: dict | None = None,
    by: Actor,
    at,
    rule: str = "",
) -> Case:
    """Refuse the case, always with a reason."""
    case = locked(case_id)
    _move(case, Case.State.REFUSED)
    _decide(case, by, at, rule)
    case.reason_code, case.reason_values = reason_code, reason_values or {}
    return _save(case, "refuse", ["reason_code", "reason_values", *_DECISION], by, at)


@transaction.atomic
def withdraw(*, case_id: int, by: Actor, at) -> Case:
    """Take the case back; only the member it is for may, while nothing is decided."""
    case = locked(case_id)
    if by.kind != ActorKind.MEMBER or by.id != case.member_id:
        raise NotFound(_("没有找到这件申请。"))
    _move(case, Case.State.WITHDRAWN)
    return _save(case, "withdraw", [], by, at)


def locked(case_id: int) -> Case:
    """Lock one case: the first lock of every verb that touches it. Raises NotFound."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    try:
        return rows.get(pk=case_id)
    except Case.DoesNotExist:
        raise NotFound(_("没有找到这件申请。")) from None


_DECISION = ["decided_at", "decided_by", "decided_by_rule"]


def _decide(case: Case, by: Actor, at, rule: str) -> None:
    """Write who decided: a person who did not submit it, or a rule, never both."""
    if not rule and by.name == case.submitted_by:
        raise FourEyes(_("提交人不能审核自己提交的经办件，请交由他人办理。"))
    case.decided_at, case.decided_by_rule = at, rule
    case.decided_by = "" if rule else by.name


def _move(case: Case, state) -> None:
    """The one place where a case changes its state."""
    if state not in Case.ALLOWED[Case.State(case.state)]:
        raise NotNow(
            _("这件申请现在的状态是“%(state)s”，不能这样办理。")
            % {"state": Case.State(case.state).label}
        )
    case.state = state


def _save(case: Case, verb: str, fields: list[str], by: Actor, at) -> Case:
    case.save(update_fields=["state", *fields])
    audit.record(
        verb=f"cases.{verb}", subject=case, by=by, at=at, detail={"reason": case.reason_code}
    )
    return case


def _number(at: datetime) -> str:
    """Return the next number, readable on the phone: `GJ20261122-000123`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        (serial,) = cursor.fetchone()
    return f"GJ{business_date(at):%Y%m%d}-{serial:06d}"
