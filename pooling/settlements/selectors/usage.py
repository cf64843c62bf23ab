"""The usage log: a reading of settlement lines, never a second book.

The patient reads everything about the own bills. A payer reads day, amount and kind of
place; of somebody aged 14 to 17 amount and month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.settlements import privacy
from pooling.settlements.models import Line, Settlement
from pooling.shared.masks import mask_name

_LEVELS = {0: _("未定级"), 1: _("一级"), 2: _("二级"), 3: _("三级")}


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What a payer's account gave to one bill of a relative. No day or place where hidden."""

    settlement_id: int
    binding_id: int
    relative_id: int
    relative: str
    month: str
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
    """Both sides of somebody's log, newest first."""

    given: list[PaidRow]
    received: list[BillRow]


def usage_for(
    member_id: int, since: date | None = None, until: date | None = None, limit: int = 200
) -> Usage:
    """Return a member's log over `[since, until)` by business date, in three statements."""
    return Usage(
        given=paid_for_relatives(member_id, since, until, limit),
        received=received(member_id, since, until, limit),
    )


def paid_for_relatives(
    member_id: int, since: date | None = None, until: date | None = None, limit: int = 200
) -> list[PaidRow]:
    """Return what the member's account gave to others, newest first (one statement).

    `limit` counts lines: a bill that took current and prior money has two.
    """
    lines = Line.objects.filter(_within(since, until), payer=member_id)
    lines = lines.select_related("settlement__institution", "patient")
    by_bill: dict[int, list[Line]] = {}
    for line in lines.order_by("-business_date", "-settlement_id", "order")[:limit]:
        by_bill.setdefault(line.settlement_id, []).append(line)
    rows = [_paid(bill) for bill in by_bill.values()]
    # Within a month the hidden days come last, or their place in the list would tell them.
    return sorted(rows, key=lambda row: (row.month, row.day or date.min), reverse=True)


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
        day=None if hidden else day,
        place="" if hidden else place_of(settlement.institution),
        amount_fen=sum(each.amount_fen for each in lines),
        returned_fen=sum(each.returned_fen for each in lines),
        status=settlement.get_status_display(),
        status_code=settlement.status,
    )


def received(
    member_id: int, since: date | None = None, until: date | None = None, limit: int = 200
) -> list[BillRow]:
    """Return the member's own bills, newest first (two statements)."""
    rows = Settlement.objects.filter(_within(since, until), patient=member_id)
    return _bills(rows.order_by("-business_time", "-pk")[:limit])


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


def _within(since: date | None, until: date | None) -> Q:
    period = Q()
    if since is not None:
        period &= Q(business_date__gte=since)
    if until is not None:
        period &= Q(business_date__lt=until)
    return period
