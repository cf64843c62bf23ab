"""What life does to authorisations, written down: ended, standing still, asked to renew.

Nobody asked for these verbs but the registry, and the relative who renews. The people are
locked before the bindings and what is decided on is read again under the locks, so that a
settlement or a release that came first is seen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import affected, events, selectors
from pooling.bindings.events import Fate, Life, Person
from pooling.bindings.models import Binding
from pooling.bindings.services import quotas, rows
from pooling.bindings.services.rows import RELATIVE, NotNow
from pooling.notices import services as notices
from pooling.policy import selectors as policy
from pooling.shared import crypto
from pooling.shared.actor import Actor
from pooling.shared.periods import age

State = Binding.State
_CHANGED = (
    "state",
    "ended_at",
    "ended_by",
    "ended_cause",
    "halted_for",
    "age_told",
    "renew_before",
)


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a chunk came (None: there was nothing left) and what happened, by kind."""

    last_id: int | None
    counts: Counter
    #: Commitment letters the lot fell on.
    sampled: tuple[Binding, ...] = ()


@transaction.atomic
def follow(*, after_id: int, limit: int, on: date, by: Actor, at) -> Followed:
    """Write down what has become, by a day, of the next authorisations after an id.

    As many statements for one as for a thousand. Run again it changes nothing.
    """
    found = affected.next_to_follow(after_id, on, limit=limit)
    if not found:
        return Followed(None, Counter())
    counts = Counter(seen=len(found))
    if due := [row for row, fate, drawn in _fates(found, on) if fate or drawn is not None]:
        people.locked({pk for row in due for pk in (row.payer_id, row.relative_id)})
        held = affected.locked_to_follow([row.pk for row in due], on)
        fates = _fates(held, on)
        _write(fates, on, by, at, counts)
        sampled = tuple(row for row, _fate, drawn in fates if drawn)
        return Followed(found[-1].pk, counts, sampled)
    return Followed(found[-1].pk, counts)


@transaction.atomic
def renew(*, binding_id: int, by: Actor, at) -> Binding:
    """Say as the relative that it shall go on, also after the day it was asked for by.

    The relative and not the payer: it was agreed when others spoke for them, and now they are
    old enough to be asked themselves. The payer can stop paying at any time anyway.
    """
    binding = rows.held(binding_id, by, RELATIVE)
    rows.only(binding, State.ACTIVE)
    if binding.renew_before is None:
        raise NotNow(_("现在不需要确认续期。"), code="no_renewal_asked")
    binding.renew_before = None
    if binding.halted_for == "renewal_unanswered":
        binding.halted_for = ""
    rows.write(binding, "renew", ["renew_before", "halted_for"], by, at)
    rows.tell(binding, kind="binding_renewed", at=at)
    return binding


@transaction.atomic
def end_between(
    *, one_id: int, other_id: int, kinds: Iterable[str] | None, cause: str, by: Actor, at
) -> list[Binding]:
    """End at once what two people agreed, either way, on the strength of relations now disproved.

    For what rests on a promise or on papers: there is no record of it that could be ended.
    """
    people.locked([one_id, other_id])
    found = affected.open_of_pair(one_id, other_id, kinds)
    held = selectors.locked([row.pk for row in found]).values()
    for binding in held:
        end(binding, cause, by, at)
    return list(held)


def end(binding: Binding, cause: str, by: Actor, at) -> None:
    """End one locked binding for an event, and tell both."""
    rows.end(binding, _end_state(binding), cause, by, at)
    rows.write(binding, "end_by_event", rows.ENDING, by, at, cause=cause)
    rows.tell(binding, kind="binding_ended_by_event", at=at)
    quotas.give_back([binding], by, at)


def _end_state(binding: Binding):
    return State.RELEASED if binding.state == State.ACTIVE else State.EXPIRED


# --- a chunk ----------------------------------------------------------------------------------


def _fates(found: list[Binding], on: date) -> list[tuple[Binding, Fate, bool | None]]:
    """Return each with its fate, and whether the lot falls on it (None: no lot is drawn)."""
    members = {member for row in found for member in (row.payer, row.relative)}
    standings = people.standings(members, on)
    told = []
    for row in found:
        payer, relative = standings[row.payer_id], standings[row.relative_id]
        area = policy.in_force(payer.employee_area, on)
        fate = Fate()
        if row.state in Binding.OPEN:
            fate = events.fate(_life(row, payer, relative, area.values(), on), on)
        told.append((row, fate, _lot(row, area.value("commitment_audit_percent"))))
    return told


def _life(row: Binding, payer, relative, clauses, on: date) -> Life:
    left = policy.in_force(row.payer_area or payer.employee_area, on)
    return Life(
        active=row.state == State.ACTIVE,
        kind=row.relation_kind,
        related=selectors.still_related(row, on),
        payer=Person(payer.dead(on), payer.employee_status, payer.employee_area, row.payer_area),
        relative=Person(relative.dead(on), relative.status, relative.area, row.relative_area),
        age=age(relative.birth_date, on),
        age_told=row.age_told,
        renew_before=row.renew_before,
        halted_for=row.halted_for,
        rules=clauses,
        on_payer_moved=left.value("on_payer_moved"),
    )


def _lot(row: Binding, percent: int) -> bool | None:
    """Draw whether a commitment letter is looked into, once; None where there is nothing to draw.

    By a keyed fingerprint of its id: the same whenever it is asked, and nobody without the
    key can tell beforehand which letters will be.
    """
    if row.proof != Binding.Proof.COMMITMENT or row.sampled is not None or row.bound_at is None:
        return None
    drawn = crypto.blind_index(f"binding:{row.pk}", purpose="commitment_audit", length=8)
    return int.from_bytes(drawn) % 10_000 < percent * 100


def _write(fates, on: date, by: Actor, at, counts: Counter) -> None:
    """Change the rows, leave the trail and tell both sides, each in one statement."""
    changed, acts, told = [], [], []
    for binding, fate, drawn in fates:
        if drawn is not None:
            binding.sampled = drawn
            counts["sampled" if drawn else "passed_over"] += 1
        for verb, detail, kind, values in _apply(binding, fate, by, at):
            counts[verb] += 1
            acts.append((f"bindings.{verb}", binding, {"on": on.isoformat()} | detail))
            told += rows.messages(binding, kind=kind, **values)
        if fate or drawn is not None:
            changed.append(binding)
    Binding.objects.bulk_update(changed, [*_CHANGED, "sampled"])
    audit.record_each(acts, by=by, at=at)
    notices.enqueue(told, at=at)
    quotas.give_back([binding for binding, fate, _drawn in fates if fate.ends], by, at)


def _apply(binding: Binding, fate: Fate, by: Actor, at):
    """Change one row in memory; yield of each change the verb, its detail, notice and values."""
    if fate.ends:
        rows.end(binding, _end_state(binding), fate.ends, by, at)
        yield "end_by_event", {"cause": fate.ends}, "binding_ended_by_event", {}
        return
    if fate.turned:
        binding.age_told = fate.turned
        yield "turn", {"age": fate.turned}, f"relative_turned_{fate.turned}", {}
    if fate.renew_before is not None:
        binding.renew_before = fate.renew_before
        values = {"age": fate.turned, "date": fate.renew_before.isoformat()}
        yield "ask_renewal", values, "renewal_asked", values
    if fate.halts is not None:
        binding.halted_for = fate.halts
        verb, kind = ("halt", "binding_halted") if fate.halts else ("go_on", "binding_back")
        yield verb, {"for": fate.halts}, kind, {}
