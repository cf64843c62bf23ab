"""Family funds: founded, joined, paid into, left and closed.

Every verb locks the founder and whoever else it is about, by primary key; so one thing
happens to a fund at a time. Each contributor's share stands on its own (ADR 0024).
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.funds import selectors
from pooling.funds.models import FamilyFund, FundMember, PersonalAccount, Transfer
from pooling.funds.services import rows, scheme
from pooling.funds.services.rows import Refused
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.policy import selectors as policy
from pooling.policy.rules import Rules
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import age, business_date, month_of

NORMAL, ENDED = "1", ("", "4")


@transaction.atomic
def found(*, founder_id: int, by: Actor, at) -> FamilyFund:
    """Found a family fund in the area of the founder's account; the founder is its first member.

    Raises NotFound, NotYours and Refused.
    """
    founder = rows.hold(founder_id)[founder_id]
    rows.only_for(by, founder_id)
    fund = begin(founder, since=at, at=at)
    audit.record(verb="funds.found", subject=fund, by=by, at=at, detail={"area": fund.area})
    rows.tell("fund_founded", (founder_id,), at=at, payer=founder_id)
    return fund


def begin(founder, *, since, at) -> FamilyFund:
    """Insert a fund with its founder, who is locked, if today's rules let it begin."""
    account = may_found(founder, at)
    fund = FamilyFund.objects.create(founder=founder, area=account.area, opened_at=since)
    FundMember.objects.create(fund=fund, member=founder, rank=1, invited_at=since, joined_at=since)
    return fund


def may_found(founder, at) -> PersonalAccount:
    """Return the account whose area lets somebody found a fund today. Raises Refused."""
    on = business_date(at)
    rows.living([founder], on)
    standing = rows.standing_of(founder, at)
    account = rows.paying_account(founder, standing, on)
    may_pool(account.area, on)
    if standing.employee_status != NORMAL:
        raise Refused.because("fund_founder_not_normal")
    _in_no_other(founder.pk)
    return account


@transaction.atomic
def invite(*, fund_id: int, member_id: int, by: Actor, at) -> FundMember:
    """Invite a relative as the founder. Whose consent the area does not ask for joins at once."""
    fund, members = _held(fund_id, member_id)
    rows.only_for(by, fund.founder_id)
    row = seat(fund, members[fund.founder_id], members[member_id], since=at, agreed=False, at=at)
    detail = {"fund": fund_id, "joined": row.joined_at is not None}
    audit.record(verb="funds.invite", subject=row, by=by, at=at, detail=detail)
    told = {"payer": fund.founder_id, "relative": member_id}
    rows.tell("fund_joined" if row.joined_at else "fund_invited", told.values(), at=at, **told)
    return row


def seat(fund: FamilyFund, founder, relative, *, since, agreed: bool, at) -> FundMember:
    """Insert a row for a relative if the rules let them in; joined where they `agreed` before."""
    on = business_date(at)
    rows.living((founder, relative), on)
    there = selectors.fund_rows(fund.pk)
    area = may_invite(fund, founder, len(there), at)
    kind = _fits(fund, founder, relative, area, at)
    if any(row.member_id == relative.pk for row in there):
        raise Refused.because("fund_invited_already", status=409)
    joins = agreed or not _is_asked(relative, kind, area, on)
    if joins:
        _in_no_other(relative.pk)
    return FundMember.objects.create(
        fund=fund,
        member=relative,
        rank=max((each.rank for each in there), default=0) + 1,
        invited_at=since,
        joined_at=since if joins else None,
    )


def may_invite(fund: FamilyFund, founder, there: int, at) -> Rules:
    """Return the fund's rules if one more may be invited beside the `there` people of it."""
    area = may_pool(fund.area, business_date(at))
    if rows.standing_of(founder, at).employee_status != NORMAL:
        raise Refused.because("fund_founder_not_normal")
    _has_room(there, area)
    return area


@transaction.atomic
def join(*, fund_id: int, member_id: int, by: Actor, at) -> FundMember:
    """Accept an invitation as the one who was invited; one fund a person at a time."""
    fund, _members = _held(fund_id, member_id)
    rows.only_for(by, member_id)
    row = _row_of(fund, member_id)
    if row is None or row.joined_at is not None:
        raise Refused.because("fund_not_invited", status=409)
    _in_no_other(member_id)
    row.joined_at = at
    row.save(update_fields=["joined_at"])
    audit.record(verb="funds.join", subject=row, by=by, at=at, detail={"fund": fund_id})
    told = {"payer": fund.founder_id, "relative": member_id}
    rows.tell("fund_joined", told.values(), at=at, **told)
    return row


@transaction.atomic
def set_order(*, fund_id: int, member_ids: list[int], by: Actor, at) -> list[FundMember]:
    """Set whose share is used first, as the founder: every member once, in order."""
    fund, _members = _held(fund_id)
    rows.only_for(by, fund.founder_id)
    there = {row.member_id: row for row in selectors.fund_rows(fund_id)}
    if sorted(member_ids) != sorted(there):
        raise Refused.because("fund_order_incomplete")
    ordered = [there[pk] for pk in member_ids]
    for rank, row in enumerate(ordered, start=1):
        row.rank = rank
    FundMember.objects.bulk_update(ordered, ["rank"])
    audit.record(verb="funds.set_order", subject=fund, by=by, at=at, detail={"order": member_ids})
    return ordered


@transaction.atomic
def pay_in(*, fund_id: int, member_id: int, amount_fen: int, by: Actor, at) -> Transfer:
    """Move money from a member's personal account into their share; it is there at once.

    Only what the contributor's own area lets go, prior then current, and as often a month as
    the fund's area allows. Raises NotFound, NotYours and Refused, with the most that may go.
    """
    rows.positive(amount_fen)
    fund, members = _held(fund_id, member_id)
    rows.only_for(by, member_id)
    row = _row_of(fund, member_id)
    if row is None or row.joined_at is None:
        raise Refused.because("fund_not_member")
    contributor = members[member_id]
    account, own_area = may_pay_in(fund, contributor, row, at)
    rows.settled_phone(member_id, by, at)
    give_share(row, account)
    held = books.locked([*account.part_ids, *row.part_ids])
    parts = rows.taken(account, amount_fen, held, own_area)
    transfer = Transfer.objects.create(
        sender=contributor,
        personal_account=account,
        to_share=row,
        amount_fen=amount_fen,
        prior_fen=parts.prior_fen,
        current_fen=parts.current_fen,
        state=Transfer.State.ACCEPTED,
        sent_on=business_date(at),
        sent_at=at,
        ended_at=at,
    )
    _post(f"transfer:{transfer.pk}:sent", rows.moves(parts, account, row), held, at)
    detail = {"fund": fund_id, "fen": amount_fen}
    audit.record(verb="funds.pay_in", subject=transfer, by=by, at=at, detail=detail)
    told = {"payer": member_id, "amount_fen": amount_fen}
    rows.tell("fund_paid_in", (member_id, fund.founder_id), at=at, **told)
    return transfer


def may_pay_in(fund: FamilyFund, contributor, row: FundMember, at) -> tuple[PersonalAccount, Rules]:
    """Return the account a member pays in from, and its rules, if they may pay in today."""
    on = business_date(at)
    rows.living([contributor], on)
    area = may_pool(fund.area, on)
    _may_contribute(fund, contributor.pk, area, on)
    standing = rows.standing_of(contributor, at)
    account = row.personal_account or rows.paying_account(contributor, standing, on)
    if standing.employee_status in ENDED:
        raise Refused.because("fund_insurance_ended")
    return account, may_pool(account.area, on)


@transaction.atomic
def leave(*, fund_id: int, member_id: int, by: Actor, at) -> FundMember:
    """End a membership or an invitation, as the member or as the founder.

    The rest of the member's share goes back to their personal account. Where the area says
    so, the fund ends with its last relative. The founder closes the fund instead.
    """
    suspense = scheme.suspense()
    fund, members = _held(fund_id, member_id)
    rows.only_for(by, member_id, fund.founder_id)
    if member_id == fund.founder_id:
        raise Refused.because("fund_founder_closes")
    there = selectors.fund_rows(fund_id)
    row = next((each for each in there if each.member_id == member_id), None)
    if row is None:
        raise Refused.because("fund_not_member")
    books.locked(pk for each in there for pk in _accounts_of(each))
    _part(row, members[member_id], suspense, by, at)
    detail = {"fund": fund_id, "member": member_id}
    audit.record(verb="funds.leave", subject=row, by=by, at=at, detail=detail)
    told = {"payer": fund.founder_id, "relative": member_id}
    rows.tell("fund_left", told.values(), at=at, **told)
    area = policy.in_force(fund.area, business_date(at))
    if len(there) == 2 and area.value("fund_ends_with_last_relative"):
        _close(fund, members, suspense, by, at)
    return row


@transaction.atomic
def close_fund(*, fund_id: int, by: Actor, at) -> FamilyFund:
    """Close a fund as its founder: each share's rest goes back to whose money it is."""
    suspense = scheme.suspense()
    ids = [row.member_id for row in selectors.fund_rows(fund_id)]
    fund, members = _held(fund_id, *ids)
    rows.only_for(by, fund.founder_id)
    return _close(fund, members, suspense, by, at)


def _close(fund: FamilyFund, members, suspense: int, by: Actor, at) -> FamilyFund:
    """End every membership; whoever joined while we waited for the locks is read again."""
    there = selectors.fund_rows(fund.pk)
    members = members | rows.hold(*(row.member_id for row in there))
    # All ledger accounts at once, in their order: shares of one family meet in its bills.
    books.locked(pk for row in there for pk in _accounts_of(row))
    for row in there:
        _part(row, members[row.member_id], suspense, by, at)
    fund.closed_at = at
    fund.save(update_fields=["closed_at"])
    audit.record(verb="funds.close_fund", subject=fund, by=by, at=at)
    rows.tell("fund_closed", [row.member_id for row in there], at=at, payer=fund.founder_id)
    return fund


def _part(row: FundMember, member, suspense: int, by: Actor, at) -> None:
    """End one row and bring the rest of its share home."""
    row.left_at = at
    row.save(update_fields=["left_at"])
    if row.personal_account is None:
        return
    held = books.locked(_accounts_of(row))
    row.personal_account.refresh_from_db(fields=["closed_on"])
    rest = rows.locked_parts(row, held)
    movements = rows.send_home(row.personal_account, member, rest, row, row, suspense, by=by, at=at)
    if movements:
        _post(f"share:{row.pk}:back", movements, held, at)
        told = {"payer": member.pk, "amount_fen": rest.total_fen}
        rows.tell("fund_returned", (member.pk,), at=at, **told)


def _accounts_of(row: FundMember) -> list[int]:
    if row.personal_account is None:
        return []
    return [*row.part_ids, *row.personal_account.part_ids]


def _held(fund_id: int, *member_ids: int):
    """Return an open fund and, locked, its founder with these members. Raises NotFound."""
    fund = FamilyFund.objects.filter(pk=fund_id).first()
    if fund is None:
        raise NotFound(_("没有找到这个家庭共济账户。"))
    members = rows.hold(fund.founder_id, *member_ids)
    fund.refresh_from_db()
    if fund.closed_at is not None:
        raise Refused.because("fund_closed", status=409)
    return fund, members


def _row_of(fund: FamilyFund, member_id: int) -> FundMember | None:
    return next((row for row in selectors.fund_rows(fund.pk) if row.member_id == member_id), None)


def may_pool(area_code: str, on) -> Rules:
    """Return an area's rules if it pools by transfer today."""
    area = policy.in_force(area_code, on)
    if area.value("model") != "pooled_transfer":
        raise Refused.because("fund_not_here", area, "model")
    return area


def _in_no_other(member_id: int) -> None:
    if selectors.fund_of(member_id) is not None:
        raise Refused.because("fund_another", status=409)


def _fits(fund: FamilyFund, founder, relative, area: Rules, at) -> str:
    """Return what the relative is to the founder, if such a relative may be a member."""
    kind = rows.proven_kind(founder.pk, relative.pk, business_date(at))
    if not kind:
        raise Refused.because("not_near_relatives")
    if kind not in area.value("relations"):
        raise Refused.because("fund_relation", area, "relations")
    home = rows.standing_of(relative, at).area
    if not home:
        raise Refused.because("relative_not_insured")
    scope = area.value("scope")
    here = {"same_area": fund.area, "same_province": fund.area[:2], "nationwide": ""}[scope]
    if not home.startswith(here):
        raise Refused.because("fund_scope", area, "scope")
    return kind


def _has_room(there: int, area: Rules) -> None:
    """Refuse one more relative beside the `there` people of the fund, founder included."""
    most = area.value("max_relatives_per_payer")
    if most is None:
        return
    most -= area.value("relatives_count_payer")
    if there - 1 >= most:
        raise Refused.because("fund_full", area, "max_relatives_per_payer", most=most)


def _is_asked(relative, kind: str, area: Rules, on) -> bool:
    """Return whether the area wants the relative's own word before they are a member."""
    kinds = area.value("confirms_for")
    return (
        area.value("relative_confirms")
        and (kinds is None or kind in kinds)
        and age(relative.birth_date, on) >= area.value("confirms_from_age")
    )


def _may_contribute(fund: FamilyFund, member_id: int, area: Rules, on) -> None:
    if area.value("fund_contributors") == "founder" and member_id != fund.founder_id:
        raise Refused.because("fund_founder_pays", area, "fund_contributors")
    most = area.value("fund_transfers_per_month")
    made = selectors.paid_in_since(member_id, month_of(on))
    if most is not None and made >= most:
        raise Refused.because(
            "fund_month_used_up", area, "fund_transfers_per_month", most=most, made=made
        )


def give_share(row: FundMember, account: PersonalAccount) -> None:
    """Give a member a share of their own at the first money."""
    if row.personal_account is None:
        codes = [f"share:{row.pk}:current", f"share:{row.pk}:prior"]
        row.current, row.prior = ledger.open_accounts(codes, "family_fund")
        row.personal_account = account
        row.save(update_fields=["personal_account", "current", "prior"])


def _post(key: str, movements, held, at) -> None:
    ledger.post(
        key=key,
        kind="fund",
        movements=movements,
        business_date=business_date(at),
        at=at,
        locked=held,
    )
