"""What bulk verbs answer about rows they kept out; the good rows of a file still go in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row was kept out: `line` of its file, `column` it is about, and a sentence."""

    line: int
    column: str
    reason: str
