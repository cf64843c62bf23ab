"""What an authorisation must satisfy. Pure: facts in, refusals out, no Django and no clock.

A refusal is a code with the values of its sentence and the name of the area's clause behind
it; `wording.py` says it to people. The rules fall into two groups on purpose. Those about
the **asker** rest on what the asker may know of themselves and are always told at once.
Those about the **pair** say something about the other person, and are told only to somebody
the registry knows as their relative (`security.md`, Enumeration).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from pooling.bindings import counting, evidence
from pooling.bindings.facts import Asker, Pair, Refusal, Side
from pooling.shared import periods

#: No cap is meant to be larger; beyond it the database's integers would end.
MAX_FEN = 10**15
#: How long the relative has to confirm what the payer proposed.
CONFIRM_WITHIN = timedelta(days=15)

CAPS = ("cap_per_settlement_fen", "cap_per_day_fen", "cap_per_month_fen", "cap_per_year_fen")
#: What a payer may limit over all relatives together.
OVERALL = ("cap_per_day_fen", "cap_per_month_fen", "cap_per_year_fen")
_SPANS = ("settlement", "day", "month", "year")
_WORD_OF = {f"cap_per_{span}_fen": span for span in _SPANS}
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
#: Models in which no authorisation is made, and what is said of each.
MOVED_BEFOREHAND = {"pooled_transfer": "model_pooled_transfer", "wallet": "model_wallet"}
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


def of_insurance(
    dead: bool, employee_status: str, psn_type: str, rules: Mapping[str, Any]
) -> Refusal | None:
    """Return what in somebody's own insurance keeps them from being a payer."""
    if dead:
        return Refusal("payer_dead")
    if employee_status == "":
        return Refusal("payer_not_employee")
    if employee_status not in ("1", "2"):
        return Refusal("payer_insurance_ended")
    if psn_type in rules["excluded_payer_types"]:
        return Refusal("payer_type_excluded", {"psn_type": psn_type}, "excluded_payer_types")
    return None


def of_asker(asker: Asker, kind: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what in the payer's own affairs, or in the relation they name, stands against it."""
    against = of_insurance(asker.dead, asker.employee_status, asker.psn_type, rules)
    if against is not None:
        yield against
    if kind not in rules["relations"]:
        yield not_allowed(kind, rules["relations"])
    if not rules["quota_across_provinces"]:
        yield from _of_model(rules)
    if asker.paid_for and not rules["payer_may_be_relative"]:
        yield Refusal("payer_is_relative", {}, "payer_may_be_relative")
    yield from counting.of_numbers(asker, rules)
    if asker.past is not None:
        yield from counting.of_past(asker.past, rules)


def _of_model(rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Where money is moved beforehand nobody authorises: it lies ready in a fund or a wallet."""
    if rules["model"] in MOVED_BEFOREHAND:
        yield Refusal(MOVED_BEFOREHAND[rules["model"]], {}, "model")


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


def of_limits(
    limits: Limits,
    rules: Mapping[str, Any],
    *,
    from_date: date,
    since: date | None = None,
    before: Limits | None = None,
) -> Iterator[Refusal]:
    """Yield what is wrong with limits alone, as when they are changed later.

    `since` is when the authorisation began, where that is not `from_date`; `before` what was
    agreed: a cap the area has ceased to offer may stay as it is.
    """
    if limits.to_date is not None and limits.to_date <= from_date:
        yield Refusal("period_reversed", {"to_date": limits.to_date.isoformat()})
    yield from _of_end(limits.to_date, rules, since or from_date)
    for name in CAPS:
        yield from _of_cap(name, getattr(limits, name), rules, _EVERYBODYS)
        if getattr(limits, name) not in (None, getattr(before, name, None)):
            yield from _of_offer(name, _WORD_OF[name], rules)
    yield from _of_caps_wanted(limits, rules)
    if limits.uses is None:
        return
    if not limits.uses:
        yield Refusal("uses_empty")
    allowed = rules["uses"]
    wrong = [use for use in limits.uses if allowed is not None and use not in allowed]
    if wrong:
        yield Refusal("uses_not_allowed", {"uses": wrong}, "uses")


def last_end(since: date, rules: Mapping[str, Any]) -> date | None:
    """Return the latest end the area allows of what begins on a day; None: any."""
    months = rules["max_validity_months"]
    return None if months is None else periods.months_later(since, months)


def _of_end(end: date | None, rules: Mapping[str, Any], since: date) -> Iterator[Refusal]:
    latest = last_end(since, rules)
    if latest is not None and (end is None or end > latest):
        values = {"months": rules["max_validity_months"], "date": latest.isoformat()}
        yield Refusal("validity_too_long", values, "max_validity_months")
    elif end is None and rules["end_date_required"]:
        yield Refusal("end_required", {}, "end_date_required")


def offered(rules: Mapping[str, Any]) -> list[str]:
    """Return the caps of one authorisation that the area lets payers set."""
    return [name for name in CAPS if _WORD_OF[name] in rules["caps_offered"]]


def offered_overall(rules: Mapping[str, Any]) -> list[str]:
    """Return the caps over all relatives that the area lets payers set."""
    return [name for name in OVERALL if f"all_{_WORD_OF[name]}" in rules["caps_offered"]]


def _of_offer(name: str, word: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    if word not in rules["caps_offered"]:
        yield Refusal("cap_not_offered", {"cap": name, "offer": word}, "caps_offered")


def _of_caps_wanted(limits: Limits, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """An area that offers none of these cannot ask for one."""
    choice = offered(rules)
    if rules["caps_required"] and choice and all(getattr(limits, name) is None for name in CAPS):
        yield Refusal("cap_required", {"caps": choice}, "caps_required")


def of_overall(caps: Overall, rules: Mapping[str, Any], before: Overall) -> Iterator[Refusal]:
    """Yield what is wrong with a payer's own caps over all relatives."""
    for name in OVERALL:
        fen = getattr(caps, name)
        yield from _of_cap(name, fen, rules, ("payer",))
        if fen not in (None, getattr(before, name)):
            yield from _of_offer(name, f"all_{_WORD_OF[name]}", rules)


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
    spans = _SPANS[_SPANS.index(_WORD_OF[name]) :]
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
    if pair.pays and not rules["payer_may_be_relative"]:
        yield Refusal("relative_is_payer", {}, "payer_may_be_relative")
    yield from _of_areas(asker.area, relative.area, rules)
    limit = rules["max_payers_per_relative"]
    if limit is not None and not pair.already_bound and pair.payers >= limit:
        yield Refusal("max_payers", {"most": limit}, "max_payers_per_relative")


def _of_evidence(pair: Pair, kind: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """The registry's word comes first; what else counts is the area's to say (`evidence`)."""
    known = pair.registered == kind
    if pair.registered is not None and not known:
        yield Refusal("relation_differs", {"kind": kind, "registered": pair.registered})
        return
    if known and evidence.suffices("registry", kind, pair.channel, rules):
        return
    clause = evidence.clause(kind, pair.channel, rules)
    promised = pair.proof in ("commitment", "confirmed")
    if promised:
        if not evidence.suffices(pair.proof, kind, pair.channel, rules):
            yield Refusal("commitment_not_accepted", {"kind": kind}, clause)
    elif pair.proof != "documented":
        code = "registry_not_enough" if known else "evidence_missing"
        yield Refusal(code, {"kind": kind}, clause)
    for code, values in pair.implausible:
        if promised or code not in SETTLED_BY_PAPERS:
            yield Refusal(f"implausible_{code}", values)


def proof_of(pair: Pair, kind: str, rules: Mapping[str, Any]) -> str:
    """Return what a binding that may be rests on: the registry's word wherever it suffices."""
    registered = pair.registered == kind
    suffices = registered and evidence.suffices("registry", kind, pair.channel, rules)
    return "registry" if suffices else pair.proof


def must_confirm(kind: str | None, birth_date: date, today: date, rules: Mapping[str, Any]) -> bool:
    """Return whether the relative has to say yes; `kind` None: not chosen yet."""
    kinds = rules["confirms_for"]
    return (
        rules["relative_confirms"]
        and (kinds is None or kind is None or kind in kinds)
        and periods.age(birth_date, today) >= rules["confirms_from_age"]
    )


def first_day(asked: date, bound_on: date, rules: Mapping[str, Any]) -> date:
    """Return the first day of what is asked for from one day and agreed on another."""
    next_day = asked == bound_on and rules["binding_counts"] == "next_day"
    return bound_on + timedelta(days=1) if next_day else asked


def _of_insurance(relative: Side, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    if not relative.insutype:
        yield Refusal("relative_not_insured")
    elif relative.insutype not in rules["patient_types"]:
        yield Refusal("insurance_not_allowed", {"insutype": relative.insutype}, "patient_types")
    elif rules["patient_status_normal"] and relative.status != "1":
        yield Refusal("status_not_normal", {"status": relative.status}, "patient_status_normal")
    if relative.psn_type in rules["excluded_relative_types"]:
        values = {"psn_type": relative.psn_type}
        yield Refusal("relative_type_excluded", values, "excluded_relative_types")


def _of_areas(home: str, away: str, rules: Mapping[str, Any]) -> Iterator[Refusal]:
    """Compare where the two are insured. Across provinces only the nation's form counts.

    It reaches further than the area's own: `scope` is about that one.
    """
    if not home or not away:
        return
    values = {"payer_area": home, "relative_area": away}
    same_province = home[:2] == away[:2]
    if rules["quota_across_provinces"] and not same_province:
        return
    if rules["quota_across_provinces"]:
        yield from _of_model(rules)
    if rules["scope"] == "same_area" and home != away:
        yield Refusal("out_of_area", values, "scope")
    elif rules["scope"] == "same_province" and not same_province:
        yield Refusal("out_of_province", values, "scope")
    elif not same_province:
        yield Refusal("needs_national_form", values, "quota_across_provinces")


def raises(before: Limits, after: Limits, opt_in: Iterable[str] = ()) -> bool:
    """Return whether anything in `after` lets more money go than `before` did.

    `opt_in` are the uses that count only where they are named.
    """
    for name in CAPS:
        if _more(getattr(before, name), getattr(after, name)):
            return True
    if before.to_date is not None and (after.to_date is None or after.to_date > before.to_date):
        return True
    if before.uses is None:
        return not set(opt_in).isdisjoint(after.uses or ())
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
        return periods.month_after(today)
    return None


def milestone(age: int) -> int:
    """Return the last birthday reached at which something changes for the two; 0: none yet."""
    return max((each for each in AGES if each <= age), default=0)


def limits_of(row: Any) -> Limits:
    """Return the limits of anything that has them as attributes, such as a stored binding."""
    values = {item.name: getattr(row, item.name) for item in fields(Limits)}
    values["uses"] = tuple(row.uses) if row.uses is not None else None
    return Limits(**values)
