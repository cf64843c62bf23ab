"""A member's application to bind a relative: a case filled in step by step, then decided.

Whether the answer is told at once rests on one thing alone: does the registry know the two
as relatives? If so, it is precise and immediate. If not, submitting looks and costs the
same whether that person exists, is insured, is bound already or has blocked the asker: the
person is not even looked up. A job does that later and a notice tells (security.md,
Enumeration).
"""

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from accounts import fingerprints
from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import answers, drafts, evidence, numbers, rules, selectors, texts
from pooling.bindings.models import Attempt, Binding
from pooling.bindings.rules import Refusal, Signing
from pooling.bindings.services import authorising
from pooling.bindings.services.rows import Refused
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date

#: Applications about people without a registered relation, per asker and day.
ATTEMPTS_A_DAY = 5
#: Open applications about one person, whoever asks.
REQUESTS_A_PERSON = 3

ACTIVE, PROPOSED, SUBMITTED, WAITING = "active", "proposed", "submitted", "waiting"


class TooMany(DomainError):
    """The limit of attempts is reached for today."""

    code = "too_many_attempts"
    status = 429


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the result page says: `active`, `proposed` (the relative is asked) or `submitted`.

    At a window also `waiting`: for a reviewer.
    """

    kind: str
    case_number: str
    binding_id: int | None = None


@transaction.atomic
def start(*, by: Actor, at) -> Case:
    """Open an application, or return the one the member has not finished yet."""
    member_id = _asker(by)
    people.locked([member_id])
    draft = cases.draft_of(member_id, Case.Kind.BIND)
    if draft is not None:
        return draft
    return case_services.open(kind=Case.Kind.BIND, member_id=member_id, answers={}, by=by, at=at)


@transaction.atomic
def answer(*, case_id: int, step: str, values: dict, by: Actor, at) -> dict:
    """Keep one step's answers and return all so far; a changed answer voids the signature.

    `step` is `relation`, `person` or `limits`. Only what the asker may know of themselves
    and what their words say by themselves is checked here. Raises AnswerRefused naming fields.
    """
    case, filled = _draft(case_id, by)
    on = business_date(at)
    asker = people.by_ids([case.member_id])[case.member_id]
    standing = people.standings([asker], on)[asker.pk]
    known = {
        "asker": asker,
        "area": policy.in_force(standing.employee_area, on),
        "on": on,
        "payer": numbers.before_naming(standing, selectors.around(asker.pk), on),
        "papers": by.kind == ActorKind.STAFF,
    }
    filled[step] = answers.read(step, values, filled, **known)
    if step == "relation" and "person" in filled:
        try:
            answers.read("person", filled["person"], filled, **known)
        except answers.AnswerRefused:
            # The person does not fit the new relation: they have to be entered again.
            del filled["person"]
    filled.pop("signing", None)
    case_services.update_answers(case_id=case_id, answers=filled, by=by, at=at)
    return filled


@transaction.atomic
def sign(*, case_id: int, signing: Signing, by: Actor, at) -> dict:
    """Sign the text now in use; the page has checked a fresh code before.

    At a window people sign on paper, and the clerk says so.
    """
    _case, filled = _draft(case_id, by)
    if answers.missing(filled):
        raise Refused.because(Refusal("unfinished"))
    in_use = texts.PAPER if by.kind == ActorKind.STAFF else texts.CURRENT
    if signing.version != in_use or signing.hash != texts.fingerprint(in_use):
        raise Refused.because(Refusal("text_changed"))
    filled["signing"] = {
        "version": signing.version,
        "hash": signing.hash,
        "at": signing.at.isoformat(),
    }
    case_services.update_answers(case_id=case_id, answers=filled, by=by, at=at)
    return filled


@transaction.atomic
def submit(*, case_id: int, by: Actor, at) -> Outcome:
    """Hand the application in: decided at once for a registered relative, else by a job.

    A refusal raises and leaves the draft as it was, so that it can be mended. At a window,
    where papers were shown, it is decided or left to a reviewer in the same moment.
    """
    case, filled = _draft(case_id, by)
    if answers.missing(filled):
        raise Refused.because(Refusal("unfinished"))
    if "signing" not in filled:
        raise Refused.because(Refusal("not_signed"))
    relative = drafts.registered(case.member_id, filled["person"], business_date(at))
    case_services.submit(case_id=case_id, by=by, at=at)
    if relative is not None:
        return _decide_registered(case, relative, filled, by, at)
    _check_asker(case.member_id, filled, at)
    if _door(by) == evidence.COUNTER:
        return _at_the_window(case, filled, by, at)
    _note_attempt(case, filled["person"], at)
    decide_later = jobs.configure_task("bindings.decide", lock=f"case:{case.pk}")
    decide_later.defer(case_id=case.pk)
    return Outcome(SUBMITTED, case.number)


@transaction.atomic
def decide(*, case_id: int, by: Actor, at) -> Case:
    """Decide a submitted application by rule: bind, leave it to a reviewer, or refuse.

    Whatever stands against it on the other person's side is one reason to the asker; the
    trail keeps the true one.
    """
    case = case_services.locked(case_id)
    if case.state != Case.State.SUBMITTED:
        return case
    filled = cases.opened(case)
    attempt = Attempt.objects.get(case_id=case_id)
    relative = people.by_identity(filled["person"]["cert_no"], filled["person"]["name"])
    on = business_date(at)
    if selectors.open_requests(attempt.target_index) > REQUESTS_A_PERSON:
        return _refuse(case, "too_many_requests", relative, by, at)
    if _best(case, False, filled, evidence.ONLINE, on) == Binding.Proof.DOCUMENTED:
        # The same for a person who does not exist: who waits learns nothing from waiting.
        return _leave_to_reviewer(case, relative, by, at)
    if relative is None:
        return _refuse(case, "unknown_person", None, by, at)
    try:
        binding = _authorise(
            case, relative.pk, filled, Binding.Proof.COMMITMENT, evidence.ONLINE, by, at
        )
    except Refused as refusal:
        return _refuse(case, refusal.code, relative, by, at)
    return case_services.approve(
        case_id=case_id, rule="evidence_accepted:commitment", subject=binding, by=by, at=at
    )


@transaction.atomic
def withdraw(*, case_id: int, by: Actor, at) -> Case:
    """Take an application back before it is decided."""
    return case_services.withdraw(case_id=case_id, by=by, at=at)


def _decide_registered(case: Case, relative_id: int, filled: dict, by: Actor, at) -> Outcome:
    """Bind at once: the registry proves the relation, so the asker may know every reason.

    Where the area does not leave it at the registry's word, the signed promise is offered
    with it, and where that is not enough either, somebody looks at papers.
    """
    proof = _best(case, True, filled, _door(by), business_date(at))
    if proof == Binding.Proof.DOCUMENTED:
        relative = people.by_ids([relative_id])[relative_id]
        _leave_to_reviewer(case, relative, by, at)
        return Outcome(WAITING, case.number)
    binding = _authorise(case, relative_id, filled, proof, _door(by), by, at)
    return _approved_by_rule(case, binding, binding.proof, by, at)


def _door(by: Actor) -> str:
    """Return the door an application comes through: where it is typed by staff, the window."""
    return evidence.COUNTER if by.kind == ActorKind.STAFF else evidence.ONLINE


def _best(case: Case, registered: bool, filled: dict, door: str, on) -> str:
    """Return the proof to go by, by the rules of the asker's area."""
    values = policy.in_force(_area(case.member_id, on), on).values()
    return evidence.best(registered, filled["relation"]["kind"], door, values)


def _authorise(
    case: Case, relative_id: int, filled: dict, proof: str, door: str, by: Actor, at
) -> Binding:
    """Ask the one verb; it is a savepoint here, so a refusal undoes nothing of the caller's."""
    return authorising.authorise(
        payer_id=case.member_id,
        relative_id=relative_id,
        relation_code=filled["relation"]["code"],
        terms=answers.terms(filled, not_before=business_date(at)),
        proof=proof,
        channel=door,
        signing=answers.signing(filled),
        case_id=case.pk,
        by=by,
        at=at,
    )


def _at_the_window(case: Case, filled: dict, by: Actor, at) -> Outcome:
    """Bind where the area takes a commitment, else leave it to a reviewer.

    A clerk is told precisely what stands against it: staff may know, and every look of
    theirs is recorded. Attempts are noted, so that the person can block the asker, not limited.
    """
    person = filled["person"]
    index = fingerprints.of_cert_no(person["cert_no"])
    Attempt.objects.create(case_id=case.pk, asker_id=case.member_id, target_index=index, made_at=at)
    relative = people.by_identity(person["cert_no"], person["name"])
    if relative is None:
        raise Refused.because(Refusal("unknown_person"))
    proof = _best(case, False, filled, evidence.COUNTER, business_date(at))
    if proof == Binding.Proof.DOCUMENTED:
        _leave_to_reviewer(case, relative, by, at)
        return Outcome(WAITING, case.number)
    binding = _authorise(case, relative.pk, filled, proof, evidence.COUNTER, by, at)
    return _approved_by_rule(case, binding, "commitment", by, at)


def _approved_by_rule(case: Case, binding: Binding, proof: str, by: Actor, at) -> Outcome:
    rule = f"evidence_accepted:{proof}"
    case_services.approve(case_id=case.pk, rule=rule, subject=binding, by=by, at=at)
    active = binding.state == Binding.State.ACTIVE
    return Outcome(ACTIVE if active else PROPOSED, case.number, binding.pk)


def _refuse(case: Case, because: str, relative, by: Actor, at) -> Case:
    """Refuse with the one reason strangers are told; `because` goes into the trail only."""
    audit.record(
        verb="bindings.refuse_application", subject=case, by=by, at=at, detail={"because": because}
    )
    told = [Message(kind="application_refused", member_id=case.member_id, link=_link(case))]
    notices.enqueue([*told, *_asked(case, relative)], at=at)
    return case_services.refuse(
        case_id=case.pk, reason_code="cannot_be_bound", rule="bindings.decide", by=by, at=at
    )


def _leave_to_reviewer(case: Case, relative, by: Actor, at) -> Case:
    told = [Message(kind="application_waiting", member_id=case.member_id, link=_link(case))]
    notices.enqueue([*told, *_asked(case, relative)], at=at)
    return case_services.wait(case_id=case.pk, reason_code="reviewer_needed", by=by, at=at)


def _asked(case: Case, relative) -> list[Message]:
    """Let whoever was asked about know it; they can block the asker."""
    if relative is None or selectors.blocked(relative.pk, case.member_id):
        return []
    values = {"payer": case.member_id}
    return [Message(kind="somebody_asked", member_id=relative.pk, values=values, link="/family/")]


def _link(case: Case) -> str:
    return f"/cases/{case.number}/"


def _check_asker(member_id: int, filled: dict, at) -> None:
    """Refuse at once, and precisely, what rests on the asker alone."""
    on = business_date(at)
    index = fingerprints.of_cert_no(filled["person"]["cert_no"])
    asker = authorising.asker_of(member_id, filled["relation"]["code"], index, on)
    area = policy.in_force(asker.area, on)
    values = area.values()
    terms = answers.terms(filled, not_before=on)
    terms = replace(terms, from_date=rules.first_day(terms.from_date, on, values))
    for refusal in (
        *rules.of_asker(asker, filled["relation"]["kind"], values),
        *rules.of_terms(terms, values, on),
    ):
        raise Refused.because(refusal, area)


def _note_attempt(case: Case, person: dict, at) -> None:
    """Count the attempt under the asker's lock and refuse the one too many."""
    index = fingerprints.of_cert_no(person["cert_no"])
    made, repeated = selectors.attempts_of(case.member_id, index, business_date(at))
    if repeated:
        raise Refused.because(Refusal("same_request_open"), status=409)
    if made >= ATTEMPTS_A_DAY:
        refusal = Refused.because(Refusal("too_many_attempts", {"most": ATTEMPTS_A_DAY}))
        raise TooMany(refusal.sentence, remedy=refusal.remedy, details=refusal.details)
    Attempt.objects.create(case_id=case.pk, asker_id=case.member_id, target_index=index, made_at=at)


def _draft(case_id: int, by: Actor) -> tuple[Case, dict]:
    """Lock the asker's case and return it with its answers. Raises NotFound."""
    case = case_services.locked(case_id)
    if case.member_id != by.principal or case.kind != Case.Kind.BIND:
        raise NotFound(_("没有找到这件申请。"))
    if case.state != Case.State.DRAFT:
        raise case_services.NotNow(_("申请已提交，不能再修改；可以先撤回再重新填写。"))
    return case, cases.opened(case)


def _area(member_id: int, on) -> str:
    members = people.by_ids([member_id]).values()
    return people.standings(members, on)[member_id].employee_area


def _asker(by: Actor) -> int:
    if by.principal is None:
        raise NotFound(_("请先登录并绑定参保信息。"))
    return by.principal
