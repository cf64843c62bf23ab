"""The verbs of rules: `drafting` writes a version, `publishing` puts it in force by a second
person, `loading` does both at once for an authority's rule files."""

from pooling.policy.services.drafting import (
    AlreadyPublished,
    BadClause,
    StartsTooEarly,
    discard,
    draft,
    set_clause,
    set_start,
    unset_clause,
)
from pooling.policy.services.loading import Loaded, add_area, load
from pooling.policy.services.publishing import (
    SamePerson,
    TooLate,
    ask_withdrawal,
    publish,
    submit,
    take_back,
    withdraw,
)

__all__ = [
    "AlreadyPublished",
    "BadClause",
    "Loaded",
    "SamePerson",
    "StartsTooEarly",
    "TooLate",
    "add_area",
    "ask_withdrawal",
    "discard",
    "draft",
    "load",
    "publish",
    "set_clause",
    "set_start",
    "submit",
    "take_back",
    "unset_clause",
    "withdraw",
]
