"""What bulk verbs answer about rows they kept out; the good rows of a file still go in."""

from dataclasses import dataclass, field


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
