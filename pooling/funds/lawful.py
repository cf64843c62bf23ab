"""When a personal account may be paid out, from when on, and who gets how much. Pure.

The reasons are those of `parameters.PAYOUT_CASES`; which of them an area knows is its rule.
What the registry knows is asked of it; the rest the papers show.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pooling.shared.periods import contains, month_after, month_of, months_later

EMPLOYEE, NORMAL, ENDED = "310", "1", "4"
_OWN = ("payee_id", "payee_account")
#: What each reason needs anywhere; an area may want more.
PAPERS = {
    "death": (*_OWN, "death_proof", "heir_proof"),
    "emigration": (*_OWN, "emigration_proof"),
    "not_accepted": (*_OWN, "transfer_proof"),
    "left": (*_OWN, "ended_proof"),
    "resettled": (*_OWN, "resettlement_proof"),
    "army": (*_OWN, "army_proof"),
    "illness": (*_OWN, "illness_proof"),
}
#: These rest on a day the papers name; the registry does not know it.
ON_PAPER = ("resettled", "army", "illness")
#: These rest on the end of the insurance that filled the account.
_ON_ENDING = ("emigration", "not_accepted", "left")


@dataclass(frozen=True, slots=True)
class Insured:
    """One enrolment of the owner: `[since, until)`, as the registry states it."""

    insutype: str
    area: str
    status: str
    since: date
    until: date | None

    def runs(self, on: date) -> bool:
        return contains(self.since, self.until, on) and self.status != ENDED

    def ended_on(self) -> date | None:
        return self.since if self.status == ENDED else self.until


@dataclass(frozen=True, slots=True)
class Owner:
    """What the registry knows of an account's owner.

    `has_another` tells of an open account of theirs in another area.
    """

    area: str
    opened_on: date
    died_on: date | None
    insured: tuple[Insured, ...]
    has_another: bool = False

    def employed(self, on: date) -> list[Insured]:
        return [row for row in self.insured if row.insutype == EMPLOYEE and row.runs(on)]

    def ended_on(self) -> date:
        """Return when the employee insurance that filled the account ended, running or not.

        Where none is on record the account itself is all there is.
        """
        there = [row for row in self.insured if (row.insutype, row.area) == (EMPLOYEE, self.area)]
        return max(filter(None, (row.ended_on() for row in there)), default=self.opened_on)


def objection(reason: str, owner: Owner, on: date, since: date | None) -> str:
    """Return the code of what the registry says against a reason on a day, or nothing."""
    dead = owner.died_on is not None and owner.died_on <= on
    if reason == "death":
        return "" if dead else "payout_not_dead"
    if dead:
        return "payout_dead"
    if reason in ON_PAPER and (since is None or since > on):
        return "payout_day_missing"
    return _OBJECTIONS.get(reason, _none)(owner, on)


def _emigration(owner: Owner, on: date) -> str:
    return "payout_still_insured" if any(row.runs(on) for row in owner.insured) else ""


def _not_accepted(owner: Owner, on: date) -> str:
    if any(row.runs(on) and row.area == owner.area for row in owner.insured):
        return "payout_still_insured_here"
    return "payout_account_elsewhere" if owner.has_another else ""


def _left(owner: Owner, on: date) -> str:
    return "payout_still_employed" if owner.employed(on) else ""


def _army(owner: Owner, on: date) -> str:
    """Who serves is not employed; the insurance may be paused until they are back."""
    working = any(row.status == NORMAL for row in owner.employed(on))
    return "payout_still_employed" if working else ""


def _none(owner: Owner, on: date) -> str:
    return ""


_OBJECTIONS = {
    "emigration": _emigration,
    "not_accepted": _not_accepted,
    "left": _left,
    "army": _army,
}


def event_on(reason: str, owner: Owner, since: date | None) -> date:
    """Return the day a reason rests on; there is no objection to it."""
    if reason == "death":
        return owner.died_on
    return owner.ended_on() if reason in _ON_ENDING else since


def earliest(reason: str, event: date, *, months: int, from_day: int | None) -> date:
    """Return the first day on which it may be paid out.

    So many months after the event, and where the area says so not before a day of the month
    that follows the end of the insurance; a death ends it, too.
    """
    first = months_later(event, months)
    if from_day is not None and reason not in ON_PAPER:
        first = max(first, month_after(month_of(event)).replace(day=from_day))
    return first


def shared_out(amount_fen: int, shares: Sequence[Fraction]) -> list[int]:
    """Return each share of an amount in whole fen; the shares add up to one.

    Each is rounded down; the fen left over go, one each, to the first of those who lost a
    part of one by it. So nobody is a whole fen off.
    """
    parts = [divmod(amount_fen * share.numerator, share.denominator) for share in shares]
    left = amount_fen - sum(fen for fen, _rest in parts)
    shared = []
    for fen, rest in parts:
        more = 1 if rest and left else 0
        left -= more
        shared.append(fen + more)
    return shared
