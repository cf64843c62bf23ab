"""Each January what is left of `current` becomes `prior`."""

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


#: What is left of earlier years: the balance without this year's contributions. They are
#: told apart by business date, so that a run that comes late moves nothing of the new year.
_LEFT_OVER = """
SELECT account.id, account.current_id, account.prior_id,
       part.balance_fen - coalesce((
           SELECT sum(posting.amount_fen) FROM ledger_posting AS posting
           JOIN ledger_entry AS entry ON entry.id = posting.entry_id
           WHERE posting.account_id = account.current_id
             AND entry.kind = 'contribution' AND entry.business_date >= %s), 0)::bigint
FROM funds_personalaccount AS account
JOIN ledger_account AS part ON part.id = account.current_id
WHERE account.id = ANY(%s) AND part.balance_fen > 0
  AND NOT EXISTS (SELECT FROM ledger_entry
                  WHERE key = 'rollover:' || %s || ':' || account.id)
ORDER BY account.id
"""


@transaction.atomic
def roll_over_page(*, year: int, after: int, by, at, limit: int = CHUNK) -> tuple[int, int] | None:
    """Roll over the accounts that follow one by primary key, one posting each.

    `year` is the year that begins. Returns (last account looked at, accounts moved), or
    None when there are no more. Run again, whole or from any page, it moves nothing twice.
    """
    page = PersonalAccount.objects.filter(pk__gt=after, closed_on__isnull=True).order_by("pk")
    accounts = list(page[:limit])
    if not accounts:
        return None
    locked = books.locked(pk for account in accounts for pk in account.part_ids)
    new_year = date(year, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OVER, [new_year, [each.pk for each in accounts], str(year)])
        left_over = [row for row in cursor.fetchall() if row[3] > 0]
    drafts = [
        ledger.draft(
            key=f"rollover:{year}:{pk}",
            kind="rollover",
            movements=[Movement(current, -fen), Movement(prior, fen)],
            business_date=new_year,
        )
        for pk, current, prior, fen in left_over
    ]
    if drafts:
        ledger.post_many(drafts, at=at, locked=locked)
        detail = {"year": year, "moved": len(drafts), "fen": sum(row[3] for row in left_over)}
        audit.record(verb="funds.roll_over", subject=PersonalAccount(), by=by, at=at, detail=detail)
    return accounts[-1].pk, len(drafts)
