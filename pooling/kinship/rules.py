"""What cannot be true of two people, told from numbers and dates alone.

The bounds are wide: they are to find slips and lies, not unusual families. Whoever is
refused here wrongly can bring proof to the counter.

No cycle can arise. A parent or grandparent must be the elder, so somebody who were their own
forebear would have to be older than themself; the age rule refuses the edge that closes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from accounts.names import fold_name
from pooling.kinship import codes
from pooling.shared.periods import age

#: Full years between a natural parent and child. Nobody below 14 is old enough (Criminal
#: Law, article 236); 60 and 90 lie beyond what registries have seen.
PARENT_LEAST = 14
MOTHER_MOST, FATHER_MOST = 60, 90
#: Two generations.
GRANDPARENT_LEAST = 2 * PARENT_LEAST
SIBLINGS_MOST = 60
#: The Civil Code says 22 and 20; autonomous areas and older law allow 20 and 18.
MARRIAGE_AGE = {codes.MALE: 20, codes.FEMALE: 18}


class Person(Protocol):
    """Whoever has a birth date, a sex and perhaps a day of death: a member."""

    pk: int
    birth_date: date
    gender: str
    died_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record about the two at the time in question, this very relation aside."""

    #: What the relative already is to the person.
    kinds: frozenset[str] = frozenset()
    #: Ids of whoever either of them is married to, besides each other.
    other_spouses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why it cannot be, as a code; `column` is the fact in doubt."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    column: str = "relation"


NOTHING_KNOWN = Known()


def implausible(
    person: Person, relative: Person, code: str, on: date, known: Known = NOTHING_KNOWN
) -> list[Problem]:
    """Return every reason why `relative` cannot be `person`'s `code` from that day on."""
    if person.pk == relative.pk:
        return [Problem("oneself", column="relative_psn_no")]
    if code in codes.TOO_BROAD:
        return [Problem("too_broad", {"code": code})]
    if code not in codes.CODES:
        return [Problem("unknown_code", {"code": code})]
    checks = (_days, _sexes, _ages, _record)
    return [
        problem
        for check in checks
        for problem in check(person, relative, codes.CODES[code], on, known)
    ]


def same_person(person, relative) -> bool:
    """Return whether two records look like one person's: name, sex and birth date are equal.

    Twins share all but the name. Names are sealed, so they are read where the rest agrees alone.
    """
    return (
        (person.birth_date, person.gender) == (relative.birth_date, relative.gender)
        and person.pk != relative.pk
        and fold_name(person.name) == fold_name(relative.name)
    )


def _days(person, relative, code, on, known) -> Iterator[Problem]:
    if on < max(person.birth_date, relative.birth_date):
        yield Problem("before_birth", {"on": on.isoformat()}, "from_date")
    if any(who.died_on is not None and who.died_on < on for who in (person, relative)):
        yield Problem("after_death", {"on": on.isoformat()}, "from_date")


def _sexes(person, relative, code, on, known) -> Iterator[Problem]:
    if code.gender not in (None, relative.gender):
        yield Problem("sex", {"word": code.word})
    if code.person_gender not in (None, person.gender):
        yield Problem("own_sex", {"word": code.word})
    elif code.kind == "spouse" and person.gender == relative.gender:
        yield Problem("same_sex")


def _ages(person, relative, code, on, known) -> Iterator[Problem]:
    if code.kind == "spouse":
        if any(age(who.birth_date, on) < MARRIAGE_AGE[who.gender] for who in (person, relative)):
            yield Problem("too_young_to_marry", {}, "from_date")
    elif code.kind == "sibling":
        yield from _siblings(person, relative, code)
    elif code.kind in ("parent", "paternal_grandparent", "maternal_grandparent"):
        yield from _generations(relative, person, code)
    elif code.kind in ("child", "sons_child", "daughters_child"):
        yield from _generations(person, relative, code)


def _siblings(person, relative, code) -> Iterator[Problem]:
    gap = abs(relative.birth_date.year - person.birth_date.year)
    if gap > SIBLINGS_MOST:
        yield Problem("too_far_apart", {"years": gap})
    # Twins share a date, so only a plain contradiction counts.
    if code.code in codes.ELDER and relative.birth_date > person.birth_date:
        yield Problem("not_older", {"word": code.word})
    if code.code in codes.YOUNGER and relative.birth_date < person.birth_date:
        yield Problem("not_younger", {"word": code.word})


def _generations(elder, younger, code) -> Iterator[Problem]:
    gap = age(elder.birth_date, younger.birth_date)
    if elder.birth_date >= younger.birth_date:
        yield Problem("elder_not_older", {"word": code.word})
    elif code.kind not in ("parent", "child"):
        if gap < GRANDPARENT_LEAST:
            yield Problem("too_close", {"years": gap, "least": GRANDPARENT_LEAST})
    elif code.code not in codes.BY_LAW:
        most = MOTHER_MOST if elder.gender == codes.FEMALE else FATHER_MOST
        if gap < PARENT_LEAST:
            yield Problem("too_close", {"years": gap, "least": PARENT_LEAST})
        elif gap > most:
            yield Problem("too_far_apart", {"years": gap})


def _record(person, relative, code, on, known) -> Iterator[Problem]:
    # "Other" says too little to contradict anything.
    others = known.kinds - {code.kind, "other"}
    if others and code.kind != "other":
        yield Problem("already_other", {"kind": min(others)})
    if code.kind == "spouse" and known.other_spouses:
        yield Problem("already_married")
