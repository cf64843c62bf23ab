"""Questions about authorisations. The asker comes first; absent and not yours are the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from pooling.audit import selectors as trail
from pooling.bindings import standing, usability, wording
from pooling.bindings.models import Attempt, Binding, Block, PayerCap
from pooling.bindings.rules import OVERALL, Overall
from pooling.cases.models import Case
from pooling.kinship import codes
from pooling.kinship import selectors as kinship
from pooling.policy import selectors as policy
from pooling.shared.errors import NotFound
from pooling.shared.masks import mask_name
from pooling.shared.periods import SHANGHAI
from pooling.shared.queries import compiled_once

State = Binding.State
_WAITING = (Case.State.SUBMITTED, Case.State.WAITING)
#: What a bill asks of an authorisation.
_ASKED = (
    *("payer", "relative", "relation_code", "relation_kind", "proof", "state", "rank", "uses"),
    *("from_date", "to_date", "bound_at", "release_on", "frozen_at", "declined_at", "renew_before"),
    *("cap_per_settlement_fen", "cap_per_day_fen", "cap_per_month_fen", "cap_per_year_fen"),
    *("payer_area", "relative_area"),
)


# --- rows, for verbs and the till -----------------------------------------------------------


def open_for(patient_id) -> QuerySet[Binding]:
    """Return every binding of a patient that has not ended, by primary key."""
    return Binding.objects.filter(relative=patient_id, state__in=Binding.OPEN).order_by("pk")


def of_patient(patient_id, on) -> QuerySet[Binding]:
    """Return the same with the payer's own caps, and what `still_related` reads for that day."""
    return with_edges(_with_payer_caps(open_for(patient_id).only(*_ASKED)), on)


def around_patient(patient_id) -> QuerySet[Member]:
    """Return a patient and all payers."""
    payers = open_for(patient_id).order_by().values("payer")
    # One array: with OR between them PostgreSQL would walk through all members.
    return people.having(Func(ArraySubquery(payers), patient_id, function="array_append"))


def around_number(psn_no) -> QuerySet[Member]:
    """Return whoever has a number of the authority, and all payers."""
    return around_patient(Subquery(people.numbered(psn_no).values("pk")))


def lock_around(patient_id: int) -> list[int]:
    """Lock a patient and all payers; return their ids."""
    return [row.pk for row in _locked_around(patient_id=patient_id)]


def lock_around_number(psn_no: str) -> tuple[int | None, list[int]]:
    """Lock whoever has this number and all payers; return the patient's id, None for an unknown
    number, and all ids: where only the number is known, a statement less."""
    rows = _locked_around_number(psn_no=psn_no)
    patient_id = next((row.pk for row in rows if row.psn_no == psn_no), None)
    return patient_id, [row.pk for row in rows]


@compiled_once
def _locked_around(patient_id):
    return people.to_lock(around_patient(patient_id)).only("pk")


@compiled_once
def _locked_around_number(psn_no):
    return people.to_lock(around_number(psn_no)).only("psn_no")


def to_lock(rows: QuerySet[Binding]) -> QuerySet[Binding]:
    """Return the query set that locks these bindings."""
    return rows.select_for_update(of=("self",), no_key=True)


def locked(binding_ids: Iterable[int]) -> dict[int, Binding]:
    """Lock bindings by primary key and return them by id (one statement)."""
    rows = to_lock(Binding.objects.filter(pk__in=binding_ids))
    return {row.pk: row for row in _with_payer_caps(rows).order_by("pk")}


def _with_payer_caps(rows):
    """Bring along what payers allow all relatives together, saving the till a statement.

    Decide on them only under the payer's lock, which setting them takes too.
    """
    return rows.annotate(
        payer_cap_per_day_fen=F("payer__payer_cap__cap_per_day_fen"),
        payer_cap_per_month_fen=F("payer__payer_cap__cap_per_month_fen"),
        payer_cap_per_year_fen=F("payer__payer_cap__cap_per_year_fen"),
    )


def with_edges(rows, on):
    """Bring along what is on record of the two on a day: a register may end it at any moment."""
    return rows.annotate(edges=kinship.edges_between("payer_id", "relative_id", on))


def still_related(row: Binding, on: date) -> bool:
    """Return whether the two are on that day what they were when they were bound."""
    return usability.relation_holds(row, kinship.edges(row.edges), on)


def owned(member_id: int | None, binding_id: int) -> Binding:
    """Return a binding of which the member is one side, unlocked. Raises NotFound."""
    sides = Q(payer_id=member_id) | Q(relative_id=member_id)
    row = Binding.objects.filter(sides, pk=binding_id).first() if member_id else None
    if row is None:
        raise NotFound(_("没有找到这份授权。"))
    return row


def around(payer_id: int, relative_id: int | None = None) -> list[Binding]:
    """Return every authorisation a payer, and a relative if one is named, ever was a side of.

    One statement, oldest first, each with the relative's gender and fingerprint. Whoever
    counts on it has locked both members in a statement before.
    """
    ids = {payer_id, relative_id or payer_id}
    rows = Binding.objects.filter(Q(payer__in=ids) | Q(relative__in=ids)).order_by("pk")
    rows = rows.annotate(relative_gender=F("relative__gender"))
    return list(rows.annotate(relative_index=F("relative__cert_no_index")))


def given_by(payer_ids: Iterable[int]) -> dict[tuple[int, int, date], Binding]:
    """Return (payer, relative, first day) → binding, ended ones too, the latest where several."""
    rows = Binding.objects.filter(payer_id__in=payer_ids).order_by("pk")
    return {(row.payer_id, row.relative_id, row.from_date): row for row in rows}


def due(today: date, unconfirmed_since: datetime, *, limit: int) -> list[Binding]:
    """Return open bindings whose end has come, oldest first, unlocked."""
    over = Q(to_date__lte=today) | Q(state=State.ACTIVE, release_on__lte=today)
    forgotten = Q(state=State.PROPOSED, signed_at__lte=unconfirmed_since)
    rows = Binding.objects.filter(over | forgotten, state__in=Binding.OPEN)
    return list(rows.order_by("pk")[:limit])


def in_rank(row) -> tuple:
    """Return the sort key of a relative's own order: rank, then who was bound first."""
    return (row.rank, row.bound_at is None, row.bound_at or row.signed_at, row.pk)


def blocked(relative_id: int, payer_id: int) -> bool:
    """Return whether a member wants no applications from this payer."""
    return Block.objects.filter(relative_id=relative_id, payer_id=payer_id).exists()


def attempts_of(asker_id: int, target_index: bytes, day: date) -> tuple[int, bool]:
    """Return how often somebody asked about strangers that day, and if this one is still open."""
    begin = datetime.combine(day, time.min, SHANGHAI)
    found = Attempt.objects.filter(asker_id=asker_id).aggregate(
        made=Count("pk", filter=Q(made_at__gte=begin)),
        repeated=Count("pk", filter=Q(target_index=target_index, case__state__in=_WAITING)),
    )
    return found["made"], bool(found["repeated"])


def open_requests(target_index: bytes) -> int:
    """Return how many applications about one number are waiting, whoever asks."""
    return Attempt.objects.filter(target_index=target_index, case__state__in=_WAITING).count()


def has_asked(payer_id: int, relative) -> bool:
    """Return whether a payer ever applied for this member or is bound with them."""
    bound = Binding.objects.filter(payer_id=payer_id, relative=relative)
    asked = Attempt.objects.filter(asker_id=payer_id, target_index=relative.cert_no_index)
    return bound.exists() or asked.exists()


# --- frozen rows, for pages -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BindingRow:
    """A binding as one of its two sides sees it, in words; `may` are verbs.

    `side` is the reader's: `payer` or `relative`; `generation` how far the other one stands above
    them. `state` is the word to show, `state_code` one of proposed, active, stopped, unrelated,
    to_activate, ending, not_begun, refused, withdrawn, released, expired. `causes` say in sentences
    why it cannot be used now and who can change that. `locked_until` is the first day on which the
    reader may release, where it is still to come; `unnamed` are uses that count only where named.
    """

    id: int
    side: str
    other_id: int
    other_name: str
    relation: str
    generation: int
    state_code: str
    state: str
    causes: tuple[str, ...]
    may: tuple[str, ...]
    locked_until: date | None
    rank: int
    from_date: date
    to_date: date | None
    release_on: date | None
    cap_per_settlement_fen: int | None
    cap_per_day_fen: int | None
    cap_per_month_fen: int | None
    cap_per_year_fen: int | None
    uses: tuple[str, ...] | None
    unnamed: tuple[str, ...]
    proof: str
    signed_at: datetime
    text_version: str
    bound_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Return whether it has not ended."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Relative:
    """One person of the family list: what I give them and what they give me."""

    id: int
    name: str
    relation: str
    given: BindingRow | None
    received: BindingRow | None


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody the member shares or shared with, and which way money may have gone."""

    name: str
    relation: str
    pays_me: bool
    paid_by_me: bool

    def __str__(self):
        return str(_("%(name)s（%(relation)s）") % {"name": self.name, "relation": self.relation})


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step in a binding's life, in words; the reader is never told which clerk or agent."""

    at: datetime
    what: str


def of_payer(member_id: int, on: date) -> list[BindingRow]:
    """Return the bindings a member gave: open ones first, newest first (two statements)."""
    rows = _rows(Q(payer_id=member_id), member_id, on)
    return sorted(rows, key=lambda row: (not row.is_open, -row.id))


def of_relative(member_id: int, on: date) -> list[BindingRow]:
    """Return the bindings a member received: open ones in their order, then ended ones."""
    rows = _rows(Q(relative_id=member_id), member_id, on)
    return sorted(rows, key=lambda row: (not row.is_open, row.rank if row.is_open else -row.id))


def get_for(member_id: int, binding_id: int, on: date) -> BindingRow:
    """Return one binding of which the member is a side. Raises NotFound."""
    sides = Q(payer_id=member_id) | Q(relative_id=member_id)
    rows = _rows(sides & Q(pk=binding_id), member_id, on)
    if not rows:
        raise NotFound(_("没有找到这份授权。"))
    return rows[0]


def family(member_id: int, on: date) -> list[Relative]:
    """Return everybody the member shares with, either way, open bindings only."""
    sides = Q(payer_id=member_id) | Q(relative_id=member_id)
    people_met: dict[int, dict] = {}
    for row in _rows(sides & Q(state__in=Binding.OPEN), member_id, on):
        met = people_met.setdefault(row.other_id, {"name": row.other_name, "word": row.relation})
        met["given" if row.side == "payer" else "received"] = row
        if row.bound_at is not None:
            met["name"] = row.other_name
    return [
        Relative(other_id, met["name"], met["word"], met.get("given"), met.get("received"))
        for other_id, met in people_met.items()
    ]


def shared_with(member_id: int) -> dict[int, Shared]:
    """Return everybody an authorisation ever bound the member to, ended ones too, by id.

    One statement. Both sides of an authorisation know each other; the newest word counts.
    """
    sides = Q(payer_id=member_id) | Q(relative_id=member_id)
    rows = Binding.objects.filter(sides, bound_at__isnull=False)
    met: dict[int, Shared] = {}
    for row in rows.select_related("payer", "relative").order_by("pk"):
        gives = row.payer_id == member_id
        other = row.relative if gives else row.payer
        before = met.get(other.pk)
        met[other.pk] = Shared(
            name=other.name,
            relation=wording.relation(_relation_code(row, "payer" if gives else "relative")),
            pays_me=not gives or (before is not None and before.pays_me),
            paid_by_me=gives or (before is not None and before.paid_by_me),
        )
    return met


def history(member_id: int, binding_id: int) -> list[HistoryLine]:
    """Return a binding's life from the trail, oldest first. Raises NotFound."""
    owned(member_id, binding_id)
    events = trail.of_subject("bindings.binding", binding_id)
    return [
        HistoryLine(event.at, str(wording.HISTORY[event.verb]))
        for event in events
        if event.verb in wording.HISTORY
    ]


def payer_caps(member_id: int) -> Overall:
    """Return a payer's own caps over all relatives."""
    row = PayerCap.objects.filter(payer_id=member_id).first() or PayerCap()
    return Overall(**{name: getattr(row, name) for name in OVERALL})


def blocked_by(member_id: int) -> list[tuple[int, str]]:
    """Return whom the member keeps from asking: ids and masked names (one statement)."""
    rows = Block.objects.filter(relative_id=member_id).select_related("payer").order_by("pk")
    return [(row.payer_id, mask_name(row.payer.name)) for row in rows]


def _rows(which: Q, reader_id: int, on: date) -> list[BindingRow]:
    rows = Binding.objects.filter(which).select_related("payer", "relative").order_by("-pk")
    found = list(with_edges(rows, on))
    both = {person for row in found for person in (row.payer, row.relative)}
    standings = people.standings(both, on) if found else {}
    areas = {standings[row.payer_id].employee_area for row in found}
    rules = {area: policy.in_force(area, on).values() for area in areas}
    return [_row(row, reader_id, standings, rules, on) for row in found]


def _row(row: Binding, reader_id: int, standings: dict, rules_of: dict, on: date) -> BindingRow:
    payer, relative = standings[row.payer_id], standings[row.relative_id]
    rules = rules_of[payer.employee_area]
    active = row.state == State.ACTIVE
    lacking = standing.lacking(rules, payer, relative) if active else ()
    side = "payer" if row.payer_id == reader_id else "relative"
    other = row.relative if side == "payer" else row.payer
    # Before the relative has agreed they learn no more of an asker than a stranger would;
    # the payer typed the relative's name in.
    known = row.bound_at is not None or (side == "payer" and row.state == State.PROPOSED)
    related = still_related(row, on)
    code = standing.state_code(row, on, related=related, lacking=lacking)
    relation = _relation_code(row, side)
    return BindingRow(
        id=row.pk,
        side=side,
        other_id=other.pk,
        other_name=other.name if known else mask_name(other.name),
        relation=wording.relation(relation),
        generation=codes.generation(relation),
        state_code=code,
        state=str(wording.STATES[code]),
        causes=tuple(standing.causes(row, side, on, related=related, lacking=lacking)),
        may=tuple(standing.may(row, side, rules, on, lacking=lacking)),
        locked_until=standing.locked_until(row, side, rules, on),
        rank=row.rank,
        from_date=row.from_date,
        to_date=row.to_date,
        release_on=row.release_on,
        cap_per_settlement_fen=row.cap_per_settlement_fen,
        cap_per_day_fen=row.cap_per_day_fen,
        cap_per_month_fen=row.cap_per_month_fen,
        cap_per_year_fen=row.cap_per_year_fen,
        uses=None if row.uses is None else tuple(row.uses),
        unnamed=tuple(rules["uses_opt_in"]) if row.uses is None else (),
        proof=str(wording.PROOFS[row.proof]),
        signed_at=row.signed_at,
        text_version=row.text_version,
        bound_at=row.bound_at,
        ended_at=row.ended_at,
    )


def _relation_code(row: Binding, side: str) -> str:
    """Return what the other one is to the reader."""
    code, gender = row.relation_code, row.payer.gender
    return code if side == "payer" else codes.inverse(code, gender)
