"""How an authorisation comes to be: one verb, whoever asks, and the relative's yes or no."""

from dataclasses import replace

from django.db import transaction

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import counting, evidence, numbers, rules, selectors, texts
from pooling.bindings.facts import Asker, Pair, Refusal, Side
from pooling.bindings.models import Binding
from pooling.bindings.rules import Signing, Terms
from pooling.bindings.services import rows
from pooling.bindings.services.rows import Refused
from pooling.kinship import codes as relation_codes
from pooling.kinship import selectors as kinship
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.periods import age, business_date

State = Binding.State


@transaction.atomic
def authorise(
    *,
    payer_id: int,
    relative_id: int,
    relation_code: str,
    terms: Terms,
    proof: str,
    signing: Signing,
    channel: str = evidence.ONLINE,
    confirmed: bool = False,
    case_id: int | None = None,
    consented_at=None,
    by: Actor,
    at,
) -> Binding:
    """Let a payer's account pay for a relative; every rule is checked here and nowhere else.

    `relation_code` is what the relative is to the payer. `proof` is what the payer offers
    where the registry proves nothing, and `channel` the door it comes through (`evidence`).
    ACTIVE from `at` on, unless the payer's area wants the relative's consent and it is not
    `confirmed`: then PROPOSED. `consented_at` is earlier than `at` where consent was given
    elsewhere and is only recorded now: the binding dates from then, while rules, insurance and
    relations are today's, and so is the trail. Raises Refused with the first refusal.
    """
    _signed(signing)
    on = business_date(at)
    kind = _kind(relation_code)
    members = people.locked({payer_id, relative_id})
    asker, pair, open_ranks = facts(
        members, payer_id, relative_id, relation_code, proof, on, channel=channel
    )
    area = policy.in_force(asker.area, on)
    values = area.values()
    if consented_at is None:
        terms = replace(terms, from_date=rules.first_day(terms.from_date, on, values))
    consented_at = consented_at or at
    _first(rules.of_asker(asker, kind, values), area)
    _first(rules.of_terms(terms, values, on, business_date(consented_at)), area)
    _first(rules.of_pair(asker, pair, kind, values), area)

    asks = rules.must_confirm(kind, members[relative_id].birth_date, on, values)
    proposed = asks and not confirmed
    binding = Binding(
        payer_id=payer_id,
        relative_id=relative_id,
        relation_code=relation_code,
        relation_kind=kind,
        proof=rules.proof_of(pair, kind, values),
        state=State.PROPOSED if proposed else State.ACTIVE,
        rank=terms.rank or max(open_ranks, default=0) + 1,
        from_date=terms.from_date,
        bound_at=None if proposed else consented_at,
        signed_at=signing.at,
        signed_by=payer_id,
        text_version=signing.version,
        text_hash=signing.hash,
        case_id=case_id,
        **_stored(terms),
        **_as_they_stand(asker, pair, members[relative_id], on),
    )
    binding.save(force_insert=True)
    audit.record(
        verb="bindings.propose" if proposed else "bindings.authorise",
        subject=binding,
        by=by,
        at=at,
        detail={"payer": payer_id, "relative": relative_id, "proof": binding.proof},
    )
    rows.tell(binding, kind="binding_proposed" if proposed else "binding_active", at=at)
    return binding


@transaction.atomic
def confirm(*, binding_id: int, by: Actor, at) -> Binding:
    """Say yes as the relative; the rules are asked once more, for things may have changed."""
    binding = rows.held(binding_id, by, rows.RELATIVE)
    rows.only(binding, State.PROPOSED)
    on = business_date(at)
    members = people.locked({binding.payer_id, binding.relative_id})
    asker, pair, _ranks = facts(
        members,
        binding.payer_id,
        binding.relative_id,
        binding.relation_code,
        binding.proof,
        on,
        # What either door took when it was asked for is not lost with the answer.
        channel=evidence.EITHER,
        but=binding.pk,
    )
    area = policy.in_force(asker.area, on)
    values = area.values()
    _first(rules.of_asker(asker, binding.relation_kind, values), area)
    _first(rules.of_pair(asker, pair, binding.relation_kind, values), area)
    first = rules.first_day(max(binding.from_date, on), on, values)
    rows.activate(binding, first, at)
    agreed = rules.limits_of(binding)
    _first(rules.of_limits(agreed, values, from_date=first, before=agreed), area)
    if binding.proof == Binding.Proof.COMMITMENT:
        binding.proof = Binding.Proof.CONFIRMED
    rows.write(binding, "confirm", ["state", "bound_at", "from_date", "proof"], by, at)
    rows.tell(binding, kind="binding_active", at=at)
    return binding


@transaction.atomic
def refuse(*, binding_id: int, by: Actor, at) -> Binding:
    """Say no as the relative."""
    binding = rows.held(binding_id, by, rows.RELATIVE)
    rows.only(binding, State.PROPOSED)
    rows.end(binding, State.REFUSED, "refused_by_relative", by, at)
    rows.write(binding, "refuse", rows.ENDING, by, at)
    rows.tell(binding, kind="binding_refused", at=at)
    return binding


@transaction.atomic
def withdraw(*, binding_id: int, by: Actor, at) -> Binding:
    """Take a proposal back as the payer, before the relative has answered."""
    binding = rows.held(binding_id, by, rows.PAYER)
    rows.only(binding, State.PROPOSED)
    rows.end(binding, State.WITHDRAWN, "withdrawn_by_payer", by, at)
    rows.write(binding, "withdraw", rows.ENDING, by, at)
    rows.tell(binding, kind="binding_withdrawn", at=at)
    return binding


def asker_of(payer_id: int, code: str, index: bytes, on) -> Asker:
    """Return what the rules need to know of a payer alone.

    Reads nobody else: whether the person they name was bound before is found among the
    payer's own relatives, by the fingerprint of the number they typed.
    """
    members = people.locked([payer_id])
    standing = people.standings(members.values(), on)[payer_id]
    found = selectors.around(payer_id)
    known = {bytes(row.relative_index): row for row in found if row.payer_id == payer_id}
    before = known.get(bytes(index))
    return numbers.asker(
        standing,
        found,
        before.relative_id if before else None,
        counting.roles_of(code, before.relative_gender if before else ""),
        on,
    )


def facts(
    members, payer_id, relative_id, code, proof, on, *, channel=evidence.ONLINE, but=None
) -> tuple[Asker, Pair, list[int]]:
    """Return the facts of both, and the ranks of the relative's open bindings.

    Counts are read here, in statements after the members' locks, or two at once would both
    find a free place.
    """
    if relative_id not in members or payer_id not in members:
        raise Refused.because(Refusal("cannot_be_bound"))
    standings = people.standings(members.values(), on)
    found = [row for row in selectors.around(payer_id, relative_id) if row.pk != but]
    ours = [row for row in found if row.relative_id == relative_id and row.state in Binding.OPEN]
    takes = counting.roles_of(code, members[relative_id].gender)
    asker = numbers.asker(standings[payer_id], found, relative_id, takes, on)
    registered = kinship.proven_between(payer_id, relative_id, on)
    standing = standings[relative_id]
    pair = Pair(
        relative=Side(
            member_id=relative_id,
            dead=standing.died_on is not None,
            insutype=standing.insutype,
            area=standing.area,
            status=standing.status,
            psn_type=standing.psn_type,
        ),
        registered=registered.kind if registered else None,
        proof=proof,
        payers=len(ours),
        already_bound=any(row.payer_id == payer_id for row in ours),
        blocked=selectors.blocked(relative_id, payer_id),
        implausible=() if registered else _implausible(members, payer_id, relative_id, code, on),
        channel=channel,
        pays=any(row.payer_id == relative_id and row.state == State.ACTIVE for row in found),
    )
    return asker, pair, [row.rank for row in ours]


def _implausible(members, payer_id, relative_id, code, on):
    if payer_id == relative_id:
        return ()
    problems = kinship.implausible(members[payer_id], members[relative_id], code, on)
    return tuple((problem.code, dict(problem.values)) for problem in problems)


def _kind(relation_code: str) -> str:
    kind = relation_codes.kind_of(relation_code)
    if kind is None:
        raise Refused.because(Refusal("relation_unknown"))
    return kind


def _signed(signing: Signing) -> None:
    """Refuse a signature under a text nobody showed."""
    if signing.version not in texts.TEXTS or signing.hash != texts.fingerprint(signing.version):
        raise Refused.because(Refusal("text_changed"))


def _first(refusals, area) -> None:
    """Raise the first refusal there is."""
    for refusal in refusals:
        raise Refused.because(refusal, area)


def _stored(limits) -> dict:
    """Return limits as columns."""
    uses = None if limits.uses is None else list(limits.uses)
    caps = {name: getattr(limits, name) for name in rules.CAPS}
    return {"to_date": limits.to_date, "uses": uses, **caps}


def _as_they_stand(asker: Asker, pair: Pair, relative, on) -> dict:
    """Return what is kept of the day of consent, so that later changes are noticed."""
    return {
        "payer_area": asker.area,
        "relative_area": pair.relative.area,
        "age_told": rules.milestone(age(relative.birth_date, on)),
    }
