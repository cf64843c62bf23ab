"""Putting relations on record: many at once, each edge with its mirror."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.kinship import codes, rules, wording
from pooling.kinship.models import Relation
from pooling.kinship.rules import Known, Problem
from pooling.shared.actor import Actor
from pooling.shared.rows import CHUNK, Loaded, RowProblem

#: One recorder at a time: what is checked against the record must still be the record.
_RECORDER = 7_300_320
_FOREVER = date.max


@dataclass(frozen=True, slots=True)
class RelationRow:
    """One statement of a register: `relative_id` is `member_id`'s `code`, `[from, to)`."""

    line: int
    member_id: int
    relative_id: int
    code: str
    evidence: str
    evidence_no: str
    from_date: date
    to_date: date | None = None


@transaction.atomic
def record_many(rows: Sequence[RelationRow], *, by: Actor, at: datetime) -> Loaded:
    """Record what registers state; the key is pair, code and start, other values correct it.

    The mirror edge is made or corrected along with each row. A finer code (`22` after `20`)
    replaces the general one. A marriage ends on the day one of the two dies, so that the other
    may marry again. What cannot be true is kept out and reported; the rest goes in.
    Two statements a call, and three more for what is new or corrected.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECORDER])
    book = _Book(rows)
    problems = []
    # In order of time, so that an end is known before what follows it, wherever it stands.
    for row in sorted(rows, key=lambda row: (row.from_date, row.line)):
        if problem := book.enter(row):
            problems.append(RowProblem(row.line, problem.column, wording.sentence(problem)))
    # Corrections first: they may end the marriage that a new one follows.
    _correct(book.changed)
    _create(book.new)
    if book.new or book.changed:
        detail = {"new": len(book.new), "changed": sorted(row.pk for row in book.changed)}
        audit.record(verb="kinship.record_many", subject=Relation(), by=by, at=at, detail=detail)
    problems.sort(key=lambda problem: problem.line)
    return Loaded(book.count["new"], book.count["changed"], book.count["unchanged"], problems)


@transaction.atomic
def end_between(
    *,
    one_id: int,
    other_id: int,
    kinds: Iterable[str] | None,
    on: date,
    by: Actor,
    at: datetime,
) -> int:
    """End what is on record between two people from a day on; return how many relations that was.

    `kinds` None: all of it. Edges and their mirrors end together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_RECORDER])
    pair = {one_id, other_id}
    edges = Relation.objects.filter(
        Q(to_date__isnull=True) | Q(to_date__gt=on),
        member__in=pair,
        relative__in=pair,
        from_date__lt=on,
    )
    if kinds is not None:
        edges = edges.filter(kind__in=list(kinds))
    ended = list(edges.order_by("pk"))
    for edge in ended:
        edge.to_date = on
    if ended:
        _correct(ended)
        detail = {"changed": [edge.pk for edge in ended], "on": on.isoformat()}
        audit.record(verb="kinship.end_between", subject=Relation(), by=by, at=at, detail=detail)
    return len(ended) // 2


def _correct(edges: list[Relation]) -> None:
    """Write corrected edges by primary key, as one INSERT … ON CONFLICT (UPDATE by CASE crawls)."""
    Relation.objects.bulk_create(
        edges,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["code", "evidence", "evidence_no", "to_date"],
    )


def _create(pairs: list[tuple[Relation, Relation]]) -> None:
    """Insert edges with their mirrors; ids come first because each row names the other's."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('kinship_relation', 'id'))"
            " FROM generate_series(1, %s)",
            [2 * len(pairs)],
        )
        ids = [number for (number,) in cursor.fetchall()]
    edges = []
    for edge, mirror in pairs:
        edge.pk, mirror.pk = ids.pop(), ids.pop()
        edge.inverse_id, mirror.inverse_id = mirror.pk, edge.pk
        edges += [edge, mirror]
    Relation.objects.bulk_create(edges, batch_size=CHUNK)


class _Book:
    """The record of everybody concerned, as it is and as the rows change it."""

    def __init__(self, rows: Iterable[RelationRow]):
        concerned = {pk for row in rows for pk in (row.member_id, row.relative_id)}
        self.people = people.by_ids(concerned)
        self.of_pair: dict[tuple[int, int], list[Relation]] = defaultdict(list)
        self.marriages: dict[int, list[Relation]] = defaultdict(list)
        self.mirror_of: dict[int, Relation] = {}
        #: The line that stated an edge in this call, by `id()` of the edge.
        self.stated: dict[int, int] = {}
        self.new: list[tuple[Relation, Relation]] = []
        self._changed: dict[int, Relation] = {}
        self.count = {"new": 0, "changed": 0, "unchanged": 0}
        self._open(concerned)

    @property
    def changed(self) -> list[Relation]:
        """Return corrected edges that were on record before, by primary key."""
        return [row for _pk, row in sorted(self._changed.items())]

    def _open(self, concerned: set[int]) -> None:
        # Every edge has its mirror, so members' own rows hold both sides of every pair.
        edges = Relation.objects.filter(
            Q(relative__in=concerned) | Q(kind="spouse"), member__in=concerned
        )
        by_id = {edge.pk: edge for edge in edges}
        for edge in by_id.values():
            self._file(edge)
            if edge.inverse_id in by_id:
                self.mirror_of[id(edge)] = by_id[edge.inverse_id]

    def _file(self, edge: Relation) -> None:
        self.of_pair[edge.member_id, edge.relative_id].append(edge)
        if edge.kind == "spouse":
            self.marriages[edge.member_id].append(edge)

    def enter(self, row: RelationRow) -> Problem | None:
        """Take a row into the book, or return why not."""
        person, relative = self.people.get(row.member_id), self.people.get(row.relative_id)
        if person is None or relative is None:
            column = "psn_no" if person is None else "relative_psn_no"
            return Problem("unknown_person", column=column)
        if rules.same_person(person, relative):
            return Problem("same_person", column="relative_psn_no")
        if row.evidence not in Relation.Evidence.values:
            return Problem("unknown_evidence", {"evidence": row.evidence}, "evidence")
        if row.to_date is not None and row.to_date <= row.from_date:
            return Problem("period_reversed", column="to_date")
        to_date = _until_death(row, person, relative)
        edge = self._edge(row)
        known = self._known(row, to_date, edge)
        for problem in rules.implausible(person, relative, row.code, row.from_date, known):
            return problem
        if since := self._again(row, to_date, edge):
            return Problem("already_recorded", {"since": since.isoformat()}, "from_date")
        if edge is None:
            self._add(row, to_date, person)
            return None
        return self._correct(edge, row, to_date)

    def _edge(self, row: RelationRow) -> Relation | None:
        """Return the edge this row speaks of: same pair, kind and start."""
        kind = codes.kind_of(row.code)
        for edge in self.of_pair[row.member_id, row.relative_id]:
            if edge.kind == kind and edge.from_date == row.from_date:
                return edge
        return None

    def _again(self, row: RelationRow, to_date: date | None, edge: Relation | None) -> date | None:
        """Return since when the same relation stands in the book under another start."""
        kind = codes.kind_of(row.code)
        for other in self.of_pair[row.member_id, row.relative_id]:
            again = other is not edge and other.kind == kind != "other"
            if again and _overlap(other, row.from_date, to_date):
                return other.from_date
        return None

    def _known(self, row: RelationRow, to_date: date | None, edge: Relation | None) -> Known:
        """Return what the book says about the two in the row's time, this edge aside."""
        pair = {row.member_id, row.relative_id}
        others = (other for one in pair for other in self.marriages[one])
        return Known(
            kinds=frozenset(
                other.kind
                for other in self.of_pair[row.member_id, row.relative_id]
                if other is not edge and _overlap(other, row.from_date, to_date)
            ),
            other_spouses=frozenset(
                other.relative_id
                for other in others
                if other.relative_id not in pair and _overlap(other, row.from_date, to_date)
            ),
        )

    def _add(self, row: RelationRow, to_date: date | None, person) -> None:
        shared = {
            "evidence": row.evidence,
            "evidence_no": row.evidence_no,
            "from_date": row.from_date,
            "to_date": to_date,
        }
        code = codes.inverse(row.code, person.gender)
        edge = _relation(row.member_id, row.relative_id, row.code, shared)
        mirror = _relation(row.relative_id, row.member_id, code, shared)
        self.new.append((edge, mirror))
        self.mirror_of |= {id(edge): mirror, id(mirror): edge}
        self.stated[id(edge)] = row.line
        self._file(edge)
        self._file(mirror)
        self.count["new"] += 1

    def _correct(self, edge: Relation, row: RelationRow, to_date: date | None) -> Problem | None:
        """Bring an edge up to date; its mirror follows in time, not in wording or proof.

        A register may state both directions, each with its own paper.
        """
        code = edge.code if row.code in codes.GENERAL else row.code
        if code != edge.code and edge.code not in codes.GENERAL:
            return Problem("other_code", {"word": codes.word_of(edge.code)})
        mirror = self.mirror_of[id(edge)]
        wanted = (code, row.evidence, row.evidence_no, to_date)
        same = (edge.code, edge.evidence, edge.evidence_no, edge.to_date) == wanted
        line = self.stated.get(id(edge), self.stated.get(id(mirror)))
        if line is not None and (edge.to_date != to_date or (id(edge) in self.stated and not same)):
            return Problem("says_otherwise", {"line": line}, "to_date")
        self.stated[id(edge)] = row.line
        self.count["unchanged" if same or edge.pk is None else "changed"] += 1
        if same:
            return None
        edge.code, edge.evidence, edge.evidence_no, edge.to_date = wanted
        for touched in (edge, mirror) if mirror.to_date != to_date else (edge,):
            touched.to_date = to_date
            if touched.pk is not None:
                self._changed[touched.pk] = touched
        return None


def _relation(member_id: int, relative_id: int, code: str, shared: dict) -> Relation:
    kind = codes.kind_of(code)
    return Relation(member_id=member_id, relative_id=relative_id, code=code, kind=kind, **shared)


def _until_death(row: RelationRow, person, relative) -> date | None:
    """Return when the relation ends: as stated, a marriage at the latest with the first death."""
    ends = [row.to_date] if row.to_date else []
    if codes.kind_of(row.code) == "spouse":
        deaths = (who.died_on for who in (person, relative) if who.died_on)
        ends += [died_on for died_on in deaths if died_on > row.from_date]
    return min(ends, default=None)


def _overlap(edge: Relation, from_date: date, to_date: date | None) -> bool:
    """Return whether an edge and a period share a day."""
    return edge.from_date < (to_date or _FOREVER) and from_date < (edge.to_date or _FOREVER)
