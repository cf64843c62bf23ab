"""The scheme's own ledger accounts, and money whose owner cannot take it back just now."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.funds import selectors
from pooling.funds.models import PersonalAccount
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date


def institution_payable(institution_id: int, area: str) -> int:
    """Return the ledger account of what an area's scheme owes an institution.

    Asked for before any lock is taken (see `ledger.services.ensure_scheme_account`).
    """
    return ledger.ensure_scheme_account(f"payable:{institution_id}:{area}", "payable")


def refunds_payable(area: str) -> int:
    """Return the ledger account of what an area's scheme owes to those who paid premiums first."""
    return ledger.ensure_scheme_account(f"payable:refunds:{area}", "payable")


def suspense() -> int:
    """Return the ledger account of money whose owner cannot take it back just now."""
    return ledger.ensure_scheme_account("scheme:suspense", "scheme")


def payouts() -> int:
    """Return the ledger account of what was paid out to owners and heirs."""
    return ledger.ensure_scheme_account("scheme:payouts", "scheme")


@transaction.atomic
def return_from_suspense(*, member_id: int, amount_fen: int, key: str, by, at) -> PersonalAccount:
    """Pay what waited in suspense into its owner's account, opening a closed one again.

    The owner's row is locked already. It goes to the `prior` part: the year it was taken from
    may be over, and no later roll-over has to find it. Raises NotFound.
    """
    scheme = suspense()
    on = business_date(at)
    standings = people.standings(people.by_ids([member_id]).values(), on)
    account = selectors.held_by([member_id], standings, on).get(member_id)
    if account is None:
        raise NotFound(_("没有这个个人账户。"))
    parts = books.locked(account.part_ids)
    account.refresh_from_db(fields=["closed_on"])
    if account.closed_on is not None:
        account.closed_on = None
        account.save(update_fields=["closed_on"])
        audit.record(verb="funds.reopen", subject=account, by=by, at=at)
    ledger.post(
        key=key,
        kind="suspense",
        movements=[Movement(scheme, -amount_fen), Movement(account.prior_id, amount_fen)],
        business_date=on,
        at=at,
        locked=parts,
    )
    detail = {"fen": amount_fen}
    audit.record(verb="funds.return_from_suspense", subject=account, by=by, at=at, detail=detail)
    return account


@transaction.atomic
def pay_out_from_suspense(*, amount_fen: int, key: str, by, at) -> None:
    """Record that what waited in suspense left the scheme, to heirs or a bank account."""
    ledger.post(
        key=key,
        kind="suspense",
        movements=[Movement(suspense(), -amount_fen), Movement(payouts(), amount_fen)],
        business_date=business_date(at),
        at=at,
    )
