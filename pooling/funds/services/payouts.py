"""Paying a personal account out: proposed by one, decided by another, closed by it.

The decision does everything under the owner's lock, which every bill and every other verb on
this money takes: what is elsewhere comes home, open suspense sums join, one entry moves
all of it to the scheme's payouts, and the account closes. Nothing can be spent in between.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts.names import tidy_name
from pooling.audit import services as audit
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.funds import lawful, outgoing, selectors
from pooling.funds.lawful import Insured, Owner
from pooling.funds.models import Payee, Payout, PersonalAccount
from pooling.funds.payouts import PREMIUM
from pooling.funds.rules import Parts
from pooling.funds.services import accounts, payments, releasing, rows, scheme
from pooling.funds.services.rows import Refused
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.policy import payout_words
from pooling.policy import selectors as policy
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date

State = Payout.State
#: Names the decision of the suspense cases that a payout takes along.
JOINED = "payout"
_NAME_SIGNS = set("·.'- ")


@dataclass(frozen=True, slots=True)
class To:
    """Somebody to pay: a member, or else by the name their bank knows; and their share."""

    bank: str
    bank_account: str
    name: str = ""
    member_id: int | None = None
    share: Fraction = Fraction(1)


@transaction.atomic
def propose(
    *,
    personal_account_id: int,
    reason: str,
    papers: Collection[str],
    to: Sequence[To],
    since: date | None = None,
    by: Actor,
    at,
) -> Payout:
    """Propose to pay an account out, for a reason of `PAYOUT_CASES`, with the papers seen.

    `since` is the day the papers name where the registry knows none (`lawful.ON_PAPER`). A
    closed account can be paid out where money came back to suspense after its closing.
    Raises NotFound, NotYours and Refused, with the clause it rests on.
    """
    payments.staff_only(by)
    account = selectors.account(personal_account_id)
    if account is None:
        raise NotFound(_("没有这个个人账户。"))
    owner_id, on = account.member_id, business_date(at)
    members = rows.hold(owner_id, *(each.member_id for each in to if each.member_id is not None))
    account.refresh_from_db(fields=["closed_on"])
    if outgoing.payout_waits(account):
        raise Refused.because("payout_waits", status=409)
    event = _lawful(account, members[owner_id], reason, papers, since, on)
    if account.closed_on is not None and not releasing.in_suspense(account, on):
        raise Refused.because("payout_nothing", status=409)
    named = _named(reason, owner_id, to, members, on)
    payout = Payout.objects.create(
        personal_account=account,
        reason=reason,
        event_on=event,
        papers=sorted(papers),
        proposed_at=at,
        proposed_by=by.name,
    )
    for rank, (each, name) in enumerate(zip(to, named, strict=True), 1):
        payments.add_payee(payout, rank, each, name, by, at)
    _trace(payout, "propose", by, at)
    _tell(payout, "payout_proposed", on, at)
    return payout


@transaction.atomic
def approve(*, payout_id: int, remark: str = "", by: Actor, at) -> Payout:
    """Pay an account out as proposed, whole and once, and close it; by somebody else.

    Raises NotFound, NotYours and Refused.
    """
    payments.staff_only(by)
    suspense, out = scheme.suspense(), scheme.payouts()
    payout, on = _found(payout_id), business_date(at)
    account = payout.personal_account
    # The order of locks is cases, members, ledger accounts; what is ours is looked up before.
    for case in releasing.in_suspense(account, on):
        cases.locked(case.pk)
    elsewhere = selectors.elsewhere(account)
    members = rows.hold(account.member_id, *releasing.concerned(elsewhere))
    payout = _decidable(payout, by)
    elsewhere = selectors.elsewhere(account)
    if releasing.concerned(elsewhere) - set(members):
        raise Refused.because("payout_changed", status=409)
    since = payout.event_on if payout.reason in lawful.ON_PAPER else None
    _lawful(account, members[account.member_id], payout.reason, payout.papers, since, on)
    books.locked(releasing.ledger_accounts(account, elsewhere))
    releasing.release(account, elsewhere, by=by, at=at)
    joined = releasing.in_suspense(account, on)
    _empty(payout, joined, suspense, out, at)
    _close(account, joined, by, at)
    payments.begin(payout, by, at)
    _decide(payout, State.APPROVED, remark, by, at)
    _tell(payout, "payout_approved", on, at, amount_fen=payout.amount_fen)
    return payout


@transaction.atomic
def refuse(*, payout_id: int, remark: str, by: Actor, at) -> Payout:
    """Turn a proposal down, with a word for colleagues; nothing moves, another may follow."""
    payments.staff_only(by)
    payout = _found(payout_id)
    rows.hold(payout.personal_account.member_id)
    payout = _decidable(payout, by)
    payments.drop_all(payout, by, at)
    _decide(payout, State.REFUSED, remark, by, at)
    _tell(payout, "payout_refused", business_date(at), at)
    return payout


@transaction.atomic
def give_back_premium(
    *, personal_account_id: int, owed_by: str, paid_on: date, parts: Parts, to: To, by: Actor, at
) -> Payout:
    """Send to the bank what a granted claim has taken from an account, which goes on.

    The scheme of the area `owed_by` owes it already (`scheme.refunds_payable`). The owner
    proposed it by claiming; `by` granted it. Raises Refused where the bank account is none.
    """
    payments.staff_only(by)
    out = scheme.payouts()
    account = selectors.account(personal_account_id)
    claimant = Actor.member(account.member_id)
    payout = Payout.objects.create(
        personal_account=account,
        reason=PREMIUM,
        event_on=paid_on,
        proposed_at=at,
        proposed_by=claimant.name,
    )
    owner = people.by_ids([account.member_id])[account.member_id]
    payee = payments.add_payee(payout, 1, to, owner.name, claimant, at)
    payout.prior_fen, payout.current_fen, payout.suspense_fen = (
        parts.prior_fen,
        parts.current_fen,
        0,
    )
    payee.amount_fen = payout.amount_fen
    payee.save(update_fields=["amount_fen"])
    owed = scheme.refunds_payable(owed_by)
    payout.entry = ledger.post(
        key=f"payout:{payout.pk}",
        kind="payout",
        movements=[Movement(owed, -payout.amount_fen), Movement(out, payout.amount_fen)],
        business_date=business_date(at),
        at=at,
    )
    payments.begin(payout, by, at)
    _decide(payout, State.APPROVED, "", by, at)
    return payout


def _lawful(account: PersonalAccount, owner, reason: str, papers, since, on: date) -> date:
    """Return the day a reason rests on, if area, registry, time and papers let it stand."""
    area = policy.in_force(account.area, on)
    if reason not in area.value("payout_cases"):
        raise Refused.because("payout_case_not_here", area, "payout_cases")
    known = _known(account, owner, on)
    if code := lawful.objection(reason, known, on, since):
        raise Refused.because(code, area, "payout_cases")
    event = lawful.event_on(reason, known, since)
    months = area.value("payout_wait_months").get(reason, 0)
    from_day = area.value("payout_from_day")
    first = lawful.earliest(reason, event, months=months, from_day=from_day)
    if on < first:
        clause = "payout_wait_months" if months else "payout_from_day"
        raise Refused.because("payout_too_early", area, clause, date=first.isoformat())
    wanted = (*lawful.PAPERS[reason], *area.value("payout_papers").get(reason, ()))
    if missing := [code for code in payout_words.PAPERS if code in set(wanted) - set(papers)]:
        words = "、".join(str(payout_words.PAPERS[code]) for code in missing)
        raise Refused.because("payout_papers_missing", area, "payout_papers", papers=words)
    return event


def _known(account: PersonalAccount, owner, on: date) -> Owner:
    enrolled = people.enrolments_of(owner.pk, on)
    others = (each for each in selectors.of_member(owner.pk) if each.area != account.area)
    return Owner(
        area=account.area,
        opened_on=account.opened_on,
        died_on=owner.died_on,
        insured=tuple(
            Insured(row.insutype, row.area, row.status, row.from_date, row.to_date)
            for row in enrolled
        ),
        has_another=any(each.is_open(on) for each in others),
    )


def _named(reason: str, owner_id: int, to: Sequence[To], members, on: date) -> list[str]:
    """Return the payees' names, if these people may be paid in these shares."""
    if reason != "death":
        if [(each.member_id, each.share) for each in to] != [(owner_id, 1)]:
            raise Refused.because("payout_to_the_owner")
    elif not to:
        raise Refused.because("payout_heirs_missing")
    if sum(each.share for each in to) != 1 or any(each.share <= 0 for each in to):
        raise Refused.because("payout_shares", sum=str(sum(each.share for each in to)))
    heirs = [members[each.member_id] for each in to if each.member_id is not None]
    if any(heir.dead(on) for heir in heirs):
        raise Refused.because("payout_heir_dead")
    return [_name(each, members) for each in to]


def _name(each: To, members) -> str:
    """Return a payee's name: of the register, or as a bank's file can carry it."""
    if each.member_id is not None:
        return members[each.member_id].name
    name = tidy_name(each.name)
    fits = all(sign.isalpha() or sign in _NAME_SIGNS for sign in name)
    if not (2 <= len(name) <= 50 and fits and name[0].isalpha()):
        raise Refused.because("payout_payee_name")
    return name


def _found(payout_id: int) -> Payout:
    payout = outgoing.payout(payout_id)
    if payout is None:
        raise NotFound(_("没有这件提取。"))
    return payout


def _decidable(payout: Payout, by: Actor) -> Payout:
    """Return the payout as it stands under its owner's lock, if this person may decide it."""
    payout = _found(payout.pk)
    if payout.state != State.PROPOSED:
        raise Refused.because("payout_decided", status=409)
    if by.name == payout.proposed_by:
        raise Refused.because("payout_four_eyes", status=403)
    return payout


def _empty(payout: Payout, joined: list[Case], suspense: int, out: int, at) -> None:
    """Fix the amount and move all of it to the scheme's payouts, in one entry."""
    account = payout.personal_account
    held = books.locked(account.part_ids)
    parts = rows.locked_parts(account, held)
    waited = sum(case.reason_values["amount_fen"] for case in joined)
    payout.prior_fen, payout.current_fen = parts.prior_fen, parts.current_fen
    payout.suspense_fen = waited
    if not payout.amount_fen:
        raise Refused.because("payout_nothing", status=409)
    taken = (
        (account.prior_id, parts.prior_fen),
        (account.current_id, parts.current_fen),
        (suspense, waited),
    )
    payout.entry = ledger.post(
        key=f"payout:{payout.pk}",
        kind="payout",
        movements=[
            *(Movement(place, -fen) for place, fen in taken if fen),
            Movement(out, payout.amount_fen),
        ],
        business_date=business_date(at),
        at=at,
        locked=held,
    )
    shares = lawful.shared_out(
        payout.amount_fen,
        [Fraction(each.numerator, each.denominator) for each in outgoing.payees(payout)],
    )
    for payee, fen in zip(outgoing.payees(payout), shares, strict=True):
        payee.amount_fen = fen
        payee.save(update_fields=["amount_fen"])


def _close(account: PersonalAccount, joined: list[Case], by: Actor, at) -> None:
    for case in joined:
        cases.approve(case_id=case.pk, rule=JOINED, by=by, at=at)
    account.refresh_from_db(fields=["closed_on"])
    if account.closed_on is None:
        accounts.close(personal_account_id=account.pk, on=business_date(at), by=by, at=at)


def _decide(payout: Payout, state, remark: str, by: Actor, at) -> None:
    _move(payout, state)
    payout.decided_at, payout.decided_by = at, by.name
    payout.remark = remark or None
    payout.save()
    _trace(payout, "approve" if state == State.APPROVED else "refuse", by, at)


def _move(payout: Payout, state) -> None:
    """The one place where a payout changes its state."""
    if state not in Payout.ALLOWED[State(payout.state)]:
        raise Refused.because("payout_decided", status=409)
    payout.state = state


def _trace(payout: Payout, verb: str, by: Actor, at) -> None:
    detail = {
        "account": payout.personal_account_id,
        "reason": payout.reason,
        "fen": payout.amount_fen,
    }
    audit.record(verb=f"funds.{verb}_payout", subject=payout, by=by, at=at, detail=detail)


def _tell(payout: Payout, kind: str, on: date, at, **values) -> None:
    """Tell the owner, or of a death the heirs who are members."""
    told = payments.told(payout, Payee.objects.filter(payout=payout), on)
    owner_id = payout.personal_account.member_id
    rows.tell(kind, told, at=at, payer=owner_id, **values)
