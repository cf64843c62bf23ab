"""How much of an account may be shared, and when a wallet answers. Pure; amounts in fen."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pooling.shared.periods import SHANGHAI

#: What was not accepted is back *before* the hour the area names: the way back begins earlier.
_TAKES = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount as it lies in an account: of earlier years, and of this one."""

    prior_fen: int = 0
    current_fen: int = 0

    @property
    def total_fen(self) -> int:
        return self.prior_fen + self.current_fen


def shareable(held: Parts, *, parts: str, floor_fen: int) -> Parts:
    """Return what may leave an account for the family, prior then current.

    Never so much that what stays falls below the floor; frozen money is not there any more.
    """
    above = max(0, held.total_fen - floor_fen)
    prior_fen = min(held.prior_fen, above)
    return Parts(prior_fen, min(held.current_fen, above - prior_fen) if parts == "all" else 0)


def first_taken(of: Parts, amount_fen: int) -> Parts:
    """Return how an amount is taken: prior, then current. There is enough."""
    prior_fen = min(of.prior_fen, amount_fen)
    return Parts(prior_fen, amount_fen - prior_fen)


def last_taken(of: Parts, amount_fen: int) -> Parts:
    """Return how an amount goes back: what was taken last first. There is enough."""
    current_fen = min(of.current_fen, amount_fen)
    return Parts(amount_fen - current_fen, current_fen)


def closed_at_that_hour(moment: datetime, hours: list[int] | None) -> bool:
    """Return whether a moment lies in the closed hours `[from, to)`, past midnight if need be."""
    if hours is None:
        return False
    begin, end = hours
    hour = moment.astimezone(SHANGHAI).hour
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def returns_at(sent_at: datetime, hour: int) -> datetime:
    """Return from when on an unanswered transfer goes back, to be there before that hour."""
    morrow = sent_at.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(morrow, time(hour), SHANGHAI) - _TAKES
