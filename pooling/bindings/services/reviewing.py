"""What comes of a reviewer's word on an application: the authorisation, or a refusal with reason.

That the reviewer is not whoever brought the papers in is the case's own law.
"""

from django.db import transaction

from accounts import selectors as people
from pooling.bindings import answers, evidence
from pooling.bindings.models import Binding
from pooling.bindings.rules import Refusal
from pooling.bindings.services import authorising
from pooling.bindings.services.rows import Refused
from pooling.cases import materials
from pooling.cases import selectors as cases
from pooling.cases import services as case_services
from pooling.cases.models import Case
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.shared.actor import Actor
from pooling.shared.periods import business_date

#: The reasons a reviewer chooses from; their sentences stand in `refusals.REFUSALS`.
TURNED_DOWN = (
    "papers_do_not_prove",
    "papers_unreadable",
    "identity_not_confirmed",
    "cannot_be_bound",
)


@transaction.atomic
def grant(*, case_id: int, remark: str = "", by: Actor, at) -> Case:
    """Bind on the strength of papers somebody looked at; every other rule is asked again.

    Raises Refused, precisely, for the reviewer alone reads it.
    """
    case = case_services.locked(case_id)
    filled = cases.opened(case)
    person = filled["person"]
    relative = people.by_identity(person["cert_no"], person["name"])
    if relative is None:
        raise Refused.because(Refusal("unknown_person"))
    seen = {*cases.originals_of(case_id), *cases.accepted_of(case_id)}
    if not seen.intersection(materials.PROVING):
        raise Refused.because(Refusal("no_proof_seen"))
    binding = authorising.authorise(
        payer_id=case.member_id,
        relative_id=relative.pk,
        relation_code=filled["relation"]["code"],
        terms=answers.terms(filled, not_before=business_date(at)),
        proof=Binding.Proof.DOCUMENTED,
        channel=evidence.COUNTER,
        signing=answers.signing(filled),
        confirmed="relative_consent" in seen,
        case_id=case_id,
        by=by,
        at=at,
    )
    return case_services.approve(case_id=case_id, subject=binding, remark=remark, by=by, at=at)


@transaction.atomic
def turn_down(*, case_id: int, reason_code: str, remark: str = "", by: Actor, at) -> Case:
    """Refuse an application for one of the reasons of `TURNED_DOWN` and tell the member."""
    if reason_code not in TURNED_DOWN:
        raise ValueError(reason_code)
    case = case_services.refuse(
        case_id=case_id, reason_code=reason_code, remark=remark, by=by, at=at
    )
    link = f"/cases/{case.number}/"
    told = Message(kind="application_refused", member_id=case.member_id, link=link)
    notices.enqueue([told], at=at)
    return case
