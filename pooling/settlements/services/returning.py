"""Reverse and refund: money goes home to where it came from, or to where that lives now."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from pooling.audit import services as audit
from pooling.cases import services as cases
from pooling.cases.models import Case
from pooling.funds import purses
from pooling.funds import selectors as funds
from pooling.funds import services as treasury
from pooling.funds.purses import Home
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.models import Account
from pooling.ledger.services import Movement
from pooling.notices import services as notices
from pooling.settlements.models import Line, Refund, RefundLine, Settlement
from pooling.settlements.services import telling
from pooling.settlements.services.settling import with_lines
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.periods import business_date
from pooling.shared.work import verb

Status = Settlement.Status


class AlreadyReversed(DomainError):
    """A settlement is reversed at most once."""

    code = "already_reversed"
    status = 409


class NothingLeft(DomainError):
    """More is asked back than has not been given back yet."""

    code = "more_than_left"
    status = 409


class NotAnAmount(DomainError):
    """A refund moves at least one fen."""

    code = "amount_not_positive"


@dataclass(frozen=True, slots=True)
class Back:
    """What one line gives back, and where to. `owner` is set where it cannot go home."""

    line: Line
    amount_fen: int
    ledger_account_id: int | None = None
    payable_id: int | None = None
    owner: Member | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """A settlement under lock, with everything that decides where its money goes."""

    settlement: Settlement
    lines: list[Line]
    members: dict[int, Member]
    homes: dict[int, Home]
    payables: dict[str, int]
    suspense: int
    locked: dict[int, Account]


@verb
def reverse(
    *, settlement_id: int, institution_id: int, reason: str, by: Actor, at: datetime
) -> Settlement:
    """Give every source back what it gave and has not got back; limits are restored.

    Raises NotFound, AlreadyReversed and, for a settlement refunded whole, NothingLeft.
    """
    held = _hold(settlement_id, institution_id)
    settlement = held.settlement
    if settlement.status == Status.REVERSED:
        raise AlreadyReversed(_("这笔结算已经撤销过。"))
    if settlement.status == Status.REFUNDED:
        raise NothingLeft(_("这笔结算已全部退费，没有可以撤销的部分。"))
    backs = [
        _home(held, line, line.amount_fen - line.returned_fen, at)
        for line in held.lines
        if line.amount_fen > line.returned_fen
    ]
    movements = _movements(backs)
    if movements:
        settlement.reversal_entry = ledger.reverse(
            entry_id=settlement.entry_id,
            key=f"reversal:{settlement.institution.code}:{settlement.message_id}",
            at=at,
            business_date=business_date(at),
            movements=movements,
            locked=held.locked,
        )
    _give_back(backs)
    _move(settlement, Status.REVERSED)
    settlement.reversed_at, settlement.reversal_reason = at, reason
    settlement.save(update_fields=["status", "reversed_at", "reversal_reason", "reversal_entry"])
    _write_down("reverse", settlement, settlement, backs, by, at)
    return with_lines(settlement, held.lines)


@verb
def refund(
    *,
    settlement_id: int,
    institution_id: int,
    amount_fen: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Refund:
    """Give part of a settlement back, walking the split backwards: cash, payers, own.

    Raises NotFound, NotAnAmount, AlreadyReversed and NothingLeft.
    """
    if amount_fen <= 0:
        raise NotAnAmount(_("退费金额须大于零。"), details={"amount_fen": amount_fen})
    held = _hold(settlement_id, institution_id)
    settlement = held.settlement
    if settlement.status == Status.REVERSED:
        raise AlreadyReversed(_("这笔结算已经撤销，不能再退费。"))
    before = settlement.refunded_fen
    left = settlement.personal_part_fen - before
    if amount_fen > left:
        raise NothingLeft(_("退费金额超过尚未退回的部分。"), details={"left_fen": left})
    backs = _walk_back(held, amount_fen, at)
    movements = _movements(backs)
    entry = movements and ledger.post(
        # What had been refunded before names the refund: it only ever grows.
        key=f"refund:{settlement.institution.code}:{settlement.message_id}:{before}",
        kind="refund",
        movements=movements,
        business_date=business_date(at),
        at=at,
        locked=held.locked,
    )
    _give_back(backs)
    _move(settlement, Status.REFUNDED if amount_fen == left else Status.PARTLY_REFUNDED)
    settlement.refunded_fen = before + amount_fen
    settlement.save(update_fields=["status", "refunded_fen"])
    refunded = Refund(
        settlement=settlement,
        amount_fen=amount_fen,
        reason=reason,
        refunded_at=at,
        balance_after_fen=_own_balance(settlement.patient, business_date(at)),
        entry=entry or None,
    )
    refunded.save(force_insert=True)
    _record_lines(refunded, backs)
    _write_down("refund", settlement, refunded, backs, by, at)
    return refunded


def _hold(settlement_id: int, institution_id: int) -> _Held:
    """Lock in the one order: members, settlement, ledger accounts. Raises NotFound.

    No lock on bindings: whether a quota still runs changes under the locks of its members.
    """
    rows = Settlement.objects.filter(institution=institution_id)
    found = rows.filter(pk=settlement_id).first()
    if found is None:
        raise NotFound(_("没有这笔结算。"))
    if found.claim_id is not None:
        raise NotFound(_("没有这笔结算。"))  # paid to a bank account: nobody's till takes it back
    lines = list(found.lines.all())
    owners = {pk for line in lines for pk in (line.payer_id, line.owner_id) if pk}
    members = people.locked({found.patient_id, *owners})
    accounts = [line.ledger_account_id for line in lines if line.ledger_account_id]
    homes = purses.homes(accounts)
    areas = {_area(found, home) for home in homes.values()}
    # Found before the accounts are locked: a first use would wait for another first use.
    payables = {area: treasury.institution_payable(institution_id, area) for area in sorted(areas)}
    suspense = treasury.suspense()
    locked_rows = rows.select_for_update(of=("self",), no_key=True)
    settlement = locked_rows.select_related("institution").get(pk=settlement_id)
    settlement.patient = members[settlement.patient_id]
    locked = books.locked({part for home in homes.values() for part in home.accounts})
    lines = list(settlement.lines.all())
    for line in lines:
        line.payer = members.get(line.payer_id)
    return _Held(
        settlement=settlement,
        lines=lines,
        members=members,
        # Read once more: closing takes the locks that are held now.
        homes=purses.homes(accounts),
        payables=payables,
        suspense=suspense,
        locked=locked,
    )


def _area(settlement: Settlement, home: Home) -> str:
    """Return the scheme that paid: a wallet may be used elsewhere by now."""
    if home.kind == Line.Source.WALLET:
        return settlement.decision["input"]["wallet"]["area"]
    return home.area


def _home(held: _Held, line: Line, amount_fen: int, at: datetime) -> Back:
    """Return where a line's money goes: the part it came from, unless that has moved on."""
    if line.ledger_account_id is None:
        return Back(line, amount_fen)
    home = held.homes[line.ledger_account_id]
    payable = held.payables[_area(held.settlement, home)]
    owner = held.members[home.owner_id]
    account = home.account(line.part, year_is_over=_year(held.settlement.posted_at) < _year(at))
    if account is None:
        cause = "wallet_closed" if home.kind == Line.Source.WALLET else "account_closed"
        return Back(line, amount_fen, held.suspense, payable, owner, cause)
    if owner.died_on is not None:
        return Back(line, amount_fen, held.suspense, payable, owner, "owner_dead")
    return Back(line, amount_fen, account, payable)


def _year(moment: datetime) -> int:
    return business_date(moment).year


def _walk_back(held: _Held, amount_fen: int, at: datetime) -> list[Back]:
    """Return what each line gives back, last taken first, until the amount is reached."""
    backs = []
    for line in reversed(held.lines):
        amount = min(line.amount_fen - line.returned_fen, amount_fen)
        amount_fen -= amount
        if amount:
            backs.append(_home(held, line, amount, at))
    return backs


def _movements(backs: list[Back]) -> list[Movement]:
    movements = []
    for back in backs:
        if back.ledger_account_id is not None:
            movements.append(Movement(back.ledger_account_id, back.amount_fen))
            movements.append(Movement(back.payable_id, -back.amount_fen))
    return movements


def _give_back(backs: list[Back]) -> None:
    """Count what went back on each line: from here on it no longer counts against a cap."""
    for back in backs:
        back.line.returned_fen += back.amount_fen
    Line.objects.bulk_update([back.line for back in backs], ["returned_fen"])


def _record_lines(refunded: Refund, backs: list[Back]) -> None:
    rows = RefundLine.objects.bulk_create(
        RefundLine(
            refund=refunded,
            line=back.line,
            order=order,
            amount_fen=back.amount_fen,
            ledger_account_id=back.ledger_account_id,
        )
        for order, back in enumerate(backs, start=1)
    )
    with_lines(refunded, rows)


def _move(settlement: Settlement, status: str) -> None:
    """The one place where a stored settlement changes its status."""
    if status not in Settlement.ALLOWED[Status(settlement.status)]:
        raise AlreadyReversed(_("这笔结算现在的状态不能这样办理。"), code="settlement_status")
    settlement.status = status


def _own_balance(patient: Member, on: date) -> int:
    """Return current + prior of the patient's own account; 0 without one."""
    account = funds.account_for([patient.pk], people.standings([patient], on), on).get(patient.pk)
    return account.parts.total_fen if account else 0


def _write_down(verb: str, settlement: Settlement, subject, backs: list[Back], by, at) -> None:
    """Leave the trace, open a case for whatever found no home, and tell everybody."""
    fen = sum(back.amount_fen for back in backs)
    detail = {"settlement": settlement.pk, "fen": fen}
    audit.record(verb=f"settlements.{verb}", subject=subject, by=by, at=at, detail=detail)
    homeless: dict[tuple[Member, str], int] = {}
    for back in backs:
        if back.owner is not None:
            key = (back.owner, back.cause)
            homeless[key] = homeless.get(key, 0) + back.amount_fen
    for (owner, cause), amount in homeless.items():
        cases.open_waiting(
            kind=Case.Kind.SUSPENSE,
            member_id=owner.pk,
            reason_code=cause,
            reason_values={"amount_fen": amount, "settlement": settlement.pk},
            subject=settlement,
            by=by,
            at=at,
        )
    notices.enqueue(telling.returned(settlement, backs), at=at)
