"""What happens at the window: take a case in, bring what was missing, decide.

Everything is carried out by the domains' own verbs. Added here is what a window adds: an
agent, originals held in hand, and that a decision goes to the verb of its kind of case.
"""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import fingerprints
from accounts import selectors as people
from accounts.models import Member
from pooling.audit import services as audit
from pooling.bindings import desk, papers, texts
from pooling.bindings import services as authorisations
from pooling.bindings.rules import Refusal
from pooling.bindings.services import Refused, Signing, applications
from pooling.bindings.services.applications import Outcome
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.counter import agents, selectors
from pooling.counter.carrying import OUT
from pooling.registry import auditing, corrections
from pooling.settlements.services import clearing
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import business_date


class NotIdentified(DomainError):
    """Nobody acts for somebody whose document was not seen."""

    code = "not_identified"


@transaction.atomic
def find(*, cert_no: str, name: str, by: Actor, at) -> Member | None:
    """Return the member of exactly this number and name, or None. Either way it is recorded.

    None is an answer and no exception, which would take the record back with everything else.
    """
    found = people.by_identity(cert_no, name)
    # A keyed fingerprint, cut short: it counts aims at one number and tells nobody which.
    aim = fingerprints.of_cert_no(cert_no).hex()[:16]
    detail = {"aim": aim, "found": found is not None}
    audit.record(verb="counter.find", subject=found or Member(), by=by, at=at, detail=detail)
    if found is not None:
        audit.look(
            page="counter.find", member_ids=[found.pk], fields=["cert_no", "name"], by=by, at=at
        )
    return found


@transaction.atomic
def take_in(*, member_id: int, agent: dict | None, by: Actor, at) -> Case:
    """Open a case for somebody at the window, or take up the draft they began online.

    `by` acts on behalf of the member. `agent` holds `name`, `cert_type` and `cert_no` of
    whoever came instead. Raises AgentRefused, also where the area wants the applicant (clause
    `agent_allowed`). That an agent has to be kin is a matter of papers: see the checklist.
    """
    if agent:
        agent = agents.read(agent, people.by_ids([member_id])[member_id], at)
        agents.check_they_may_come(selectors.rules_of(member_id, business_date(at)))
    case = applications.start(by=by, at=at)
    return case_services.name_agent(case_id=case.pk, agent=agent, by=by, at=at)


@transaction.atomic
def fill_in(*, case_id: int, steps: dict[str, dict], seen: set[str], by: Actor, at) -> None:
    """Keep the answers of several steps, in their order, and which originals were shown."""
    for step, values in steps.items():
        applications.answer(case_id=case_id, step=step, values=values, by=by, at=at)
    case_services.note_originals(case_id=case_id, seen=seen, by=by, at=at)


@transaction.atomic
def hand_in(*, case_id: int, by: Actor, at) -> Outcome:
    """Submit what was filled in, signed on paper, once every needed original was shown."""
    case = case_services.locked(case_id)
    application = desk.application(case, business_date(at))
    wanted = selectors.checklist(case, application)
    missing = papers.lacking(wanted, cases.originals_of(case_id))
    if missing:
        raise Refused.because(Refusal("originals_missing", {"items": missing}))
    signing = Signing(texts.PAPER, texts.fingerprint(texts.PAPER), at)
    applications.sign(case_id=case_id, signing=signing, by=by, at=at)
    return applications.submit(case_id=case_id, by=by, at=at)


@transaction.atomic
def bring(*, case_id: int, seen: set[str], by: Actor, at) -> Case:
    """Note the originals brought after a 补正 and put the case back before a reviewer."""
    if not seen:
        raise Refused.because(Refusal("no_proof_seen"))
    case_services.note_originals(case_id=case_id, seen=seen, by=by, at=at)
    return case_services.answer_more(case_id=case_id, by=by, at=at)


@transaction.atomic
def approve(case: Case, *, remark: str, by: Actor, at) -> Case:
    """Carry a case out, with a reason for colleagues."""
    grant = OUT[Case.Kind(case.kind)].grant
    return grant(case_id=case.pk, remark=remark, by=_at_the_desk(by), at=at)


@transaction.atomic
def refuse(case: Case, *, reason_code: str, remark: str, by: Actor, at) -> Case:
    """Turn a case down for one of the reasons of its kind."""
    turn_down = OUT[Case.Kind(case.kind)].turn_down
    return turn_down(
        case_id=case.pk, reason_code=reason_code, remark=remark, by=_at_the_desk(by), at=at
    )


@transaction.atomic
def turn_back(case: Case, *, remark: str, by: Actor, at) -> Case:
    """Send the proposal of a case back; the money stays where it is."""
    return refuse(case, reason_code="", remark=remark, by=by, at=at)


@transaction.atomic
def propose(case: Case, *, way: str, reference: str, reason: str, by: Actor, at) -> Case:
    """Say where the money of a suspense case should go; another person decides."""
    by = replace(_at_the_desk(by), on_behalf_of=case.member_id)
    return clearing.propose(
        case_id=case.pk, way=way, reference=reference, reason=reason, by=by, at=at
    )


@transaction.atomic
def find_out(case: Case, *, finding: str, reason: str, by: Actor, at) -> Case:
    """Say what looking into a commitment letter came to; another person decides."""
    by = _at_the_desk(by)
    return auditing.find(case_id=case.pk, finding=finding, reason=reason, by=by, at=at)


@transaction.atomic
def note_outcome(case: Case, *, outcome: str, reason: str, by: Actor, at) -> Case:
    """Say how money used without right was seen to; another person closes the case."""
    by = _at_the_desk(by)
    return auditing.note_outcome(case_id=case.pk, outcome=outcome, reason=reason, by=by, at=at)


@transaction.atomic
def report(
    *, member_id: int, other_id: int | None, by: Actor, at, event, day, paper, paper_no
) -> Case:
    """Put a life event on a paper, held in hand, before another clerk."""
    return corrections.report(
        event=event,
        member_id=member_id,
        other_id=other_id,
        day=day,
        paper=paper,
        paper_no=paper_no,
        by=_at_the_desk(by),
        at=at,
    )


@transaction.atomic
def renew(*, binding_id: int, said: str, identified: bool, by: Actor, at) -> None:
    """Write down that the relative `by` acts for said at the window that it shall go on.

    Never by an agent: it is asked anew because now they are old enough to speak for themselves.
    `said` is one of `wording.SAID`, how it was said; `identified`: their document was held in hand.
    """
    if not identified:
        raise NotIdentified(_("请先核对本人的证件原件。"), details={"identified": ""})
    binding = authorisations.renew(binding_id=binding_id, by=by, at=at)
    audit.record(verb="counter.renew", subject=binding, by=by, at=at, detail={"said": said})


@transaction.atomic
def ask_more(case: Case, *, items: list[str], remark: str, by: Actor, at) -> Case:
    """Ask for what is missing, all of it at once."""
    return case_services.ask_more(
        case_id=case.pk, items=items, remark=remark, by=_at_the_desk(by), at=at
    )


def _at_the_desk(by: Actor) -> Actor:
    return replace(by, channel="counter")
