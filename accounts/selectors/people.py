"""Questions about members, users, staff, machine clients and institutions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import DateTimeField, Func, QuerySet

from accounts import fingerprints, names
from accounts.models import ApiClient, Institution, Member, User
from pooling.shared import crypto
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.queries import compiled_once

#: So long after a phone changed, it may be in somebody else's hands.
PHONE_SETTLES = timedelta(hours=72)


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


def births_by_psn_no(psn_nos: Iterable[str]) -> dict[str, tuple[int, date]]:
    """Return psn_no → member id and birth date for those that exist (one statement)."""
    rows = Member.objects.filter(psn_no__any=set(psn_nos))
    known = rows.values_list("psn_no", "pk", "birth_date")
    return {psn_no: (pk, birth_date) for psn_no, pk, birth_date in known}


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


def institutions_by_id(ids: Iterable[int]) -> dict[int, Institution]:
    """Return id → designated institution."""
    return Institution.objects.in_bulk(list(ids))


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
