"""Decisions as they were stored, a few at a time: for whoever asks what other rules would do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from pooling.settlements import sources, waterfall
from pooling.settlements.models import Line, Settlement
from pooling.settlements.waterfall import Outcome, considered_from_json


@dataclass(frozen=True, slots=True)
class Stored:
    """One settlement's outcome and decision. Amounts in fen, as settled."""

    id: int
    on: date
    own_fen: int
    pooled_fen: int
    cash_fen: int
    decision: dict[str, Any]

    @property
    def areas(self) -> tuple[str, ...]:
        """Return the areas whose rules had a say: the bill's and each payer's."""
        return tuple(self.decision["input"]["rules"])

    @property
    def bill_area(self) -> str:
        return self.decision["input"]["rules_area"]

    def tells(self, outcome: Outcome) -> bool:
        """Return whether an outcome is what is stored: amounts, and every source considered."""
        amounts = (outcome.own_fen, outcome.pooled_fen, outcome.cash_fen)
        considered = tuple(considered_from_json(self.decision["considered"]))
        return amounts == (self.own_fen, self.pooled_fen, self.cash_fen) and (
            considered == outcome.considered
        )


_FIELDS = ("pk", "business_date", "own_fen", "pooled_fen", "cash_fen", "decision")


def again(decision: dict[str, Any]) -> Outcome:
    """Return what a stored decision says when it is made again, from its input alone.

    Raises ValueError or KeyError where the input cannot be read.
    """
    return waterfall.split(sources.from_json(decision["input"]))


def source_word(code: str) -> str:
    """Return what a source of a decision is called: `家人账户`."""
    return str(Line.Source(code).label)


def newest_id() -> int:
    """Return the id of the newest settlement; 0 where there is none."""
    return Settlement.objects.aggregate(newest=Max("pk"))["newest"] or 0


def count_stored(since: date, until: date, *, up_to: int) -> int:
    """Return how many settlements of `[since, until)` there are, of those up to an id."""
    return _between(since, until).filter(pk__lte=up_to).count()


def stored_on(on: date, *, after: int, up_to: int, most: int) -> list[Stored]:
    """Return a day's decisions by id, after one and up to another, `most` at a time."""
    rows = Settlement.objects.filter(business_date=on, pk__gt=after, pk__lte=up_to)
    return [Stored(*row) for row in rows.order_by("pk").values_list(*_FIELDS)[:most]]


def stored_after(after: int, *, most: int) -> list[tuple[Stored, list[tuple]]]:
    """Return decisions by id with their lines as stored, whatever their day.

    Lines as `told` gives them.
    """
    rows = Settlement.objects.filter(pk__gt=after).order_by("pk").prefetch_related("lines")
    return [
        (
            Stored(*(getattr(row, name) for name in _FIELDS)),
            [told(line) for line in row.lines.all()],
        )
        for row in rows.only(*_FIELDS)[:most]
    ]


def told(line) -> tuple:
    """Return what a line says, stored or split anew: what must be equal to be the same line."""
    return (
        line.order,
        line.source,
        line.part,
        line.ledger_account_id,
        line.binding_id,
        line.payer_id,
        line.amount_fen,
    )


def _between(since: date, until: date):
    return Settlement.objects.filter(business_date__gte=since, business_date__lt=until)
