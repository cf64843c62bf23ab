"""How members stand in the insurance on a day, and whether their e-credential is active."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from accounts.models import ECredential, Enrolment, Insurance, Member
from pooling.shared import periods
from pooling.shared.queries import Columns, compiled_once


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands in the insurance on a day.

    `insutype`, `area`, `psn_type` and `status` are those of the insurance that counts: 310
    where both are in force, empty where none is. `employee_status` is that of the
    employee insurance alone (`1` normal, `2` paused, `4` ended, empty: never had one).
    `e_credential`: activated by that day; not known of somebody who never was in an insurance.
    """

    member_id: int
    birth_date: date
    died_on: date | None
    insutype: str = ""
    area: str = ""
    psn_type: str = ""
    status: str = ""
    employee_status: str = ""
    employee_area: str = ""
    e_credential: bool = False

    def dead(self, on: date) -> bool:
        """Return whether the member is dead on that day; the day of death counts."""
        return self.died_on is not None and self.died_on <= on


def standings(members: Iterable[Member], on: date) -> dict[int, Standing]:
    """Return member id → Standing on a day, in one statement for all enrolments."""
    members = {member.pk: member for member in members}
    rows: dict[int, list[Enrolment]] = {pk: [] for pk in members}
    for row in _enrolments(member_ids=list(members), on=on):
        rows[row.member_id].append(row)
    return {
        pk: _standing(
            member, rows[pk], on, e_credential=any(row.e_credential_id for row in rows[pk])
        )
        for pk, member in members.items()
    }


def with_enrolments(rows: QuerySet[Member], on) -> QuerySet[Member]:
    """Bring along what `standing_of` reads of each member on a day."""
    begun = Enrolment.objects.filter(member=OuterRef("pk"), from_date__lte=on)
    begun = begun.order_by("from_date", "pk").values(row=Columns(*_Enrolled._fields))
    return rows.annotate(
        insured=ArraySubquery(begun),
        e_credential_id=_credential("pk", on),
    )


def standing_of(row: Member, on: date) -> Standing:
    """Return how a member whose enrolments came along stands on that day."""
    enrolled = [
        _Enrolled(*rest, periods.day(begin), periods.day(end)) for *rest, begin, end in row.insured
    ]
    return _standing(row, enrolled, on, e_credential=row.e_credential_id is not None)


class _Enrolled(NamedTuple):
    """What counts of an enrolment."""

    insutype: str
    area: str
    psn_type: str
    status: str
    from_date: date
    to_date: date | None


@compiled_once
def _enrolments(member_ids, on):
    rows = Enrolment.objects.filter(member__any=member_ids, from_date__lte=on)
    return rows.annotate(e_credential_id=_credential("member", on)).order_by("from_date", "pk")


def _credential(member: str, on) -> Subquery:
    """Return a member's e-credential that is active on a day, if any: one ended that day is not.

    Asked for by member, always: for EXISTS the planner may read all credentials there are.
    """
    rows = ECredential.objects.filter(member=OuterRef(member), activated_on__lte=on)
    rows = rows.annotate(ended_on=TruncDate("ended_at", tzinfo=periods.SHANGHAI))
    active = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    return Subquery(active.values("pk")[:1])


def _standing(
    member: Member, rows: list[Enrolment] | list[_Enrolled], on: date, *, e_credential: bool
) -> Standing:
    in_force = [
        row
        for row in rows
        if periods.contains(row.from_date, row.to_date, on) and row.status != Enrolment.Status.ENDED
    ]
    by_kind = {row.insutype: row for row in in_force}
    counts = by_kind.get(Insurance.EMPLOYEE) or by_kind.get(Insurance.RESIDENT)
    employee = by_kind.get(Insurance.EMPLOYEE)
    ever = [row for row in rows if row.insutype == Insurance.EMPLOYEE]
    return Standing(
        member_id=member.pk,
        birth_date=member.birth_date,
        died_on=member.died_on,
        insutype=counts.insutype if counts else "",
        area=counts.area if counts else "",
        psn_type=counts.psn_type if counts else "",
        status=counts.status if counts else "",
        employee_status=employee.status if employee else (Enrolment.Status.ENDED if ever else ""),
        employee_area=employee.area if employee else (ever[-1].area if ever else ""),
        e_credential=e_credential,
    )


def enrolments_of(member_id: int, on: date) -> list[Enrolment]:
    """Return a member's enrolments that have begun by a day, ended ones too, oldest first."""
    return _enrolments(member_ids=[member_id], on=on)
