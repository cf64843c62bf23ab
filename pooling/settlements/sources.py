"""Everything the split of a bill looks at, as plain values that survive as JSON.

A decision stores one `Input`; years later `from_json` and `waterfall.split` reproduce the
decision from it alone, without a database. People and accounts are ids. Amounts are fen.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from pooling.bindings.usability import MISSING, OPEN, Authorisation, Patient, Payer, Visit

#: Goes up whenever the same input would be split differently.
ENGINE = 1

#: The patient's area decides these for the whole bill …
OF_THE_BILL = (
    "own_part_order",
    "pays_own_paid",
    "flag_1_own_only",
    "payer_order",
    "payers_per_settlement",
)
#: … and the payer's area these for one authorisation.
OF_A_PAYER = (
    "model",
    "shareable_parts",
    "floor_fen",
    "paused_payer",
    "scope",
    "uses",
    "patient_types",
    "patient_status_normal",
    "resident_outpatient_max_level",
    "cap_payer_day_fen",
    "cap_payer_year_fen",
    "cap_relative_year_fen",
    "cap_use_year_fen",
    "renew_at_ages",
    "on_relative_moved",
    "uses_opt_in",
    "premium_form",
    "needs_empty_own_account",
    "cap_relative_settlement_fen",
    "cap_relative_day_fen",
    "cap_relative_month_fen",
    "cap_binding_settlement_fen",
    "cap_binding_day_fen",
    "cap_binding_month_fen",
    "cap_binding_year_fen",
    "cap_payer_month_fen",
    "cap_use_month_fen",
    "quota_across_provinces",
    "requires_e_credential",
    "payer_requires_e_credential",
    "commercial_products",
)
#: The area of a family fund decides these for its members' bills, …
OF_A_FUND = (
    "model",
    "uses",
    "patient_types",
    "patient_status_normal",
    "resident_outpatient_max_level",
    "premium_form",
    "commercial_products",
)
#: … where a wallet is used, and where it is to be, whether that may be changed, …
OF_A_WALLET = ("wallet_open", "wallet_place_changeable")
#: … and the area a payer has left since, what comes of that.
OF_AN_AREA_LEFT = ("on_payer_moved",)
#: What a clause was before it was asked: as if nobody had ruled. An input stored before then
#: lacks it; what stands here must never change, whatever default the mechanism takes later.
BEFORE_IT_EXISTED: dict[str, Any] = {
    "uses_opt_in": [],
    "premium_form": {},
    "needs_empty_own_account": False,
    "cap_relative_settlement_fen": None,
    "cap_relative_day_fen": None,
    "cap_relative_month_fen": None,
    "cap_binding_settlement_fen": None,
    "cap_binding_day_fen": None,
    "cap_binding_month_fen": None,
    "cap_binding_year_fen": None,
    "cap_payer_month_fen": None,
    "cap_use_month_fen": {},
    "quota_across_provinces": False,
    "requires_e_credential": False,
    "payer_requires_e_credential": False,
    "commercial_products": {},
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule's value as in force on the day, and where it is written."""

    name: str
    value: Any
    area: str = ""
    version: str = ""
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """What the bill asks for: the personal part, and how much of it is own-paid."""

    visit: Visit
    personal_fen: int
    own_paid_fen: int
    acct_used_flag: int
    #: Whose authorisation alone may give back what a premium cost (`Visit.refund`), by payer;
    #: None: the insured person's own account.
    claimant: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a purse: `current` or `prior`, empty where a purse has no parts."""

    name: str
    ledger_account: int
    balance_fen: int
    #: Whose share of a family fund it is.
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Purse:
    """Money somebody may spend: a personal account, wallet, family fund or quota.

    `area` is where a wallet may be used, or whose rules a family fund follows.
    """

    state: str = OPEN
    parts: tuple[Part, ...] = ()
    area: str = ""

    @property
    def total_fen(self) -> int:
        return sum(part.balance_fen for part in self.parts)

    def of(self, name: str) -> int:
        """Return what is in one part, in fen."""
        return sum(part.balance_fen for part in self.parts if part.name == name)

    def in_order(self, names) -> tuple[Part, ...]:
        """Return the parts in this order; parts not named follow, for an order excludes none."""
        names = list(names)
        place = {name: names.index(name) for name in names}
        return tuple(sorted(self.parts, key=lambda part: place.get(part.name, len(names))))


NO_PURSE = Purse(state=MISSING)


@dataclass(frozen=True, slots=True)
class Caps:
    """What the two people limited themselves to. None = no limit, 0 = nothing."""

    per_settlement_fen: int | None = None
    per_day_fen: int | None = None
    per_month_fen: int | None = None
    per_year_fen: int | None = None
    #: The payer's own limits over all relatives together.
    payer_day_fen: int | None = None
    payer_year_fen: int | None = None
    payer_month_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What counts against the caps already, net of what was given back.

    By business date: the day, calendar month and calendar year of the visit.
    """

    day_fen: int = 0
    month_fen: int = 0
    year_fen: int = 0
    use_year_fen: int = 0
    payer_day_fen: int = 0
    payer_year_fen: int = 0
    use_month_fen: int = 0
    payer_month_fen: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One authorisation of the patient, with its payer's money."""

    binding: int
    payer: int
    rank: int
    bound_at: datetime | None
    authorisation: Authorisation
    standing: Payer
    purse: Purse
    caps: Caps = Caps()
    used: Used = Used()
    #: Frozen for this relative alone: then it is all the authorisation gives.
    quota: Purse | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """The whole input of one split. `rules`: area → name → clause; `rules_area` is the bill's."""

    charge: Charge
    patient: Patient
    rules_area: str
    rules: dict[str, dict[str, Clause]]
    own: Purse
    candidates: tuple[Candidate, ...] = ()
    #: All payers' money for this patient in the calendar year.
    relative_year_fen: int = 0
    wallet: Purse | None = None
    family_fund: Purse | None = None
    engine: int = ENGINE
    #: The same for the day and the calendar month of the visit.
    relative_day_fen: int = 0
    relative_month_fen: int = 0


_SHAPE = TypeAdapter(Input)


def to_json(given: Input) -> dict[str, Any]:
    """Return the input as JSON values."""
    return _SHAPE.dump_python(given, mode="json")


def from_json(stored: dict[str, Any]) -> Input:
    """Return the input a decision stored. Raises ValueError for anything else."""
    given = _SHAPE.validate_python(stored)
    rules = {area: _completed(clauses) for area, clauses in given.rules.items()}
    return replace(given, rules=rules)


def _completed(clauses: dict[str, Clause]) -> dict[str, Clause]:
    """Return a payer's area's clauses with those that were not there yet, at their neutral."""
    if not clauses.keys() & set(OF_A_PAYER):
        return clauses
    missing = BEFORE_IT_EXISTED.keys() - clauses.keys()
    return clauses | {name: Clause(name, BEFORE_IT_EXISTED[name]) for name in sorted(missing)}
