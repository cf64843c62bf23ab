"""What the pages about family funds show: who is in it, what it holds, and what may be done.

A member sees the own share and the sum, which is what any of them may spend; what each of the
others paid in is theirs. Guards are the verbs' own, as in `wallet_guide`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from accounts import selectors as people
from pooling.funds import relatives, selectors
from pooling.funds.models import FamilyFund, FundMember, Transfer
from pooling.funds.relatives import Relative
from pooling.funds.rules import Parts
from pooling.funds.services import families
from pooling.funds.services.rows import Refused, shareable
from pooling.funds.wallet_guide import why_not
from pooling.policy import selectors as policy
from pooling.policy.rules import ClauseInForce
from pooling.shared.errors import NotFound
from pooling.shared.masks import mask_name
from pooling.shared.periods import business_date, month_of


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a fund, or invited.

    `before` is the place, from 1, of the contributor whose money is used just before theirs.
    """

    member_id: int
    label: str
    before: int
    is_me: bool
    is_founder: bool
    joined: bool
    paid_in: bool


@dataclass(frozen=True, slots=True)
class Fund:
    """A family fund as one of its members sees it.

    `mine` is the reader's own share by parts, as it would come back.
    """

    id: int
    area_name: str
    is_founder: bool
    opened_at: datetime
    total_fen: int
    mine: Parts
    seats: tuple[Seat, ...]

    @property
    def shares(self) -> list[Seat]:
        """Return who has paid in, in the order in which their money is used."""
        return [seat for seat in self.seats if seat.paid_in]

    @property
    def others(self) -> int:
        """Return how many are in it or invited beside the reader."""
        return len(self.seats) - 1


@dataclass(frozen=True, slots=True)
class Invitation:
    """A fund that waits for the reader's word."""

    fund_id: int
    founder: str
    area_name: str
    invited_at: datetime


@dataclass(frozen=True, slots=True)
class PayIn:
    """How much may be paid in now, and what stays; `refused` stands against it.

    `made` of `per_month` are used up this month; None: as often as one likes.
    """

    refused: Refused | None
    most_fen: int = 0
    held_fen: int = 0
    floor_fen: int = 0
    prior_only: bool = False
    per_month: int | None = None
    made: int = 0
    clauses: tuple[ClauseInForce, ...] = ()


@dataclass(frozen=True, slots=True)
class FundPage:
    """`why_not_found` and `why_not_pay` are what stands against it now, or None."""

    fund: Fund | None
    invitations: tuple[Invitation, ...]
    paid_in: tuple[Transfer, ...] = ()
    why_not_found: Refused | None = None
    why_not_pay: Refused | None = None
    why_not_invite: Refused | None = None


def page(member_id: int, at: datetime) -> FundPage:
    """Return the fund a member is in with what may be done there, or what it takes to be in one."""
    on = business_date(at)
    member = people.by_ids([member_id])[member_id]
    labels = relatives.labels(member_id, on)
    names = policy.area_names()
    invitations = tuple(
        Invitation(
            row.fund_id,
            labels.get(row.fund.founder_id) or mask_name(row.fund.founder.name),
            names.get(row.fund.area, row.fund.area),
            row.invited_at,
        )
        for row in selectors.invitations_of(member_id)
        if row.fund.closed_at is None
    )
    fund = selectors.fund_of(member_id)
    if fund is None:
        against = why_not(lambda: families.may_found(member, at))
        return FundPage(None, invitations, why_not_found=against)
    rows = selectors.fund_rows(fund.pk)
    own = next(row for row in rows if row.member_id == member_id)
    return FundPage(
        fund=_fund(fund, rows, own, labels, names),
        invitations=invitations,
        paid_in=tuple(selectors.paid_in_by(member_id, fund.pk)),
        why_not_pay=why_not(lambda: families.may_pay_in(fund, member, own, at)),
        why_not_invite=why_not(lambda: families.may_invite(fund, member, len(rows), at))
        if fund.founder_id == member_id
        else None,
    )


def _fund(fund: FamilyFund, rows: list[FundMember], own: FundMember, labels, names) -> Fund:
    ahead, place_ahead = {}, 1
    for place, row in enumerate(rows, start=1):
        ahead[row.pk] = place_ahead
        if row.personal_account_id is not None:
            place_ahead = place
    return Fund(
        id=fund.pk,
        area_name=names.get(fund.area, fund.area),
        is_founder=fund.founder_id == own.member_id,
        opened_at=fund.opened_at,
        total_fen=sum(row.parts.total_fen for row in rows),
        mine=own.parts,
        seats=tuple(
            Seat(
                member_id=row.member_id,
                label=labels.get(row.member_id) or mask_name(row.member.name),
                before=ahead[row.pk],
                is_me=row.member_id == own.member_id,
                is_founder=row.member_id == fund.founder_id,
                joined=row.joined_at is not None,
                paid_in=row.personal_account_id is not None,
            )
            for row in rows
        ),
    )


def mine(member_id: int) -> tuple[FamilyFund, FundMember]:
    """Return the fund a member is in and their row. Raises NotFound."""
    fund = selectors.fund_of(member_id)
    if fund is None:
        raise NotFound(gettext("您现在不在任何家庭共济账户里。"))
    rows = selectors.fund_rows(fund.pk)
    return fund, next(row for row in rows if row.member_id == member_id)


def founded(member_id: int) -> FamilyFund:
    """Return the fund of which a member is the founder. Raises NotFound."""
    fund, _row = mine(member_id)
    if fund.founder_id != member_id:
        raise NotFound(gettext("没有找到这个家庭共济账户。"))
    return fund


def invited(member_id: int, fund_id: int) -> FundMember:
    """Return an invitation that waits for the member. Raises NotFound."""
    for row in selectors.invitations_of(member_id):
        if row.fund_id == fund_id:
            return row
    raise NotFound(gettext("没有待确认的邀请。"))


def in_order(fund_id: int, member_id: int, place: int) -> list[int]:
    """Return all members in their order of use, with one of them put at a place, from 1.

    Raises NotFound for somebody who is not in it.
    """
    ordered = [row.member_id for row in selectors.fund_rows(fund_id)]
    if member_id not in ordered:
        raise NotFound(gettext("没有找到这位成员。"))
    ordered.remove(member_id)
    ordered.insert(max(1, place) - 1, member_id)
    return ordered


def paying_in(member_id: int, at: datetime) -> PayIn:
    """Return how much a member may pay in now, before anybody fills in. Raises NotFound."""
    fund, row = mine(member_id)
    member = people.by_ids([member_id])[member_id]
    try:
        account, area = families.may_pay_in(fund, member, row, at)
    except Refused as refusal:
        return PayIn(refusal)
    on = business_date(at)
    account = next(each for each in selectors.of_member(member_id) if each.pk == account.pk)
    here = policy.in_force(fund.area, on)
    behind = [(area, "floor_fen"), (area, "shareable_parts"), (here, "fund_transfers_per_month")]
    return PayIn(
        None,
        most_fen=shareable(account.parts, area).total_fen,
        held_fen=account.parts.total_fen,
        floor_fen=area.value("floor_fen"),
        prior_only=area.value("shareable_parts") == "prior",
        per_month=here.value("fund_transfers_per_month"),
        made=selectors.paid_in_since(member_id, month_of(on)),
        clauses=tuple(of.clause(name) for of, name in behind if not of.clause(name).is_default),
    )


def to_invite(member_id: int, on: date) -> list[Relative]:
    """Return the relatives a founder may ask: of the kinds the area allows, not there yet."""
    fund = founded(member_id)
    there = {row.member_id for row in selectors.fund_rows(fund.pk)}
    kinds = policy.in_force(fund.area, on).value("relations")
    return [each for each in relatives.of(member_id, on, kinds) if each.id not in there]


def leaving(member_id: int, who_id: int, on: date) -> tuple[Fund, Seat]:
    """Return a fund and the seat to be given up: the own one, or any where one is the founder.

    Raises NotFound.
    """
    fund, own = mine(member_id)
    rows = selectors.fund_rows(fund.pk)
    shown = _fund(fund, rows, own, relatives.labels(member_id, on), policy.area_names())
    seat = next((each for each in shown.seats if each.member_id == who_id), None)
    if seat is None or (who_id != member_id and not shown.is_founder):
        raise NotFound(gettext("没有找到这位成员。"))
    return shown, seat
