"""What the pages about wallets show: the money, what is under way, and what may be done.

Whether something may be done is asked of the verbs' own guards, so that no page can promise
what the verb then refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from accounts import selectors as people
from pooling.funds import relatives, rules, selectors
from pooling.funds.models import Transfer, Wallet
from pooling.funds.relatives import Relative
from pooling.funds.services import transfers, wallets
from pooling.funds.services.rows import Refused, shareable
from pooling.policy import parameters
from pooling.policy import selectors as policy
from pooling.policy.rules import ClauseInForce, Rules
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date

State = Transfer.State
_TONES = {
    State.PENDING: "warn",
    State.ACCEPTED: "good",
    State.RETURNED: "ended",
    State.REFUSED: "bad",
    State.CANCELLED: "ended",
}


@dataclass(frozen=True, slots=True)
class WalletRow:
    """A wallet; `owner` is empty for the reader's own. `may_move` says if its place may change."""

    id: int
    owner: str
    balance_fen: int
    area_name: str
    may_move: bool


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer as one side sees it; `may` are verbs, `until` is when it goes back by itself."""

    id: int
    title: str
    amount_fen: int
    state: str
    tone: str
    sent_at: datetime
    until: datetime | None
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WalletPage:
    """`why_not_open` and `why_not_send` are what stands against it now, or None."""

    wallet: WalletRow | None
    kept: tuple[WalletRow, ...]
    rows: tuple[TransferRow, ...]
    sent_from: tuple[str, ...]
    why_not_open: Refused | None
    why_not_send: Refused | None

    @property
    def waiting(self) -> list[TransferRow]:
        """Return what the reader has to answer."""
        return [row for row in self.rows if "accept" in row.may]


@dataclass(frozen=True, slots=True)
class SendGuide:
    """The limits of sending from one place today, and to whom; `refused` stands against all.

    `most_fen` is the most one transfer may be now, `each_fen` the area's limit of one. `made`
    of `per_day` were sent today. From `until` on it goes back by itself. `clauses` are the rules
    behind.
    """

    from_wallet: bool
    refused: Refused | None
    most_fen: int = 0
    held_fen: int = 0
    floor_fen: int = 0
    each_fen: int | None = None
    per_day: int | None = None
    made: int = 0
    closed_hours: tuple[int, int] | None = None
    one_pending: bool = False
    until: datetime | None = None
    receivers: tuple[Relative, ...] = ()
    without: tuple[Relative, ...] = ()
    clauses: tuple[ClauseInForce, ...] = ()

    @property
    def left(self) -> int | None:
        """Return how many transfers are left today; None: no limit."""
        return None if self.per_day is None else max(0, self.per_day - self.made)


def why_not(ask: Callable) -> Refused | None:
    """Return what a guard raises, or None where it lets pass."""
    try:
        ask()
    except Refused as refusal:
        return refusal
    return None


def page(member_id: int, at: datetime) -> WalletPage:
    """Return a member's wallet, those they keep for others, and every transfer."""
    on = business_date(at)
    member = people.by_ids([member_id])[member_id]
    wallet = selectors.wallet_of(member_id)
    kept = _kept(member_id)
    labels = relatives.labels(member_id, on)
    names = policy.area_names()
    answers_for = {member_id, *(row.owner_id for row in kept)}
    found = selectors.transfers_of(member_id, kept=kept)
    ways = {"account": why_not(lambda: _may_send(member, False, at))}
    if wallet and wallet.ledger_account.balance_fen:
        ways["wallet"] = why_not(lambda: _may_send(member, True, at))
    return WalletPage(
        wallet=_row(wallet, "", names, on) if wallet else None,
        kept=tuple(_row(each, labels.get(each.owner_id, ""), names, on) for each in kept),
        rows=tuple(_transfer(each, member_id, labels, answers_for, at) for each in found),
        sent_from=tuple(way for way, refused in ways.items() if refused is None),
        why_not_open=None if wallet else why_not(lambda: wallets.may_have(member, at)),
        why_not_send=ways["account"],
    )


def _kept(member_id: int) -> list[Wallet]:
    """Return the wallets a member answers for: their owners do not sign in themselves."""
    kept = selectors.wallets_kept_by(member_id)
    signing_in = people.who_sign_in(row.owner_id for row in kept) if kept else set()
    return [row for row in kept if row.owner_id not in signing_in]


def _row(wallet: Wallet, owner: str, names, on: date) -> WalletRow:
    here = policy.in_force(wallet.area, on)
    return WalletRow(
        id=wallet.pk,
        owner=owner,
        balance_fen=wallet.ledger_account.balance_fen,
        area_name=names.get(wallet.area, wallet.area),
        may_move=here.value("wallet_place_changeable"),
    )


def _transfer(row: Transfer, reader_id: int, labels, answers_for: set[int], at) -> TransferRow:
    receiver_id = row.to_wallet.owner_id
    sends = row.sender_id == reader_id
    who = {"name": labels.get(receiver_id if sends else row.sender_id, gettext("家人"))}
    if sends:
        title = gettext("转给%(name)s") % who
    elif receiver_id == reader_id:
        title = gettext("%(name)s转来") % who
    else:
        who["owner"] = labels.get(receiver_id, gettext("家人"))
        title = gettext("%(name)s转给%(owner)s") % who
    waits = row.state == State.PENDING
    may = ("cancel",) if waits and sends else ()
    if waits and receiver_id in answers_for and at < row.returns_at:
        may += ("accept", "decline")
    return TransferRow(
        id=row.pk,
        title=title,
        amount_fen=-row.amount_fen if sends else row.amount_fen,
        state=str(State(row.state).label),
        tone=_TONES[row.state],
        sent_at=row.sent_at,
        until=row.returns_at if waits else None,
        may=may,
    )


def own(member_id: int, on: date) -> WalletRow:
    """Return a member's own wallet. Raises NotFound."""
    wallet = selectors.wallet_of(member_id)
    if wallet is None:
        raise NotFound(gettext("您还没有开通医保钱包。"))
    return _row(wallet, "", policy.area_names(), on)


def has_none(member_id: int) -> bool:
    """Return whether a member has no wallet."""
    return selectors.wallet_of(member_id) is None


def may_answer(member_id: int, transfer_id: int) -> bool:
    """Return whether a transfer is the member's own, or came to a wallet they answer for."""
    found = selectors.transfers([transfer_id])
    if not found or found[0].to_wallet is None:
        return False
    wallet = found[0].to_wallet
    return member_id in (found[0].sender_id, wallet.owner_id) or any(
        each.pk == wallet.pk for each in _kept(member_id)
    )


def _may_send(sender, from_wallet: bool, at) -> tuple[Rules, object]:
    source = transfers.source_of(sender, from_wallet, at)
    area = policy.in_force(source.area, business_date(at))
    transfers.takes_transfers(area)
    transfers.may_send_now(sender.pk, area, at)
    return area, source


def sending(member_id: int, from_wallet: bool, at: datetime) -> SendGuide:
    """Return the limits of sending from the own account or wallet, before anybody fills in."""
    on = business_date(at)
    sender = people.by_ids([member_id])[member_id]
    try:
        area, source = _may_send(sender, from_wallet, at)
    except Refused as refusal:
        return SendGuide(from_wallet, refusal)
    each_fen = area.value("wallet_transfer_most_fen")
    held_fen, free_fen = _free(source, area)
    hours = area.value("wallet_closed_hours")
    near = relatives.of(member_id, on, parameters.NEAR_RELATIVES)
    having = selectors.wallets_of(each.id for each in near)
    return SendGuide(
        from_wallet,
        None,
        most_fen=free_fen if each_fen is None else min(free_fen, each_fen),
        held_fen=held_fen,
        floor_fen=0 if from_wallet else area.value("floor_fen"),
        each_fen=each_fen,
        per_day=area.value("wallet_transfers_per_day"),
        made=selectors.sent_to_wallets(member_id, on)[0],
        closed_hours=tuple(hours) if hours else None,
        one_pending=area.value("wallet_one_pending"),
        until=rules.returns_at(at, area.value("wallet_return_hour")),
        receivers=tuple(each for each in near if each.id in having),
        without=tuple(each for each in near if each.id not in having),
        clauses=_behind(area),
    )


def _free(source, area: Rules) -> tuple[int, int]:
    """Return what lies in an account or a wallet, and how much of it may leave."""
    if isinstance(source, Wallet):
        return (source.ledger_account.balance_fen,) * 2
    return source.parts.total_fen, shareable(source.parts, area).total_fen


def _behind(area: Rules) -> tuple[ClauseInForce, ...]:
    names = ("wallet_transfer_most_fen", "wallet_transfers_per_day", "wallet_closed_hours")
    return tuple(area.clause(name) for name in names if not area.clause(name).is_default)


def to_open_for(member_id: int, on: date) -> list[Relative]:
    """Return the near relatives without a sign-in and without a wallet."""
    near = relatives.of(member_id, on, parameters.NEAR_RELATIVES)
    ids = [each.id for each in near]
    beside = people.who_sign_in(ids) | set(selectors.wallets_of(ids)) if ids else set()
    return [each for each in near if each.id not in beside]
