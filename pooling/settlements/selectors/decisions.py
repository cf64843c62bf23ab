"""Why it was split like this, and why a relative's money did not help, in words for the asker."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.settlements import privacy, reasons
from pooling.settlements.models import Line, Settlement
from pooling.settlements.reasons import PATIENT, PAYER, STAFF
from pooling.settlements.selectors.usage import (
    EVERYTHING,
    Only,
    buyer_of,
    place_of,
    premium_of,
    within,
)
from pooling.settlements.sources import Clause, Input
from pooling.settlements.waterfall import Considered, Decision
from pooling.shared.errors import NotFound
from pooling.shared.masks import mask_name


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of a decision: what it could give as far as the asker may know, and why.

    `remedy` is what would have changed it; empty where there was nothing to change.
    """

    source: str
    source_code: str
    binding_id: int | None
    payer_id: int | None
    payer: str
    could_give_fen: int
    taken_fen: int
    reason: str
    sentence: str
    remedy: str
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as patient, payer or staff may read it.

    A payer gets no total and no cash, only `others_paid`; where the patient is 14 to 17 no
    day, place or reason either (`month_only`).
    """

    uid: UUID
    role: str
    month_only: bool
    month: str
    day: date | None
    place: str
    institution: str
    use: str
    premium: str
    status: str
    status_code: str
    patient_id: int
    patient: str
    personal_part_fen: int | None
    own_fen: int | None
    pooled_fen: int | None
    cash_fen: int | None
    paid_fen: int
    #: Of that, what a payer had paid into the family fund before: their account stays as it is.
    fund_fen: int
    returned_fen: int
    others_paid: bool
    rules_version: str
    sources: tuple[SourceRow, ...]
    #: Who collected for the patient: name masked, the document for patient and staff alone.
    buyer: str


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A relative's money that could have helped and did not, with the reason to tell."""

    uid: UUID
    role: str
    day: date
    place: str
    other_id: int
    other: str
    reason: str
    sentence: str
    remedy: str
    clause: Clause | None


def decision_for(member_id: int, uid: UUID) -> DecisionRow:
    """Return a decision in the asker's words, in three statements. Raises NotFound.

    Asked for by the `uid`: numbers follow each other, and would tell a payer who may see only
    the month between which others' visits this one was.

    The patient reads every source, payers masked, never what a payer's account holds. A
    payer reads the own line only, with its full figures.
    """
    settlement = _settlement(uid=uid)
    items = settlement.decided.considered
    if settlement.patient_id == member_id:
        return _decision(settlement, PATIENT, items, settlement.lines.all())
    lines = [line for line in settlement.lines.all() if member_id in (line.payer_id, line.owner_id)]
    hidden = privacy.month_only(settlement.patient.birth_date, settlement.business_date)
    mine = [item for item in items if item.payer == member_id]
    told = mine and not hidden and privacy.missed(mine[0], settlement.cash_fen)
    if not lines and not (told and privacy.told_to_payer(mine[0].reason)):
        raise _absent()
    return _decision(settlement, PAYER, mine, lines, hidden=hidden)


def decision_in_full(settlement_id: int) -> DecisionRow:
    """Return a decision with every figure, for staff whose look is written down."""
    settlement = _settlement(pk=settlement_id)
    items = settlement.decided.considered
    return _decision(settlement, STAFF, items, settlement.lines.all())


def nothing_deducted(
    member_id: int,
    since: date,
    until: date | None = None,
    only: Only = EVERYTHING,
    known: Mapping[int, object] | None = None,
) -> list[MissedRow]:
    """Return bills of `[since, until)` that left cash though a relative was bound, newest first.

    As patient, with why each relative's money did not help; as payer, why the own did not.
    Two statements; one where every other side is `known` by a name to show.
    """
    known = known or {}
    rows = Settlement.objects.filter(within(since, until), cash_fen__gt=0)
    if only.place:
        rows = rows.filter(institution__type=only.place)
    rows = rows.exclude(status=Settlement.Status.REVERSED)
    as_payer = Q(
        patient__bindings_received__payer=member_id,
        decision__considered__contains=[{"payer": member_id, "taken_fen": 0}],
    )
    mine = rows.filter(patient=member_id)
    theirs = rows.filter(pk__in=rows.filter(as_payer).values("pk"))
    found = sorted(
        (mine | theirs).select_related("institution", "patient"),
        key=lambda row: (row.business_time, row.pk),
        reverse=True,
    )
    missed = [
        (row, item)
        for row in found
        for item in row.decided.considered
        if privacy.missed(item, row.cash_fen) and _tellable(member_id, row, item)
        if only.visits_of(row.patient_id) and only.paid_by(item.payer)
    ]
    names = people.by_ids({item.payer for _row, item in missed} - {member_id, *known})
    return [_missed(member_id, row, item, names, known) for row, item in missed]


def _tellable(member_id: int, row: Settlement, item: Considered) -> bool:
    if row.patient_id == member_id:
        return True
    return (
        item.payer == member_id
        and privacy.told_to_payer(item.reason)
        and not privacy.month_only(row.patient.birth_date, row.business_date)
    )


def _missed(member_id: int, row: Settlement, item: Considered, names, known) -> MissedRow:
    as_patient = row.patient_id == member_id
    other_id = item.payer if as_patient else row.patient_id
    if other_id in known:
        other = str(known[other_id])
    else:
        other = mask_name((names[item.payer] if as_patient else row.patient).name)
    tell = reasons.discreet if as_patient else reasons.full
    return MissedRow(
        uid=row.uid,
        role=PATIENT if as_patient else PAYER,
        day=row.business_date,
        place=place_of(row.institution),
        other_id=other_id,
        other=other,
        reason=item.reason,
        sentence=tell(item.reason, item.values, item.source),
        remedy=reasons.advice(row.decided.given, item, PATIENT if as_patient else PAYER),
        clause=item.clause,
    )


def _settlement(**named) -> Settlement:
    rows = Settlement.objects.select_related("institution", "patient")
    found = rows.prefetch_related("lines").filter(**named).first()
    if found is None:
        raise _absent()
    return found


def _absent() -> NotFound:
    return NotFound(_("没有找到这笔结算。"))


def _decision(
    settlement: Settlement,
    role: str,
    items: Iterable[Considered],
    lines: Iterable[Line],
    *,
    hidden: bool = False,
) -> DecisionRow:
    items = [] if hidden else list(items)
    names = people.by_ids({item.payer for item in items if item.payer})
    given = settlement.decided.given
    knows_all = role != PAYER
    day = settlement.business_date
    accounts = [line for line in lines if line.source != Line.Source.CASH]
    return DecisionRow(
        uid=settlement.uid,
        buyer="" if hidden else buyer_of(settlement, with_document=role != PAYER),
        role=role,
        month_only=hidden,
        month=f"{day:%Y-%m}",
        day=None if hidden else day,
        place="" if hidden else place_of(settlement.institution),
        institution=settlement.institution.name if knows_all else "",
        use=settlement.get_use_display() if knows_all else "",
        premium="" if hidden else premium_of(settlement, with_use=not knows_all),
        status=settlement.get_status_display(),
        status_code=settlement.status,
        patient_id=settlement.patient_id,
        patient=mask_name(settlement.patient.name),
        personal_part_fen=settlement.personal_part_fen if knows_all else None,
        own_fen=settlement.own_fen if knows_all else None,
        pooled_fen=settlement.pooled_fen if knows_all else None,
        cash_fen=settlement.cash_fen if knows_all else None,
        paid_fen=sum(line.amount_fen for line in accounts),
        fund_fen=sum(one.amount_fen for one in accounts if one.source == Line.Source.FAMILY_FUND),
        returned_fen=sum(line.returned_fen for line in accounts),
        others_paid=settlement.pooled_fen > sum(line.amount_fen for line in accounts),
        rules_version=settlement.rules_version,
        sources=tuple(_source(given, item, role, names) for item in items),
    )


def _source(given: Input, item: Considered, role: str, names) -> SourceRow:
    payer = mask_name(names[item.payer].name) if item.payer else ""
    return source_row(given, item, payer, role)


def told_to_patient(decision: Decision, members) -> list[SourceRow]:
    """Return the sources of a decision as its patient may read them; `members` by id."""
    return [_source(decision.given, item, PATIENT, members) for item in decision.considered]


def source_row(given: Input, item: Considered, payer: str, role: str) -> SourceRow:
    """Tell one source: to the patient no more of a payer's money than was asked for."""
    discreet = role == PATIENT and item.payer is not None
    tell = reasons.discreet if discreet else reasons.full
    return SourceRow(
        source=str(Line.Source(item.source).label),
        source_code=item.source,
        binding_id=item.binding,
        payer_id=item.payer,
        payer=payer,
        could_give_fen=(
            min(item.could_give_fen, item.needed_fen) if discreet else item.could_give_fen
        ),
        taken_fen=item.taken_fen,
        reason=item.reason,
        sentence=tell(item.reason, item.values, item.source),
        remedy=reasons.advice(given, item, role),
        clause=item.clause,
    )
