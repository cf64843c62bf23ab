"""Replays as pages show them, and whether stored decisions still say what they say."""

from collections.abc import Iterator

from pooling.settlements import selectors as settlements
from pooling.settlements.selectors import Stored

#: Decisions read at a time: memory stays flat however many there are.
CHUNK = 500


def decisions_made_again() -> Iterator[tuple[int, bool]]:
    """Yield every settlement's id and whether its decision, made again, is the stored one.

    From its stored input alone, under its own rules: amounts, each source considered with
    reason, values and clause, and every line. Two statements a chunk.
    """
    last = 0
    while chunk := settlements.stored_after(last, most=CHUNK):
        for stored, lines in chunk:
            yield stored.id, _is_the_same(stored, lines)
        last = chunk[-1][0].id


def _is_the_same(stored: Stored, lines: list[tuple]) -> bool:
    try:
        outcome = settlements.again(stored.decision)
    except (KeyError, ValueError):
        return False
    made = [
        (
            line.order,
            line.source,
            line.part,
            line.ledger_account_id,
            line.binding_id,
            line.payer_id,
            line.amount_fen,
        )
        for line in outcome.lines
    ]
    return stored.tells(outcome) and made == lines
