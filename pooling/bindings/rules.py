"""What an authorisation must satisfy. Pure: facts in, refusals out, no Django and no clock.

A refusal is a code with the values of its sentence and the name of the area's clause behind
it; `wording.py` says it to people. The rules fall into two groups on purpose. Those about
the **asker** rest on what the asker may know of themselves and are always told at once.
Those about the **pair** say something about the other person, and are told only to somebody
the registry knows as their relative (`security.md`, Enumeration).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

#: No cap is meant to be larger; beyond it the database's integers would end.
MAX_FEN = 10**15
#: How long the relative has to confirm what the payer proposed.
CONFIRM_WITHIN = timedelta(days=15)
#: A changed phone cannot raise a limit for this long: it may be in somebody else's hands.
PHONE_SETTLES = timedelta(hours=72)

CAPS = (
    "cap_per_settlement_fen",
    "cap_per_day_fen",
    "cap_per_month_fen",
    "cap_per_year_fen",
)
#: What a payer may limit over all relatives together.
OVERALL = ("cap_per_day_fen", "cap_per_month_fen", "cap_per_year_fen")
_SPANS = ("settlement", "day", "month", "year")
#: What is unlikely but may be true: a second family, an adoption, a record not yet ended. Who
#: held the papers in hand may say so.
SETTLED_BY_PAPERS = (
    "too_far_apart",
    "not_older",
    "not_younger",
    "elder_not_older",
    "too_close",
    "already_other",
    "already_married",
)
IN_LAWS = ("parent_in_law", "child_in_law")
#: Birthdays of the relative: from 14 payers see less, at 16 and 18 areas may ask again.
AGES = (14, 16, 18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the payer may change while the binding runs. Empty cap = none, 0 = nothing.

    `uses` None = all the area allows; `to_date` None = no end.
    """

    to_date: date | None = None
    cap_per_settlement_fen: int | None = None
    cap_per_day_fen: int | None = None
    cap_per_month_fen: int | None = None
    cap_per_year_fen: int | None = None
    uses: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """What the payer allows all relatives together. Empty cap = none, 0 = nothing."""

    cap_per_day_fen: int | None = None
    cap_per_month_fen: int | None = None
    cap_per_year_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Limits):
    """What is agreed, `[from_date, to_date)`. `rank` None = after the relative's other payers."""

    from_date: date
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """Which text was signed, by its version and SM3 fingerprint, and when."""

    version: str
    hash: str
    at: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, the values of its sentence (ids, fen, codes), the clause behind it."""

    code: str
    values: dict = field(default_factory=dict)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two people as the registry knows them on the day; empty texts: no insurance."""

    member_id: int
    dead: bool = False
    insutype: str = ""
    area: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of the payer. `area` is that of the employee insurance: its rules count."""

    member_id: int
    dead: bool
    employee_status: str
    area: str
    relatives: int


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of the two together.

    `registered` is the kind of relation the registry proves, `proof` what the payer offers
    where it proves none, `implausible` what `kinship.rules` found (codes with values).
    """

    relative: Side
    registered: str | None
    proof: str
    payers: int
    already_bound: bool
    blocked: bool
    implausible: tuple[tuple[str, dict], ...] = ()


def of_insurance(dead: bool, employee_status: str) -> Refusal | None:
    """Return what in somebody's own insurance keeps them from being a payer."""
    if dead:
        return Refusal("payer_dead")
    if employee_status == "":
        return Refusal("payer_not_employee")
    return None if employee_status in ("1", "2") else Refusal("payer_insurance_ended")


def of_asker(asker: Asker, kind: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what in the payer's own insurance, or in the relation they name, stands against it."""
    against = of_insurance(asker.dead, asker.employee_status)
    if against is not None:
        yield against
    if kind not in rules["relations"]:
        yield not_allowed(kind, rules["relations"])
    if rules["model"] != "direct_debit":
        yield Refusal("model_not_built", {"model": rules["model"]}, "model")
    limit = rules["max_relatives_per_payer"]
    if limit is not None and asker.relatives >= limit:
        yield Refusal("max_relatives", {"most": limit}, "max_relatives_per_payer")


def not_allowed(kind: str, allowed: list[str]) -> Refusal:
    """Return the refusal of a relation that is not among those the area allows."""
    code = "in_law_not_allowed" if kind in IN_LAWS else "relation_not_allowed"
    return Refusal(code, {"kind": kind, "kinds": list(allowed)}, "relations")


def of_terms(
    terms: Terms, rules: Mapping[str, Any], today: date, consented_on: date | None = None
) -> Iterator[Refusal]:
    """Yield what is wrong with period, limits and uses.

    `consented_on` lies before today where a consent given elsewhere is only recorded now.
    """
    if terms.from_date < (consented_on or today):
        yield Refusal("period_past", {"from_date": terms.from_date.isoformat()})
    elif terms.to_date is not None and terms.from_date < terms.to_date <= today:
        yield Refusal("period_over", {"to_date": terms.to_date.isoformat()})
    if terms.rank is not None and not 1 <= terms.rank <= 999:
        yield Refusal("rank_impossible")
    yield from of_limits(terms, rules, from_date=terms.from_date)


def of_limits(limits: Limits, rules: Mapping[str, Any], *, from_date: date) -> Iterator[Refusal]:
    """Yield what is wrong with limits alone, as when they are changed later."""
    if limits.to_date is not None and limits.to_date <= from_date:
        yield Refusal("period_reversed", {"to_date": limits.to_date.isoformat()})
    for name in CAPS:
        yield from _of_cap(name, getattr(limits, name), rules, _EVERYBODYS)
    if limits.uses is None:
        return
    if not limits.uses:
        yield Refusal("uses_empty")
    allowed = rules["uses"]
    wrong = [use for use in limits.uses if allowed is not None and use not in allowed]
    if wrong:
        yield Refusal("uses_not_allowed", {"uses": wrong}, "uses")


def of_overall(caps: Overall, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what is wrong with a payer's own caps over all relatives."""
    for name in OVERALL:
        yield from _of_cap(name, getattr(caps, name), rules, ("payer",))


def _of_cap(
    name: str, fen: int | None, rules: Mapping[str, Any], whose: tuple[str, ...]
) -> Iterator[Refusal]:
    if fen is None:
        return
    if fen < 0:
        yield Refusal("cap_negative", {"cap": name})
        return
    highest, rule = most(name, rules, whose)
    if highest is not None and fen > highest:
        yield Refusal("cap_above_area", {"cap": name, "most_fen": highest}, rule)
    elif fen > MAX_FEN:
        yield Refusal("cap_too_large", {"cap": name})


_EVERYBODYS = ("payer", "relative", "binding")


def most(
    name: str, rules: Mapping[str, Any], whose: tuple[str, ...] = _EVERYBODYS
) -> tuple[int | None, str]:
    """Return the area's highest value for a cap in fen and the clause that sets it; None: none.

    Whatever the area caps over the same span or a longer one bounds it: nobody needs a cap a
    day above what a month may cost.
    """
    span = name.removeprefix("cap_per_").removesuffix("_fen")
    spans = _SPANS[_SPANS.index(span) :]
    above = (f"cap_{who}_{each}_fen" for each in spans for who in whose)
    # An area has no cap for all of a payer's relatives in one settlement: there is one patient.
    set_by_area = [(rules[rule], rule) for rule in above if rules.get(rule) is not None]
    return min(set_by_area, default=(None, ""))


def of_pair(asker: Asker, pair: Pair, kind: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what stands against the two together, nearest to the people first."""
    relative = pair.relative
    if relative.member_id == asker.member_id:
        yield Refusal("oneself")
        return
    if relative.dead:
        yield Refusal("relative_dead")
    if pair.blocked:
        yield Refusal("blocked")
    if pair.already_bound:
        yield Refusal("already_bound")
    yield from _of_evidence(pair, kind, rules)
    yield from _of_insurance(relative, rules)
    yield from _of_areas(asker.area, relative.area, rules)
    limit = rules["max_payers_per_relative"]
    if limit is not None and not pair.already_bound and pair.payers >= limit:
        yield Refusal("max_payers", {"most": limit}, "max_payers_per_relative")


def _of_evidence(pair: Pair, kind: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """The registry's word comes first; a commitment counts where the area takes it."""
    if pair.registered is not None:
        if pair.registered != kind:
            yield Refusal("relation_differs", {"kind": kind, "registered": pair.registered})
        return
    if pair.proof == "documented":
        for code, values in pair.implausible:
            if code not in SETTLED_BY_PAPERS:
                yield Refusal(f"implausible_{code}", values)
        return
    if pair.proof not in ("commitment", "confirmed"):
        yield Refusal("evidence_missing", {"kind": kind}, "evidence_accepted")
    elif "commitment" not in rules["evidence_accepted"]:
        yield Refusal("commitment_not_accepted", {"kind": kind}, "evidence_accepted")
    for code, values in pair.implausible:
        yield Refusal(f"implausible_{code}", values)


def _of_insurance(relative: Side, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    if not relative.insutype:
        yield Refusal("relative_not_insured")
    elif relative.insutype not in rules["patient_types"]:
        yield Refusal("insurance_not_allowed", {"insutype": relative.insutype}, "patient_types")
    elif rules["patient_status_normal"] and relative.status != "1":
        yield Refusal("status_not_normal", {"status": relative.status}, "patient_status_normal")


def _of_areas(home: str, away: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Compare where the two are insured. Across provinces only the nation's form counts."""
    if not home or not away:
        return
    values = {"payer_area": home, "relative_area": away}
    same_province = home[:2] == away[:2]
    if rules["scope"] == "same_area" and home != away:
        yield Refusal("out_of_area", values, "scope")
    elif rules["scope"] == "same_province" and not same_province:
        yield Refusal("out_of_province", values, "scope")
    elif not same_province:
        yield Refusal("needs_national_form", values, "model")


def raises(before: Limits, after: Limits) -> bool:
    """Return whether anything in `after` lets more money go than `before` did."""
    for name in CAPS:
        if _more(getattr(before, name), getattr(after, name)):
            return True
    if before.to_date is not None and (after.to_date is None or after.to_date > before.to_date):
        return True
    if before.uses is None:
        return False
    return after.uses is None or not set(after.uses) <= set(before.uses)


def raises_caps(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> bool:
    """Return whether any cap is higher than before; no cap is higher than every cap."""
    return any(_more(before.get(name), fen) for name, fen in after.items())


def _more(before: int | None, after: int | None) -> bool:
    return before is not None and (after is None or after > before)


def release_day(counts: str, today: date) -> date | None:
    """Return from when a release counts by the clause `release_counts`; None = at once."""
    if counts == "next_day":
        return today + timedelta(days=1)
    if counts == "next_month":
        return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return None


def milestone(age: int) -> int:
    """Return the last birthday reached at which something changes for the two; 0: none yet."""
    return max((each for each in AGES if each <= age), default=0)


def limits_of(row: Any) -> Limits:
    """Return the limits of anything that has them as attributes, such as a stored binding."""
    values = {item.name: getattr(row, item.name) for item in fields(Limits)}
    values["uses"] = tuple(row.uses) if row.uses is not None else None
    return Limits(**values)
