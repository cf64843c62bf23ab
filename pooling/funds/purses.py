"""Which money beside personal accounts a bill may take from, and where any of it goes back to.

Both are asked at every bill and every return, so each is one statement, by hand. Neither asks
a rule: money that is in a purse stays spendable under its own kind (ADR 25).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True, slots=True)
class Purse:
    """A ledger account a patient's bill may take from, with its balance as read, unlocked.

    `source` is `quota`, `wallet` or `family_fund`, `part` empty for a wallet. `owner_id` is
    whose money it is: the patient's own, a payer's or a contributor's. `area` is the scheme
    that pays for it: of the account a quota was frozen in, the wallet's place of use, or the
    fund's; `holder_id` the primary key of quota, wallet or fund.
    """

    source: str
    ledger_account_id: int
    part: str
    balance_fen: int
    owner_id: int
    area: str
    holder_id: int


#: Prior before current within a quota or a share, shares in the founder's order.
_PURSES = """
SELECT purse.patient_id, purse.source, held.id, purse.part, held.balance_fen,
       purse.owner_id, purse.area, purse.holder_id
FROM (
    SELECT quota.relative_id AS patient_id, 'quota' AS source, account.member_id AS owner_id,
           account.area, quota.id AS holder_id, 0 AS rank, quota.id AS place,
           unnest(ARRAY['prior', 'current']) AS part,
           unnest(ARRAY[quota.prior_id, quota.current_id]) AS held_id
    FROM funds_quota AS quota
    JOIN funds_personalaccount AS account ON account.id = quota.personal_account_id
    WHERE quota.relative_id = ANY(%(patients)s::bigint[]) AND quota.closed_at IS NULL
  UNION ALL
    SELECT owner_id, 'wallet', owner_id, area, id, 0, id, '', ledger_account_id
    FROM funds_wallet
    WHERE owner_id = ANY(%(patients)s::bigint[]) AND closed_at IS NULL
  UNION ALL
    SELECT mine.member_id, 'family_fund', share.member_id, fund.area, fund.id, share.rank,
           share.id, unnest(ARRAY['prior', 'current']),
           unnest(ARRAY[share.prior_id, share.current_id])
    FROM funds_fundmember AS mine
    JOIN funds_familyfund AS fund ON fund.id = mine.fund_id
    JOIN funds_fundmember AS share ON share.fund_id = mine.fund_id
    JOIN accounts_member AS contributor ON contributor.id = share.member_id
    WHERE mine.member_id = ANY(%(patients)s::bigint[]) AND mine.left_at IS NULL
      AND (mine.joined_at AT TIME ZONE 'Asia/Shanghai')::date <= %(on)s
      AND share.left_at IS NULL AND share.personal_account_id IS NOT NULL
      AND (contributor.died_on IS NULL OR contributor.died_on > %(on)s)
) AS purse
JOIN ledger_account AS held ON held.id = purse.held_id
ORDER BY purse.patient_id, purse.source DESC, purse.rank, purse.place, purse.part DESC
"""


def around(patient_ids: Iterable[int], on: date) -> dict[int, list[Purse]]:
    """Return patient → purses: own wallet, quotas of all payers, the shares of their fund.

    Dead contributors' shares are left out, and funds joined after the day. Lock the ledger
    accounts (`ledger.selectors.locked`) and read their balances again to take.
    """
    purses: dict[int, list[Purse]] = {pk: [] for pk in patient_ids}
    with connection.cursor() as cursor:
        cursor.execute(_PURSES, {"patients": list(purses), "on": on})
        for patient_id, *purse in cursor.fetchall():
            purses[patient_id].append(Purse(*purse))
    return purses


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
