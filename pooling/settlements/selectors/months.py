"""A year at a glance: what somebody used, gave to relatives and was given, month by month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import TruncMonth

from pooling.settlements.models import Line
from pooling.settlements.selectors.usage import within
from pooling.shared.periods import month_after

_OWN = (Line.Source.OWN, Line.Source.WALLET)
_POOLED = (Line.Source.FAMILY_FUND, Line.Source.RELATIVE, Line.Source.QUOTA)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of somebody's money, net of what went back."""

    month: date
    own_fen: int
    given_fen: int
    received_fen: int


def by_month(member_id: int, months: Iterable[date]) -> list[MonthRow]:
    """Return what went where in each of these months, given as first days (one statement)."""
    months = sorted(months)
    period = within(months[0], month_after(months[-1]))
    sums = {
        "given_fen": Line.objects.filter(Q(payer=member_id) | Q(owner=member_id), period).exclude(
            patient=member_id
        ),
        "received_fen": Line.objects.filter(
            period, settlement__patient=member_id, source__in=_POOLED
        ),
        "own_fen": Line.objects.filter(period, settlement__patient=member_id, source__in=_OWN),
    }
    first, *rest = (
        lines.order_by()
        .annotate(month=TruncMonth("business_date"), kind=Value(kind))
        .values("kind", "month")
        .annotate(fen=Sum(F("amount_fen") - F("returned_fen")))
        .values_list("kind", "month", "fen")
        for kind, lines in sums.items()
    )
    found = {(kind, month): fen for kind, month, fen in first.union(*rest, all=True)}
    return [
        MonthRow(month, **{kind: found.get((kind, month), 0) for kind in sums}) for month in months
    ]
