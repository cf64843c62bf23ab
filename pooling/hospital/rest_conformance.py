"""What every answer of the REST interface must be, whoever gives it. Pure.

As in `national/conformance.py` breaches are in English and say what to change: they are read by
programmers.
"""

import json
import re
from decimal import Decimal
from typing import Any

AMOUNTS = (
    *("total", "fund", "hospital_borne", "personal_part"),
    *("own", "pooled", "cash", "balance_after"),
)
PROPOSAL = ("patient", "institution", "use", "business_time", *AMOUNTS, "lines", "decision")
SETTLEMENT = ("id", "status", *PROPOSAL, "refunded")
BALANCE = ("psn_no", "own", "frozen", "wallet", "available_from_relatives")
LINE = ("order", "source", "part", "payer", "binding", "amount")
CONSIDERED = ("source", "binding", "could_give", "taken", "reason", "sentence", "rule", "clause")
#: Whose lines name a payer, masked.
OF_OTHERS = ("relative", "quota")
SOURCES = ("own", "wallet", "family_fund", *OF_OTHERS, "cash")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")
_MASKED = re.compile(r"\S\*+")
#: What to look at where an answer has another status than it should.
_ADVICE = {
    0: "nobody answered; check --base, the port and what stands between",
    401: "check the key: unknown, mistyped or revoked",
    403: "the key has not this right: settle moves money, lookup reads balances",
    404: "check --base (it ends with /api/v1), --institution and who is named",
    409: "the code says what was done before; a new walk has new message ids",
    503: "the same request may be sent again",
}


def read(raw: bytes) -> Any:
    """Return an answer's JSON, or None where it is none."""
    try:
        return json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def status(wanted: int, found: int, raw: bytes) -> list[str]:
    """Return what is wrong with how a call was answered at all."""
    told = read(raw)
    if found == wanted and isinstance(told, dict):
        return []
    if isinstance(told, dict) and {"code", "message"} <= told.keys():
        said = f"{told['code']}: {told['message']} {told.get('remedy', '')}".strip()
    else:
        said = "and no JSON object" if found else raw[:200].decode(errors="replace")
    advice = _ADVICE.get(found)
    return [f"HTTP {found} instead of {wanted}, {said}" + (f" ({advice})" if advice else "")]


def bill(told: dict[str, Any], fields: tuple[str, ...]) -> list[str]:
    """Return what is wrong with a preview or a settlement, to the fen."""
    found = [f"{name} is missing" for name in fields if name not in told]
    found += [f"{name} is no string such as 12.50" for name in _no_amounts(told, AMOUNTS)]
    decision = told.get("decision")
    lines = _rows(told.get("lines"))
    considered = _rows(decision.get("considered") if isinstance(decision, dict) else None)
    if lines is None or considered is None:
        return [*found, "lines and decision.considered must be lists of objects"]
    for row in lines:
        found += _line(row)
    for row in considered:
        found += [f"decision.considered has no {name}" for name in CONSIDERED if name not in row]
    return found or _sums(told, lines)


def _line(row: dict[str, Any]) -> list[str]:
    found = [f"a line has no {name}" for name in LINE if name not in row]
    if found or row["source"] not in SOURCES or _no_amounts(row, ("amount",)):
        return found or [f"line {row['order']}: source or amount is none of this interface"]
    if row["amount"] == "0.00":
        found.append(f"line {row['order']} is of 0.00: leave it out")
    payer = row["payer"]
    if (row["source"] in OF_OTHERS) != (payer is not None):
        found.append(f"line {row['order']}: only lines of relative and quota have a payer")
    elif payer is not None and not _MASKED.fullmatch(str(payer)):
        found.append(f"line {row['order']}: a till must not see a payer's full name")
    return found


def _sums(told: dict[str, Any], lines: list[dict]) -> list[str]:
    amount = {name: Decimal(told[name]) for name in AMOUNTS}

    def of(*sources: str) -> Decimal:
        return sum((Decimal(row["amount"]) for row in lines if row["source"] in sources), Decimal())

    others = ("family_fund", *OF_OTHERS)
    sums = {
        "total = fund + hospital_borne + personal_part": (
            amount["total"],
            amount["fund"] + amount["hospital_borne"] + amount["personal_part"],
        ),
        "personal_part = own + pooled + cash": (
            amount["personal_part"],
            amount["own"] + amount["pooled"] + amount["cash"],
        ),
        "own = lines of own and wallet": (amount["own"], of("own", "wallet")),
        "cash = its lines": (amount["cash"], of("cash")),
        "pooled = all other lines": (amount["pooled"], of(*others)),
    }
    wrong = [f"{rule}: {left} and {right}" for rule, (left, right) in sums.items() if left != right]
    if [row["order"] for row in lines] != list(range(1, len(lines) + 1)):
        wrong.append("order does not ascend from 1")
    return wrong


def balance(told: dict[str, Any]) -> list[str]:
    """Return what is wrong with what a hotline is told."""
    found = [f"{name} is missing" for name in BALANCE if name not in told]
    if found:
        return found
    own, relatives = told["own"], _rows(told["available_from_relatives"])
    if relatives is None or not isinstance(own, dict | type(None)):
        return ["own must be an object or null, available_from_relatives a list of objects"]
    wrong = _no_amounts(told, ("frozen", "wallet"))
    wrong += [] if own is None else _no_amounts(own, ("current", "prior"))
    for row in relatives:
        wrong += _no_amounts(row, ("amount",))
        if not _MASKED.fullmatch(str(row.get("payer"))):
            found.append("available_from_relatives: payer must be masked")
    return found + [f"{name} is no string such as 12.50" for name in wrong]


def differences(first: dict, second: dict, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return the names under which two answers do not say the same."""
    return [name for name in first if name not in but and first[name] != second.get(name)]


def _no_amounts(told: dict, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not _AMOUNT.fullmatch(str(told.get(name)))]


def _rows(value: Any) -> list[dict] | None:
    """Return a list of objects, or None where it is none."""
    fits = isinstance(value, list) and all(isinstance(row, dict) for row in value)
    return value if fits else None
