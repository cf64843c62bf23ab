"""What relatives may know of each other's visits. Pure.

Money that was used is shown to whom it belongs. Money that was not used is a matter between
payer and patient only where the payer's authorisation was in force and was asked: who turns a
relative's account off, or asks the till for cash, is not to be reported for it.
"""

from datetime import date

from pooling.bindings.usability import Unusable
from pooling.settlements.bounds import Reason
from pooling.settlements.waterfall import Considered
from pooling.shared.periods import age

#: From 14 on a child's health is their own affair; until 18 somebody else pays.
MONTH_ONLY_AGES = range(14, 18)
#: Where nobody set a limit, what could be given *is* the payer's balance, which is not the
#: relative's to know: beyond what a visit costs, "at least" says enough.
TOLD_AT_MOST_FEN = 200_000

_KEPT_FROM_PAYER = {
    Unusable.PROPOSED,
    Unusable.RELEASED,
    Unusable.NOT_BEGUN,
    Unusable.EXPIRED,
    Unusable.DECLINED,
    Unusable.PATIENT_DEAD,
    # That there is money in the patient's own account is the patient's to tell.
    Unusable.OWN_NOT_EMPTY,
    Reason.CASH_ONLY,
    Reason.OWN_ONLY,
    Reason.ALREADY_COVERED,
    Reason.REST_IS_OWN_PAID,
    Reason.NOTHING_TO_PAY,
}


def month_only(patient_birth: date, on: date) -> bool:
    """Return whether payers of this patient see amount and month only."""
    return age(patient_birth, on) in MONTH_ONLY_AGES


def missed(item: Considered, cash_fen: int) -> bool:
    """Return whether a relative's money gave nothing to a bill that left cash to pay."""
    return cash_fen > 0 and item.binding is not None and item.taken_fen == 0


def told_to_payer(reason: str) -> bool:
    """Return whether the payer may learn that their money did not help, and why."""
    return reason not in _KEPT_FROM_PAYER
