"""People, their insurance and institutions as the registry states them: set-based verbs.

Rows come checked (`pooling.registry.records`); no key may repeat within one call. Loading
the same rows twice changes nothing; other values under the same key are a correction or a
life event, and the trail says which rows and fields changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import fingerprints, names, selectors
from accounts.models import Enrolment, Institution, Member
from pooling.audit import services as audit
from pooling.shared import crypto
from pooling.shared.rows import Loaded, RowProblem

#: One loader at a time, else two could take the same identity number at once.
_LOADER = 7_300_310


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of `members.csv`; `cert_no` is normalised (`accounts.identity`)."""

    line: int
    psn_no: str
    name: str
    cert_type: str
    cert_no: str
    birth_date: date
    gender: str
    phone: str | None = None
    died_on: date | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """One line of `enrolments.csv`."""

    line: int
    psn_no: str
    insutype: str
    area: str
    psn_type: str
    status: str
    from_date: date
    to_date: date | None = None
    employer: str = ""


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """One line of `institutions.csv`."""

    line: int
    code: str
    name: str
    area: str
    level: int
    type: str


_MEMBER_FACTS = ("cert_type", "birth_date", "gender", "died_on")
#: Hand-written, as for enrolments: with the ORM's objects and one placeholder a value,
#: building the statement took longer than encrypting what is in it.
_UPSERT_MEMBERS = """
INSERT INTO accounts_member (
    uid, psn_no, name_sealed, name_index, cert_type, cert_no_sealed, cert_no_index,
    phone_sealed, phone_index, birth_date, gender, died_on
)
SELECT * FROM unnest(
    %s::uuid[], %s::text[], %s::bytea[], %s::bytea[], %s::text[], %s::bytea[], %s::bytea[],
    %s::bytea[], %s::bytea[], %s::date[], %s::text[], %s::date[]
)
ON CONFLICT (psn_no) DO UPDATE SET
    name_sealed = excluded.name_sealed, name_index = excluded.name_index,
    cert_type = excluded.cert_type,
    cert_no_sealed = excluded.cert_no_sealed, cert_no_index = excluded.cert_no_index,
    phone_sealed = excluded.phone_sealed, phone_index = excluded.phone_index,
    birth_date = excluded.birth_date, gender = excluded.gender, died_on = excluded.died_on
"""


@transaction.atomic
def load_members(rows: Sequence[MemberRow], *, by, at) -> Loaded:
    """Insert or correct members by `psn_no`.

    A number that already belongs to somebody else is a problem of the row: whether two
    records are one person is for people to decide.
    """
    one_loader_at_a_time()
    indexes = {row.line: fingerprints.of_cert_no(row.cert_no) for row in rows}
    known = _locked_by_psn_no(row.psn_no for row in rows)
    owners = selectors.owners_of_numbers(indexes.values())
    writes, corrections, problems = [], {}, []
    for row in rows:
        index = indexes[row.line]
        if owners.setdefault(index, row.psn_no) != row.psn_no:
            problems.append(RowProblem(row.line, "cert_no", _("该证件号码已登记在另一人名下。")))
            continue
        before = known.get(row.psn_no)
        fields = _differences(row, index, before) if before else []
        if before and not fields:
            continue
        if before:
            corrections[before.pk] = fields
        writes.append(_sealed_row(row, index, before))
    if writes:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT_MEMBERS, [list(column) for column in zip(*writes, strict=True)])
    new = len(writes) - len(corrections)
    _record("accounts.load_members", Member, new, corrections, by=by, at=at)
    unchanged = len(rows) - len(writes) - len(problems)
    return Loaded(new, len(corrections), unchanged, problems)


def _locked_by_psn_no(psn_nos) -> dict[str, Member]:
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    return {row.psn_no: row for row in rows.filter(psn_no__in=list(psn_nos)).order_by("pk")}


def _differences(row: MemberRow, index: bytes, before: Member) -> list[str]:
    fields = [name for name in _MEMBER_FACTS if getattr(row, name) != getattr(before, name)]
    if index != bytes(before.cert_no_index):
        fields.append("cert_no")
    if row.phone != before.phone:
        fields.append("phone")
    if names.tidy_name(row.name) != before.name:
        fields.append("name")
    return fields


def _sealed_row(row: MemberRow, index: bytes, before: Member | None) -> tuple:
    """Return the row as `_UPSERT_MEMBERS` takes it, sealed under the uid it keeps for life."""
    uid = before.uid if before else uuid4()

    def seal(column: str, text: str) -> bytes:
        return crypto.seal(text, table=Member._meta.db_table, column=column, uid=uid)

    return (
        uid,
        row.psn_no,
        seal("name_sealed", names.tidy_name(row.name)),
        fingerprints.of_name(row.name),
        row.cert_type,
        seal("cert_no_sealed", row.cert_no),
        index,
        seal("phone_sealed", row.phone) if row.phone else None,
        fingerprints.of_phone(row.phone) if row.phone else None,
        row.birth_date,
        row.gender,
        row.died_on,
    )


@transaction.atomic
def record_death(*, member_id: int, died_on: date, by, at) -> Member:
    """Write down a death that a window has proof of; a later file may correct it."""
    member = selectors.locked([member_id])[member_id]
    member.died_on = died_on
    member.save(update_fields=["died_on"])
    detail = {"died_on": died_on.isoformat()}
    audit.record(verb="accounts.record_death", subject=member, by=by, at=at, detail=detail)
    return member


_UPSERT_ENROLMENTS = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[],
        %s::text[]
    ) AS row (member_id, insutype, area, psn_type, status, from_date, to_date, employer)
), changed AS (
    UPDATE accounts_enrolment AS old
    SET psn_type = given.psn_type, status = given.status, to_date = given.to_date,
        employer = given.employer
    FROM given
    WHERE (old.member_id, old.insutype, old.area, old.from_date)
        = (given.member_id, given.insutype, given.area, given.from_date)
      AND (old.psn_type, old.status, old.to_date, old.employer)
        IS DISTINCT FROM (given.psn_type, given.status, given.to_date, given.employer)
    RETURNING old.id
), fresh AS (
    INSERT INTO accounts_enrolment
        (member_id, insutype, area, psn_type, status, from_date, to_date, employer)
    SELECT * FROM given
    ON CONFLICT (member_id, insutype, area, from_date) DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM fresh), (SELECT array_agg(id) FROM changed)
"""


@transaction.atomic
def load_enrolments(rows: Sequence[EnrolmentRow], *, by, at) -> Loaded:
    """Insert or correct enrolments by person, insurance, area and start: one statement.

    Hand-written SQL, because a year's file has millions of rows and the ORM's objects
    would cost more than the database does.
    """
    one_loader_at_a_time()
    ids = selectors.ids_by_psn_no(row.psn_no for row in rows)
    good = [row for row in rows if row.psn_no in ids]
    columns = [
        [ids[row.psn_no] for row in good],
        [row.insutype for row in good],
        [row.area for row in good],
        [row.psn_type for row in good],
        [row.status for row in good],
        [row.from_date for row in good],
        [row.to_date for row in good],
        [row.employer for row in good],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT_ENROLMENTS, columns)
        new, changed = cursor.fetchone()
    changed = changed or []
    _record("accounts.load_enrolments", Enrolment, new, changed, by=by, at=at)
    unchanged = len(good) - new - len(changed)
    return Loaded(new, len(changed), unchanged, unknown_people(rows, ids))


@transaction.atomic
def load_institutions(rows: Sequence[InstitutionRow], *, by, at) -> Loaded:
    """Insert or correct institutions by their code."""
    one_loader_at_a_time()
    facts = ("name", "area", "level", "type")
    known = {
        row.code: row for row in Institution.objects.filter(code__in=[row.code for row in rows])
    }
    writes, corrections = [], {}
    for row in rows:
        before = known.get(row.code)
        fields = [name for name in facts if before and getattr(before, name) != getattr(row, name)]
        if before and not fields:
            continue
        if before:
            corrections[before.pk] = fields
        writes.append(
            Institution(code=row.code, name=row.name, area=row.area, level=row.level, type=row.type)
        )
    Institution.objects.bulk_create(
        writes, update_conflicts=True, unique_fields=["code"], update_fields=facts
    )
    new = len(writes) - len(corrections)
    _record("accounts.load_institutions", Institution, new, corrections, by=by, at=at)
    return Loaded(new, len(corrections), len(rows) - len(writes))


def unknown_people(rows, ids, column: str = "psn_no") -> list[RowProblem]:
    """Return a problem for each row whose `column` names nobody in `ids`."""
    return [
        RowProblem(row.line, column, _("人员编号 %(psn_no)s 未登记。") % {"psn_no": psn_no})
        for row in rows
        if (psn_no := getattr(row, column)) not in ids
    ]


def dated_ids(rows, column: str) -> tuple[dict[str, int], list[RowProblem]]:
    """Return psn_no → id of whom rows are for; a problem for each row of nobody or of the unborn.

    `column` is the day of a row.
    """
    known = selectors.births_by_psn_no(row.psn_no for row in rows)
    unborn = [
        RowProblem(row.line, column, _("日期早于本人的出生日期。"))
        for row in rows
        if row.psn_no in known and getattr(row, column) < known[row.psn_no][1]
    ]
    ids = {psn_no: pk for psn_no, (pk, _born) in known.items()}
    return ids, unknown_people(rows, ids) + unborn


def one_loader_at_a_time() -> None:
    """Wait until no other load of people runs, and keep others out to the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADER])


def _record(verb: str, model, new: int, corrections, *, by, at) -> None:
    """Write one line in the trail for the whole set; nothing where nothing happened."""
    if new or corrections:
        detail = {"new": new, "changed": corrections}
        audit.record(verb=verb, subject=model(), by=by, at=at, detail=detail)
