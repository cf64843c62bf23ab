"""Preview and settle: the same split, once on balances as they are, once under locks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from pooling.audit import services as audit
from pooling.funds import services as treasury
from pooling.ledger import services as ledger
from pooling.ledger.models import Entry
from pooling.ledger.services import Movement
from pooling.notices import services as notices
from pooling.settlements import waterfall
from pooling.settlements.models import Line, Settlement, Use
from pooling.settlements.selectors import premiums
from pooling.settlements.selectors.families import Family, gather
from pooling.settlements.services import telling
from pooling.settlements.services.bills import Bill, check
from pooling.settlements.sources import Charge
from pooling.settlements.waterfall import Decision, Outcome
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.queries import insert_with
from pooling.shared.work import verb


class PremiumAlreadyPaid(DomainError):
    """Somebody's premium of a kind and year is paid from accounts once."""

    code = "premium_already_paid"
    status = 409


class AlreadySettled(DomainError):
    """The institution has settled this message before."""

    code = "already_settled"
    status = 409


@dataclass(frozen=True, slots=True)
class Proposal:
    """What settling would do just now. Nothing is stored or reserved.

    `members` are the patient and everybody bound to pay, by id.
    """

    lines: tuple[waterfall.Line, ...]
    members: dict[int, Member]
    own_fen: int
    pooled_fen: int
    cash_fen: int
    balance_after_fen: int
    rules_version: str
    decision: Decision


def preview(*, bill: Bill, backdate_days: int, by: Actor, at: datetime) -> Proposal:
    """Return how a bill would be split now. Raises what `settle` does, but AlreadySettled."""
    check(bill, backdate_days=backdate_days, at=at)
    _check_premium(bill)
    return estimate(patient_id=bill.patient_id, charge=bill.charge)


def estimate(*, patient_id: int, charge: Charge) -> Proposal:
    """Return how a patient's charge would be split now, before there is any bill.

    Raises NotFound.
    """
    family = gather(patient_id, charge)
    outcome = waterfall.split(family.given)
    return Proposal(
        lines=outcome.lines,
        members=family.members,
        own_fen=outcome.own_fen,
        pooled_fen=outcome.pooled_fen,
        cash_fen=outcome.cash_fen,
        balance_after_fen=_own_left(family, outcome),
        rules_version=family.rules_version,
        decision=Decision(family.given, outcome.considered),
    )


@verb
def settle(
    *,
    bill: Bill,
    backdate_days: int,
    there: list[int] | None = None,
    by: Actor,
    at: datetime,
) -> Settlement:
    """Split a bill and pay it: one entry, one settlement with lines and decision.

    Amounts in fen. `at` is the database's clock. `there` are the ids of patient and payers
    where the caller has locked them (`bindings.selectors.lock_around_number`). Raises
    BillDoesNotAddUp, UseRefused, PremiumRefused, PremiumAlreadyPaid, BusinessTimeOutOfWindow,
    NotFound and AlreadySettled, and leaves nothing behind then.
    """
    check(bill, backdate_days=backdate_days, at=at)
    family = gather(bill.patient_id, bill.charge, pay_to=_owed(bill), there=there)
    # The patient is locked by now: whoever is first is seen by the second.
    _check_premium(bill)
    outcome = waterfall.split(family.given)
    entry = _post(bill, family, outcome, at)
    settlement = _record(bill, family, outcome, entry, at)
    audit.record(
        verb="settlements.settle",
        subject=settlement,
        by=by,
        at=at,
        detail={
            "patient": bill.patient_id,
            "own_fen": outcome.own_fen,
            "pooled_fen": outcome.pooled_fen,
            "cash_fen": outcome.cash_fen,
        },
    )
    if bill.claim is None:
        notices.enqueue(telling.settled(settlement, outcome), at=at)
    return settlement


def _owed(bill: Bill) -> Callable[[str], int]:
    """Return area → what its scheme owes the institution, or whoever asked a premium back."""
    if bill.claim is not None:
        # One desk gives it back, wherever the money was frozen.
        return lambda _area: treasury.refunds_payable(bill.institution.area)
    return partial(treasury.institution_payable, bill.institution.pk)


def _post(bill: Bill, family: Family, outcome: Outcome, at: datetime) -> Entry | None:
    """Move account money to what each area owes the institution; cash is never posted."""
    movements = []
    for line in outcome.lines:
        if line.ledger_account_id is not None:
            payable = family.payables[family.areas[line.ledger_account_id]]
            movements.append(Movement(line.ledger_account_id, -line.amount_fen))
            movements.append(Movement(payable, line.amount_fen))
    if not movements:
        return None
    try:
        return ledger.post(
            key=f"settlement:{bill.institution.code}:{bill.message_id}",
            kind="settlement",
            movements=movements,
            business_date=bill.business_date,
            at=at,
            locked=family.locked,
        )
    except ledger.KeyTaken as taken:
        raise _already_settled() from taken


def _record(
    bill: Bill, family: Family, outcome: Outcome, entry: Entry | None, at: datetime
) -> Settlement:
    decided = Decision(family.given, outcome.considered)
    settlement = Settlement(
        institution=bill.institution,
        message_id=bill.message_id,
        patient=family.patient,
        patient_area=family.given.patient.area,
        patient_insutype=family.given.patient.insutype,
        use=bill.use,
        business_time=bill.business_time,
        business_date=bill.business_date,
        posted_at=at,
        total_fen=bill.total_fen,
        fund_fen=bill.fund_fen,
        hospital_borne_fen=bill.hospital_borne_fen,
        own_paid_fen=bill.own_paid_fen,
        over_limit_fen=bill.over_limit_fen,
        pre_paid_fen=bill.pre_paid_fen,
        in_scope_share_fen=bill.in_scope_share_fen,
        personal_part_fen=bill.personal_part_fen,
        own_fen=outcome.own_fen,
        pooled_fen=outcome.pooled_fen,
        cash_fen=outcome.cash_fen,
        balance_after_fen=_own_left(family, outcome),
        acct_used_flag=bill.acct_used_flag,
        entry=entry,
        decision=decided.to_json(),
        rules_version=family.rules_version,
        family_snapshot=_snapshot(family),
    )
    settlement.decided = decided
    if bill.premium is not None:
        settlement.premium_year = bill.premium.year
        settlement.premium_product = bill.premium.product
        settlement.premium_listed = bool(_counts_as(bill))
    if bill.claim is not None:
        settlement.claim_id = bill.claim.case_id
    settlement.buyer = json.dumps(bill.buyer, ensure_ascii=False) if bill.buyer else None
    lines = _lines(bill, family, outcome)
    try:
        insert_with(settlement, lines, Line.settlement.field)
    except IntegrityError as error:
        # Two tills with one message at once: the second waited for the first and lost.
        name = error.__cause__.diag.constraint_name
        if name in _ONCE:
            raise _already_settled() from error
        if name == "settlements_settlement_premium_once_a_year":
            raise _premium_already_paid(bill) from error
        raise
    return with_lines(settlement, lines)


def _lines(bill: Bill, family: Family, outcome: Outcome) -> list[Line]:
    return [
        Line(
            order=line.order,
            source=line.source,
            part=line.part,
            ledger_account_id=line.ledger_account_id,
            binding_id=line.binding_id,
            payer=family.members.get(line.payer_id),
            owner_id=line.owner_id,
            amount_fen=line.amount_fen,
            patient_id=bill.patient_id,
            use=bill.use,
            business_date=bill.business_date,
        )
        for line in outcome.lines
    ]


#: Equal movements give the second one the first's entry, which then belongs to two.
_ONCE = ("settlements_settlement_once_per_message", "settlements_settlement_entry_id_key")


def _check_premium(bill: Bill) -> None:
    if bill.premium is None:
        return
    found = premiums.settled_as(bill.patient_id, bill.use, bill.premium.year, _counts_as(bill))
    if found == (bill.institution.pk, bill.message_id):
        raise _already_settled()
    if found is not None:
        raise _premium_already_paid(bill)


def _counts_as(bill: Bill) -> str:
    return premiums.counts_as(bill.patient_id, bill.use, bill.premium.product, bill.business_date)


def _premium_already_paid(bill: Bill) -> PremiumAlreadyPaid:
    sentence = _("%(year)s年度的%(use)s已经结算过，一年只交一次。如需更正，请先撤销原结算。")
    what = _counts_as(bill) or Use(bill.use).label
    return PremiumAlreadyPaid(
        sentence % {"year": bill.premium.year, "use": what},
        details={"use": str(bill.use), "year": bill.premium.year},
    )


def _already_settled() -> AlreadySettled:
    return AlreadySettled(_("这笔报文已经结算过。如需更正，请先撤销原结算。"))


def with_lines(settlement: Settlement, lines: list[Line]) -> Settlement:
    """Return the settlement as if its lines had been prefetched: they are known already."""
    rows = settlement.lines.all()
    rows._result_cache = list(lines)
    settlement._prefetched_objects_cache = {"lines": rows}
    return settlement


def _own_left(family: Family, outcome: Outcome) -> int:
    """Return current + prior of the patient's own account after the split; 0 without one."""
    own = family.given.own
    taken = sum(line.amount_fen for line in outcome.lines if line.source == Line.Source.OWN)
    return own.total_fen - taken if own.state == "open" else 0


def _snapshot(family: Family) -> list[dict[str, Any]]:
    """Return who was bound to the patient at that moment, by ids."""
    return [
        {
            "binding": binding.pk,
            "payer": binding.payer_id,
            "relation": binding.relation_code,
            "state": str(binding.state),
            "frozen": binding.frozen_at is not None,
            "declined": binding.declined_at is not None,
        }
        for binding in family.bindings
    ]
