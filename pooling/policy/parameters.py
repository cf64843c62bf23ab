"""The closed list of what an area may set, with type and default of each.

These are the defaults of the mechanism, not of the nation: the nation's clauses are data
with sources. Values are plain JSON. A wrong one raises NotAValue with a code; the words
for people stand in `wording.py`.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

MAX_FEN = 10**15

USES = (
    "outpatient",
    "inpatient",
    "pharmacy_drugs",
    "pharmacy_devices",
    "pharmacy_consumables",
    "vaccination",
    "checkup",
    "tcm_preventive",
    "resident_premium",
    "ltc_premium",
    "large_expense_premium",
    "commercial_insurance",
)
#: Near relatives of the Civil Code, article 1045.
NEAR_RELATIVES = (
    "spouse",
    "parent",
    "child",
    "sibling",
    "paternal_grandparent",
    "maternal_grandparent",
    "sons_child",
    "daughters_child",
)
RELATION_KINDS = (*NEAR_RELATIVES, "parent_in_law", "child_in_law", "other")
PARTS = ("current", "prior")
INSURANCES = ("310", "390")


class NotAValue(ValueError):
    """`value` may not stand for the parameter `name`; `problem` says why, as a code."""

    def __init__(self, name: str, problem: str, value: Any = None):
        super().__init__(f"{name}: {problem}: {value!r}")
        self.name = name
        self.problem = problem
        self.value = value


#: Takes a value and returns a problem code with what is wrong, or None.
Check = Callable[[Any], tuple[str, Any] | None]


def _one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else ("unknown_word", value)


def _words(*choices: str) -> Check:
    """Accept a list of known words, each once, at least one."""

    def check(value):
        if not isinstance(value, list) or not value:
            return "not_a_list", value
        unknown = [word for word in value if word not in choices]
        if unknown:
            return "unknown_word", unknown[0]
        if len(set(value)) < len(value):
            return "said_twice", value
        return None

    return check


def _whole(least: int, most: int) -> Check:
    def check(value):
        if isinstance(value, bool) or not isinstance(value, int):
            return "not_a_whole_number", value
        if value < least:
            return "too_small", value
        return ("too_large", value) if value > most else None

    return check


def _flag(value):
    return None if isinstance(value, bool) else ("not_yes_or_no", value)


def _or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _fen_by_use(value):
    if not isinstance(value, dict):
        return "not_a_table", value
    for use, fen in value.items():
        if use not in USES:
            return "unknown_word", use
        if problem := _FEN(fen):
            return problem
    return None


_FEN = _whole(0, MAX_FEN)
_COUNT = _whole(1, 10_000)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an area may set. `unit` is fen, count, level, flag, word, words or table."""

    name: str
    unit: str
    default: Any
    problem: Check


def _closed_list() -> dict[str, Parameter]:
    """Return the parameters in the order of the page that defines them."""
    rows = (
        ("model", "word", "direct_debit",
         _one_of("direct_debit", "quota", "pooled_transfer", "wallet")),
        ("own_part_order", "words", ["current", "prior"], _words(*PARTS)),
        ("shareable_parts", "word", "all", _one_of("all", "prior")),
        ("floor_fen", "fen", 0, _FEN),
        ("payers_per_settlement", "word", "many", _one_of("one", "many")),
        ("payer_order", "word", "rank", _one_of("rank", "bound_at", "highest_available")),
        ("pays_own_paid", "flag", True, _flag),
        ("flag_1_own_only", "flag", False, _flag),
        ("paused_payer", "word", "goes_on", _one_of("goes_on", "stops")),
        ("scope", "word", "nationwide", _one_of("same_area", "same_province", "nationwide")),
        ("uses", "words", None, _or_none(_words(*USES))),
        ("patient_types", "words", list(INSURANCES), _words(*INSURANCES)),
        ("patient_status_normal", "flag", True, _flag),
        ("resident_outpatient_max_level", "level", None, _or_none(_whole(1, 3))),
        ("cap_payer_day_fen", "fen", None, _or_none(_FEN)),
        ("cap_payer_year_fen", "fen", None, _or_none(_FEN)),
        ("cap_relative_year_fen", "fen", None, _or_none(_FEN)),
        ("cap_use_year_fen", "table", {}, _fen_by_use),
        ("relations", "words", list(NEAR_RELATIVES), _words(*RELATION_KINDS)),
        ("max_relatives_per_payer", "count", None, _or_none(_COUNT)),
        ("max_payers_per_relative", "count", None, _or_none(_COUNT)),
        ("requires_e_credential", "flag", True, _flag),
        # About making and ending a binding.
        ("evidence_accepted", "words", ["registry"], _words("registry", "commitment")),
        ("relative_confirms", "flag", False, _flag),
        ("release_by", "words", ["payer", "relative"], _words("payer", "relative")),
        ("release_counts", "word", "at_once", _one_of("at_once", "next_day", "next_month")),
    )  # fmt: skip
    return {name: Parameter(name, unit, default, check) for name, unit, default, check in rows}


PARAMETERS = _closed_list()


def check(name: str, value: Any) -> Any:
    """Return a copy of `value` if it may stand for `name`. Raises NotAValue."""
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise NotAValue(name, "unknown_parameter", value)
    if wrong := parameter.problem(value):
        problem, what = wrong
        raise NotAValue(name, problem, what)
    return deepcopy(value)


def default(name: str) -> Any:
    """Return the mechanism's own value, used where neither area, province nor nation speaks."""
    return deepcopy(PARAMETERS[name].default)


def chain(area_code: str) -> tuple[str, ...]:
    """Return whose clauses count for a code, nearest first: city, province, nation.

    The first two digits are the province (GB/T 2260), so an area nobody has registered
    still falls back to its province.
    """
    codes = (area_code, f"{area_code[:2]}0000", "000000")
    return tuple(dict.fromkeys(codes))
