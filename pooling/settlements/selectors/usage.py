"""The usage log: a reading of settlement lines, never a second book.

The patient reads everything about the own bills. A payer reads day, amount and kind of
place; of somebody aged 14 to 17 amount and month. What is hidden is not told by the order
of a list, by its end, or by a filter either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Func, IntegerField, Prefetch, Q, Sum, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.settlements import privacy
from pooling.settlements.models import Line, Settlement
from pooling.shared.masks import mask_name
from pooling.shared.periods import month_after, month_of

_LEVELS = {0: _("未定级"), 1: _("一级"), 2: _("二级"), 3: _("三级")}


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What a payer's account gave to one bill of a relative. No day or place where hidden."""

    settlement_id: int
    binding_id: int
    relative_id: int
    relative: str
    month: str
    first: date
    day: date | None
    place: str
    amount_fen: int
    returned_fen: int
    status: str
    status_code: str


@dataclass(frozen=True, slots=True)
class PayerShare:
    """What one relative's account gave to a bill."""

    payer_id: int
    payer: str
    amount_fen: int
    returned_fen: int


@dataclass(frozen=True, slots=True)
class BillRow:
    """One of the own bills, with who paid what."""

    settlement_id: int
    business_time: datetime
    institution: str
    place: str
    use: str
    status: str
    status_code: str
    total_fen: int
    fund_fen: int
    personal_part_fen: int
    own_fen: int
    pooled_fen: int
    cash_fen: int
    refunded_fen: int
    payers: tuple[PayerShare, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Both sides of somebody's log, newest first; `more` where the limit cut either off."""

    given: list[PaidRow]
    received: list[BillRow]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Only:
    """Whose visits, from whose account, at what kind of place; empty leaves nothing out."""

    patient_id: int | None = None
    payer_id: int | None = None
    place: str = ""

    def visits_of(self, member_id: int) -> bool:
        return self.patient_id in (None, member_id)

    def paid_by(self, member_id: int) -> bool:
        return self.payer_id in (None, member_id)


EVERYTHING = Only()


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of somebody's money, net of what went back."""

    month: date
    own_fen: int
    given_fen: int
    received_fen: int


def usage_for(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> Usage:
    """Return a member's log over `[since, until)` by business date, in three statements."""
    given, more_given = _given(member_id, since, until, limit, only)
    bills = received(member_id, since, until, limit + 1, only)
    return Usage(given, bills[:limit], more=more_given or len(bills) > limit)


def paid_for_relatives(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> list[PaidRow]:
    """Return what the member's account gave to others, newest first (one statement)."""
    return _given(member_id, since, until, limit, only)[0]


def _given(member_id, since, until, limit, only: Only) -> tuple[list[PaidRow], bool]:
    """Return at most `limit` rows, and whether there are more."""
    if not only.paid_by(member_id):
        return [], False
    lines = Line.objects.filter(within(since, until), payer=member_id)
    if only.patient_id is not None:
        lines = lines.filter(patient=only.patient_id)
    lines = lines.annotate(age=_AGE)
    hidden = Q(age__in=privacy.MONTH_ONLY_AGES)
    if only.place:
        # Not even the right place finds a hidden row: being found would tell it.
        lines = lines.filter(~hidden, settlement__institution__type=only.place)
    # Within a month the hidden days come last, or their place in the list would tell them.
    lines = lines.annotate(shown=Case(When(hidden, then=None), default=F("business_date")))
    lines = lines.select_related("settlement__institution", "patient").order_by(
        TruncMonth("business_date").desc(),
        F("shown").desc(nulls_last=True),
        "-settlement_id",
        "order",
    )
    by_bill: dict[int, list[Line]] = {}
    for line in lines[: (limit + 1) * _LINES_READ]:
        by_bill.setdefault(line.settlement_id, []).append(line)
    rows = [_paid(bill) for bill in by_bill.values()]
    # The last of them may lack a line that was read no more; it is never shown.
    return rows[:limit], len(rows) > limit


#: Of one account a bill takes the current and the prior part: two lines.
_LINES_READ = 2
#: `privacy.month_only` in SQL: full years lived on the day of the visit.
_AGE = Func(
    F("business_date"),
    F("patient__birth_date"),
    template="extract(year FROM age(%(expressions)s))",
    output_field=IntegerField(),
)


def _paid(lines: list[Line]) -> PaidRow:
    line = lines[0]
    settlement, patient, day = line.settlement, line.patient, line.business_date
    hidden = privacy.month_only(patient.birth_date, day)
    return PaidRow(
        settlement_id=settlement.pk,
        binding_id=line.binding_id,
        relative_id=patient.pk,
        relative=mask_name(patient.name),
        month=f"{day:%Y-%m}",
        first=month_of(day),
        day=None if hidden else day,
        place="" if hidden else place_of(settlement.institution),
        amount_fen=sum(each.amount_fen for each in lines),
        returned_fen=sum(each.returned_fen for each in lines),
        status=settlement.get_status_display(),
        status_code=settlement.status,
    )


def received(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> list[BillRow]:
    """Return the member's own bills, newest first (two statements)."""
    if not only.visits_of(member_id):
        return []
    rows = Settlement.objects.filter(within(since, until), patient=member_id)
    if only.place:
        rows = rows.filter(institution__type=only.place)
    if only.payer_id == member_id:
        rows = rows.filter(own_fen__gt=0)
    elif only.payer_id is not None:
        paid = Line.objects.filter(patient=member_id, payer=only.payer_id)
        rows = rows.filter(pk__in=paid.values("settlement_id"))
    return _bills(rows.order_by("-business_time", "-pk")[:limit])


def by_month(member_id: int, months: Iterable[date]) -> list[MonthRow]:
    """Return what went where in each of these months, given as first days (one statement)."""
    months = sorted(months)
    period = within(months[0], month_after(months[-1]))
    sums = {
        "given_fen": Line.objects.filter(period, payer=member_id),
        "received_fen": Line.objects.filter(period, patient=member_id, payer__isnull=False),
        "own_fen": Line.objects.filter(
            period, settlement__patient=member_id, source=Line.Source.OWN
        ),
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


def all_rows(settlement_ids: Iterable[int]) -> dict[int, BillRow]:
    """Return rows of these settlements, for staff whose look is written down."""
    rows = _bills(Settlement.objects.filter(pk__in=list(settlement_ids)))
    return {row.settlement_id: row for row in rows}


def _bills(settlements) -> list[BillRow]:
    lines = Line.objects.filter(payer__isnull=False).select_related("payer")
    settlements = settlements.select_related("institution")
    return [
        BillRow(
            settlement_id=row.pk,
            business_time=row.business_time,
            institution=row.institution.name,
            place=place_of(row.institution),
            use=row.get_use_display(),
            status=row.get_status_display(),
            status_code=row.status,
            total_fen=row.total_fen,
            fund_fen=row.fund_fen,
            personal_part_fen=row.personal_part_fen,
            own_fen=row.own_fen,
            pooled_fen=row.pooled_fen,
            cash_fen=row.cash_fen,
            refunded_fen=row.refunded_fen,
            payers=_shares(row.lines.all()),
        )
        for row in settlements.prefetch_related(Prefetch("lines", lines))
    ]


def _shares(lines: Iterable[Line]) -> tuple[PayerShare, ...]:
    by_payer: dict[int, list[Line]] = {}
    for line in lines:
        by_payer.setdefault(line.payer_id, []).append(line)
    return tuple(
        PayerShare(
            payer_id=payer_id,
            payer=mask_name(of_payer[0].payer.name),
            amount_fen=sum(line.amount_fen for line in of_payer),
            returned_fen=sum(line.returned_fen for line in of_payer),
        )
        for payer_id, of_payer in by_payer.items()
    )


def place_of(institution: Institution) -> str:
    """Return the kind of place: `医院（三级）`, `药店`. Never which one, never a department."""
    kind = institution.get_type_display()
    if institution.type != Institution.Type.HOSPITAL:
        return str(kind)
    return gettext("%(kind)s（%(level)s）") % {"kind": kind, "level": _LEVELS[institution.level]}


def within(since: date | None, until: date | None) -> Q:
    period = Q()
    if since is not None:
        period &= Q(business_date__gte=since)
    if until is not None:
        period &= Q(business_date__lt=until)
    return period
