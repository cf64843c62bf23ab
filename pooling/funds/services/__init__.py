"""Verbs about money that members own, by what they are for.

`accounts` pays in, opens and closes, `rolling` begins a new year, `scheme` knows the scheme's
own accounts. Other domains call what stands here.
"""

from pooling.funds.services.accounts import (
    PARTS,
    AccountClosed,
    AccountNotEmpty,
    ClosesTooEarly,
    ContributionRow,
    close,
    contribute_many,
)
from pooling.funds.services.rolling import roll_over, roll_over_page
from pooling.funds.services.scheme import (
    institution_payable,
    pay_out_from_suspense,
    return_from_suspense,
    suspense,
)

__all__ = [
    "PARTS",
    "AccountClosed",
    "AccountNotEmpty",
    "ClosesTooEarly",
    "ContributionRow",
    "close",
    "contribute_many",
    "institution_payable",
    "pay_out_from_suspense",
    "return_from_suspense",
    "roll_over",
    "roll_over_page",
    "suspense",
]
