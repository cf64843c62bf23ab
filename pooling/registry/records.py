"""From the cells of a row to what the domains' set-based verbs take. Raises BadCell."""

from collections.abc import Callable
from datetime import date

from accounts import identity, phones
from accounts.models import Enrolment, Gender, Institution, Insurance
from accounts.services.credentials import CredentialRow
from accounts.services.members import EnrolmentRow, InstitutionRow, MemberRow
from pooling.bindings.services import Terms
from pooling.funds.services import KINDS, PARTS, ContributionRow, DepositRow
from pooling.kinship import codes
from pooling.kinship.models import Relation
from pooling.policy import wording as rules
from pooling.registry import fields
from pooling.registry.fields import BadCell
from pooling.registry.files import Row
from pooling.registry.pairs import BindingRow, StatedRelation
from pooling.settlements.models import Use

Warn = Callable[[str], None]
#: Asked for once: an enumeration builds its values anew each time, and rows are millions.
_GENDERS, _INSURANCES = tuple(Gender.values), tuple(Insurance.values)
_STATUSES, _TYPES = tuple(Enrolment.Status.values), tuple(Institution.Type.values)
_EVIDENCE, _USES = tuple(Relation.Evidence.values), frozenset(Use.values)


def member(row: Row, on: date, warn: Warn) -> MemberRow:
    """Read a line of `members.csv`; birth date and sex must be those of the number."""
    cells = row.cells
    try:
        stated = identity.read(cells["cert_type"], cells["cert_no"], on=on)
    except identity.NotAnIdentity as error:
        column = "cert_type" if error.reason == "cert_type_unknown" else "cert_no"
        raise BadCell(column, f"cert_{error.reason}") from None
    birth_date = _birth_date(cells, stated, on)
    gender = fields.choice(cells, "gender", _GENDERS)
    if stated.gender and stated.gender != gender:
        raise BadCell("gender", "gender_differs")
    record = MemberRow(
        line=row.line,
        psn_no=fields.key(cells, "psn_no", most=30),
        name=fields.text(cells, "name", most=50),
        cert_type=cells["cert_type"],
        cert_no=stated.number,
        birth_date=birth_date,
        gender=gender,
        phone=_phone(cells),
        died_on=_died_on(cells, birth_date, on),
    )
    if not stated.region_known:
        warn("region_unknown")
    return record


def _birth_date(cells: dict, stated: identity.Identity, on: date) -> date:
    birth_date = fields.day(cells, "birth_date")
    if stated.birth_date and stated.birth_date != birth_date:
        raise BadCell("birth_date", "birth_differs")
    if birth_date > on:
        raise BadCell("birth_date", "future")
    return birth_date


def _phone(cells: dict) -> str | None:
    if not cells["phone"]:
        return None
    try:
        return phones.national(phones.normalise(cells["phone"]))
    except phones.NotAPhone:
        raise BadCell("phone", "phone") from None


def _died_on(cells: dict, birth_date: date, on: date) -> date | None:
    died_on = fields.optional_day(cells, "died_on")
    if died_on and died_on > on:
        raise BadCell("died_on", "future")
    if died_on and died_on < birth_date:
        raise BadCell("died_on", "died_before_birth")
    return died_on


def enrolment(row: Row, on: date, warn: Warn) -> EnrolmentRow:
    """Read a line of `enrolments.csv`."""
    cells = row.cells
    start, end = fields.period(cells)
    return EnrolmentRow(
        line=row.line,
        psn_no=fields.key(cells, "psn_no", most=30),
        insutype=fields.choice(cells, "insutype", _INSURANCES),
        area=fields.area(cells),
        psn_type=fields.key(cells, "psn_type", most=6),
        status=fields.choice(cells, "status", _STATUSES),
        from_date=start,
        to_date=end,
        employer=fields.text(cells, "employer", most=200, needed=False),
    )


def institution(row: Row, on: date, warn: Warn) -> InstitutionRow:
    """Read a line of `institutions.csv`."""
    cells = row.cells
    return InstitutionRow(
        line=row.line,
        code=fields.key(cells, "fixmedins_code", most=12),
        name=fields.text(cells, "name", most=200),
        area=fields.area(cells),
        level=fields.count(cells, "level", least=0, most=3),
        type=fields.choice(cells, "type", _TYPES),
    )


def contribution(row: Row, on: date, warn: Warn) -> ContributionRow:
    """Read a line of `contributions.csv`."""
    cells = row.cells
    business_date = fields.day(cells, "business_date")
    if business_date > on:
        raise BadCell("business_date", "future")
    return ContributionRow(
        line=row.line,
        reference=fields.key(cells, "reference", most=60),
        psn_no=fields.key(cells, "psn_no", most=30),
        area=fields.area(cells),
        part=fields.choice(cells, "part", PARTS),
        amount_fen=fields.money(cells, "amount"),
        business_date=business_date,
    )


def relation(row: Row, on: date, warn: Warn) -> StatedRelation:
    """Read a line of `relations.csv`; what cannot be true of the two is told by `kinship`."""
    cells = row.cells
    start, end = fields.period(cells)
    if start > on:
        raise BadCell("from_date", "future")
    return StatedRelation(
        line=row.line,
        psn_no=fields.key(cells, "psn_no", most=30),
        relative_psn_no=fields.key(cells, "relative_psn_no", most=30),
        code=_relation_code(cells),
        evidence=fields.choice(cells, "evidence", _EVIDENCE),
        evidence_no=fields.text(cells, "evidence_no", most=60, needed=False),
        from_date=start,
        to_date=end,
    )


def binding(row: Row, on: date, warn: Warn) -> BindingRow:
    """Read a line of `bindings.csv`; every rule of the area is told by `bindings`."""
    cells = row.cells
    start, end = fields.period(cells)
    caps = {
        f"{column}_fen": fields.optional_money(cells, column)
        for column in ("cap_per_settlement", "cap_per_day", "cap_per_month", "cap_per_year")
    }
    rank = fields.count(cells, "rank", least=1, most=999) if cells["rank"] else None
    return BindingRow(
        line=row.line,
        payer_psn_no=fields.key(cells, "payer_psn_no", most=30),
        relative_psn_no=fields.key(cells, "relative_psn_no", most=30),
        code=_relation_code(cells),
        terms=Terms(from_date=start, to_date=end, rank=rank, uses=_uses(cells), **caps),
        commitment=fields.choice(cells, "commitment", ("yes", "no"), empty="no") == "yes",
        quota_fen=fields.optional_money(cells, "quota") or 0,
    )


def credential(row: Row, on: date, warn: Warn) -> CredentialRow:
    """Read a line of `credentials.csv`; nothing is activated on a day to come."""
    cells = row.cells
    activated_on = fields.day(cells, "activated_on")
    if activated_on > on:
        raise BadCell("activated_on", "future")
    return CredentialRow(row.line, fields.key(cells, "psn_no", most=30), activated_on)


def fund(row: Row, on: date, warn: Warn) -> DepositRow:
    """Read a line of `funds.csv`; who may be in a fund, and where wallets are, tells `funds`."""
    cells = row.cells
    kind = fields.choice(cells, "kind", KINDS)
    business_date = fields.day(cells, "business_date")
    if business_date > on:
        raise BadCell("business_date", "future")
    if kind == "wallet" and cells["members"]:
        raise BadCell("members", "wallet_members")
    return DepositRow(
        line=row.line,
        kind=kind,
        owner_psn_no=fields.key(cells, "owner_psn_no", most=30),
        members=fields.keys(cells, "members", most=30),
        amount_fen=fields.money(cells, "amount"),
        reference=fields.key(cells, "reference", most=60),
        business_date=business_date,
    )


def _relation_code(cells: dict) -> str:
    code = cells["relation"]
    if codes.kind_of(code) is None:
        raise BadCell("relation", "relation")
    return code


def _uses(cells: dict) -> tuple[str, ...] | None:
    """Return the uses of a `;`-separated cell in their order; None where it is empty."""
    if not cells["uses"]:
        return None
    uses = [use.strip() for use in cells["uses"].split(";")]
    for use in uses:
        if use in rules.NEVER_USES:
            raise BadCell("uses", "use_never", use=str(rules.NEVER_USES[use]))
        if use not in _USES:
            raise BadCell("uses", "use", use=use[:30])
    return tuple(dict.fromkeys(uses))
