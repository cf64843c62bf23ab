"""The same bill under other rules. Pure: an input in, an input with other clauses out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pooling.settlements.sources import Clause, Input
from pooling.settlements.waterfall import Considered, Outcome


@dataclass(frozen=True, slots=True)
class Difference:
    """The first source that a bill would have asked or used otherwise; None where none is."""

    before: Considered | None
    after: Considered | None


def with_clauses(given: Input, instead: Mapping[str, Mapping[str, Clause]]) -> Input:
    """Return the input with other clauses: `instead` is area → name → clause.

    Only what the stored input names is replaced: a clause that has no say in a split, or
    none for this area, is no matter here.
    """
    rules = {
        area: {name: instead.get(area, {}).get(name, clause) for name, clause in clauses.items()}
        for area, clauses in given.rules.items()
    }
    return given if rules == given.rules else replace(given, rules=rules)


def differ(before: Outcome, after: Outcome) -> bool:
    """Return whether money would have come from elsewhere: another line, another amount."""
    return before.lines != after.lines


def first_difference(before: Outcome, after: Outcome) -> Difference:
    """Return the first source that gives another amount, else the first with another reason.

    Both sides of it, in the order asked before. Nothing where only the parts of an account
    (this year's or earlier) are used otherwise.
    """
    now = {_who(item): item for item in after.considered}
    pairs = [(item, now.get(_who(item))) for item in before.considered]
    for told in (_taken, _reason):
        for old, new in pairs:
            if told(old) != told(new):
                return Difference(old, new)
    return Difference(None, None)


def _who(item: Considered) -> tuple[str, int | None]:
    return item.source, item.binding


def _taken(item: Considered | None) -> int | None:
    return item and item.taken_fen


def _reason(item: Considered | None) -> str | None:
    return item and item.reason


def told(item: Considered | None) -> dict[str, Any] | None:
    """Return one side of a difference as JSON values: who, how much, why. Ids, no names."""
    if item is None:
        return None
    return {
        "source": str(item.source),
        "payer": item.payer,
        "taken_fen": item.taken_fen,
        "reason": str(item.reason),
        "values": item.values,
    }
