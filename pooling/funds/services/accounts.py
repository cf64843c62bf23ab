"""Personal accounts: opened by the first contribution, closed empty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services.members import dated_ids
from pooling.audit import services as audit
from pooling.funds import selectors
from pooling.funds.models import Contribution, PersonalAccount
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.shared.errors import DomainError, NotFound
from pooling.shared.rows import Loaded, RowProblem

#: The order in which both parts of an account are named everywhere.
PARTS = ("current", "prior")


class AccountNotEmpty(DomainError):
    """Money is still in the account; it is paid out or moved first."""

    code = "account_not_empty"
    status = 409


class AccountClosed(DomainError):
    """The account was closed before."""

    code = "account_closed"
    status = 409


class ClosesTooEarly(DomainError):
    """An account cannot close before it opened."""

    code = "closes_before_opening"


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """One line of `contributions.csv`."""

    line: int
    reference: str
    psn_no: str
    area: str
    part: str
    amount_fen: int
    business_date: date

    def stated(self, member_id: int) -> tuple:
        """Return what a repetition of this reference must repeat."""
        return (member_id, self.area, self.part, self.amount_fen, self.business_date)


@transaction.atomic
def contribute_many(rows: Sequence[ContributionRow], *, by, at) -> Loaded:
    """Pay in what the registry states, once a reference, opening accounts at first.

    Set-based: a fixed number of statements for any number of rows; hand over a chunk
    (`shared.rows.CHUNK`) at a time. A reference met again changes nothing; with other
    values it is a problem of its row, for money once posted is not corrected by a file.
    """
    scheme = ledger.ensure_scheme_account("scheme:contributions", "scheme")
    ids, problems = dated_ids(rows, "business_date")
    bad = {problem.line for problem in problems}
    fresh, repeated = _sort_out([row for row in rows if row.line not in bad], ids)
    problems += repeated
    accounts = _open_accounts(fresh, ids)
    locked = books.locked(pk for each in accounts.values() for pk in each.part_ids)
    # Closing takes the same locks, so what is open now stays open until we commit.
    closed = _closed(accounts.values())
    good = []
    for row in fresh:
        account = accounts[ids[row.psn_no], row.area]
        if account.pk in closed:
            problems.append(RowProblem(row.line, "psn_no", _("该个人账户已销户，不能划入。")))
        else:
            good.append((row, account))
    if good:
        _pay_in(good, scheme, locked, at)
        detail = {"new": len(good), "fen": sum(row.amount_fen for row, _account in good)}
        audit.record(
            verb="funds.contribute_many", subject=Contribution(), by=by, at=at, detail=detail
        )
    return Loaded(len(good), 0, len(rows) - len(good) - len(problems), problems)


def _sort_out(
    rows: list[ContributionRow], ids: dict[str, int]
) -> tuple[list[ContributionRow], list[RowProblem]]:
    """Return the rows never met before, and problems of those that say something else now."""
    facts = ("personal_account__member_id", "personal_account__area", "part", "amount_fen")
    known = Contribution.objects.filter(reference__any=[row.reference for row in rows])
    stated = {
        reference: tuple(values)
        for reference, *values in known.values_list("reference", *facts, "business_date")
    }
    fresh, problems = [], []
    for row in rows:
        states = row.stated(ids[row.psn_no])
        before = stated.get(row.reference)
        if before is None:
            stated[row.reference] = states
            fresh.append(row)
        elif before != states:
            problems.append(
                RowProblem(row.line, "reference", _("该流水号已入账，且内容与这一行不同。"))
            )
    return fresh, problems


def _open_accounts(
    rows: list[ContributionRow], ids: dict[str, int]
) -> dict[tuple[int, str], PersonalAccount]:
    """Return (member, area) → account, opening what is missing on its first day in the rows."""
    first_day: dict[tuple[int, str], date] = {}
    for row in rows:
        key = (ids[row.psn_no], row.area)
        first_day[key] = min(row.business_date, first_day.get(key, row.business_date))
    found = _accounts(first_day)
    missing = sorted(key for key in first_day if key not in found)
    if missing:
        codes = [f"personal:{member}:{area}:{part}" for member, area in missing for part in PARTS]
        parts = iter(ledger.open_accounts(codes, "personal"))
        PersonalAccount.objects.bulk_create(
            (
                PersonalAccount(
                    member_id=member,
                    area=area,
                    current=next(parts),
                    prior=next(parts),
                    opened_on=first_day[member, area],
                )
                for member, area in missing
            ),
            ignore_conflicts=True,
        )
        found |= _accounts(missing)
    return found


def _accounts(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], PersonalAccount]:
    wanted = set(keys)
    rows = PersonalAccount.objects.filter(member_id__any={member for member, _area in wanted})
    return {key: row for row in rows if (key := (row.member_id, row.area)) in wanted}


def _closed(accounts: Iterable[PersonalAccount]) -> set[int]:
    rows = PersonalAccount.objects.filter(pk__any=[each.pk for each in accounts])
    return set(rows.filter(closed_on__isnull=False).values_list("pk", flat=True))


_INSERT_CONTRIBUTIONS = """
INSERT INTO funds_contribution
    (reference, personal_account_id, part, amount_fen, business_date, entry_id)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::date[], %s::bigint[])
"""


def _pay_in(good: list[tuple[ContributionRow, PersonalAccount]], scheme: int, locked, at) -> None:
    entries = ledger.post_many(
        (
            ledger.draft(
                key=f"contribution:{row.reference}",
                kind="contribution",
                movements=[
                    Movement(scheme, -row.amount_fen),
                    Movement(getattr(account, f"{row.part}_id"), row.amount_fen),
                ],
                business_date=row.business_date,
            )
            for row, account in good
        ),
        at=at,
        locked=locked,
    )
    columns = zip(
        *(
            (
                row.reference,
                account.pk,
                row.part,
                row.amount_fen,
                row.business_date,
                entries[f"contribution:{row.reference}"],
            )
            for row, account in good
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_CONTRIBUTIONS, [list(column) for column in columns])


@transaction.atomic
def close(*, personal_account_id: int, on: date, by, at) -> PersonalAccount:
    """Close an empty account from a day on; it takes no money after that.

    Raises NotFound, AccountClosed, AccountNotEmpty and ClosesTooEarly.
    """
    account = PersonalAccount.objects.filter(pk=personal_account_id).first()
    if account is None:
        raise NotFound(_("没有这个个人账户。"))
    parts = books.locked(account.part_ids)
    account.refresh_from_db(fields=["closed_on"])
    if account.closed_on is not None:
        raise AccountClosed(_("该个人账户已销户。"))
    if on < account.opened_on:
        raise ClosesTooEarly(_("销户日期不能早于开户日期。"))
    if any(part.balance_fen for part in parts.values()):
        raise AccountNotEmpty(_("账户里还有钱，提取或转出以后才能销户。"))
    if selectors.owns_elsewhere(account):
        raise AccountNotEmpty(
            _("还有共济额度、家庭共济账户份额或未办结的转账，先取消或退出才能销户。"),
            code="account_owns_elsewhere",
        )
    account.closed_on = on
    account.save(update_fields=["closed_on"])
    audit.record(verb="funds.close", subject=account, by=by, at=at, detail={"on": on.isoformat()})
    return account
