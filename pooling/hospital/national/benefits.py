"""What the fund bears of a bill: a stand-in for the real core, behind one function (ADR 0028).

`table` reckons with a deductible a visit and a ratio, by insurance, level and kind of care; it
knows no year's sums, no ceiling and no list of drugs. `message` takes what a real core has
reckoned from the message itself; `core.py` asks one. Pure.
"""

import csv
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

BENEFITS = Path(__file__).parent / "data" / "benefits.csv"
WHOLE = 10_000
#: Amounts of a reply that together are the fund's.
FUNDS = (
    "hifp_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "hifdm_pay",
    "maf_pay",
    "oth_pay",
)
#: More digits than any bill has.
_MOST = Decimal(10) ** 12


class NoShare(ValueError):
    """The share cannot be had; the code says why."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What of a bill decides the fund's share. Amounts in fen; `in_scope_fen` before the share."""

    on: date
    insutype: str
    kind: str
    level: int
    total_fen: int
    in_scope_fen: int
    own_paid_fen: int = 0
    over_limit_fen: int = 0
    pre_paid_fen: int = 0
    #: By the authority's own numbers, for a core that keeps accounts of them.
    psn_no: str = ""
    institution: str = ""
    med_type: str = ""
    #: What of the deductible this visit has paid before.
    deductible_used_fen: int = 0
    #: Whether the insurance pays benefits on that day.
    entitled: bool = True
    exp_content: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What others than patient and family bear, in fen."""

    funds: dict[str, int] = field(default_factory=dict)
    hospital_fen: int = 0
    deductible_fen: int = 0
    ratio_bp: int = 0

    @property
    def fund_fen(self) -> int:
        return sum(self.funds.values())


def table(claim: Claim) -> Share:
    """Return the share by the built-in table; rounding is to the patient's side of a fen."""
    terms = _terms(claim.on).get((claim.insutype, claim.kind, claim.level))
    if terms is None or not claim.entitled:
        return Share()
    deductible, ratio = terms
    left = max(0, deductible - claim.deductible_used_fen)
    deducted = min(left, claim.in_scope_fen) if ratio else 0
    paid = (claim.in_scope_fen - deducted) * ratio // WHOLE
    return Share({"hifp_pay": paid} if paid else {}, 0, deducted, ratio)


def message(claim: Claim) -> Share:
    """Return the share a real core wrote into the message's `exp_content`. Raises NoShare."""
    return told_by_core(claim, claim.exp_content or "{}")


def told_by_core(claim: Claim, text: str) -> Share:
    """Return the share a core's JSON tells; its parts must add up. Raises NoShare."""
    try:
        told = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NoShare("unreadable") from error
    if not isinstance(told, dict) or "fund_pay_sumamt" not in told:
        raise NoShare("missing")
    fund = _fen(told, "fund_pay_sumamt")
    parts = {name: fen for name in FUNDS if (fen := _fen(told, name))}
    parts = parts or ({"hifp_pay": fund} if fund else {})
    hospital = _fen(told, "hosp_part_amt")
    if sum(parts.values()) != fund or fund + hospital > claim.total_fen:
        raise NoShare("sums")
    return Share(parts, hospital, _fen(told, "act_pay_dedc"))


def _fen(told: dict, name: str) -> int:
    try:
        amount = Decimal(str(told.get(name) or 0))
        fen = amount.scaleb(2)
        if not 0 <= amount < _MOST or fen != int(fen):
            raise NoShare("amount")
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise NoShare("amount") from error
    return int(fen)


@cache
def _rows() -> list[tuple[date, tuple[str, str, int], tuple[int, int]]]:
    with BENEFITS.open(encoding="utf-8", newline="") as file:
        return sorted(
            (
                date.fromisoformat(row["from_date"]),
                (row["insutype"], row["kind"], int(row["level"])),
                (int(row["deductible_fen"]), int(row["ratio_bp"])),
            )
            for row in csv.DictReader(file)
        )


def _terms(on: date) -> dict[tuple[str, str, int], tuple[int, int]]:
    """Return the terms in force on a day: later rows end earlier ones of their kind."""
    return {key: terms for since, key, terms in _rows() if since <= on}
