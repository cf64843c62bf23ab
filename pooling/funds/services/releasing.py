"""Before an account is paid out, its money comes home: quotas, transfers under way, shares.

By the verbs that end each of them, so that everybody concerned is told as ever. What has no
home any more goes to suspense and joins the payout from there.
"""

from dataclasses import replace
from datetime import date

from accounts import selectors as people
from pooling.cases import selectors as cases
from pooling.cases.models import Case
from pooling.funds import selectors
from pooling.funds.models import FundMember, PersonalAccount
from pooling.funds.selectors import Elsewhere
from pooling.funds.services import families, quotas, transfers
from pooling.shared.actor import Actor


def concerned(found: Elsewhere) -> set[int]:
    """Return the members whose locks the verbs below take."""
    return (
        {quota.relative_id for quota in found.quotas}
        | {transfer.to_wallet.owner_id for transfer in found.transfers}
        | {pk for row in found.shares for pk in (row.member_id, row.fund.founder_id)}
    )


def ledger_accounts(account: PersonalAccount, found: Elsewhere) -> set[int]:
    """Return the ledger accounts they move money between, to be locked at once."""
    places = {*account.part_ids}
    for quota in found.quotas:
        places |= {*quota.part_ids}
    if found.transfers:
        places.add(transfers.flight_of(account.member_id))
    for row in found.shares:
        if row.personal_account is not None:
            places |= {*row.part_ids, *row.personal_account.part_ids}
    return places


def release(account: PersonalAccount, found: Elsewhere, *, by: Actor, at) -> None:
    """Bring home what is elsewhere, in the owner's name."""
    for_owner = replace(by, on_behalf_of=account.member_id)
    for quota in found.quotas:
        quotas.release_quota(quota_id=quota.pk, by=for_owner, at=at)
    for transfer in found.transfers:
        transfers.cancel(transfer_id=transfer.pk, by=for_owner, at=at)
    for row in found.shares:
        if row.personal_account_id == account.pk:
            _part(row, for_owner, at)


def _part(row: FundMember, by: Actor, at) -> None:
    if row.fund.founder_id == row.member_id:
        families.close_fund(fund_id=row.fund_id, by=by, at=at)
    else:
        families.leave(fund_id=row.fund_id, member_id=row.member_id, by=by, at=at)


def in_suspense(account: PersonalAccount, on: date) -> list[Case]:
    """Return the cases of money that would go back to this account, by primary key.

    One that does not name its account means the one that would take it back
    (`scheme.return_from_suspense`).
    """
    waiting = cases.waiting_of(Case.Kind.SUSPENSE, account.member_id)
    owner = people.by_ids([account.member_id]).values()
    held = selectors.held_by([account.member_id], people.standings(owner, on), on)
    usual = held[account.member_id].pk
    return [case for case in waiting if case.reason_values.get("account", usual) == account.pk]
