"""The verbs of settlements: preview, settle, reverse, refund."""

from pooling.settlements.services.bills import Bill, BillDoesNotAddUp, BusinessTimeOutOfWindow
from pooling.settlements.services.returning import (
    AlreadyReversed,
    NotAnAmount,
    NothingLeft,
    refund,
    reverse,
)
from pooling.settlements.services.settling import AlreadySettled, Proposal, preview, settle

__all__ = [
    "AlreadyReversed",
    "AlreadySettled",
    "Bill",
    "BillDoesNotAddUp",
    "BusinessTimeOutOfWindow",
    "NotAnAmount",
    "NothingLeft",
    "Proposal",
    "preview",
    "refund",
    "reverse",
    "settle",
]
