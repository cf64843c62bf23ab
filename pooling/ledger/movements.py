"""What is to be posted, before it is: movements of money that must sum to zero."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


class Unbalanced(ValueError):
    """A programmer's mistake: these movements can never be an entry."""


@dataclass(frozen=True, slots=True)
class Movement:
    """`amount_fen` onto an account; negative takes it off."""

    account_id: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as wanted: `key` names the business fact, so that it is posted once."""

    key: str
    kind: str
    business_date: date
    movements: tuple[Movement, ...]
    reversal_of_id: int | None = None

    @property
    def account_ids(self) -> list[int]:
        return [movement.account_id for movement in self.movements]


def draft(
    *,
    key: str,
    kind: str,
    movements: Iterable[Movement],
    business_date: date,
    reversal_of_id: int | None = None,
) -> Draft:
    """Return a postable draft: one line an account, in order of first mention.

    Movements of one account are added up (two parts may both go to suspense). Raises
    Unbalanced for anything but integer fen, a zero amount, a sum that is not zero or
    fewer than two lines.
    """
    sums: dict[int, int] = {}
    for movement in movements:
        # bool is an int to Python, and a float would round: neither is an amount.
        if type(movement.amount_fen) is not int or movement.amount_fen == 0:
            raise Unbalanced(f"{key}: {movement!r} moves no integer amount")
        sums[movement.account_id] = sums.get(movement.account_id, 0) + movement.amount_fen
    lines = tuple(Movement(account, fen) for account, fen in sums.items() if fen)
    if len(lines) < 2 or sum(line.amount_fen for line in lines) != 0:
        raise Unbalanced(f"{key}: {lines!r} is no entry")
    return Draft(key, kind, business_date, lines, reversal_of_id)


def volume_fen(movements: Iterable[Movement]) -> int:
    """Return how much money an entry moves: the sum of what it credits."""
    return sum(movement.amount_fen for movement in movements if movement.amount_fen > 0)
