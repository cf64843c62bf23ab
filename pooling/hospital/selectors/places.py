"""An institution as whoever keeps the interface running sees it: who signs, and how it goes."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from accounts.models import Institution
from pooling.hospital.models import Exchange, TillCredential
from pooling.hospital.selectors import rates
from pooling.hospital.selectors.rates import Rate

#: Days the figures go back.
LATELY = 7


@dataclass(frozen=True, slots=True)
class Signer:
    """A client of an institution, and its credential of the national interface if it has one."""

    name: str
    scope: str
    live: bool
    backdate_days: int
    credential: TillCredential | None


@dataclass(frozen=True, slots=True)
class Place:
    """Who signs for an institution, its last message, and its last week."""

    signers: list[Signer]
    last: Exchange | None
    rate: Rate
    first_day: date
    last_day: date


def of_institution(institution: Institution, today: date) -> Place:
    """Return what staff want to know of an institution (four statements)."""
    rows = TillCredential.objects.filter(client__institution=institution)
    credentials = {row.client_id: row for row in rows}
    signers = [
        Signer(
            client.name,
            client.get_scope_display(),
            client.revoked_at is None,
            client.backdate_days,
            credentials.get(client.pk),
        )
        for client in institution.clients.order_by(F("revoked_at").asc(nulls_first=True), "name")
    ]
    first = today - timedelta(days=LATELY - 1)
    latest = Exchange.objects.filter(institution=institution).order_by("-at", "-pk")
    last = latest.defer("request_sealed", "answer_sealed").first()
    return Place(signers, last, rates.of_place(institution.pk, first, today), first, today)
