"""Each January what is left of `current` becomes `prior`: of accounts, quotas and shares alike.

One entry an account, with everything that may go back to it, so that no money can slip
from one to the other between two postings and be counted as this year's.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from pooling.audit import services as audit
from pooling.funds.models import PersonalAccount
from pooling.ledger import selectors as books
from pooling.ledger import services as ledger
from pooling.ledger.services import Movement
from pooling.shared.rows import CHUNK


def roll_over(*, year: int, by, at) -> int:
    """Move what earlier years left in `current` to `prior`; return how many accounts moved.

    All pages in the caller's transaction. A job that wants each page to stand on its own
    calls `roll_over_page` until it answers None.
    """
    moved, after = 0, 0
    while (page := roll_over_page(year=year, after=after, by=by, at=at)) is not None:
        after, of_page = page
        moved += of_page
    return moved


@transaction.atomic
def roll_over_page(*, year: int, after: int, by, at, limit: int = CHUNK) -> tuple[int, int] | None:
    """Roll over the accounts that follow one by primary key, one posting each.

    `year` is the year that begins. Returns (last account looked at, accounts moved), or
    None when there are no more. Run again, whole or from any page, it moves nothing twice.
    """
    page = PersonalAccount.objects.filter(pk__gt=after, closed_on__isnull=True).order_by("pk")
    ids = list(page.values_list("pk", flat=True)[:limit])
    if not ids:
        return None
    new_year = date(year, 1, 1)
    locked = _lock(ids)
    drafts = [
        ledger.draft(
            key=f"rollover:{year}:{pk}",
            kind="rollover",
            movements=movements,
            business_date=new_year,
        )
        for pk, movements in _movements(_pairs(ids, year), _new_money(ids, new_year)).items()
    ]
    if drafts:
        ledger.post_many(drafts, at=at, locked=locked)
        moved = sum(line.amount_fen for each in drafts for line in each.movements[1::2])
        detail = {"year": year, "moved": len(drafts), "fen": moved}
        audit.record(verb="funds.roll_over", subject=PersonalAccount(), by=by, at=at, detail=detail)
    return ids[-1], len(drafts)


@dataclass(frozen=True, slots=True)
class _Two:
    """Both parts of an account, a quota or a share, and what lies in `current`."""

    account_id: int
    current_id: int
    prior_id: int
    current_fen: int


#: What belongs together, the account itself last: what was frozen or shared went out before
#: this year's money came in.
_TOGETHER = """
SELECT held.account_id, held.current_id, held.prior_id, part.balance_fen FROM (
    SELECT personal_account_id AS account_id, current_id, prior_id, 0 AS last FROM funds_quota
    WHERE personal_account_id = ANY(%(ids)s) AND closed_at IS NULL
    UNION ALL
    SELECT personal_account_id, current_id, prior_id, 0 FROM funds_fundmember
    WHERE personal_account_id = ANY(%(ids)s) AND left_at IS NULL
    UNION ALL
    SELECT id, current_id, prior_id, 1 FROM funds_personalaccount WHERE id = ANY(%(ids)s)
) AS held
JOIN ledger_account AS part ON part.id = held.current_id
WHERE NOT EXISTS (SELECT FROM ledger_entry
                  WHERE key = 'rollover:' || %(year)s || ':' || held.account_id)
ORDER BY held.account_id, last, held.current_id
"""


def _pairs(ids: list[int], year: int) -> list[_Two]:
    """Return what belongs to these accounts and was not rolled over yet, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"ids": ids, "year": str(year)})
        return [_Two(*row) for row in cursor.fetchall()]


def _lock(ids: list[int]) -> dict:
    """Lock the ledger accounts of these accounts and all that belongs to them.

    In one statement and its order; once more for a quota or a share that began while we
    waited. None begins after that: it would need the parts we hold.
    """
    locked: dict = {}
    while missing := _ledger_accounts(ids) - set(locked):
        locked |= books.locked(missing)
    return locked


_ALL = """
SELECT current_id, prior_id FROM funds_personalaccount WHERE id = ANY(%(ids)s)
UNION ALL SELECT current_id, prior_id FROM funds_quota
WHERE personal_account_id = ANY(%(ids)s) AND closed_at IS NULL
UNION ALL SELECT current_id, prior_id FROM funds_fundmember
WHERE personal_account_id = ANY(%(ids)s) AND left_at IS NULL
"""


def _ledger_accounts(ids: list[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"ids": ids})
        return {part for row in cursor.fetchall() for part in row}


#: Told apart by business date, so that a run that comes late moves nothing of the new year.
_NEW_MONEY = """
SELECT account.id, sum(posting.amount_fen)::bigint
FROM funds_personalaccount AS account
JOIN ledger_posting AS posting ON posting.account_id = account.current_id
JOIN ledger_entry AS entry ON entry.id = posting.entry_id
WHERE account.id = ANY(%s) AND entry.kind = 'contribution' AND entry.business_date >= %s
GROUP BY account.id
"""


def _new_money(ids: list[int], new_year: date) -> dict[int, int]:
    """Return account → what was paid into `current` since the year began."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_MONEY, [ids, new_year])
        return dict(cursor.fetchall())


def _movements(pairs: list[_Two], new_money: dict[int, int]) -> dict[int, list[Movement]]:
    """Return account → what moves, for those where earlier years left something."""
    left: dict[int, int] = {}
    for pair in pairs:
        left[pair.account_id] = left.get(pair.account_id, 0) + pair.current_fen
    moves: dict[int, list[Movement]] = {}
    for pair in pairs:
        pk = pair.account_id
        old_fen = min(pair.current_fen, left[pk] - new_money.get(pk, 0))
        if old_fen > 0:
            # Of all that is left, what this pair takes is no longer there for the next.
            left[pk] -= old_fen
            moves.setdefault(pk, []).extend(
                (Movement(pair.current_id, -old_fen), Movement(pair.prior_id, old_fen))
            )
    return moves
