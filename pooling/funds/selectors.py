"""Whose money lies in which ledger account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, Sum

from accounts.selectors import Standing
from pooling.funds import purses
from pooling.funds.models import (
    Deposit,
    FamilyFund,
    FundMember,
    PersonalAccount,
    Quota,
    Transfer,
    Wallet,
)
from pooling.funds.purses import Purse
from pooling.shared.queries import compiled_once


def account_for(
    member_ids: Iterable[int], standings: Mapping[int, Standing], on: date
) -> dict[int, PersonalAccount]:
    """Return member id → the personal account that pays on a day, in one statement.

    The open account in the area of the member's employee insurance; else the one opened
    last, for money outlives the insurance it came from. Members without one are left out.
    Balances come along unlocked: good for showing, never for taking.
    """
    held = held_by(member_ids, standings, on)
    return {pk: account for pk, account in held.items() if account.is_open(on)}


def held_by(
    member_ids: Iterable[int], standings: Mapping[int, Standing], on: date
) -> dict[int, PersonalAccount]:
    """Return what `account_for` does, and the last closed account of whoever has no open one."""
    found: dict[int, list[PersonalAccount]] = {}
    for account in _held(member_ids=list(member_ids)):
        found.setdefault(account.member_id, []).append(account)
    return {pk: purses.chosen(mine, standings.get(pk), on) for pk, mine in found.items()}


@compiled_once
def _held(member_ids):
    return _with_parts().filter(member__any=member_ids)


def of_member(member_id: int) -> list[PersonalAccount]:
    """Return all accounts of a member with their parts, closed ones too, oldest first."""
    return list(_with_parts().filter(member_id=member_id))


def owns_elsewhere(account: PersonalAccount) -> bool:
    """Return whether money of an account is frozen, in a fund or in flight, or may be soon.

    Asked under the locks of both parts, which each of these takes.
    """
    return (
        account.quotas.filter(closed_at__isnull=True).exists()
        or account.fund_shares.filter(left_at__isnull=True).exists()
        or Transfer.objects.filter(personal_account=account, state=Transfer.State.PENDING).exists()
    )


def _with_parts():
    return PersonalAccount.objects.select_related("current", "prior").order_by("opened_on", "pk")


# --- quotas -----------------------------------------------------------------------------------


def quota(quota_id: int) -> Quota | None:
    """Return a quota, ended ones too, with its accounts."""
    return _quotas().filter(pk=quota_id).first()


def open_quota(payer_id: int, relative_id: int) -> Quota | None:
    """Return what a payer has frozen for a relative now, of whichever account, or None."""
    rows = _quotas().filter(personal_account__member=payer_id, relative=relative_id)
    return rows.filter(closed_at__isnull=True).first()


def quotas_for(relative_ids: Iterable[int]) -> dict[tuple[int, int], Quota]:
    """Return (payer, relative) → running quota of everybody who froze money for one of these.

    One statement, unlocked: good for finding out which ledger accounts to lock.
    """
    rows = _running(relative_ids=list(relative_ids))
    return {(row.personal_account.member_id, row.relative_id): row for row in rows}


def quotas_of(member_id: int) -> list[Quota]:
    """Return the running quotas a member gave or received, oldest first, with balances."""
    sides = Q(personal_account__member=member_id) | Q(relative=member_id)
    return list(_quotas().filter(sides, closed_at__isnull=True))


def frozen_fen(member_id: int) -> int:
    """Return how much of a member's money is frozen for others (one statement)."""
    rows = Quota.objects.filter(personal_account__member=member_id, closed_at__isnull=True)
    fen = rows.aggregate(fen=Sum(F("current__balance_fen") + F("prior__balance_fen")))["fen"]
    return int(fen or 0)


def _quotas():
    return Quota.objects.select_related("personal_account", "current", "prior").order_by("pk")


@compiled_once
def _running(relative_ids):
    return _quotas().filter(relative__any=relative_ids, closed_at__isnull=True)


# --- wallets and transfers --------------------------------------------------------------------


def wallet_of(member_id: int) -> Wallet | None:
    """Return a member's open wallet with its balance, unlocked, or None."""
    rows = Wallet.objects.filter(owner=member_id, closed_at__isnull=True)
    return rows.select_related("ledger_account").first()


def wallets_of(member_ids: Iterable[int]) -> dict[int, Wallet]:
    """Return owner → open wallet with its balance, unlocked (one statement)."""
    return {row.owner_id: row for row in _wallets(member_ids=list(member_ids))}


@compiled_once
def _wallets(member_ids):
    rows = Wallet.objects.filter(owner__any=member_ids, closed_at__isnull=True)
    return rows.select_related("ledger_account").order_by("pk")


def wallets_kept_by(member_id: int) -> list[Wallet]:
    """Return the open wallets a member opened for others, oldest first, with their owners."""
    rows = Wallet.objects.filter(opened_by=member_id, closed_at__isnull=True)
    rows = rows.exclude(owner=member_id).select_related("owner", "ledger_account")
    return list(rows.order_by("pk"))


def awaits(wallet: Wallet) -> bool:
    """Return whether a transfer from or to a wallet is not answered yet."""
    either = Q(from_wallet=wallet) | Q(to_wallet=wallet)
    return Transfer.objects.filter(either, state=Transfer.State.PENDING).exists()


def sent_to_wallets(sender_id: int, on: date) -> tuple[int, int]:
    """Return how many transfers a member sent on a day, whatever became of them, and how many wait.

    Asked under the sender's lock, after which nobody can add one.
    """
    found = Transfer.objects.filter(sender=sender_id, to_wallet__isnull=False).aggregate(
        made=Count("pk", filter=Q(sent_on=on)),
        waiting=Count("pk", filter=Q(state=Transfer.State.PENDING)),
    )
    return found["made"], found["waiting"]


def transfers(transfer_ids: Iterable[int]) -> list[Transfer]:
    """Return transfers as they stand, by primary key, with both ends."""
    ends = ("sender", "personal_account", "from_wallet", "to_wallet")
    rows = Transfer.objects.filter(pk__any=list(transfer_ids)).select_related(*ends)
    return list(rows.order_by("pk"))


def due_transfers(at: datetime, *, limit: int) -> list[Transfer]:
    """Return what nobody accepted in time, oldest first, unlocked."""
    rows = Transfer.objects.filter(state=Transfer.State.PENDING, returns_at__lte=at)
    return list(rows.select_related("to_wallet").order_by("returns_at", "pk")[:limit])


def transfers_of(member_id: int, *, kept: Iterable[Wallet] = (), limit: int = 50) -> list[Transfer]:
    """Return what a member sent to wallets or was sent, the newest first, with both people.

    `kept` are wallets of others the member answers for.
    """
    sides = Q(sender=member_id) | Q(to_wallet__owner=member_id)
    sides |= Q(to_wallet__in=[wallet.pk for wallet in kept])
    rows = Transfer.objects.filter(sides, to_wallet__isnull=False)
    return list(rows.select_related("sender", "to_wallet__owner").order_by("-pk")[:limit])


def waiting_around(member_id: int) -> list[Transfer]:
    """Return what a member sent, was sent, or answers for, and nobody has answered yet."""
    sides = Q(sender=member_id) | Q(to_wallet__owner=member_id) | Q(to_wallet__opened_by=member_id)
    rows = Transfer.objects.filter(sides, state=Transfer.State.PENDING)
    return list(rows.select_related("to_wallet").order_by("pk"))


# --- family funds -----------------------------------------------------------------------------


def fund_of(member_id: int) -> FamilyFund | None:
    """Return the family fund a member is in, or None. An invitation is no membership."""
    mine = {"members__member": member_id, "members__left_at__isnull": True}
    return FamilyFund.objects.filter(**mine, members__joined_at__isnull=False).first()


def seats_of(member_id: int) -> list[FundMember]:
    """Return where a member is in a fund or invited, oldest first, with fund and founder."""
    rows = FundMember.objects.filter(member=member_id, left_at=None)
    return list(rows.select_related("fund__founder").order_by("pk"))


def invitations_of(member_id: int) -> list[FundMember]:
    """Return the funds a member is invited to, oldest first, with their founders."""
    return [row for row in seats_of(member_id) if row.joined_at is None]


def fund_rows(fund_id: int) -> list[FundMember]:
    """Return who is in a fund or invited, in the order in which shares are used."""
    rows = FundMember.objects.filter(fund=fund_id, left_at__isnull=True)
    rows = rows.select_related("member", "personal_account", "current", "prior")
    return list(rows.order_by("rank", "pk"))


def paid_in_since(member_id: int, since: date) -> int:
    """Return how often a member paid into a fund since a day."""
    rows = Transfer.objects.filter(sender=member_id, to_share__isnull=False, sent_on__gte=since)
    return rows.count()


def paid_in_by(member_id: int, fund_id: int, *, limit: int = 24) -> list[Transfer]:
    """Return what a member paid into a fund, the newest first."""
    rows = Transfer.objects.filter(sender=member_id, to_share__fund=fund_id)
    return list(rows.order_by("-pk")[:limit])


def deposits(references: Iterable[str]) -> dict[str, Deposit]:
    """Return what the registry stated under these references, with its place."""
    rows = Deposit.objects.filter(reference__any=list(references))
    return {row.reference: row for row in rows.select_related("wallet", "share")}


# --- what a bill may take from before the relatives' money ------------------------------------


def purses_for(patient_ids: Iterable[int], on: date) -> dict[int, list[Purse]]:
    """Return patient → purses in the order of use: own wallet, then the shares of their fund.

    One statement; what counts is said in `purses`.
    """
    found = purses.around(patient_ids, on)
    return {pk: [each for each in mine if each.source != "quota"] for pk, mine in found.items()}


# --- before a payout -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Money of an account that is not in it: frozen, on its way, or in a family fund."""

    quotas: tuple[Quota, ...]
    transfers: tuple[Transfer, ...]
    #: Everybody in the funds where the account has a share.
    shares: tuple[FundMember, ...]


def elsewhere(account: PersonalAccount) -> Elsewhere:
    """Return where else money of an account is, unlocked (three statements)."""
    pending = Transfer.objects.filter(personal_account=account, state=Transfer.State.PENDING)
    funds = account.fund_shares.filter(left_at__isnull=True).values("fund")
    shares = FundMember.objects.filter(fund__in=funds, left_at__isnull=True)
    return Elsewhere(
        tuple(_quotas().filter(personal_account=account, closed_at__isnull=True)),
        tuple(pending.select_related("to_wallet").order_by("pk")),
        tuple(shares.select_related("fund", "personal_account").order_by("pk")),
    )


def account(account_id: int) -> PersonalAccount | None:
    """Return a personal account, a closed one too."""
    return _with_parts().filter(pk=account_id).first()
