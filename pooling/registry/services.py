"""Files in: what the registry states goes through the same verbs as everything else."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.db import connection, transaction

from accounts import selectors as people
from accounts.services import credentials, members
from pooling.funds import services as funds
from pooling.ledger import selectors as ledger
from pooling.ledger.selectors import Difference
from pooling.notices import services as notices
from pooling.notices.services import Message
from pooling.policy import selectors as policy
from pooling.registry import files, pairs, records, wording
from pooling.registry.fields import BadCell
from pooling.settlements.selectors import books
from pooling.shared.rows import CHUNK, Loaded, RowProblem

T = TypeVar("T")
Each = Callable[[Callable[[], Loaded]], Loaded]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: how a row is read, what names it, and the verb that takes a chunk."""

    read: Callable
    key: Callable
    load: Callable
    chunk: int = 5_000


#: In loading order: each file may refer to people and institutions of those before it.
KINDS = {
    "members.csv": Kind(records.member, lambda row: row.psn_no, members.load_members, 2_000),
    "enrolments.csv": Kind(
        records.enrolment,
        lambda row: (row.psn_no, row.insutype, row.area, row.from_date),
        members.load_enrolments,
        CHUNK,
    ),
    "credentials.csv": Kind(records.credential, lambda row: row.psn_no, credentials.load, CHUNK),
    "institutions.csv": Kind(records.institution, lambda row: row.code, members.load_institutions),
    "relations.csv": Kind(
        records.relation,
        lambda row: (row.psn_no, row.relative_psn_no, row.code, row.from_date),
        pairs.load_relations,
    ),
    "contributions.csv": Kind(
        records.contribution, lambda row: row.line, funds.contribute_many, CHUNK
    ),
    "bindings.csv": Kind(
        records.binding,
        lambda row: (row.payer_psn_no, row.relative_psn_no, row.terms.from_date),
        pairs.load_bindings,
        200,
    ),
    "funds.csv": Kind(records.fund, lambda row: row.line, funds.deposit_many, 200),
}


@dataclass(slots=True)
class Tally:
    """What one file came to. `refusal` is why the file as a whole was refused."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    warnings: Counter = field(default_factory=Counter)
    refusal: str = ""

    def add(self, loaded: Loaded) -> None:
        self.new += loaded.new
        self.changed += loaded.changed
        self.unchanged += loaded.unchanged
        self.refused += len(loaded.problems)

    @property
    def clean(self) -> bool:
        """Return whether nothing of the file was kept out."""
        return not self.refused and not self.refusal


def at_once(work: Callable[[], T]) -> T:
    """Run a chunk inside a longer transaction, with every deferred law checked now.

    Else a whole load would pile up its checks until the end, or skip them where it is
    rolled back, and a dry run would call good what the database refuses.
    """
    result = work()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return result


def load_file(
    path: Path,
    *,
    each: Each,
    refuse: Callable[[RowProblem], None],
    by,
    at,
    on: date,
    advance: Callable[[int], None] = lambda size: None,
) -> Tally:
    """Load one file in chunks and return what it came to.

    `each` runs the verb on a chunk: `unit_of_work` for one transaction a chunk (a load that
    is killed leaves whole chunks, and loading again completes it, because what is there
    already changes nothing), or `at_once` within a transaction of the caller. A chunk ends
    before a key is met again, so that a later line corrects an earlier one.
    """
    kind = KINDS[path.name]
    tally = Tally()
    chunk: dict = {}
    insures = cache(policy.insures)  # a file names millions of areas, and few different ones

    def flush() -> None:
        if chunk:
            given = list(chunk.values())
            loaded = each(lambda: kind.load(given, by=by, at=at))
            tally.add(loaded)
            for problem in loaded.problems:
                refuse(problem)
            chunk.clear()

    try:
        for row in files.rows(path, files.COLUMNS[path.name], advance):
            record = _read(kind, row, on, tally, insures)
            if isinstance(record, RowProblem):
                tally.refused += 1
                refuse(record)
                continue
            key = kind.key(record)
            if key in chunk or len(chunk) >= kind.chunk:
                flush()
            chunk[key] = record
    except files.FileRefused as refusal:
        tally.refusal = str(wording.FILE[refusal.code]) % refusal.values
    flush()
    return tally


def _read(kind: Kind, row: files.Row | files.Problem, on: date, tally: Tally, insures):
    """Return the record of a row, or the problem why there is none."""
    if isinstance(row, files.Problem):
        return RowProblem(row.line, row.column, wording.sentence(row.code, row.values))
    try:
        record = kind.read(row, on, lambda code: tally.warnings.update((code,)))
        area = getattr(record, "area", None)
        if area is not None and not insures(area):
            raise BadCell("area", "area_unknown", area=area)
        return record
    except BadCell as bad:
        return RowProblem(row.line, bad.column, wording.sentence(bad.code, bad.values))


@transaction.atomic
def check_books(*, at) -> list[Difference]:
    """Add up all books again, compare what was settled with them, and return what differs.

    Every member of staff is told. Nothing is repaired: what is wrong in the books is for
    people to understand first.
    """
    differences = ledger.check() + books.check()
    if differences:
        found = {"count": len(differences)}
        notices.enqueue(
            [Message(kind="books_differ", user_id=pk, values=found) for pk in people.staff_ids()],
            at=at,
        )
    return differences
