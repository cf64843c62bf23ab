"""What the page of an authorisation shows of its quota, before and after it is set."""

from dataclasses import dataclass
from datetime import date

from accounts import selectors as people
from pooling.funds import selectors
from pooling.funds.models import PersonalAccount
from pooling.funds.services import quotas, rows
from pooling.funds.services.rows import Refused
from pooling.policy.rules import ClauseInForce


@dataclass(frozen=True, slots=True)
class QuotaGuide:
    """A payer's quota for a relative now, in fen; of the amounts the relative sees `left_fen`.

    `own_fen` is what the payer could spend themselves, `most_fen` the highest the quota may be
    set to. `refused` stands against raising it, `clause` is why this pair pays by quota.
    """

    is_open: bool
    left_fen: int
    own_fen: int = 0
    most_fen: int = 0
    floor_fen: int = 0
    prior_only: bool = False
    refused: Refused | None = None
    clause: ClauseInForce | None = None

    @property
    def wanted(self) -> bool:
        """Return whether it is worth a word: there is one, or there may be one."""
        return self.is_open or self.clause is not None


def for_payer(payer_id: int, relative_id: int, on: date) -> QuotaGuide:
    """Return what a payer has frozen for a relative, and what more may be."""
    members = people.by_ids([payer_id, relative_id])
    standings = people.standings(members.values(), on)
    quota = selectors.open_quota(payer_id, relative_id)
    left_fen = quota.parts.total_fen if quota else 0
    try:
        if quota is None:
            account = rows.paying_account(members[payer_id], standings[payer_id], on)
        else:
            account = _whole(payer_id, quota.personal_account_id)
        area = quotas.may_freeze(account, standings[relative_id], on)
    except Refused as refusal:
        return QuotaGuide(quota is not None, left_fen, refused=refusal)
    by_model = area.value("model") == "quota"
    return QuotaGuide(
        is_open=quota is not None,
        left_fen=left_fen,
        own_fen=account.parts.total_fen,
        most_fen=left_fen + rows.shareable(account.parts, area).total_fen,
        floor_fen=area.value("floor_fen"),
        prior_only=area.value("shareable_parts") == "prior",
        clause=area.clause("model" if by_model else "quota_across_provinces"),
    )


def for_relative(payer_id: int, relative_id: int, on: date) -> QuotaGuide:
    """Return what is kept for a relative: what is left of it, and nothing of the payer's rest."""
    whole = for_payer(payer_id, relative_id, on)
    return QuotaGuide(whole.is_open, whole.left_fen, clause=whole.clause)


def _whole(payer_id: int, account_id: int) -> PersonalAccount:
    """Return a payer's account with its balances."""
    return next(row for row in selectors.of_member(payer_id) if row.pk == account_id)
