"""What the registry says is in wallets and family funds that began elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts.services.members import unknown_people
from pooling.audit import services as audit
from pooling.funds import selectors
from pooling.funds.models import Deposit
from pooling.funds.services import families, rows, wallets
from pooling.funds.services.rows import Refused
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.policy import selectors as policy
from pooling.shared.periods import SHANGHAI, business_date
from pooling.shared.rows import Loaded, RowProblem

KINDS = ("wallet", "family_fund")


@dataclass(frozen=True, slots=True)
class DepositRow:
    """One line of `funds.csv`. `members` are the numbers of a fund's other members, in order."""

    line: int
    kind: str
    owner_psn_no: str
    members: tuple[str, ...]
    amount_fen: int
    reference: str
    business_date: date


class _NotIn(Exception):
    """A member of the row cannot be in the fund, for the reason this carries."""


@transaction.atomic
def deposit_many(given: Sequence[DepositRow], *, by, at) -> Loaded:
    """Open what is missing and pay in what the registry states, once a reference.

    A wallet needs an area that was open on the row's day, for money given then stays; a fund
    and its members go through the rules of today, and their consent was given before. A
    reference met again changes nothing; with other values it is a problem of its row.
    """
    scheme = ledger.ensure_scheme_account("scheme:opening", "scheme")
    ids = people.ids_by_psn_no(no for row in given for no in (row.owner_psn_no, *row.members))
    problems = unknown_people(given, ids, "owner_psn_no")
    problems += [
        RowProblem(row.line, "members", _("没有人员编号为 %(no)s 的参保人。") % {"no": no})
        for row in given
        for no in row.members
        if no not in ids and row.owner_psn_no in ids
    ]
    bad = {problem.line for problem in problems}
    # All members of the chunk first, in their order, so that no two loads can wait in a ring.
    held = people.locked(ids.values())
    known = selectors.deposits(row.reference for row in given)
    new = unchanged = 0
    for row in (row for row in given if row.line not in bad):
        before = known.get(row.reference)
        if before is not None:
            if _same(before, row, ids):
                unchanged += 1
            else:
                sentence = _("该流水号已入账，且内容与这一行不同。")
                problems.append(RowProblem(row.line, "reference", sentence))
            continue
        if row.business_date < held[ids[row.owner_psn_no]].birth_date:
            sentence = _("日期早于本人的出生日期。")
            problems.append(RowProblem(row.line, "business_date", sentence))
            continue
        try:
            with transaction.atomic():
                known[row.reference] = _deposit(row, ids, held, scheme, by, at)
            new += 1
        except Refused as refusal:
            problems.append(RowProblem(row.line, "owner_psn_no", str(refusal)))
        except _NotIn as refusal:
            problems.append(RowProblem(row.line, "members", str(refusal)))
    return Loaded(new, 0, unchanged, list({each.line: each for each in problems[::-1]}.values()))


def _same(before: Deposit, row: DepositRow, ids: dict[str, int]) -> bool:
    """Return whether a stored deposit says what the row says."""
    place = ("wallet", before.wallet.owner_id) if before.wallet else ("family_fund", None)
    if before.share is not None:
        place = ("family_fund", before.share.member_id)
    said = (before.members, before.amount_fen, before.business_date)
    return (*place, *said) == (
        row.kind,
        ids[row.owner_psn_no],
        ";".join(row.members),
        row.amount_fen,
        row.business_date,
    )


def _deposit(row: DepositRow, ids, held, scheme: int, by, at) -> Deposit:
    owner = held[ids[row.owner_psn_no]]
    since = min(at, datetime.combine(row.business_date, time.min, SHANGHAI))
    if row.kind == "wallet":
        wallet = selectors.wallet_of(owner.pk) or _new_wallet(owner, row.business_date, since)
        place, into = {"wallet": wallet}, wallet.ledger_account_id
    else:
        share = _share(owner, [held[ids[no]] for no in row.members], since, at)
        place, into = {"share": share}, share.prior_id
    entry = ledger.post(
        key=f"deposit:{row.reference}",
        kind="deposit",
        movements=[Movement(scheme, -row.amount_fen), Movement(into, row.amount_fen)],
        business_date=row.business_date,
        at=at,
    )
    deposit = Deposit.objects.create(
        reference=row.reference,
        members=";".join(row.members),
        amount_fen=row.amount_fen,
        business_date=row.business_date,
        entry=entry,
        **place,
    )
    detail = {"owner": owner.pk, "fen": row.amount_fen}
    audit.record(verb="funds.deposit", subject=deposit, by=by, at=at, detail=detail)
    return deposit


def _new_wallet(owner, on: date, since):
    """Open a wallet as of a day on which the owner's area had them."""
    rows.living([owner], on)
    area = people.standings([owner], on)[owner.pk].area
    if not area:
        raise Refused.because("relative_not_insured")
    clauses = policy.in_force(area, on)
    if not clauses.value("wallet_open"):
        raise Refused.because("wallet_closed_here", clauses, "wallet_open")
    return wallets.new_wallet(owner.pk, area, opened_by=None, at=since)


def _share(owner, others, since, at):
    """Return the owner's share in their fund, founding it and seating the others where needed."""
    fund = selectors.fund_of(owner.pk) or families.begin(owner, since=since, at=at)
    there = {row.member_id: row for row in selectors.fund_rows(fund.pk)}
    for relative in others:
        if relative.pk in there:
            continue
        if fund.founder_id != owner.pk:
            raise _NotIn(_("只有创建人那一行可以列出其他成员。"))
        try:
            families.seat(fund, owner, relative, since=since, agreed=True, at=at)
        except Refused as refusal:
            raise _NotIn(str(refusal)) from refusal
    share = there[owner.pk]
    if share.personal_account is None:
        on = business_date(at)
        account = rows.paying_account(owner, rows.standing_of(owner, at), on)
        families.give_share(share, account)
    return share
