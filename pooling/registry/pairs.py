"""Rows that name two people: relations, and authorisations given elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts.services.members import unknown_people
from pooling.bindings import evidence, texts
from pooling.bindings import selectors as bindings
from pooling.bindings import services as authorisations
from pooling.bindings.rules import limits_of
from pooling.bindings.services import Refused, Signing, Terms
from pooling.funds import services as treasury
from pooling.kinship import services as kinship
from pooling.shared.periods import SHANGHAI
from pooling.shared.rows import Loaded, RowProblem


@dataclass(frozen=True, slots=True)
class StatedRelation:
    """One line of `relations.csv`: what the relative is to the first."""

    line: int
    psn_no: str
    relative_psn_no: str
    code: str
    evidence: str
    evidence_no: str
    from_date: date
    to_date: date | None


@dataclass(frozen=True, slots=True)
class BindingRow:
    """One line of `bindings.csv`: what the relative is to the payer, and on which terms.

    `quota_fen` is what the payer freezes as the authorisation begins.
    """

    line: int
    payer_psn_no: str
    relative_psn_no: str
    code: str
    terms: Terms
    commitment: bool
    quota_fen: int = 0


@transaction.atomic
def load_relations(rows: Sequence[StatedRelation], *, by, at) -> Loaded:
    """Record relations; rows that name somebody unknown are kept out."""
    good, ids, problems = _of_known_people(rows, "psn_no", "relative_psn_no")
    loaded = kinship.record_many(
        [
            kinship.RelationRow(
                line=row.line,
                member_id=ids[row.psn_no],
                relative_id=ids[row.relative_psn_no],
                code=row.code,
                evidence=row.evidence,
                evidence_no=row.evidence_no,
                from_date=row.from_date,
                to_date=row.to_date,
            )
            for row in good
        ],
        by=by,
        at=at,
    )
    return Loaded(loaded.new, loaded.changed, loaded.unchanged, problems + loaded.problems)


@transaction.atomic
def load_bindings(rows: Sequence[BindingRow], *, by, at) -> Loaded:
    """Authorise row by row, through the verb that the counter uses.

    Consent dates from the row's first day, as it was given then; whether it may stand is
    asked of today's rules, insurance and relations. The same pair and first day met again
    changes nothing; with other terms it is a problem, for a consent is not corrected by a
    file: either side changes it themselves. Nor is a quota: it may be spent by now.
    """
    good, ids, problems = _of_known_people(rows, "payer_psn_no", "relative_psn_no")
    # All members of the chunk first, in their order, so that no two loads can wait in a ring.
    people.locked(ids.values())
    known = bindings.given_by({ids[row.payer_psn_no] for row in good})
    new = unchanged = 0
    for row in good:
        pair = ids[row.payer_psn_no], ids[row.relative_psn_no]
        before = known.get((*pair, row.terms.from_date))
        if before is None:
            try:
                _authorise(row, *pair, by=by, at=at)
            except Refused as refusal:
                problems.append(RowProblem(row.line, _column(refusal), str(refusal)))
            except treasury.Refused as refusal:
                problems.append(RowProblem(row.line, "quota", str(refusal)))
            else:
                new += 1
        elif _same(before, row):
            unchanged += 1
        else:
            reason = _("同一对人自同一天起已有授权，且内容与这一行不同。")
            problems.append(RowProblem(row.line, "from_date", reason))
    return Loaded(new, 0, unchanged, problems)


def _of_known_people(rows, *columns: str):
    """Return the rows whose people all exist, psn_no → id, and a problem for each other row."""
    ids = people.ids_by_psn_no(getattr(row, column) for row in rows for column in columns)
    problems = [problem for column in columns for problem in unknown_people(rows, ids, column)]
    bad = {problem.line for problem in problems}
    first = {problem.line: problem for problem in reversed(problems)}
    return [row for row in rows if row.line not in bad], ids, list(first.values())


@transaction.atomic
def _authorise(row: BindingRow, payer_id: int, relative_id: int, *, by, at) -> None:
    given_at = min(at, datetime.combine(row.terms.from_date, time.min, SHANGHAI))
    authorisations.authorise(
        payer_id=payer_id,
        relative_id=relative_id,
        relation_code=row.code,
        terms=row.terms,
        proof="commitment" if row.commitment else "registry",
        channel=evidence.EITHER,
        signing=Signing(texts.PAPER, texts.fingerprint(texts.PAPER), given_at),
        confirmed=True,
        consented_at=given_at,
        by=by,
        at=at,
    )
    if row.quota_fen:
        pair = {"payer_id": payer_id, "relative_id": relative_id}
        treasury.set_quota(**pair, amount_fen=row.quota_fen, by=by, at=at)


def _same(binding, row: BindingRow) -> bool:
    """Return whether a binding says what the row says; an empty rank says nothing."""
    terms = row.terms
    return (
        binding.relation_code == row.code
        and terms.rank in (None, binding.rank)
        and limits_of(binding) == limits_of(terms)
    )


#: Which column a refusal is about, by the beginning of its code; else the relative's.
_COLUMNS = {
    "payer": "payer_psn_no",
    "max_relatives": "payer_psn_no",
    "max_lifetime": "payer_psn_no",
    "max_changes": "payer_psn_no",
    "max_per_role": "relation",
    "model": "payer_psn_no",
    "relation": "relation",
    "in_law": "relation",
    "implausible": "relation",
    "evidence": "commitment",
    "commitment": "commitment",
    "registry": "commitment",
    "period_past": "from_date",
    "period_over": "to_date",
    "period_reversed": "to_date",
    "end_required": "to_date",
    "validity_too_long": "to_date",
    "rank": "rank",
    "uses": "uses",
}


def _column(refusal: Refused) -> str:
    for cap in (refusal.details.get("cap"), *refusal.details.get("caps", ())):
        if cap is not None:
            return cap.removesuffix("_fen")
    for beginning, column in _COLUMNS.items():
        if refusal.code.startswith(beginning):
            return column
    return "relative_psn_no"
