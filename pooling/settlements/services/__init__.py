"""The verbs of settlements: preview, settle, reverse, refund; and taking the log home."""

from pooling.settlements.services.bills import (
    Bill,
    BillDoesNotAddUp,
    BusinessTimeOutOfWindow,
    PremiumRefused,
    UseRefused,
    check_time,
)
from pooling.settlements.services.exporting import TooManyRows, record_export
from pooling.settlements.services.returning import (
    AlreadyReversed,
    NotAnAmount,
    NothingLeft,
    refund,
    reverse,
)
from pooling.settlements.services.settling import (
    AlreadySettled,
    PremiumAlreadyPaid,
    Proposal,
    estimate,
    preview,
    settle,
)

__all__ = [
    "AlreadyReversed",
    "AlreadySettled",
    "Bill",
    "BillDoesNotAddUp",
    "BusinessTimeOutOfWindow",
    "NotAnAmount",
    "NothingLeft",
    "PremiumAlreadyPaid",
    "PremiumRefused",
    "Proposal",
    "TooManyRows",
    "UseRefused",
    "check_time",
    "estimate",
    "preview",
    "record_export",
    "refund",
    "reverse",
    "settle",
]
