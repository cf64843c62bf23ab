"""The closed list of what an area may set, with type and default of each.

These are the defaults of the mechanism, not of the nation: the nation's clauses are data
with sources. Values are plain JSON. A wrong one raises NotAValue with a code; the words
for people stand in `wording.py`.
"""

import re
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
#: The uses that insure somebody for a year.
PREMIUMS = ("resident_premium", "ltc_premium", "large_expense_premium", "commercial_insurance")
#: At the collecting office as it is paid, or asked back from the account afterwards.
PREMIUM_FORMS = ("direct", "refund", "both")
#: Stands for every product that is not named.
ANY = "*"
#: Never uses, whatever an area would like: the national rule names them.
NEVER_USES = ("public_health", "fitness", "wellness")
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
#: Whom a number per role may name: the kinds, and parents by their sex.
ROLES = ("father", "mother", *RELATION_KINDS)
PARTS = ("current", "prior")
INSURANCES = ("310", "390")
#: What may prove a relation; `document` is a paper that a person has looked at.
EVIDENCE = ("registry", "commitment", "document")
#: The caps a payer may set: on one authorisation, and on all of them together (`all_`).
OWN_CAPS = ("settlement", "day", "month", "year", "all_day", "all_month", "all_year")
#: The codes of `cases.materials`.
MATERIALS = (
    "applicant_id",
    "relative_id",
    "household_register",
    "marriage_certificate",
    "birth_certificate",
    "adoption_certificate",
    "kinship_certificate",
    "signed_authorisation",
    "relative_consent",
    "agent_id",
    "agent_authorisation",
    "agent_kinship",
    "kinship_promise",
    "care_consent",
)
#: The lawful reasons for paying a personal account out, and the papers that show them.
PAYOUT_CASES = (
    "death",
    "emigration",
    "not_accepted",
    "left",
    "resettled",
    "army",
    "illness",
)
PAYOUT_PAPERS = (
    "payout_form",
    "payout_promise",
    "payee_id",
    "payee_account",
    "death_proof",
    "heir_proof",
    "emigration_proof",
    "transfer_proof",
    "ended_proof",
    "resettlement_proof",
    "army_proof",
    "illness_proof",
    "costs_settled",
)
#: The birthdays on which what counts as consent changes.
BIRTHDAYS = (14, 16, 18)
_NAME = re.compile(r"\S(.{0,58}\S)?")
_PSN_TYPE = re.compile(r"[0-9A-Z]{1,6}")


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


def _unknown(word: Any) -> tuple[str, Any]:
    """A forbidden use is told by its name: no authority may allow it either."""
    return ("never_a_use" if word in NEVER_USES else "unknown_word"), word


def _words(*choices: Any, least: int = 1) -> Check:
    """Accept a list of known words (or whole numbers), each once."""

    def check(value):
        if not isinstance(value, list) or len(value) < least:
            return "not_a_list", value
        # 14.0 equals 14 and is not what a list of whole numbers may hold.
        unknown = [word for word in value if word not in choices or isinstance(word, float)]
        if unknown:
            return _unknown(unknown[0])
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


def _table(keys: tuple[str, ...] | None, of: Check) -> Check:
    """Accept a table of known words to values, or (None) of names that are not ours to close.

    An empty one says nothing.
    """

    def check(value):
        if not isinstance(value, dict):
            return "not_a_table", value
        for word, item in value.items():
            if keys is None and not (isinstance(word, str) and _NAME.fullmatch(word)):
                return "not_a_name", word
            if keys is not None and word not in keys:
                return _unknown(word)
            if problem := of(item):
                return problem
        return None

    return check


def _psn_types(value):
    """Accept a list of codes of the authority's own list, which is not ours to close."""
    if not isinstance(value, list):
        return "not_a_list", value
    for code in value:
        if not isinstance(code, str) or not _PSN_TYPE.fullmatch(code):
            return "unknown_word", code
    return ("said_twice", value) if len(set(value)) < len(value) else None


def _hours(value):
    """Accept two different full hours: from the first to the second, past midnight if need be."""
    if not isinstance(value, list) or len(value) != 2:
        return "not_two_hours", value
    if problem := _HOUR(value[0]) or _HOUR(value[1]):
        return problem
    return ("not_two_hours", value) if value[0] == value[1] else None


_FEN = _whole(0, MAX_FEN)
_COUNT = _whole(1, 10_000)
_DAYS = _whole(0, 3650)
_AGE = _whole(0, 120)
_PERCENT = _whole(0, 100)
_HOUR = _whole(0, 23)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing an area may set.

    `unit` is fen, count, level, flag, hours, word, words, codes, table or names.
    """

    name: str
    unit: str
    default: Any
    problem: Check


def _listed(*rows: tuple[str, str, Any, Check]) -> dict[str, Parameter]:
    return {row[0]: Parameter(*row) for row in rows}


#: In the order of the page that defines them.
PARAMETERS = (
    # Whose money pays a bill, in which order.
    _listed(
        ("model", "word", "direct_debit",
         _one_of("direct_debit", "quota", "pooled_transfer", "wallet")),
        ("own_part_order", "words", ["current", "prior"], _words(*PARTS)),
        ("shareable_parts", "word", "all", _one_of("all", "prior")),
        ("floor_fen", "fen", 0, _FEN),
        ("payers_per_settlement", "word", "many", _one_of("one", "many")),
        ("payer_order", "word", "rank", _one_of("rank", "bound_at", "highest_available")),
        ("pays_own_paid", "flag", True, _flag),
        ("flag_1_own_only", "flag", False, _flag),
        ("needs_empty_own_account", "flag", False, _flag),
        ("paused_payer", "word", "goes_on", _one_of("goes_on", "stops")),
        ("scope", "word", "nationwide", _one_of("same_area", "same_province", "nationwide")),
        ("uses", "words", None, _or_none(_words(*USES))),
        ("uses_opt_in", "words", [], _words(*USES, least=0)),
        ("premium_form", "table", {}, _table(PREMIUMS, _one_of(*PREMIUM_FORMS))),
        ("commercial_products", "names", {}, _table(None, _words(*RELATION_KINDS, least=0))),
        ("patient_types", "words", list(INSURANCES), _words(*INSURANCES)),
        ("patient_status_normal", "flag", True, _flag),
        ("resident_outpatient_max_level", "level", None, _or_none(_whole(1, 3))),
    )
    # At most how much: of one payer, for one relative, by one authorisation, for one use.
    | _listed(
        ("cap_payer_day_fen", "fen", None, _or_none(_FEN)),
        ("cap_payer_month_fen", "fen", None, _or_none(_FEN)),
        ("cap_payer_year_fen", "fen", None, _or_none(_FEN)),
        ("cap_relative_settlement_fen", "fen", None, _or_none(_FEN)),
        ("cap_relative_day_fen", "fen", None, _or_none(_FEN)),
        ("cap_relative_month_fen", "fen", None, _or_none(_FEN)),
        ("cap_relative_year_fen", "fen", None, _or_none(_FEN)),
        ("cap_binding_settlement_fen", "fen", None, _or_none(_FEN)),
        ("cap_binding_day_fen", "fen", None, _or_none(_FEN)),
        ("cap_binding_month_fen", "fen", None, _or_none(_FEN)),
        ("cap_binding_year_fen", "fen", None, _or_none(_FEN)),
        ("cap_use_month_fen", "table", {}, _table(USES, _FEN)),
        ("cap_use_year_fen", "table", {}, _table(USES, _FEN)),
    )
    # Who may bind whom, and how many.
    | _listed(
        ("relations", "words", list(NEAR_RELATIVES), _words(*RELATION_KINDS)),
        ("max_relatives_per_payer", "count", None, _or_none(_COUNT)),
        ("relatives_count_payer", "flag", False, _flag),
        ("max_per_role", "table", {}, _table(ROLES, _COUNT)),
        ("max_relatives_lifetime", "count", None, _or_none(_COUNT)),
        ("max_payers_per_relative", "count", None, _or_none(_COUNT)),
        ("payer_may_be_relative", "flag", True, _flag),
        ("excluded_payer_types", "codes", [], _psn_types),
        ("excluded_relative_types", "codes", [], _psn_types),
        ("requires_e_credential", "flag", True, _flag),
        ("payer_requires_e_credential", "flag", False, _flag),
    )
    # What proves it, who agrees, and for how long.
    | _listed(
        ("evidence_accepted", "words", ["registry"], _words(*EVIDENCE)),
        ("evidence_by_relation", "table", {}, _table(RELATION_KINDS, _words(*EVIDENCE))),
        ("evidence_at_counter", "words", None, _or_none(_words(*EVIDENCE))),
        ("relative_confirms", "flag", False, _flag),
        ("confirms_for", "words", None, _or_none(_words(*RELATION_KINDS))),
        ("confirms_from_age", "count", 0, _AGE),
        ("binding_counts", "word", "at_once", _one_of("at_once", "next_day")),
        ("max_validity_months", "count", None, _or_none(_COUNT)),
        ("end_date_required", "flag", False, _flag),
        ("caps_offered", "words", list(OWN_CAPS), _words(*OWN_CAPS, least=0)),
        ("caps_required", "flag", False, _flag),
    )
    # How it ends, and what the two must wait for.
    | _listed(
        ("release_by", "words", ["payer", "relative"], _words("payer", "relative")),
        ("release_counts", "word", "at_once", _one_of("at_once", "next_day", "next_month")),
        ("lock_days", "count", 0, _DAYS),
        ("rebind_wait_days", "count", 0, _DAYS),
        ("max_changes_per_year", "count", None, _or_none(_COUNT)),
    )
    # What life changes.
    | _listed(
        ("on_insurance_ended", "word", "ends", _one_of("ends", "stops")),
        ("on_payer_moved", "word", "goes_on", _one_of("ends", "goes_on")),
        ("on_relative_moved", "word", "goes_on", _one_of("ends", "goes_on")),
        ("on_divorce", "word", "ends", _one_of("ends", "stops")),
        ("renew_at_ages", "codes", [], _words(*BIRTHDAYS, least=0)),
        ("renew_within_days", "count", 30, _whole(1, 365)),
        ("renewal_unanswered", "word", "stops", _one_of("stops", "ends")),
        ("commitment_audit_percent", "count", 5, _PERCENT),
    )
    # At the counter.
    | _listed(
        ("counter_materials", "words", None, _or_none(_words(*MATERIALS))),
        ("agent_allowed", "flag", True, _flag),
        ("agent_relatives_only", "flag", False, _flag),
        ("agent_materials", "words", ["agent_id", "agent_authorisation"], _words(*MATERIALS)),
        ("handling_working_days", "count", 5, _whole(0, 60)),
    )
    # E-credentials of relatives, and who may show them.
    | _listed(
        ("e_credential_by_family_under", "count", 16, _AGE),
        ("e_credential_by_family_from", "count", 60, _AGE),
        ("e_credential_family_evidence", "words", ["registry"], _words(*EVIDENCE)),
        ("e_credential_materials", "words", None, _or_none(_words(*MATERIALS))),
        ("care_max_relatives", "count", 5, _COUNT),
        ("care_max_carers", "count", 2, _COUNT),
        ("care_consent_age", "count", 16, _AGE),
        ("care_evidence", "words", ["registry"], _words(*EVIDENCE)),
        ("care_materials", "words", None, _or_none(_words(*MATERIALS))),
    )
    # Quotas, wallets and family funds.
    | _listed(
        ("quota_across_provinces", "flag", False, _flag),
        ("wallet_open", "flag", False, _flag),
        ("wallet_transfer_most_fen", "fen", None, _or_none(_FEN)),
        ("wallet_transfers_per_day", "count", None, _or_none(_COUNT)),
        ("wallet_closed_hours", "hours", None, _or_none(_hours)),
        ("wallet_one_pending", "flag", False, _flag),
        ("wallet_return_hour", "count", 6, _whole(1, 23)),
        ("wallet_place_changeable", "flag", False, _flag),
        ("fund_contributors", "word", "members", _one_of("founder", "members")),
        ("fund_transfers_per_month", "count", None, _or_none(_COUNT)),
        ("fund_ends_with_last_relative", "flag", False, _flag),
    )
    # Paying an account out.
    | _listed(
        ("payout_cases", "words", [], _words(*PAYOUT_CASES, least=0)),
        ("payout_papers", "table", {}, _table(PAYOUT_CASES, _words(*PAYOUT_PAPERS))),
        ("payout_wait_months", "table", {}, _table(PAYOUT_CASES, _whole(0, 120))),
        ("payout_from_day", "count", None, _or_none(_whole(1, 28))),
    )
)  # fmt: skip


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


#: Above every province (GB/T 2260 has no code for the whole).
NATION = "000000"


#: The first two digits under which somebody can be insured: GB/T 2260, and 66 for the Production
#: and Construction Corps, which insures its own.
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]")


def insures(area_code: str) -> bool:
    """Return whether a code lies in a province where people are insured; the nation is none."""
    return _PROVINCES.fullmatch(area_code[:2]) is not None


def chain(area_code: str) -> tuple[str, ...]:
    """Return whose clauses count for a code, nearest first: city, province, nation.

    The first two digits are the province (GB/T 2260), so an area nobody has registered
    still falls back to its province.
    """
    codes = (area_code, f"{area_code[:2]}0000", NATION)
    return tuple(dict.fromkeys(codes))
