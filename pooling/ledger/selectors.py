"""Questions to the books. Amounts in fen; a day's figure includes that day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum

from pooling.ledger.models import Account, Posting
from pooling.ledger.movements import Movement
from pooling.shared.queries import compiled_once


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting of a statement, with the balance after it."""

    entry_id: int
    key: str
    kind: str
    business_date: date
    posted_at: datetime
    amount_fen: int
    balance_fen: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A period of one account: opening + lines = closing."""

    opening_fen: int
    lines: tuple[StatementLine, ...]
    closing_fen: int


def locked(account_ids: Iterable[int]) -> dict[int, Account]:
    """Lock guarded accounts in primary-key order and return them by id (one statement).

    Scheme accounts among the ids are passed over: they are never locked. Read sums and
    caps in a *later* statement: this one's snapshot is older than its locks.
    """
    return {account.pk: account for account in _locked(ids=list(account_ids))}


@compiled_once
def _locked(ids):
    rows = Account.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk__any=ids, guarded=True).order_by("pk")


_BALANCES = """
SELECT account.id,
       CASE WHEN account.guarded THEN account.balance_fen
            ELSE coalesce(point.sum_fen, 0) + (
                SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_posting
                WHERE account_id = account.id AND id > coalesce(point.through_posting_id, 0))
       END
FROM ledger_account AS account
LEFT JOIN LATERAL (
    SELECT sum_fen, through_posting_id FROM ledger_checkpoint
    WHERE account_id = account.id ORDER BY through_posting_id DESC LIMIT 1
) AS point ON NOT account.guarded
WHERE account.id = ANY(%s)
"""


def balances(account_ids: Iterable[int]) -> dict[int, int]:
    """Return account id → balance, unlocked, in one statement.

    A guarded account's is stored; a scheme account's is its last checkpoint and what
    was posted since.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [list(account_ids)])
        return dict(cursor.fetchall())


def balance_as_of(account_id: int, day: date) -> int:
    """Return the balance at the end of a day, by business date.

    What is reported late counts on the day it happened, so the figure of a past day may
    still change within the time institutions have to report.
    """
    postings = Posting.objects.filter(account_id=account_id, entry__business_date__lte=day)
    return int(postings.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def statement(account_id: int, since: date, until: date) -> Statement:
    """Return the lines of `[since, until)` by business date, between two balances."""
    postings = Posting.objects.filter(account_id=account_id)
    before = postings.filter(entry__business_date__lt=since)
    opening = balance = int(before.aggregate(sum=Sum("amount_fen"))["sum"] or 0)
    lines = []
    within = postings.filter(entry__business_date__gte=since, entry__business_date__lt=until)
    for row in within.select_related("entry").order_by("entry__business_date", "pk"):
        balance += row.amount_fen
        lines.append(
            StatementLine(
                entry_id=row.entry_id,
                key=row.entry.key,
                kind=row.entry.kind,
                business_date=row.entry.business_date,
                posted_at=row.entry.posted_at,
                amount_fen=row.amount_fen,
                balance_fen=balance,
            )
        )
    return Statement(opening, tuple(lines), balance)


def movements_of(entry_id: int) -> list[Movement]:
    """Return an entry's lines in the order they were posted; none if there is no such entry."""
    rows = Posting.objects.filter(entry_id=entry_id).order_by("pk")
    return [Movement(*row) for row in rows.values_list("account_id", "amount_fen")]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in the books that does not add up: `law` is broken by row `id` of `table`."""

    law: str
    table: str
    id: int
    expected_fen: int | None
    found_fen: int | None

    def __str__(self):
        return f"{self.law}: {self.table} {self.id}: {self.expected_fen} ≠ {self.found_fen}"


#: Each finds what breaks one law, from the postings alone. Every one reads in a single
#: snapshot, so that money moving meanwhile is no difference.
_CHECKS = {
    ("balance", "ledger_account"): """
        SELECT account.id, coalesce(sum(posting.amount_fen), 0)::bigint, account.balance_fen
        FROM ledger_account AS account
        LEFT JOIN ledger_posting AS posting ON posting.account_id = account.id
        WHERE account.guarded GROUP BY account.id
        HAVING coalesce(sum(posting.amount_fen), 0) <> account.balance_fen""",
    ("chain", "ledger_posting"): """
        SELECT id, expected, balance_after_fen FROM (
            SELECT posting.id, balance_after_fen,
                sum(amount_fen) OVER (PARTITION BY account_id ORDER BY posting.id)::bigint
                    AS expected
            FROM ledger_posting AS posting
            JOIN ledger_account AS account ON account.id = account_id AND account.guarded
        ) AS line WHERE balance_after_fen IS DISTINCT FROM expected""",
    ("entry", "ledger_entry"): """
        SELECT entry.id, 0, sum(amount_fen)::bigint
        FROM ledger_entry AS entry LEFT JOIN ledger_posting ON entry_id = entry.id
        GROUP BY entry.id HAVING count(account_id) < 2 OR sum(amount_fen) <> 0""",
    ("checkpoint", "ledger_checkpoint"): """
        SELECT point.id, added.fen, point.sum_fen FROM ledger_checkpoint AS point
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_fen), 0)::bigint AS fen FROM ledger_posting
            WHERE account_id = point.account_id AND id <= point.through_posting_id
        ) AS added WHERE added.fen <> point.sum_fen""",
}


def check() -> list[Difference]:
    """Add up all books again and return what differs; an empty list is a clean bill."""
    return differing(_CHECKS)


def differing(checks: Mapping[tuple[str, str], str]) -> list[Difference]:
    """Return what each statement finds against its law: a row, what it should be, what it is."""
    differences = []
    with connection.cursor() as cursor:
        for (law, table), sql in checks.items():
            cursor.execute(sql)
            differences += [Difference(law, table, *row) for row in cursor.fetchall()]
    return differences
