"""Premiums paid from accounts: of whom, of which kind, for which year."""

from pooling.settlements.models import Settlement

#: What went back whole was not paid.
_GONE = (Settlement.Status.REVERSED, Settlement.Status.REFUNDED)


def paid(member_id: int, use: str, year: int) -> bool:
    """Return whether somebody's premium of a kind for a year is paid."""
    rows = Settlement.objects.filter(patient=member_id, use=use, premium_year=year)
    return rows.exclude(status__in=_GONE).exists()
