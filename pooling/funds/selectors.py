"""Whose money lies in which ledger account."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from accounts.selectors import Standing
from pooling.funds.models import PersonalAccount
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
    chosen: dict[int, PersonalAccount] = {}

    def worth(account: PersonalAccount) -> tuple[bool, bool]:
        standing = standings.get(account.member_id)
        at_home = standing is not None and account.area == standing.employee_area
        return account.is_open(on), at_home

    for account in _held(member_ids=list(member_ids)):
        held = chosen.get(account.member_id)
        if held is None or worth(account) >= worth(held):
            chosen[account.member_id] = account
    return chosen


@compiled_once
def _held(member_ids):
    return _with_parts().filter(member__any=member_ids)


def owning(ledger_account_ids: Iterable[int]) -> dict[int, PersonalAccount]:
    """Return ledger account → the personal account it is a part of, with its member."""
    ids = set(ledger_account_ids)
    rows = _with_parts().filter(Q(current__in=ids) | Q(prior__in=ids)).select_related("member")
    return {part: row for row in rows for part in (row.current_id, row.prior_id) if part in ids}


def of_member(member_id: int) -> list[PersonalAccount]:
    """Return all accounts of a member with their parts, closed ones too, oldest first."""
    return list(_with_parts().filter(member_id=member_id))


def _with_parts():
    return PersonalAccount.objects.select_related("current", "prior").order_by("opened_on", "pk")
