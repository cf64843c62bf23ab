"""What the home page says of a member's money beside the account: frozen, given, held together."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from accounts import selectors as people
from pooling.funds import selectors
from pooling.funds.services import transfers
from pooling.funds.services.families import may_pool
from pooling.funds.services.rows import Refused
from pooling.funds.wallet_guide import why_not
from pooling.policy import selectors as policy


@dataclass(frozen=True, slots=True)
class Held:
    """A wallet or a family fund: what it is called, what is in it and where it is shown."""

    word: str
    note: str
    fen: int
    address: str


@dataclass(frozen=True, slots=True)
class Door:
    """A wallet or a fund one does not have: where it is begun, or by which rule it is not."""

    word: str
    address: str
    refused: Refused | None


@dataclass(frozen=True, slots=True)
class Overview:
    """`frozen_fen` maps personal accounts to what is frozen in quotas of them.

    `in_flight_fen` is what was sent and not answered; `arriving` how many transfers and
    `invited` how many invitations wait for the member's word.
    """

    frozen_fen: dict[int, int]
    in_flight_fen: int
    arriving: int
    invited: int
    held: tuple[Held, ...]
    doors: tuple[Door, ...]


def of(member, on: date) -> Overview:
    """Return a member's overview, in at most eight statements."""
    wallet, seats = selectors.wallet_of(member.pk), selectors.seats_of(member.pk)
    fund = next((row.fund for row in seats if row.joined_at is not None), None)
    frozen_fen: dict[int, int] = {}
    for quota in selectors.quotas_of(member.pk):
        account = quota.personal_account_id
        if quota.relative_id != member.pk:
            frozen_fen[account] = frozen_fen.get(account, 0) + quota.parts.total_fen
    waiting = selectors.waiting_around(member.pk)
    kept = {row.to_wallet.owner_id for row in waiting} - {member.pk}
    answered_for = kept - people.who_sign_in(kept) if kept else set()
    held, doors = [], []
    if wallet:
        fen, note = wallet.ledger_account.balance_fen, gettext("看病买药时自己用")
        held.append(Held(gettext("医保钱包"), note, fen, "/wallet/"))
    if fund:
        fen = sum(row.parts.total_fen for row in selectors.fund_rows(fund.pk))
        held.append(Held(gettext("家庭共济账户"), gettext("全家合用"), fen, "/fund/"))
    if not (wallet and fund):
        doors = _doors(member, wallet is None, fund is None, on)
    return Overview(
        frozen_fen=frozen_fen,
        in_flight_fen=sum(row.amount_fen for row in waiting if row.sender_id == member.pk),
        arriving=sum(row.to_wallet.owner_id in {member.pk, *answered_for} for row in waiting),
        invited=sum(row.joined_at is None for row in seats),
        held=tuple(held),
        doors=tuple(doors),
    )


def _doors(member, no_wallet: bool, no_fund: bool, on: date) -> list[Door]:
    standing = people.standings([member], on)[member.pk]
    doors = []
    if no_wallet:
        area = policy.in_force(standing.area, on)
        against = why_not(lambda: transfers.takes_transfers(area))
        doors.append(Door(gettext("医保钱包"), "/wallet/", against))
    if no_fund:
        against = why_not(lambda: may_pool(standing.employee_area, on))
        doors.append(Door(gettext("家庭共济账户"), "/fund/", against))
    return doors
