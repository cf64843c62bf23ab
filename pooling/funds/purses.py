"""Whose money a bill may take from, and where any of it goes back to.

Both are asked at every bill and every return, so neither costs more than a statement: what a
bill may take from comes along with the rows of the people, where it goes back to is one by
hand. Neither asks a rule: money that is in a purse stays spendable under its own kind (ADR 25).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from accounts import selectors as people
from accounts.models import Member
from accounts.selectors import Standing
from pooling.funds.models import FundMember, PersonalAccount, Quota, Wallet
from pooling.shared import periods
from pooling.shared.queries import Columns, compiled_once


@dataclass(frozen=True, slots=True)
class Purse:
    """A ledger account a patient's bill may take from, with its balance as read, unlocked.

    `source` is `quota`, `wallet` or `family_fund`, `part` empty for a wallet. `owner_id` is
    whose money it is: the patient's own, a payer's or a contributor's. `area` is the scheme
    that pays for it: of the account a quota was frozen in, the wallet's place of use, or the
    fund's; `holder_id` the primary key of quota, wallet or fund.
    """

    source: str
    owner_id: int
    area: str
    holder_id: int
    part: str
    ledger_account_id: int
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Held:
    """A personal account with both balances as read, unlocked."""

    area: str
    closed_on: date | None
    current_id: int
    current_fen: int
    prior_id: int
    prior_fen: int

    def is_open(self, on: date) -> bool:
        """Return whether the account may be used on a day: open until the day it closes."""
        return self.closed_on is None or self.closed_on > on


_PARTS = ("current_id", "current__balance_fen", "prior_id", "prior__balance_fen")


def with_accounts(rows: QuerySet[Member]) -> QuerySet[Member]:
    """Bring along every personal account of each member; `account_of` chooses."""
    accounts = PersonalAccount.objects.filter(member=OuterRef("pk")).order_by("opened_on", "pk")
    return rows.annotate(accounts=_brought(accounts, "area", "closed_on", *_PARTS))


def with_purses(rows: QuerySet[Member], on: date) -> QuerySet[Member]:
    """Bring along what bills of each member may take from beside; `purses_of` reads it.

    Dead contributors' shares are left out, and funds joined after the day.
    """
    me = OuterRef("pk")
    quotas = Quota.objects.filter(relative=me, closed_at__isnull=True)
    wallets = Wallet.objects.filter(owner=me, closed_at__isnull=True)
    shares = FundMember.objects.filter(
        Q(member__died_on__isnull=True) | Q(member__died_on__gt=on),
        fund__members__member=me,
        fund__members__joined_at__date__lte=on,
        fund__members__left_at__isnull=True,
        personal_account__isnull=False,
        left_at__isnull=True,
    )
    return rows.annotate(
        in_wallets=_brought(
            wallets.order_by("pk"),
            "owner_id",
            "area",
            "pk",
            "ledger_account_id",
            "ledger_account__balance_fen",
        ),
        in_quotas=_brought(
            quotas.order_by("pk"),
            "personal_account__member_id",
            "personal_account__area",
            "pk",
            *_PARTS,
        ),
        in_shares=_brought(
            shares.order_by("rank", "pk"), "member_id", "fund__area", "fund_id", *_PARTS
        ),
    )


def with_frozen(rows: QuerySet[Member]) -> QuerySet[Member]:
    """Bring along how much of each member's money is frozen for others, None for nothing."""
    mine = Quota.objects.filter(personal_account__member=OuterRef("pk"), closed_at__isnull=True)
    fen = Sum(F("current__balance_fen") + F("prior__balance_fen"))
    return rows.annotate(
        frozen_fen=Subquery(mine.values("personal_account__member").values(fen=fen))
    )


def _brought(rows: QuerySet, *columns: str) -> ArraySubquery:
    return ArraySubquery(rows.values(row=Columns(*columns)))


def account_of(row: Member, standing: Standing, on: date) -> Held | None:
    """Return the personal account of a member that pays on a day, or the last closed one."""
    accounts = (Held(area, periods.day(closed), *parts) for area, closed, *parts in row.accounts)
    return chosen(accounts, standing, on)


def chosen(accounts: Iterable[Any], standing: Standing | None, on: date) -> Any:
    """Return which of a member's accounts, oldest first, pays on a day; None without any.

    The open one in the area of the employee insurance; else the one opened last, for money
    outlives the insurance it came from; else the last closed one.
    """
    best, worth = None, (False, False)
    for account in accounts:
        at_home = standing is not None and account.area == standing.employee_area
        if (mine := (account.is_open(on), at_home)) >= worth:
            best, worth = account, mine
    return best


def purses_of(row: Any) -> list[Purse]:
    """Return what a member's bills may take from beside personal accounts, in order of use.

    The own wallet, the quotas of all payers, the shares of the fund in the founder's order;
    prior before current. Lock the ledger accounts (`ledger.selectors.locked`) and read their
    balances again to take.
    """
    wallets = [
        Purse("wallet", owner, area, holder, "", *money)
        for owner, area, holder, *money in row.in_wallets
    ]
    return [*wallets, *_halves("quota", row.in_quotas), *_halves("family_fund", row.in_shares)]


def _halves(source: str, rows: Iterable[list[Any]]) -> Iterator[Purse]:
    for *whose, current_id, current_fen, prior_id, prior_fen in rows:
        yield Purse(source, *whose, "prior", prior_id, prior_fen)
        yield Purse(source, *whose, "current", current_id, current_fen)


def around(patient_ids: Iterable[int], on: date) -> dict[int, list[Purse]]:
    """Return patient → purses, in one statement."""
    return {row.pk: purses_of(row) for row in _around(ids=list(patient_ids), on=on)}


@compiled_once
def _around(ids, on):
    return with_purses(people.having(ids), on)


@dataclass(frozen=True, slots=True)
class Home:
    """Where money taken from a personal account, quota, wallet or share goes back to.

    `itself` are its two ledger accounts, current and prior, `behind` those it came from: of
    the payer's or contributor's personal account, or of the owner's present wallet. None is
    an account that is closed or not there. A wallet has no parts: both are the same.
    """

    kind: str
    owner_id: int
    area: str
    itself: tuple[int, int]
    is_running: bool
    behind: tuple[int, int] | None

    def account(self, part: str, *, year_is_over: bool) -> int | None:
        """Return the ledger account that money taken from a part goes back to, if there is one.

        What was this year's when it was taken is an earlier year's once that year is over.
        """
        pair = self.itself if self.is_running else self.behind
        if pair is None:
            return None
        current, prior = pair
        return current if part == "current" and not year_is_over else prior

    @property
    def accounts(self) -> tuple[int, ...]:
        """Every ledger account the money may go to, to lock them before one is chosen."""
        return (*self.itself, *(self.behind or ()))


_HOMES = """
SELECT 'account', member_id, area, current_id, prior_id, closed_on IS NULL,
       NULL::bigint, NULL::bigint
FROM funds_personalaccount
WHERE current_id = ANY(%(ids)s::bigint[]) OR prior_id = ANY(%(ids)s::bigint[])
UNION ALL
SELECT 'quota', account.member_id, account.area, quota.current_id, quota.prior_id,
       quota.closed_at IS NULL,
       CASE WHEN account.closed_on IS NULL THEN account.current_id END, account.prior_id
FROM funds_quota AS quota
JOIN funds_personalaccount AS account ON account.id = quota.personal_account_id
WHERE quota.current_id = ANY(%(ids)s::bigint[]) OR quota.prior_id = ANY(%(ids)s::bigint[])
UNION ALL
SELECT 'family_fund', share.member_id, fund.area, share.current_id, share.prior_id,
       share.left_at IS NULL,
       CASE WHEN account.closed_on IS NULL THEN account.current_id END, account.prior_id
FROM funds_fundmember AS share
JOIN funds_familyfund AS fund ON fund.id = share.fund_id
JOIN funds_personalaccount AS account ON account.id = share.personal_account_id
WHERE share.current_id = ANY(%(ids)s::bigint[]) OR share.prior_id = ANY(%(ids)s::bigint[])
UNION ALL
SELECT 'wallet', wallet.owner_id, wallet.area, wallet.ledger_account_id,
       wallet.ledger_account_id, wallet.closed_at IS NULL,
       present.ledger_account_id, present.ledger_account_id
FROM funds_wallet AS wallet
LEFT JOIN funds_wallet AS present
       ON present.owner_id = wallet.owner_id AND present.closed_at IS NULL
WHERE wallet.ledger_account_id = ANY(%(ids)s::bigint[])
"""


def homes(ledger_account_ids: Iterable[int]) -> dict[int, Home]:
    """Return ledger account → where its money goes back to.

    Decide on it only under the locks of all owners, which closing any of these takes, and of
    the ledger accounts.
    """
    ids = set(ledger_account_ids)
    if not ids:
        return {}
    found: dict[int, Home] = {}
    with connection.cursor() as cursor:
        cursor.execute(_HOMES, {"ids": list(ids)})
        for kind, owner, area, current, prior, runs, behind, behind_prior in cursor.fetchall():
            pair = None if behind is None else (behind, behind_prior)
            home = Home(kind, owner, area, (current, prior), runs, pair)
            found |= {part: home for part in (current, prior) if part in ids}
    return found
