"""Questions about people and institutions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts import fingerprints, names, tokens
from accounts.models import (
    ApiClient,
    CareLink,
    ECredential,
    Enrolment,
    Institution,
    Insurance,
    Member,
    RefusedCode,
    ShownCode,
    User,
)
from pooling.shared import crypto, periods
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.errors import NotFound
from pooling.shared.queries import compiled_once

#: So long after a phone changed, it may be in somebody else's hands.
PHONE_SETTLES = timedelta(hours=72)
#: Nobody shows one place more codes in the course of a visit.
MOST_TRIED = 100


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
        pk: _standing(member, rows[pk], on, e_credential=any(row.e_credential for row in rows[pk]))
        for pk, member in members.items()
    }


def with_enrolments(rows: QuerySet[Member], on) -> QuerySet[Member]:
    """Bring along what `standing_of` reads of each member on a day."""
    begun = Enrolment.objects.filter(member=OuterRef("pk"), from_date__lte=on)
    fields = JSONObject(**{name: name for name in _Enrolled._fields})
    return rows.annotate(
        insured=ArraySubquery(begun.order_by("from_date", "pk").values(row=fields)),
        e_credential=_has_credential("pk", on),
    )


def standing_of(row: Member, on: date) -> Standing:
    """Return how a member whose enrolments came along stands on that day."""
    enrolled = [
        _Enrolled(
            **each
            | {
                "from_date": date.fromisoformat(each["from_date"]),
                "to_date": each["to_date"] and date.fromisoformat(each["to_date"]),
            }
        )
        for each in row.insured
    ]
    return _standing(row, enrolled, on, e_credential=row.e_credential)


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
    return rows.annotate(e_credential=_has_credential("member", on)).order_by("from_date", "pk")


def _has_credential(member: str, on) -> Exists:
    """Return whether a member's e-credential is active on a day: one ended that day is not."""
    rows = ECredential.objects.filter(member=OuterRef(member), activated_on__lte=on)
    rows = rows.annotate(ended_on=TruncDate("ended_at", tzinfo=periods.SHANGHAI))
    return Exists(rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on)))


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


def locked(member_ids: Iterable[int]) -> dict[int, Member]:
    """Lock member rows by primary key and return them by id (one statement)."""
    return {row.pk: row for row in _locked(ids=list(member_ids))}


@compiled_once
def _locked(ids):
    return to_lock(having(ids))


def having(ids) -> QuerySet[Member]:
    """Return the query set of members of an array of ids, for who brings more along with them."""
    return Member.objects.filter(pk__any=ids)


def numbered(psn_no) -> QuerySet[Member]:
    """Return the query set of the member with a number of the authority."""
    return Member.objects.filter(psn_no=psn_no)


def to_lock(rows: QuerySet[Member]) -> QuerySet[Member]:
    """Return the query set that locks these members by primary key."""
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")


def by_psn_no(psn_no: str) -> Member | None:
    """Return the member with this number of the authority, or None."""
    return next(iter(_by_psn_no(psn_no=psn_no)), None)


@compiled_once
def _by_psn_no(psn_no):
    return numbered(psn_no)


def by_ids(member_ids: Iterable[int]) -> dict[int, Member]:
    """Return members by id, unlocked (one statement, none for nobody)."""
    return Member.objects.in_bulk(set(member_ids))


def phone_changed_at(member_id: int) -> datetime | None:
    """Return when the member's sign-in phone last changed; None: never, or no sign-in."""
    return User.objects.filter(member=member_id).values_list("phone_changed_at", flat=True).first()


def phone_unsettled_until(member_id: int, by: Actor, at: datetime) -> datetime | None:
    """Return until when a phone changed of late keeps its owner from risking money; None: free.

    On the portal alone: at the window a clerk has seen who stands there.
    """
    if by.kind != ActorKind.MEMBER:
        return None
    changed_at = phone_changed_at(member_id)
    if changed_at is None or at >= changed_at + PHONE_SETTLES:
        return None
    return changed_at + PHONE_SETTLES


def signs_in(member_id: int) -> bool:
    """Return whether the member has a sign-in of their own."""
    return User.objects.filter(member=member_id, is_active=True).exists()


def who_sign_in(member_ids: Iterable[int]) -> set[int]:
    """Return which of these members have a sign-in of their own (one statement)."""
    rows = User.objects.filter(member__in=set(member_ids), is_active=True)
    return set(rows.values_list("member", flat=True))


def client_by_key(key_hash: bytes) -> ApiClient | None:
    """Return the live client of a hashed bearer key, or None.

    Its `clock` is the database's present moment: whoever is let in by this one statement
    needs no second one to learn the time. A revoked key is like one that never was.
    """
    return next(iter(_client_by_key(key_hash=key_hash)), None)


@compiled_once
def _client_by_key(key_hash):
    return (
        ApiClient.objects.filter(key_hash=key_hash, revoked_at__isnull=True)
        .select_related("institution")
        .annotate(clock=Func(function="clock_timestamp", output_field=DateTimeField()))
    )


def by_cert_no(cert_no: str) -> Member | None:
    """Return the member with this identity number, or None. For the desk, whose looks are kept.

    Elsewhere a number is asked for together with its name (`by_identity`).
    """
    return Member.objects.filter(cert_no_index=fingerprints.of_cert_no(cert_no)).first()


def staff_names(user_ids: Iterable[int]) -> dict[int, str]:
    """Return user id → the name colleagues know (one statement)."""
    rows = User.objects.filter(pk__in=set(user_ids), is_staff=True)
    return {row.pk: str(row) for row in rows}


def by_identity(cert_no: str, name: str) -> Member | None:
    """Return the member whose number and name both fit, in any spelling.

    An unknown number costs the same work as a wrong name (one statement, one opening, one
    comparison), so that the time of an answer does not tell who exists.
    """
    member = Member.objects.filter(cert_no_index=fingerprints.of_cert_no(cert_no)).first()
    kept = (member or _nobody()).name
    fits = crypto.same(names.fold_name(kept).encode(), names.fold_name(name).encode())
    return member if member is not None and fits else None


@lru_cache(maxsize=1)
def _nobody() -> Member:
    """Return a member who is in no table: what an unknown number is compared with."""
    member = Member()
    member.name = "无名氏"
    return member


def ids_by_psn_no(psn_nos: Iterable[str]) -> dict[str, int]:
    """Return psn_no → member id for those that exist (one statement)."""
    return dict(Member.objects.filter(psn_no__any=set(psn_nos)).values_list("psn_no", "pk"))


def owners_of_numbers(indexes: Iterable[bytes]) -> dict[bytes, str]:
    """Return fingerprint of an identity number → psn_no of whoever has it."""
    rows = Member.objects.filter(cert_no_index__in=list(indexes))
    return {bytes(index): psn_no for index, psn_no in rows.values_list("cert_no_index", "psn_no")}


def client_is_named(name: str) -> bool:
    """Return whether a machine client has this name, stopped ones too."""
    return ApiClient.objects.filter(name=name).exists()


def anybody() -> bool:
    """Return whether any member is registered."""
    return Member.objects.exists()


def institution_by_code(code: str) -> Institution | None:
    """Return the designated institution with this code."""
    return Institution.objects.filter(code=code).first()


def collecting_offices(area: str) -> list[tuple[str, str]]:
    """Return (type, name) of those who collect premiums in an area, by name."""
    types = (Institution.Type.PREMIUM, Institution.Type.INSURER)
    rows = Institution.objects.filter(area=area, type__in=types)
    # The desk that gives premiums back collects none.
    return list(rows.exclude(code__startswith="R").order_by("name").values_list("type", "name"))


def user_by_phone_index(index: bytes) -> User | None:
    """Return whoever signs in with the phone of this fingerprint."""
    return User.objects.filter(phone_index=index).first()


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody of the staff as members may know them: by role and user name, never by name."""

    username: str
    role: str


def officials(user_ids: Iterable[int]) -> dict[int, Official]:
    """Return staff by user id, those who left too (one statement, none for nobody)."""
    ids = set(user_ids)
    rows = User.objects.filter(pk__in=ids).values_list("pk", "username", "groups__name")
    return {pk: Official(name, role or "") for pk, name, role in rows} if ids else {}


def client_names(client_ids: Iterable[int]) -> dict[int, str]:
    """Return id → name of machine clients (one statement, none for nobody)."""
    ids = set(client_ids)
    rows = ApiClient.objects.filter(pk__in=ids).values_list("pk", "name") if ids else ()
    return dict(rows)


def staff_ids() -> list[int]:
    """Return the users who work here and may sign in."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    return list(staff.order_by("pk").values_list("pk", flat=True))


def enrolments_of(member_id: int, on: date) -> list[Enrolment]:
    """Return a member's enrolments that have begun by a day, ended ones too, oldest first."""
    return _enrolments(member_ids=[member_id], on=on)


def e_credential_of(member_id: int) -> ECredential | None:
    """Return a member's e-credential that is active now."""
    return ECredential.objects.filter(member=member_id, ended_at__isnull=True).first()


def holder(number: int) -> ECredential | CareLink | None:
    """Return what a shown code's number stands for, ended ones too, with whose code it is."""
    if number >= tokens.LINKS.start:
        return CareLink.objects.filter(number=number).select_related("relative").first()
    return ECredential.objects.filter(number=number).select_related("member").first()


def taken_code(code: str, institution_id: int) -> ShownCode | None:
    """Return when an institution has taken this code, however long ago; None where it has not.

    Twenty digits name their step only to who knows it; so those it has taken are tried.
    """
    rows = ShownCode.objects.filter(number=tokens.number_of(code), institution=institution_id)
    tried = rows.select_related("member").order_by("-step")[:MOST_TRIED]
    fits = (row for row in tried if tokens.is_of(code, tokens.Code(row.number, row.step)))
    return next(fits, None)


def cared_for(carer_id: int) -> list[CareLink]:
    """Return the entries of a caregiver's 亲情账户, oldest first."""
    rows = CareLink.objects.filter(carer=carer_id, ended_at__isnull=True)
    return list(rows.select_related("relative").order_by("opened_at", "pk"))


def carers_of(relative_id: int) -> list[CareLink]:
    """Return in whose 亲情账户 somebody is, those who still wait for consent too."""
    rows = CareLink.objects.filter(relative=relative_id, ended_at__isnull=True)
    return list(rows.select_related("carer").order_by("opened_at", "pk"))


def activated(member_ids: Iterable[int]) -> set[int]:
    """Return who of these has an active e-credential (one statement)."""
    rows = ECredential.objects.filter(member__in=list(member_ids), ended_at__isnull=True)
    return set(rows.values_list("member_id", flat=True))


def link_of_carer(carer_id: int, link_id: int) -> CareLink:
    """Return a caregiver's own live entry. Raises NotFound: absent or not yours."""
    rows = CareLink.objects.filter(carer=carer_id, pk=link_id, ended_at__isnull=True)
    row = rows.select_related("relative").first()
    if row is None:
        raise NotFound(_("没有找到。"))
    return row


def link_between(carer_id: int, relative_id: int) -> CareLink | None:
    """Return the live entry of these two, if there is one."""
    rows = CareLink.objects.filter(carer=carer_id, relative=relative_id, ended_at__isnull=True)
    return rows.first()


def credential_lives(pk: int) -> bool:
    """Return whether an e-credential is active still."""
    return ECredential.objects.filter(pk=pk, ended_at__isnull=True).exists()


def link_counts(pk: int, on: date) -> bool:
    """Return whether an entry of a 亲情账户 still lets its caregiver show the code."""
    row = CareLink.objects.filter(pk=pk).first()
    return row is not None and row.usable(on)


def refused_codes_of(member_id: int, *, limit: int) -> list[RefusedCode]:
    """Return the last codes of a member that tills refused, newest first."""
    rows = RefusedCode.objects.filter(member=member_id).select_related("institution")
    return list(rows.order_by("-refused_at", "-pk")[:limit])
