"""What counts against the caps of a visit: what its payers gave, and its patient got, by then."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Sum

from pooling.bindings import selectors as authorisations
from pooling.bindings.models import Binding
from pooling.bindings.usability import Visit
from pooling.settlements.models import Line
from pooling.settlements.sources import Used
from pooling.shared.periods import month_after
from pooling.shared.queries import Columns, compiled_once


def bound(patient_id: int, visit: Visit) -> list[Binding]:
    """Return the bindings of a patient, each with what `Uses` adds up (one statement, unlocked)."""
    return _bound(patient_id=patient_id, **_spans(visit))


def locked_between(patient_id: int, payer_ids: list[int], visit: Visit) -> list[Binding]:
    """Lock the bindings between a patient and these payers; return them as `bound` does.

    All these people are locked already, in a statement before: this one sees what has been
    given by then, and nobody gives or takes back without their locks. A binding that ended
    while we waited is left out; so is one that began, whose payer is not locked.
    """
    return _locked_between(patient_id=patient_id, payer_ids=payer_ids, **_spans(visit))


def _spans(visit: Visit) -> dict[str, Any]:
    """Return day, calendar month and calendar year of a visit, and its use."""
    month = visit.on.replace(day=1)
    return {
        "use": visit.use,
        "on": visit.on,
        "month": month,
        "next_month": month_after(month),
        "year": date(visit.on.year, 1, 1),
        "next_year": date(visit.on.year + 1, 1, 1),
    }


class _Sum(NamedTuple):
    """What one authorisation gave one patient, over the day, month and year of a visit."""

    binding_id: int
    patient_id: int
    payer_id: int
    day: int | None
    month: int | None
    year: int
    use_month: int | None
    use_year: int | None


@compiled_once
def _bound(patient_id, on, use, month, next_month, year, next_year):
    rows = authorisations.of_patient(patient_id, on)
    return _with_sums(rows, patient_id, on, use, (month, next_month), (year, next_year))


@compiled_once
def _locked_between(patient_id, payer_ids, on, use, month, next_month, year, next_year):
    rows = authorisations.of_patient(patient_id, on).filter(payer__any=payer_ids)
    rows = authorisations.to_lock(rows)
    return _with_sums(rows, patient_id, on, use, (month, next_month), (year, next_year))


def _with_sums(rows: QuerySet[Binding], patient_id, on, use, month, year) -> QuerySet[Binding]:
    """Bring along what each payer gave to whomever, and what the patient got from whomever.

    Net of what went back; an index each. Month and year are `[from, to)`.
    """
    net = F("amount_fen") - F("returned_fen")
    of_use, of_month = Q(use=use), Q(business_date__gte=month[0], business_date__lt=month[1])
    lines = Line.objects.filter(business_date__gte=year[0], business_date__lt=year[1]).order_by()
    sums = _Sum(
        binding_id="binding_id",
        patient_id="patient_id",
        payer_id="payer_id",
        day=Sum(net, filter=Q(business_date=on)),
        month=Sum(net, filter=of_month),
        year=Sum(net),
        use_month=Sum(net, filter=of_use & of_month),
        use_year=Sum(net, filter=of_use),
    )
    by_binding = lines.values("binding_id", "patient_id", "payer_id").annotate(sums=Columns(*sums))
    given = by_binding.filter(payer=OuterRef("payer"))
    received = by_binding.filter(patient=patient_id, payer__isnull=False)
    return rows.annotate(
        given=ArraySubquery(given.values("sums")), received=ArraySubquery(received.values("sums"))
    )


class Uses:
    """The sums around one patient, added up as the caps ask for them, in fen."""

    def __init__(self, patient_id: int, rows: Iterable[Binding]):
        self.patient_id = patient_id
        sums = (_Sum(*each) for row in rows for each in (*row.given, *row.received))
        #: What the patient got from a payer is among what that payer gave.
        self.sums = {each.binding_id: each for each in sums}.values()

    def relative(self, period: str) -> int:
        """Return all payers' money for the patient, ended authorisations included."""
        return _added((each for each in self.sums if each.patient_id == self.patient_id), period)

    def of(self, binding: Binding) -> Used:
        """Return what counts against one authorisation, and against its payer over all."""
        mine = [each for each in self.sums if each.binding_id == binding.pk]
        payers = [each for each in self.sums if each.payer_id == binding.payer_id]
        return Used(
            day_fen=_added(mine, "day"),
            month_fen=_added(mine, "month"),
            year_fen=_added(mine, "year"),
            use_month_fen=_added(mine, "use_month"),
            use_year_fen=_added(mine, "use_year"),
            payer_day_fen=_added(payers, "day"),
            payer_month_fen=_added(payers, "month"),
            payer_year_fen=_added(payers, "year"),
        )


def _added(sums: Iterable[_Sum], period: str) -> int:
    return sum(getattr(each, period) or 0 for each in sums)
