"""The one door to the books.

Nothing here asks who or why: callers have decided, locked and will record it. Every
function runs in the caller's transaction. An entry is written by one statement, after
the guarded accounts were locked in primary-key order; scheme accounts take no lock.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from pooling.ledger import selectors
from pooling.ledger.models import Account, Entry
from pooling.ledger.movements import Draft, Movement, draft, volume_fen
from pooling.shared.errors import DomainError, NotFound

__all__ = [
    "AlreadyReversed",
    "Draft",
    "Insufficient",
    "KeyTaken",
    "Movement",
    "ReversesTooMuch",
    "draft",
    "ensure_scheme_account",
    "forget_scheme_accounts",
    "open_accounts",
    "post",
    "post_many",
    "reverse",
    "take_checkpoints",
]


class Insufficient(DomainError):
    """A guarded account does not hold what should be taken from it."""

    code = "insufficient"
    status = 409


class KeyTaken(DomainError):
    """The key already names an entry with other movements."""

    code = "key_taken"
    status = 409


class AlreadyReversed(DomainError):
    """An entry is reversed at most once."""

    code = "already_reversed"
    status = 409


class ReversesTooMuch(DomainError):
    """A reversal may move no more than its original did."""

    code = "reverses_too_much"
    status = 409


def post(
    *,
    key: str,
    kind: str,
    movements: Iterable[Movement],
    business_date: date,
    at: datetime,
    locked: dict[int, Account] | None = None,
) -> Entry:
    """Post one entry and return it; the same key and movements return the first entry.

    Statements: one where the caller holds the guarded accounts (`locked`, from
    `selectors.locked`; its balances are kept up to date), one more to lock them where
    not, two more to answer a key that was used before.
    Raises Insufficient and KeyTaken, and leaves nothing behind then.
    """
    wanted = draft(key=key, kind=kind, movements=movements, business_date=business_date)
    return _post(wanted, at, locked)


def reverse(
    *,
    entry_id: int,
    key: str,
    at: datetime,
    business_date: date,
    movements: Iterable[Movement] | None = None,
    locked: dict[int, Account] | None = None,
) -> Entry:
    """Post the opposite of an entry, once; one statement more than `post`.

    `movements` say where the money goes instead, when an account was rolled over or
    closed, or a part already returned; they may move no more than the original did.
    Raises AlreadyReversed, ReversesTooMuch, Insufficient, KeyTaken and NotFound.
    """
    original = selectors.movements_of(entry_id)
    if not original:
        raise NotFound(_("没有这笔分录。"))
    if movements is None:
        movements = [Movement(line.account_id, -line.amount_fen) for line in original]
    wanted = draft(
        key=key,
        kind="reversal",
        movements=movements,
        business_date=business_date,
        reversal_of_id=entry_id,
    )
    if volume_fen(wanted.movements) > volume_fen(original):
        raise ReversesTooMuch(_("冲正金额超过原分录。"))
    return _post(wanted, at, locked)


def post_many(
    drafts: Iterable[Draft], *, at: datetime, locked: dict[int, Account] | None = None
) -> dict[str, int]:
    """Post many entries, in their order, and return key → entry id.

    Holds what it is given: hand over a chunk (`shared.rows.CHUNK`) at a time. Keys used
    before are answered as `post` does. Statements: lock (where the caller does not hold
    the accounts), look for used keys, write.
    """
    drafts = list(drafts)
    if locked is None:
        locked = selectors.locked({pk for wanted in drafts for pk in wanted.account_ids})
    known = _known(drafts)
    fresh = {wanted.key: wanted for wanted in drafts if wanted.key not in known}
    if len(fresh) + len(known) < len(drafts):
        _refuse_unequal_twins(drafts)
    written = _write(list(fresh.values()), at, locked) if fresh else []
    if len(written) < len(fresh):
        # Taken between the look and the write: with equal movements that transaction
        # would have waited for our locks, so they were other movements.
        raise KeyTaken(_("业务键已用于另一笔分录。"))
    return known | {entry.key: entry.pk for entry in written}


def _post(wanted: Draft, at: datetime, locked: dict[int, Account] | None) -> Entry:
    if locked is None:
        # Before the key: whoever waits for a key must not hold what its owner waits for.
        locked = selectors.locked(wanted.account_ids)
    try:
        written = _write([wanted], at, locked)
    except Insufficient:
        # A replay may come when its money is long spent; it is no new debit.
        if known := _known([wanted]):
            return Entry.objects.get(pk=known[wanted.key])
        raise
    if written:
        return written[0]
    if known := _known([wanted]):
        return Entry.objects.get(pk=known[wanted.key])
    raise AlreadyReversed(_("这笔款项已经冲正过。"))


#: The entry, its lines and the balances they move, in one statement. A key (or a
#: reversal) already there leaves `entry` empty, and with it everything else undone.
_WRITE = """
WITH wanted AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[])
        WITH ORDINALITY AS wanted (key, kind, business_date, reversal_of_id, n)
), line AS (
    SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[])
        WITH ORDINALITY AS line (key, account_id, amount_fen, balance_after_fen, n)
), entry AS (
    INSERT INTO ledger_entry (key, kind, posted_at, business_date, reversal_of_id)
    SELECT key, kind, %s, business_date, reversal_of_id FROM wanted ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING id, key, kind, posted_at, business_date, reversal_of_id
), balance AS (
    UPDATE ledger_account SET balance_fen = balance_fen + moved.fen
    FROM (
        SELECT account_id, sum(amount_fen)::bigint AS fen FROM line JOIN entry USING (key)
        WHERE balance_after_fen IS NOT NULL GROUP BY account_id
    ) AS moved
    WHERE ledger_account.id = moved.account_id
), posting AS (
    INSERT INTO ledger_posting (entry_id, account_id, amount_fen, balance_after_fen)
    SELECT entry.id, account_id, amount_fen, balance_after_fen
    FROM line JOIN entry USING (key) ORDER BY n
)
SELECT * FROM entry
"""
#: As the statement returns them.
_COLUMNS = ("id", "key", "kind", "posted_at", "business_date", "reversal_of_id")


def _write(drafts: list[Draft], at: datetime, locked: dict[int, Account]) -> list[Entry]:
    """Insert entries and lines and move the balances; return the entries that were new.

    Running balances are worked out here, from rows under lock, and checked again by
    PostgreSQL. Raises Insufficient before writing anything.
    """
    after = {pk: account.balance_fen for pk, account in locked.items()}
    lines = []
    for wanted in drafts:
        for movement in wanted.movements:
            balance = after.get(movement.account_id)
            if balance is not None:
                balance = after[movement.account_id] = balance + movement.amount_fen
                if balance < 0:
                    raise Insufficient(
                        _("余额不足，没有动任何款项。"), details={"account": movement.account_id}
                    )
            lines.append((wanted.key, movement.account_id, movement.amount_fen, balance))
    heads = [(each.key, each.kind, each.business_date, each.reversal_of_id) for each in drafts]
    columns = [list(column) for rows in (heads, lines) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [*columns, at])
        written = [Entry.from_db(connection.alias, _COLUMNS, row) for row in cursor.fetchall()]
    if written:
        for pk, account in locked.items():
            account.balance_fen = after[pk]
    return written


def _known(drafts: list[Draft]) -> dict[str, int]:
    """Return key → id of entries that exist already. Raises KeyTaken where they differ."""
    wanted = {each.key: each for each in drafts}
    entries = Entry.objects.filter(key__any=wanted).prefetch_related("postings")
    for entry in entries:
        lines = {Movement(line.account_id, line.amount_fen) for line in entry.postings.all()}
        each = wanted[entry.key]
        if lines != set(each.movements) or entry.reversal_of_id != each.reversal_of_id:
            raise KeyTaken(_("业务键已用于另一笔分录。"), details={"key": entry.key})
    return {entry.key: entry.pk for entry in entries}


def _refuse_unequal_twins(drafts: list[Draft]) -> None:
    """Raise KeyTaken where one batch gives one key two meanings."""
    first: dict[str, Draft] = {}
    for each in drafts:
        if set(first.setdefault(each.key, each).movements) != set(each.movements):
            raise KeyTaken(_("业务键已用于另一笔分录。"), details={"key": each.key})


def open_accounts(codes: Iterable[str], kind: str) -> list[Account]:
    """Return guarded accounts of these codes, in their order, opening at 0 what is missing."""
    codes = list(codes)
    # Sorted, so that two loaders meeting on the same codes cannot wait for each other.
    Account.objects.bulk_create(
        (Account(code=code, kind=kind, guarded=True, balance_fen=0) for code in sorted(codes)),
        ignore_conflicts=True,
    )
    found = {account.code: account for account in Account.objects.filter(code__any=codes)}
    return [found[code] for code in codes]


_scheme_ids: dict[str, int] = {}


def ensure_scheme_account(code: str, kind: str) -> int:
    """Return the id of an unguarded account, opening it at first use; no statement after that.

    Call it before taking locks: the first use of a code waits for another first use.
    """
    if code in _scheme_ids:
        return _scheme_ids[code]
    pk = Account.objects.filter(code=code).values_list("pk", flat=True).first()
    if pk is None:
        Account.objects.bulk_create(
            [Account(code=code, kind=kind, guarded=False)], ignore_conflicts=True
        )
        pk = Account.objects.values_list("pk", flat=True).get(code=code)
    # Remembered when this transaction stands: an id that was rolled back names nothing.
    transaction.on_commit(lambda: _scheme_ids.__setitem__(code, pk))
    return pk


def forget_scheme_accounts() -> None:
    """Drop the remembered ids, for a process whose database was emptied under it (tests)."""
    _scheme_ids.clear()


_CHECKPOINTS = """
INSERT INTO ledger_checkpoint (account_id, through_posting_id, sum_fen, taken_at)
SELECT account.id, later.last_id, coalesce(point.sum_fen, 0) + later.fen, %s
FROM ledger_account AS account
LEFT JOIN LATERAL (
    SELECT sum_fen, through_posting_id FROM ledger_checkpoint
    WHERE account_id = account.id ORDER BY through_posting_id DESC LIMIT 1
) AS point ON true
CROSS JOIN LATERAL (
    SELECT max(id) AS last_id, sum(amount_fen)::bigint AS fen FROM ledger_posting
    WHERE account_id = account.id AND id > coalesce(point.through_posting_id, 0)
) AS later
WHERE NOT account.guarded AND later.last_id IS NOT NULL
"""


def take_checkpoints(*, at: datetime) -> int:
    """Store the sum of every scheme account that moved since its last; return how many did.

    Line numbers are given before commit, so a smaller one may still be on its way. The
    table lock waits for those and keeps new ones (and a second run) out for the moment
    the sums take.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_posting IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_CHECKPOINTS, [at])
        return cursor.rowcount
