"""How much an authorisation can give: the payer's money, what is shareable of it, every cap.

Pure arithmetic, integer fen. Each bound says why it is there; the smallest is the answer. The
closed list of reasons stands here, for most of them are bounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pooling.settlements.sources import Candidate, Clause, Input, Purse


class Reason(StrEnum):
    """Why a source gave what it gave: the closed list, beside `Unusable`."""

    COVERED = "covered"
    NOTHING_TO_PAY = "nothing_to_pay"
    ALREADY_COVERED = "not_reached_bill_covered"
    REST_IS_OWN_PAID = "not_reached_rest_own_paid"
    NOT_CLAIMANT = "not_the_claimant"
    ONE_PAYER = "not_reached_one_payer"
    CASH_ONLY = "flag_cash_only"
    OWN_ONLY = "flag_own_only"
    OWN_MISSING = "own_account_missing"
    OWN_CLOSED = "own_account_closed"
    ELSEWHERE = "wallet_used_elsewhere"
    EMPTY = "account_empty"
    GIVEN_WHOLE = "account_given_whole"
    FLOOR = "floor_kept"
    PART = "part_not_shareable"
    CAP_SETTLEMENT = "cap_per_settlement"
    CAP_DAY = "cap_per_day"
    CAP_MONTH = "cap_per_month"
    CAP_YEAR = "cap_per_year"
    CAP_PAYER_DAY = "cap_payer_own_day"
    CAP_PAYER_MONTH = "cap_payer_own_month"
    CAP_PAYER_YEAR = "cap_payer_own_year"
    AREA_BINDING_SETTLEMENT = "cap_area_binding_settlement"
    AREA_BINDING_DAY = "cap_area_binding_day"
    AREA_BINDING_MONTH = "cap_area_binding_month"
    AREA_BINDING_YEAR = "cap_area_binding_year"
    AREA_PAYER_DAY = "cap_area_payer_day"
    AREA_PAYER_MONTH = "cap_area_payer_month"
    AREA_PAYER_YEAR = "cap_area_payer_year"
    AREA_RELATIVE_SETTLEMENT = "cap_area_relative_settlement"
    AREA_RELATIVE_DAY = "cap_area_relative_day"
    AREA_RELATIVE_MONTH = "cap_area_relative_month"
    AREA_RELATIVE_YEAR = "cap_area_relative_year"
    AREA_USE_MONTH = "cap_area_use_month"
    AREA_USE_YEAR = "cap_area_use_year"


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound on what a source can give. `reason` is a `Reason` or an `Unusable`."""

    fen: int
    reason: str
    values: dict[str, Any] = field(default_factory=dict)
    clause: Clause | None = None


def tightest(given: Input, candidate: Candidate, from_relatives_fen: int) -> Bound:
    """Return the smallest bound; of equal ones the first, so that money comes before caps.

    `from_relatives_fen` is what earlier lines of the same bill took from relatives.
    """
    rules = given.rules[candidate.standing.area]
    bounds = [
        *_shareable(candidate, rules),
        *_set_by_payer(candidate),
        *_set_by_area(given, candidate, rules, from_relatives_fen),
    ]
    return min(bounds, key=lambda bound: bound.fen)


def whole(purse: Purse) -> Bound:
    """Return the bound of a purse whose whole content may be given."""
    total = purse.total_fen
    return Bound(total, Reason.GIVEN_WHOLE if total else Reason.EMPTY, {"balance_fen": total})


def _shareable(candidate: Candidate, rules: dict[str, Clause]) -> Iterator[Bound]:
    """Bounds of the payer's money: all of it, what the floor leaves, the parts allowed.

    Their minimum is money.md's min(prior, total − floor). A quota was bounded by floor
    and parts when it was frozen, and is not bounded by them again.
    """
    if candidate.quota is not None:
        yield whole(candidate.quota)
        return
    purse = candidate.purse
    total, prior = purse.total_fen, purse.of("prior")
    yield whole(purse)
    floor, parts = rules["floor_fen"], rules["shareable_parts"]
    if floor.value:
        values = {"floor_fen": floor.value, "balance_fen": total}
        yield Bound(total - floor.value, Reason.FLOOR, values, floor)
    if parts.value == "prior":
        values = {"prior_fen": prior, "current_fen": total - prior}
        yield Bound(prior, Reason.PART, values, parts)


def _set_by_payer(candidate: Candidate) -> Iterator[Bound]:
    caps, used = candidate.caps, candidate.used
    for reason, cap, spent in (
        (Reason.CAP_SETTLEMENT, caps.per_settlement_fen, 0),
        (Reason.CAP_DAY, caps.per_day_fen, used.day_fen),
        (Reason.CAP_MONTH, caps.per_month_fen, used.month_fen),
        (Reason.CAP_YEAR, caps.per_year_fen, used.year_fen),
        (Reason.CAP_PAYER_DAY, caps.payer_day_fen, used.payer_day_fen),
        (Reason.CAP_PAYER_MONTH, caps.payer_month_fen, used.payer_month_fen),
        (Reason.CAP_PAYER_YEAR, caps.payer_year_fen, used.payer_year_fen),
    ):
        if cap is not None:
            yield Bound(cap - spent, reason, {"cap_fen": cap, "used_fen": spent})


def _set_by_area(
    given: Input, candidate: Candidate, rules: dict[str, Clause], here: int
) -> Iterator[Bound]:
    """Bounds by clauses: on one authorisation, one payer, one relative, one use."""
    used = candidate.used
    for reason, name, spent in (
        (Reason.AREA_BINDING_SETTLEMENT, "cap_binding_settlement_fen", 0),
        (Reason.AREA_BINDING_DAY, "cap_binding_day_fen", used.day_fen),
        (Reason.AREA_BINDING_MONTH, "cap_binding_month_fen", used.month_fen),
        (Reason.AREA_BINDING_YEAR, "cap_binding_year_fen", used.year_fen),
        (Reason.AREA_PAYER_DAY, "cap_payer_day_fen", used.payer_day_fen),
        (Reason.AREA_PAYER_MONTH, "cap_payer_month_fen", used.payer_month_fen),
        (Reason.AREA_PAYER_YEAR, "cap_payer_year_fen", used.payer_year_fen),
        (Reason.AREA_RELATIVE_SETTLEMENT, "cap_relative_settlement_fen", here),
        (Reason.AREA_RELATIVE_DAY, "cap_relative_day_fen", given.relative_day_fen + here),
        (Reason.AREA_RELATIVE_MONTH, "cap_relative_month_fen", given.relative_month_fen + here),
        (Reason.AREA_RELATIVE_YEAR, "cap_relative_year_fen", given.relative_year_fen + here),
        (Reason.AREA_USE_MONTH, "cap_use_month_fen", used.use_month_fen),
        (Reason.AREA_USE_YEAR, "cap_use_year_fen", used.use_year_fen),
    ):
        cap = rules[name].value
        if isinstance(cap, dict):
            cap = cap.get(given.charge.visit.use)
        if cap is not None:
            yield Bound(cap - spent, reason, {"cap_fen": cap, "used_fen": spent}, rules[name])
