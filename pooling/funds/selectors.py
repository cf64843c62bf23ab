"""Whose money lies in which ledger account."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from accounts.selectors import Standing
from pooling.funds.models import PersonalAccount


def account_for(
    member_ids: Iterable[int], standings: Mapping[int, Standing], on: date
) -> dict[int, PersonalAccount]:
    """Return member id → the personal account that pays on a day, in one statement.

    The open account in the area of the member's employee insurance; else the one opened
    last, for money outlives the insurance it came from. Members without one are left out.
    Balances come along unlocked: good for showing, never for taking.
    """
    chosen: dict[int, PersonalAccount] = {}
    for account in _open(on).filter(member_id__in=list(member_ids)):
        held = chosen.get(account.member_id)
        standing = standings.get(account.member_id)
        if held is None or standing is None or held.area != standing.employee_area:
            chosen[account.member_id] = account
    return chosen


def of_member(member_id: int) -> list[PersonalAccount]:
    """Return all accounts of a member with their parts, closed ones too, oldest first."""
    return list(_with_parts().filter(member_id=member_id))


def _open(on: date):
    """An account counts as open until the day it closes.

    The day it opened does not bind: a contribution dated tomorrow is in the ledger today.
    """
    return _with_parts().filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on))


def _with_parts():
    return PersonalAccount.objects.select_related("current", "prior").order_by("opened_on", "pk")
