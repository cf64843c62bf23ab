"""What can happen to a case. Whose turn it is lies in its state; nobody decides their own."""

import json
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.cases import materials
from pooling.cases.models import Case, Original
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date, end_of, working_day_after

#: Who is asked for more has this long; then the case is refused and can be opened anew.
MORE_TIME = timedelta(days=15)


#: What members apply for themselves, and how they are told that papers are missing.
_ASKED = {
    Case.Kind.BIND: "application_more",
    Case.Kind.PREMIUM: "premium_claim_more",
    Case.Kind.CREDENTIAL: "code_case_more",
    Case.Kind.CARE: "code_case_more",
}
#: How they are told that it was refused because papers never came.
_REFUSED = {
    Case.Kind.BIND: "application_refused",
    Case.Kind.PREMIUM: "premium_claim_refused",
    Case.Kind.CREDENTIAL: "code_case_refused",
    Case.Kind.CARE: "code_case_refused",
}
#: What a member may take back while nothing is decided.
_TAKEN_BACK = (Case.Kind.BIND, Case.Kind.PREMIUM, Case.Kind.CREDENTIAL, Case.Kind.CARE)


class NotNow(DomainError):
    """The case is not in a state from which this can be done."""

    code = "case_state"
    status = 409


class NothingAsked(DomainError):
    """Asking for more without saying what."""

    code = "case_nothing_asked"


class FourEyes(DomainError):
    """Who submitted a case, or handed anything in for it, cannot decide it."""

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
def name_agent(*, case_id: int, agent: dict | None, by: Actor, at) -> Case:
    """Note who came for the applicant (`name`, `cert_type`, `cert_no`), or that nobody did."""
    case = locked(case_id)
    if case.state != Case.State.DRAFT:
        raise NotNow(_("申请已提交，不能再更改代办人。"))
    if agent is None and case.agent_text is None:
        return case
    case.agent_text = json.dumps(agent, ensure_ascii=False) if agent else None
    case.save(update_fields=["agent_sealed"])
    detail = {"agent": agent is not None}
    audit.record(verb="cases.name_agent", subject=case, by=by, at=at, detail=detail)
    return case


@transaction.atomic
def note_originals(*, case_id: int, seen: set[str], by: Actor, at) -> Case:
    """Note whose originals were held in hand; a DRAFT's may be taken back, others only added."""
    case = locked(case_id)
    if case.state not in (Case.State.DRAFT, Case.State.MORE):
        raise NotNow(_("只有填写中或补正中的经办件可以核对原件。"))
    noted = set(case.originals.values_list("material", flat=True))
    fresh = [code for code in materials.WORDS if code in seen - noted]
    Original.objects.bulk_create(
        Original(case=case, material=code, seen_at=at, seen_by=by.name) for code in fresh
    )
    gone = sorted(noted - seen) if case.state == Case.State.DRAFT else []
    case.originals.filter(material__in=gone).delete()
    if fresh or gone:
        detail = {"seen": fresh, "taken_back": gone}
        audit.record(verb="cases.note_originals", subject=case, by=by, at=at, detail=detail)
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
    case.due_at = _promised(case, at)
    return _save(case, "wait", ["reason_code", "reason_values", "due_at"], by, at)


@transaction.atomic
def ask_more(*, case_id: int, items: list[str], remark: str = "", by: Actor, at: datetime) -> Case:
    """Ask for what is missing (codes of `materials.WORDS`), once and completely, until a day."""
    asked = [code for code in materials.WORDS if code in items]
    if not asked:
        raise NothingAsked(_("请选择要补正的材料。"))
    case = locked(case_id)
    _move(case, Case.State.MORE)
    _other_eyes(case, by)
    case.asked_at, case.asked_by, case.due_at = at, by.name, at + MORE_TIME
    case.reason_code, case.reason_values, case.remark = (
        "more_needed",
        {"items": asked},
        remark or None,
    )
    values = {"date": business_date(case.due_at).isoformat()}
    _tell(case, _ASKED.get(Case.Kind(case.kind), "proof_asked"), values, at)
    fields = ["asked_at", "asked_by", "due_at", "reason_code", "reason_values", "remark_sealed"]
    return _save(case, "ask_more", fields, by, at)


@transaction.atomic
def answer_more(*, case_id: int, by: Actor, at: datetime) -> Case:
    """Hand in what was asked for: the member, or a clerk for them. It waits for review again."""
    case = locked(case_id)
    if case.member_id != (by.on_behalf_of if by.kind == ActorKind.STAFF else _member(by)):
        raise NotFound(_("没有找到这件申请。"))
    if case.state != Case.State.MORE:
        raise _not_now(case)
    _move(case, Case.State.WAITING)
    case.answered_at, case.answered_by, case.due_at = at, by.name, _promised(case, at)
    # What was asked for stays written beside it: the reviewer compares.
    case.reason_code = "more_answered"
    fields = ["answered_at", "answered_by", "due_at", "reason_code"]
    return _save(case, "answer_more", fields, by, at)


@transaction.atomic
def propose(*, case_id: int, answers: dict, by: Actor, at: datetime) -> Case:
    """Say how a waiting case should be carried out; somebody else decides on it."""
    case = locked(case_id)
    if case.state != Case.State.WAITING:
        raise _not_now(case)
    case.answers_text = json.dumps(answers, ensure_ascii=False)
    case.answered_at, case.answered_by = at, by.name
    return _save(case, "propose", ["answers_sealed", "answered_at", "answered_by"], by, at)


@transaction.atomic
def turn_back(*, case_id: int, remark: str, by: Actor, at: datetime) -> Case:
    """Send a proposal back to whoever made it; the case waits for another."""
    case = locked(case_id)
    if case.state != Case.State.WAITING or case.answers_sealed is None:
        raise _not_now(case)
    _other_eyes(case, by)
    case.answers_text, case.remark = None, remark or None
    case.answered_at, case.answered_by = None, ""
    fields = ["answers_sealed", "remark_sealed", "answered_at", "answered_by"]
    return _save(case, "turn_back", fields, by, at)


@transaction.atomic
def expire_more(*, by: Actor, at: datetime) -> int:
    """See to one case whose time for 补正 is over; return how many were (0: none is left).

    An application is refused rather than put back: without papers it would wait for ever, and
    nothing is lost, for a new one takes the same answers. What the house itself looks into
    goes back to the desk: that nobody answered proves nothing, and people decide.
    """
    late = Case.objects.filter(state=Case.State.MORE, due_at__lt=at).order_by("due_at").first()
    if late is None:
        return 0
    case = locked(late.pk)
    if case.state == Case.State.MORE and case.kind not in _ASKED:
        wait(case_id=case.pk, reason_code="more_unanswered", by=by, at=at)
    elif case.state == Case.State.MORE:
        refuse(case_id=case.pk, reason_code="more_not_brought", rule="more_time", by=by, at=at)
        _tell(case, _REFUSED[Case.Kind(case.kind)], {}, at)
    return 1


@transaction.atomic
def approve(*, case_id: int, by: Actor, at, rule: str = "", subject=None, remark: str = "") -> Case:
    """Grant the case: by a person, or by the rule named where evidence decides alone."""
    case = locked(case_id)
    _move(case, Case.State.APPROVED)
    _decide(case, by, at, rule)
    if subject is not None:
        case.subject_type, case.subject_id = subject._meta.label_lower, subject.pk
    case.reason_code, case.reason_values = "", {}
    case.remark = remark or case.remark
    fields = ["subject_type", "subject_id", "reason_code", "reason_values", "remark_sealed"]
    fields += _DECISION
    return _save(case, "approve", fields, by, at)


@transaction.atomic
def refuse(
    *,
    case_id: int,
    reason_code: str,
    reason_values: dict | None = None,
    remark: str = "",
    by: Actor,
    at,
    rule: str = "",
) -> Case:
    """Refuse the case, always with a reason; `remark` is for colleagues."""
    case = locked(case_id)
    _move(case, Case.State.REFUSED)
    _decide(case, by, at, rule)
    case.reason_code, case.reason_values = reason_code, reason_values or {}
    case.remark = remark or case.remark
    fields = ["reason_code", "reason_values", "remark_sealed", *_DECISION]
    return _save(case, "refuse", fields, by, at)


@transaction.atomic
def withdraw(*, case_id: int, by: Actor, at) -> Case:
    """Take the case back; only the member it is for may, while nothing is decided."""
    case = locked(case_id)
    if by.kind != ActorKind.MEMBER or by.id != case.member_id:
        raise NotFound(_("没有找到这件申请。"))
    if case.kind not in _TAKEN_BACK:
        raise NotNow(_("这件不是您提交的申请，不能撤回。"))
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
    if not rule:
        _other_eyes(case, by)
    case.decided_at, case.decided_by_rule = at, rule
    case.decided_by = "" if rule else by.name


def _other_eyes(case: Case, by: Actor) -> None:
    """Refuse whoever opened it, submitted it, handed in papers or checked their originals."""
    handled = {case.opened_by, case.submitted_by, case.answered_by}
    if by.name in handled or case.originals.filter(seen_by=by.name).exists():
        raise FourEyes(_("提交人不能审核自己提交的经办件，请交由他人办理。"))


def _promised(case: Case, at: datetime) -> datetime:
    """Return until when a reviewer answers: the applicant's area gives so many working days."""
    on = business_date(at)
    standing = people.standings([case.member], on)[case.member_id]
    area = policy.in_force(standing.employee_area or standing.area, on)
    return end_of(working_day_after(on, area.value("handling_working_days")))


def _member(by: Actor) -> int | None:
    return by.id if by.kind == ActorKind.MEMBER else None


def _tell(case: Case, kind: str, values: dict, at) -> None:
    link = f"/cases/{case.number}/"
    message = Message(kind=kind, member_id=case.member_id, values=values, link=link)
    notices.enqueue([message], at=at)


def _move(case: Case, state) -> None:
    """The one place where a case changes its state."""
    if state not in Case.ALLOWED[Case.State(case.state)]:
        raise _not_now(case)
    case.state = state


def _not_now(case: Case) -> NotNow:
    sentence = _("这件申请现在的状态是“%(state)s”，不能这样办理。")
    return NotNow(sentence % {"state": Case.State(case.state).label})


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
