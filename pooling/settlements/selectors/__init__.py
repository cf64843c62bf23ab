"""Questions about settlements. The asker comes first; absent and not yours are the same."""

from pooling.settlements.selectors.decisions import (
    DecisionRow,
    MissedRow,
    SourceRow,
    decision_for,
    decision_in_full,
    nothing_deducted,
)
from pooling.settlements.selectors.months import MonthRow, by_month
from pooling.settlements.selectors.rows import (
    available_from_relatives,
    available_to,
    get_for_institution,
    id_by_message,
)
from pooling.settlements.selectors.stored import (
    Stored,
    again,
    count_stored,
    newest_id,
    source_word,
    stored_after,
    stored_on,
    told,
)
from pooling.settlements.selectors.taken import Taken, taken_by
from pooling.settlements.selectors.usage import (
    BillRow,
    Only,
    PaidRow,
    PayerShare,
    Usage,
    paid_for_relatives,
    received,
    usage_for,
)

__all__ = [
    "BillRow",
    "DecisionRow",
    "MissedRow",
    "MonthRow",
    "Only",
    "PaidRow",
    "PayerShare",
    "SourceRow",
    "Stored",
    "Taken",
    "Usage",
    "again",
    "available_from_relatives",
    "available_to",
    "by_month",
    "count_stored",
    "decision_for",
    "decision_in_full",
    "get_for_institution",
    "id_by_message",
    "newest_id",
    "nothing_deducted",
    "paid_for_relatives",
    "received",
    "source_word",
    "stored_after",
    "stored_on",
    "taken_by",
    "told",
    "usage_for",
]
