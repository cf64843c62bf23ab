"""What was paid on the strength of one authorisation, net of what went back."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from pooling.settlements.models import Line


@dataclass(frozen=True, slots=True)
class Taken:
    """What one settlement took from the payer; `fen` net of refunds and reversals."""

    settlement_id: int
    on: date
    fen: int


def taken_by(binding_id: int) -> list[Taken]:
    """Return every settlement that still holds money of an authorisation, oldest first."""
    rows = Line.objects.filter(binding_id=binding_id).values("settlement_id", "business_date")
    rows = rows.annotate(fen=Sum(F("amount_fen") - F("returned_fen"))).filter(fen__gt=0)
    return [
        Taken(row["settlement_id"], row["business_date"], row["fen"])
        for row in rows.order_by("business_date", "settlement_id")
    ]
