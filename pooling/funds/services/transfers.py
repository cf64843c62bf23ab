"""Transfers to a near relative's wallet: sent, then accepted, refused, taken back or returned.

Sending, answering and the way back take the same locks: both members by primary key, then
the ledger accounts. Whoever comes second finds the transfer answered.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.funds import rules, selectors
from pooling.funds.models import PersonalAccount, Transfer, Wallet
from pooling.funds.rules import Parts
from pooling.funds.services import rows, scheme
from pooling.funds.services.rows import Refused
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.policy import selectors as policy
from pooling.policy.rules import Rules
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date

State = Transfer.State


@transaction.atomic
def send(
    *, sender_id: int, receiver_id: int, amount_fen: int, from_wallet: bool = False, by: Actor, at
) -> Transfer:
    """Send money from the own personal account, or the own wallet, to a relative's wallet.

    It lies in flight until the receiver answers. The clauses of the sender's area bind.
    Raises NotFound, NotYours and Refused, each naming the clause it rests on.
    """
    rows.positive(amount_fen)
    members = rows.hold(sender_id, receiver_id)
    rows.only_for(by, sender_id)
    on = business_date(at)
    rows.living(members.values(), on)
    rows.near_relatives(sender_id, receiver_id, on)
    source = source_of(members[sender_id], from_wallet, at)
    to_wallet = selectors.wallet_of(receiver_id)
    area = policy.in_force(source.area, on)
    _both_open(area, to_wallet, on)
    _not_too_large(amount_fen, area)
    may_send_now(sender_id, area, at)
    rows.settled_phone(sender_id, by, at)
    flight = flight_of(sender_id)
    if isinstance(source, Wallet):
        held, parts, movements = _from_wallet(source, amount_fen, flight)
        place = {"from_wallet": source}
    else:
        held = books.locked([*source.part_ids, flight])
        parts = rows.taken(source, amount_fen, held, area)
        movements = rows.moves(parts, source, _Pair(flight, flight))
        place = {"personal_account": source}
    transfer = Transfer.objects.create(
        sender_id=sender_id,
        to_wallet=to_wallet,
        amount_fen=amount_fen,
        prior_fen=parts.prior_fen,
        current_fen=parts.current_fen,
        sent_on=on,
        sent_at=at,
        returns_at=rules.returns_at(at, area.value("wallet_return_hour")),
        **place,
    )
    _post(transfer, "sent", movements, held, at)
    _trace(transfer, "send", by, at)
    _tell(transfer, "transfer_sent", receiver_id, at, date=_last_day(transfer))
    return transfer


@dataclass(frozen=True, slots=True)
class _Pair:
    """One ledger account where both parts lie together."""

    prior_id: int
    current_id: int


def source_of(sender, from_wallet: bool, at) -> PersonalAccount | Wallet:
    """Return where a member would send from, unlocked. Raises Refused."""
    if not from_wallet:
        return rows.paying_account(sender, rows.standing_of(sender, at), business_date(at))
    wallet = selectors.wallet_of(sender.pk)
    if wallet is None:
        raise Refused.because("wallet_missing")
    return wallet


def _from_wallet(wallet: Wallet, amount_fen: int, flight: int):
    held = books.locked([wallet.ledger_account_id, flight])
    there = held[wallet.ledger_account_id].balance_fen
    if amount_fen > there:
        raise Refused.because("wallet_short", most_fen=there)
    movements = [Movement(wallet.ledger_account_id, -amount_fen), Movement(flight, amount_fen)]
    return held, Parts(), movements


def _both_open(area: Rules, to_wallet: Wallet | None, on) -> None:
    """Refuse where one side's area takes no transfers, or nothing is there to take one."""
    takes_transfers(area)
    if to_wallet is None:
        raise Refused.because("receiver_has_no_wallet")
    there = policy.in_force(to_wallet.area, on)
    if not there.value("wallet_open"):
        raise Refused.because("wallet_closed_there", there, "wallet_open")


def takes_transfers(area: Rules) -> None:
    """Refuse where the sender's area takes no transfers."""
    if not area.value("wallet_open"):
        raise Refused.because("wallet_closed_here", area, "wallet_open")


def _not_too_large(amount_fen: int, area: Rules) -> None:
    most = area.value("wallet_transfer_most_fen")
    if most is not None and amount_fen > most:
        raise Refused.because("transfer_too_large", area, "wallet_transfer_most_fen", most_fen=most)


def may_send_now(sender_id: int, area: Rules, at) -> None:
    """Refuse at closed hours, while one waits, and after the last of the day.

    Where the sender is locked the counts stand.
    """
    hours = area.value("wallet_closed_hours")
    if rules.closed_at_that_hour(at, hours):
        hour = dict(zip(("from_hour", "to_hour"), hours, strict=True))
        raise Refused.because("transfer_closed_hours", area, "wallet_closed_hours", **hour)
    made, waiting = selectors.sent_to_wallets(sender_id, business_date(at))
    if waiting and area.value("wallet_one_pending"):
        raise Refused.because("transfer_waits", area, "wallet_one_pending", status=409)
    most = area.value("wallet_transfers_per_day")
    if most is not None and made >= most:
        raise Refused.because(
            "transfers_used_up", area, "wallet_transfers_per_day", most=most, made=made
        )


@transaction.atomic
def accept(*, transfer_id: int, by: Actor, at) -> Transfer:
    """Take a transfer into the wallet, before its night is over.

    By the wallet's owner, or by who opened it for an owner without a sign-in. An area that
    closed meanwhile lets what was under way arrive.
    """
    transfer = _held(transfer_id)
    _only_receiver(transfer, by)
    _pending(transfer)
    if at >= transfer.returns_at:
        raise Refused.because("transfer_too_late", status=409)
    wallet, flight = transfer.to_wallet, flight_of(transfer.sender_id)
    held = books.locked([wallet.ledger_account_id, flight])
    movements = [
        Movement(flight, -transfer.amount_fen),
        Movement(wallet.ledger_account_id, transfer.amount_fen),
    ]
    _post(transfer, "accepted", movements, held, at)
    return _end(transfer, State.ACCEPTED, "accept", by, at)


@transaction.atomic
def decline(*, transfer_id: int, by: Actor, at) -> Transfer:
    """Refuse a transfer as its receiver; it goes back to where it came from."""
    suspense = scheme.suspense()
    transfer = _held(transfer_id)
    _only_receiver(transfer, by)
    return _bring_back(transfer, State.REFUSED, "decline", suspense, by, at)


@transaction.atomic
def cancel(*, transfer_id: int, by: Actor, at) -> Transfer:
    """Take a transfer back as its sender, while nobody has answered it."""
    suspense = scheme.suspense()
    transfer = _held(transfer_id)
    rows.only_for(by, transfer.sender_id)
    return _bring_back(transfer, State.CANCELLED, "cancel", suspense, by, at)


@transaction.atomic
def return_due(*, by: Actor, at, limit: int = 500) -> int:
    """Bring back what nobody accepted in time and return how many; run again until it is 0."""
    suspense = scheme.suspense()
    due = selectors.due_transfers(at, limit=limit)
    # All members of the run first, in their order, so that no two runs wait in a ring.
    people.locked({pk for each in due for pk in (each.sender_id, each.to_wallet.owner_id)})
    pending = [each for each in selectors.transfers(each.pk for each in due) if _waits(each)]
    books.locked(pk for each in pending for pk in _accounts_of(each))
    for transfer in pending:
        _bring_back(transfer, State.RETURNED, "return", suspense, by, at)
    return len(pending)


def _waits(transfer: Transfer) -> bool:
    return transfer.state == State.PENDING


def _accounts_of(transfer: Transfer) -> list[int]:
    """Return where a transfer lies and where it may go back to."""
    if transfer.from_wallet is not None:
        return [flight_of(transfer.sender_id), transfer.from_wallet.ledger_account_id]
    return [flight_of(transfer.sender_id), *transfer.personal_account.part_ids]


def _held(transfer_id: int) -> Transfer:
    """Return a transfer to a wallet as it stands under the locks of both members."""
    found = selectors.transfers([transfer_id])
    if not found or found[0].to_wallet is None:
        raise NotFound(_("没有找到这笔转账。"))
    rows.hold(found[0].sender_id, found[0].to_wallet.owner_id)
    return selectors.transfers([transfer_id])[0]


def _only_receiver(transfer: Transfer, by: Actor) -> None:
    wallet = transfer.to_wallet
    if by.principal == wallet.opened_by and not people.signs_in(wallet.owner_id):
        return
    rows.only_for(by, wallet.owner_id)


def _pending(transfer: Transfer) -> None:
    if not _waits(transfer):
        raise Refused.because("transfer_over", status=409)


def _bring_back(transfer: Transfer, state, verb: str, suspense: int, by: Actor, at) -> Transfer:
    """Move the money from in flight to where it was taken, part by part."""
    _pending(transfer)
    flight = flight_of(transfer.sender_id)
    if transfer.from_wallet is not None:
        home = transfer.from_wallet.ledger_account_id
        movements = [Movement(flight, -transfer.amount_fen), Movement(home, transfer.amount_fen)]
        held = books.locked([flight, home])
    else:
        account = transfer.personal_account
        held = books.locked([flight, *account.part_ids])
        account.refresh_from_db(fields=["closed_on"])
        parts = Parts(transfer.prior_fen, transfer.current_fen)
        if transfer.sent_on.year < business_date(at).year:
            # What was this year's when it was sent is an earlier year's now.
            parts = Parts(transfer.amount_fen, 0)
        movements = rows.send_home(
            account, transfer.sender, parts, _Pair(flight, flight), transfer, suspense, by=by, at=at
        )
    _post(transfer, "back", movements, held, at)
    return _end(transfer, state, verb, by, at)


def flight_of(sender_id: int) -> int:
    """Return the ledger account of what a member has sent and nobody answered."""
    (account,) = ledger.open_accounts([f"flight:{sender_id}"], "flight")
    return account.pk


def _post(transfer: Transfer, step: str, movements, held, at) -> None:
    ledger.post(
        key=f"transfer:{transfer.pk}:{step}",
        kind="transfer",
        movements=movements,
        business_date=business_date(at),
        at=at,
        locked=held,
    )


def _end(transfer: Transfer, state, verb: str, by: Actor, at) -> Transfer:
    _move(transfer, state)
    transfer.ended_at = at
    transfer.save(update_fields=["state", "ended_at"])
    _trace(transfer, verb, by, at)
    _tell(transfer, _KINDS[state], transfer.to_wallet.owner_id, at)
    return transfer


_KINDS = {
    State.ACCEPTED: "transfer_accepted",
    State.RETURNED: "transfer_returned",
    State.REFUSED: "transfer_refused",
    State.CANCELLED: "transfer_cancelled",
}


def _move(transfer: Transfer, state) -> None:
    """The one place where a stored transfer changes its state."""
    if state not in Transfer.ALLOWED[State(transfer.state)]:
        raise Refused.because("transfer_over", status=409)
    transfer.state = state


def _trace(transfer: Transfer, verb: str, by: Actor, at) -> None:
    detail = {"sender": transfer.sender_id, "fen": transfer.amount_fen}
    audit.record(verb=f"funds.{verb}_transfer", subject=transfer, by=by, at=at, detail=detail)


def _tell(transfer: Transfer, kind: str, receiver_id: int, at, **more) -> None:
    told = {"payer": transfer.sender_id, "relative": receiver_id, "amount_fen": transfer.amount_fen}
    opener = transfer.to_wallet.opened_by or receiver_id
    rows.tell(kind, (transfer.sender_id, receiver_id, opener), at=at, **told, **more)


def _last_day(transfer: Transfer) -> str:
    return business_date(transfer.returns_at).isoformat()
