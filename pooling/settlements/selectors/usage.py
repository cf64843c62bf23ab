"""The usage log: a reading of settlement lines, never a second book.

The patient reads everything about the own bills. A payer reads day, amount and kind of
place; of somebody aged 14 to 17 amount and month. What is hidden is not told by the order
of a list, by its end, or by a filter either.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from uuid import UUID

from django.db.models import Case, F, Func, IntegerField, Prefetch, Q, QuerySet, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from pooling.settlements import privacy
from pooling.settlements.models import Line, Settlement
from pooling.shared.masks import mask_cert_no, mask_name
from pooling.shared.periods import month_of

_LEVELS = {0: _("未定级"), 1: _("一级"), 2: _("二级"), 3: _("三级")}


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What a payer's money gave to one bill of a relative. No day or place where hidden.

    `binding_id` is None where it came from a share of a family fund.
    """

    uid: UUID
    binding_id: int | None
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
    premium: str = ""
    buyer: str = ""


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

    uid: UUID
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
    premium: str = ""
    buyer: str = ""


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


def usage_for(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> Usage:
    """Return a member's log over `[since, until)` by business date, in three statements."""
    given = paid_for_relatives(member_id, since, until, limit + 1, only)
    bills = received(member_id, since, until, limit + 1, only)
    more = len(given) > limit or len(bills) > limit
    return Usage(given[:limit], bills[:limit], more)


def paid_for_relatives(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> list[PaidRow]:
    """Return what the member's account gave to others, newest first (one statement)."""
    # The last bill may lack a line that was read no more; it is beyond the limit, then.
    lines = _given(member_id, since, until, only)[: (limit + 1) * _LINES_READ]
    return list(islice(_paid(lines), limit))


def whole(
    member_id: int, since: date, until: date, only: Only = EVERYTHING
) -> Iterator[PaidRow | BillRow]:
    """Yield everything of a period, what was given first, reading a chunk at a time."""
    yield from _paid(_given(member_id, since, until, only).iterator(chunk_size=_CHUNK))
    bills = _with_lines(_own(member_id, since, until, only))
    yield from map(_bill, bills.iterator(chunk_size=_CHUNK))


def count(member_id: int, since: date, until: date, only: Only = EVERYTHING) -> int:
    """Return how many rows `whole` yields, in two statements."""
    given = _given(member_id, since, until, only).order_by()
    bills = given.values("settlement_id").distinct().count()
    return bills + _own(member_id, since, until, only).count()


def _given(member_id, since, until, only: Only) -> QuerySet[Line]:
    """Return lines the member paid to others' bills, those of one bill one after the other.

    From an account, a quota, or the own share of a family fund.
    """
    mine = Q(payer=member_id) | Q(owner=member_id)
    lines = Line.objects.filter(mine, within(since, until)).exclude(patient=member_id)
    if not only.paid_by(member_id):
        lines = lines.none()
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
    return lines.defer(*(f"settlement__{name}" for name in _BULKY))


_CHUNK = 500
#: What a list has no use for.
_BULKY = ("decision", "family_snapshot")
#: Of one account a bill takes the current and the prior part, and of a share both too.
_LINES_READ = 4
#: `privacy.month_only` in SQL: full years lived on the day of the visit.
_AGE = Func(
    F("business_date"),
    F("patient__birth_date"),
    template="extract(year FROM age(%(expressions)s))",
    output_field=IntegerField(),
)


def _paid(lines: Iterable[Line]) -> Iterator[PaidRow]:
    for _settlement_id, bill in groupby(lines, key=lambda line: line.settlement_id):
        yield _paid_row(list(bill))


def _paid_row(lines: list[Line]) -> PaidRow:
    line = lines[0]
    settlement, patient, day = line.settlement, line.patient, line.business_date
    hidden = privacy.month_only(patient.birth_date, day)
    return PaidRow(
        uid=settlement.uid,
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
        premium="" if hidden else premium_of(settlement, with_use=True),
        buyer="" if hidden else buyer_of(settlement),
    )


def received(
    member_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 200,
    only: Only = EVERYTHING,
) -> list[BillRow]:
    """Return the member's own bills, newest first (two statements)."""
    return list(map(_bill, _with_lines(_own(member_id, since, until, only))[:limit]))


def _own(member_id, since, until, only: Only) -> QuerySet[Settlement]:
    rows = Settlement.objects.filter(within(since, until), patient=member_id)
    if not only.visits_of(member_id):
        rows = rows.none()
    if only.place:
        rows = rows.filter(institution__type=only.place)
    if only.payer_id == member_id:
        rows = rows.filter(own_fen__gt=0)
    elif only.payer_id is not None:
        paid = Line.objects.filter(patient=member_id, payer=only.payer_id)
        rows = rows.filter(pk__in=paid.values("settlement_id"))
    return rows.order_by("-business_time", "-pk")


def _with_lines(settlements: QuerySet[Settlement]) -> QuerySet[Settlement]:
    lines = Line.objects.filter(Q(payer__isnull=False) | Q(owner__isnull=False))
    lines = lines.select_related("payer", "owner")
    settlements = settlements.select_related("institution").defer(*_BULKY)
    return settlements.prefetch_related(Prefetch("lines", lines))


def _bill(row: Settlement) -> BillRow:
    return BillRow(
        uid=row.uid,
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
        premium=premium_of(row),
        buyer=buyer_of(row),
    )


def _shares(lines: Iterable[Line]) -> tuple[PayerShare, ...]:
    by_payer: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        by_payer.setdefault((line.source, line.payer_id or line.owner_id), []).append(line)
    return tuple(
        PayerShare(
            payer_id=payer_id,
            payer=_whose(of_payer[0]),
            amount_fen=sum(line.amount_fen for line in of_payer),
            returned_fen=sum(line.returned_fen for line in of_payer),
        )
        for (_source, payer_id), of_payer in by_payer.items()
    )


def _whose(line: Line) -> str:
    """Return whose money it was: `兰*`; of a quota or a share, which money too."""
    if line.source == Line.Source.RELATIVE:
        return mask_name(line.payer.name)
    name = mask_name((line.payer or line.owner).name)
    return gettext("%(name)s（%(source)s）") % {"name": name, "source": line.get_source_display()}


def premium_of(settlement: Settlement, *, with_use: bool = False) -> str:
    """Return what a premium insures: `2027年度 · 普惠健康保`; empty where the till told nothing.

    A premium is no visit and tells nothing of anybody's health, so a payer reads its kind too.
    """
    if settlement.premium_year is None:
        return ""
    year = gettext("%(year)s年度") % {"year": settlement.premium_year}
    use = str(settlement.get_use_display()) if with_use else ""
    return " · ".join(filter(None, (use, year, settlement.premium_product)))


def buyer_of(settlement: Settlement, *, with_document: bool = False) -> str:
    """Return who collected for the patient, masked; nothing where the patient did.

    The document is for patient and staff alone: a payer need not know whom a patient sends.
    """
    if settlement.buyer_sealed is None:
        return ""
    buyer = json.loads(settlement.buyer)
    name = mask_name(buyer["name"])
    return f"{name}（{mask_cert_no(buyer['cert_no'])}）" if with_document else name


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
