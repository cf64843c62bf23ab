"""What becomes of an authorisation when life changes what it rests on. Pure: facts in, fate out.

The till needs none of this: it asks the registry at every bill (`usability`). Here is decided
what is written down afterwards: that an authorisation has ended, that it stands still and why,
that the relative is asked whether it shall go on. Only what `usability` already refuses ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pooling.bindings import rules
from pooling.bindings.usability import moved, renewal_due

#: Relations that a marriage makes, and its end unmakes.
BY_MARRIAGE = ("spouse", *rules.IN_LAWS)
#: The causes an event may leave on a binding; `wording` has a sentence for each.
CAUSES = (
    "payer_died",
    "relative_died",
    "marriage_ended",
    "relation_ended",
    "payer_insurance_ended",
    "relative_insurance_ended",
    "payer_moved",
    "relative_moved",
    "renewal_unanswered",
    "relation_disproved",
    "commitment_disproved",
)


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two as the registry knows them on the day; empty texts: no insurance."""

    dead: bool
    status: str
    area: str
    #: Where they were insured when it was made.
    area_then: str = ""

    @property
    def moved(self) -> bool:
        return moved(self.area_then, self.area)


@dataclass(frozen=True, slots=True)
class Life:
    """Everything the question needs of one open authorisation on one day.

    `payer` stands as in the employee insurance, `relative` as in whichever counts. `rules` are
    those of the payer's area; `on_payer_moved` is what the area says that they have left.
    """

    active: bool
    kind: str
    related: bool
    payer: Person
    relative: Person
    age: int
    age_told: int
    renew_before: date | None
    halted_for: str
    rules: Mapping[str, Any]
    on_payer_moved: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to be written: an end, or else what changes while it lasts. Empty: nothing."""

    ends: str = ""
    #: What it stands still for from now on; "" = for nothing; None = as it was.
    halts: str | None = None
    #: The birthday both are to be told of.
    turned: int = 0
    #: Until when the relative is asked to renew.
    renew_before: date | None = None

    def __bool__(self) -> bool:
        return self != Fate()


def fate(life: Life, on: date) -> Fate:
    """Return what has become of an authorisation on a day."""
    if cause := _ending(life, on):
        return Fate(ends=cause)
    if not life.active:
        return Fate()
    halted = _halting(life, on)
    reached = rules.milestone(life.age)
    turned = reached if reached > life.age_told else 0
    asked = turned in life.rules["renew_at_ages"]
    return Fate(
        halts=None if halted == life.halted_for else halted,
        turned=turned,
        renew_before=on + timedelta(days=life.rules["renew_within_days"]) if asked else None,
    )


def _ending(life: Life, on: date) -> str:
    """Return why it has ended for good, or nothing."""
    payer, relative, clauses = life.payer, life.relative, life.rules
    if payer.dead:
        return "payer_died"
    if relative.dead:
        return "relative_died"
    if not life.related and (life.kind not in BY_MARRIAGE or clauses["on_divorce"] == "ends"):
        return "marriage_ended" if life.kind in BY_MARRIAGE else "relation_ended"
    ends = clauses["on_insurance_ended"] == "ends"
    if ends and not _insured(payer):
        return "payer_insurance_ended"
    if payer.moved and life.on_payer_moved == "ends":
        return "payer_moved"
    if ends and not _insured(relative):
        return "relative_insurance_ended"
    if relative.moved and clauses["on_relative_moved"] == "ends":
        return "relative_moved"
    if renewal_due(life.renew_before, on) and clauses["renewal_unanswered"] == "ends":
        return "renewal_unanswered"
    return ""


def _halting(life: Life, on: date) -> str:
    """Return what it stands still for; it goes on by itself when that is over."""
    payer, relative, clauses = life.payer, life.relative, life.rules
    if not life.related:
        return "marriage_ended"
    if not _insured(payer):
        return "payer_insurance_ended"
    if payer.status == "2" and clauses["paused_payer"] == "stops":
        return "payer_paused"
    if not _insured(relative):
        return "relative_insurance_ended"
    if relative.status != "1" and clauses["patient_status_normal"]:
        return "relative_paused"
    return "renewal_unanswered" if renewal_due(life.renew_before, on) else ""


def _insured(person: Person) -> bool:
    return person.status in ("1", "2")
