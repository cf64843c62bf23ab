"""Verbs about money that members own, by what they are for.

`accounts` pays in, opens and closes; `quotas` freezes for one relative; `wallets` and
`transfers` hand money over; `families` holds it together; `deposits` takes both in from the
registry; `rolling` begins a new year; `payouts` and `payments` pay accounts out to people;
`scheme` knows the scheme's own accounts. Other domains call what stands here.
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
from pooling.funds.services.deposits import KINDS, DepositRow, deposit_many
from pooling.funds.services.families import (
    close_fund,
    found,
    invite,
    join,
    leave,
    pay_in,
    set_order,
)
from pooling.funds.services.payments import (
    RESULTS,
    Answer,
    bank_file_bytes,
    confirm_payment,
    drop_payment,
    load_answers,
    make_bank_file,
    mark_written,
    propose_payment,
)
from pooling.funds.services.payouts import To, give_back_premium
from pooling.funds.services.payouts import approve as approve_payout
from pooling.funds.services.payouts import propose as propose_payout
from pooling.funds.services.payouts import refuse as refuse_payout
from pooling.funds.services.quotas import release_quota, set_quota
from pooling.funds.services.rolling import roll_over, roll_over_page
from pooling.funds.services.rows import NotYours, Refused
from pooling.funds.services.scheme import (
    institution_payable,
    pay_out_from_suspense,
    refunds_payable,
    return_from_suspense,
    suspense,
)
from pooling.funds.services.transfers import accept, cancel, decline, return_due, send
from pooling.funds.services.wallets import change_place, close_wallet, open_wallet

__all__ = [
    "KINDS",
    "PARTS",
    "RESULTS",
    "AccountClosed",
    "AccountNotEmpty",
    "Answer",
    "ClosesTooEarly",
    "ContributionRow",
    "DepositRow",
    "NotYours",
    "Refused",
    "To",
    "accept",
    "approve_payout",
    "bank_file_bytes",
    "cancel",
    "change_place",
    "close",
    "close_fund",
    "close_wallet",
    "confirm_payment",
    "contribute_many",
    "decline",
    "deposit_many",
    "drop_payment",
    "found",
    "give_back_premium",
    "institution_payable",
    "invite",
    "join",
    "leave",
    "load_answers",
    "make_bank_file",
    "mark_written",
    "open_wallet",
    "pay_in",
    "pay_out_from_suspense",
    "propose_payment",
    "propose_payout",
    "refunds_payable",
    "refuse_payout",
    "release_quota",
    "return_due",
    "return_from_suspense",
    "roll_over",
    "roll_over_page",
    "send",
    "set_order",
    "set_quota",
    "suspense",
]
