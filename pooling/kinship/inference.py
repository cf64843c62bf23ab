"""What follows in law from parents and children on record. Pure: edges in, ties out.

A parent's parent is a grandparent, a child's child a grandchild, a parent's other child a
brother or sister. Adoption makes parent and child in law (Civil Code, article 1111), so its
edges count like those of birth; half-siblings are siblings (article 1127). Marriage alone
makes nobody a near relative of anybody else: step-siblings without a shared parent on record,
in-laws and "other" relatives are never derived.

What is derived is never stored. It holds on a day if every edge below it holds on that day,
so it falls with any of them; and what a register says of two people directly always wins.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pooling.kinship import codes
from pooling.shared import periods

#: How much a paper proves, the strongest first.
STRENGTH = (
    "birth_certificate",
    "adoption",
    "marriage_certificate",
    "notarised",
    "household_register",
    "data_match",
)
#: Edges from which others follow.
LINEAL = ("parent", "child")
#: First edge, second edge, sex of the person between them → what the far one is to the near one.
_FOLLOWS = {
    ("parent", "parent", codes.MALE): "paternal_grandparent",
    ("parent", "parent", codes.FEMALE): "maternal_grandparent",
    ("child", "child", codes.MALE): "sons_child",
    ("child", "child", codes.FEMALE): "daughters_child",
    ("parent", "child", codes.MALE): "sibling",
    ("parent", "child", codes.FEMALE): "sibling",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """A row of the record: `relative` is `member`'s `kind`, `[from_date, to_date)`."""

    member_id: int
    relative_id: int
    relative_gender: str
    kind: str
    evidence: str
    from_date: date
    to_date: date | None = None
    #: It ended because one of the two died: the widowed keep their in-laws, the divorced do not.
    by_death: bool = False

    def holds(self, on: date) -> bool:
        """Return whether the edge is in force on a day."""
        return periods.contains(self.from_date, self.to_date, on)


@dataclass(frozen=True, slots=True)
class Tie:
    """What `relative` is to `member`, and the edges it rests on, from the member outwards."""

    member_id: int
    relative_id: int
    kind: str
    chain: tuple[Edge, ...]

    @property
    def is_derived(self) -> bool:
        """Return whether it follows from other edges and is not itself on record."""
        return len(self.chain) > 1

    @property
    def evidence(self) -> str:
        """Return the weakest paper of the chain: it decides how well the whole is proven."""
        return max((edge.evidence for edge in self.chain), key=STRENGTH.index)


def ties(edges: Iterable[Edge], on: date) -> list[Tie]:
    """Return every tie that holds on a day among people of these edges, the direct ones too.

    Of several chains to the same tie the best proven is given. Edges that are needed and
    missing only make for fewer ties, never for other ones.
    """
    held = [edge for edge in edges if edge.holds(on)]
    from_person = defaultdict(list)
    for edge in held:
        if edge.kind in LINEAL:
            from_person[edge.member_id].append(edge)
    found = {}
    direct = {(edge.member_id, edge.relative_id) for edge in held}
    for edge in held:
        _keep(found, Tie(edge.member_id, edge.relative_id, edge.kind, (edge,)))
    for first in (edge for edge in held if edge.kind in LINEAL):
        for second in from_person[first.relative_id]:
            pair = (first.member_id, second.relative_id)
            kind = _FOLLOWS.get((first.kind, second.kind, first.relative_gender))
            if kind and pair[0] != pair[1] and pair not in direct:
                _keep(found, Tie(*pair, kind, (first, second)))
    return list(found.values())


def tie(member_id: int, relative_id: int, edges: Iterable[Edge], on: date) -> Tie | None:
    """Return what one person is to another on a day, or None.

    Of several things on record the one begun last; of several derived the best proven.
    """
    between = [
        found
        for found in ties(edges, on)
        if (found.member_id, found.relative_id) == (member_id, relative_id)
    ]
    return min(between, key=_rank, default=None)


def kinds(member_id: int, relative_id: int, edges: Iterable[Edge], on: date) -> set[str]:
    """Return everything one person is to another on a day."""
    return {
        found.kind
        for found in ties(edges, on)
        if (found.member_id, found.relative_id) == (member_id, relative_id)
    }


def parted_in_laws(
    member_id: int, relative_id: int, kind: str, edges: Iterable[Edge], on: date
) -> bool:
    """Return whether the divorce is on record through which two people were in-laws.

    A parent-in-law is a parent of the spouse, a child-in-law the spouse of a child. Where a
    marriage into that family still stands, or the register names no marriage, nothing parted.
    """
    if kind not in ("parent_in_law", "child_in_law"):
        return False
    married_in, elder = (member_id, relative_id)
    if kind == "child_in_law":
        married_in, elder = elder, married_in
    edges = list(edges)
    children = {
        pk
        for edge in edges
        if edge.kind in LINEAL and elder in (edge.member_id, edge.relative_id)
        for pk in _below(edge, elder)
    }
    into = [
        edge
        for edge in edges
        if edge.kind == "spouse"
        and married_in in (edge.member_id, edge.relative_id)
        and children & {edge.member_id, edge.relative_id}
    ]
    divorced = any(
        edge.to_date is not None and edge.to_date <= on and not edge.by_death for edge in into
    )
    return divorced and not any(edge.holds(on) or edge.by_death for edge in into)


def _below(edge: Edge, elder: int) -> set[int]:
    """Return the other of the two if it is the elder's child."""
    if edge.member_id == elder:
        return {edge.relative_id} if edge.kind == "child" else set()
    return {edge.member_id} if edge.kind == "parent" else set()


def _keep(found: dict, new: Tie) -> None:
    key = (new.member_id, new.relative_id, new.kind)
    if key not in found or _rank(new) < _rank(found[key]):
        found[key] = new


def _rank(found: Tie) -> tuple:
    """Order ties: begun last before proven best, then by ids so that the answer is one."""
    begun = max(edge.from_date for edge in found.chain)
    age = -begun.toordinal() if not found.is_derived else 0
    middle = tuple(edge.relative_id for edge in found.chain)
    return (age, STRENGTH.index(found.evidence), found.kind, middle)
