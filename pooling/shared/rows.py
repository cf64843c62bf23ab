"""A row's number as people and machines give it, and many rows at once.

Rows come in chunks; bulk verbs answer about rows they kept out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
#: Large enough that a statement's fixed cost vanishes, small enough to stay flat in memory.
CHUNK = 10_000
#: A row of which nobody can have heard.
NOBODY = 0


def row_number(text: str) -> int | None:
    """Return a row's number as a form, an address or a message gives it; None for what is none.

    Eighteen digits always fit what the database numbers rows with.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row was kept out: `line` of its file, `column` it is about, and a sentence."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new, corrected something, said nothing new; and those kept out."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield the rows in lists of at most `size`, reading no further ahead than one list."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk
