"""Premiums asked back at the window, as cases: opened, filled in, handed in.

Everything is what a member does online, by the same verbs, and another person decides. Added
is what a window adds: who came, and originals held in hand (ADR 18, 33).
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.bindings import papers
from pooling.bindings.rules import Refusal
from pooling.bindings.services import Refused
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.counter import agents, selectors
from pooling.settlements.selectors import premiums
from pooling.settlements.services import claims
from pooling.settlements.services.claims import ClaimRefused, Wish
from pooling.shared.actor import Actor
from pooling.shared.periods import business_date


@transaction.atomic
def take_in(*, agent: dict | None, by: Actor, at) -> Case:
    """Open a claim for whose account is to pay, or take up the one they began.

    `by` acts on behalf of them; `agent` holds name and number of whoever came instead. Raises
    AgentRefused, and ClaimRefused where no account of theirs gives any premium back.
    """
    on, member_id = business_date(at), by.principal
    if agent:
        agent = agents.read(agent, people.by_ids([member_id])[member_id], at)
        agents.check_they_may_come(claims.rules_of(member_id, on))
    if not premiums.to_claim(premiums.of_family(member_id, on)):
        raise ClaimRefused(
            _("没有可以报销的保费：参保地在缴费时直接从账户支付，或者申请人没有可用的账户。")
        )
    case = cases.draft_of(member_id, Case.Kind.PREMIUM)
    if case is None:
        case = case_services.open(kind=Case.Kind.PREMIUM, member_id=member_id, by=by, at=at)
    return case_services.name_agent(case_id=case.pk, agent=agent, by=by, at=at)


@transaction.atomic
def fill_in(*, case_id: int, wish: Wish | None, seen: set[str], by: Actor, at) -> None:
    """Keep which originals were shown and, once it was filled in, what is asked back."""
    if wish is not None:
        claims.fill_in(case_id=case_id, wish=wish, by=by, at=at)
    case_services.note_originals(case_id=case_id, seen=seen, by=by, at=at)


@transaction.atomic
def hand_in(*, case_id: int, by: Actor, at) -> Case:
    """Put it before another person, once every original was shown and the receipt scanned."""
    case = case_services.locked(case_id)
    missing = papers.lacking(
        selectors.of_claim(case, business_date(at)), cases.originals_of(case_id)
    )
    if missing:
        raise Refused.because(Refusal("originals_missing", {"items": missing}))
    return claims.hand_in(case_id=case_id, by=by, at=at)
