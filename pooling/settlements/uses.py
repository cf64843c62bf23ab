"""What account money may be billed for, by whom; and what it never pays. Closed tables."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from pooling.policy.parameters import NEVER_USES, PREMIUMS
from pooling.policy.wording import NEVER_USES as NEVER_WORDS

#: Type of institution → what it can be paid for. A bill of another use is somebody else's
#: bill, or one that was named so that the area's rules for the right name do not bind it.
FITTING = {
    "hospital": ("outpatient", "inpatient", "vaccination", "checkup", "tcm_preventive"),
    "pharmacy": ("pharmacy_drugs", "pharmacy_devices", "pharmacy_consumables"),
    "premium": ("resident_premium", "ltc_premium", "large_expense_premium"),
    "insurer": ("commercial_insurance",),
}
#: Premiums are paid in the year they insure, or ahead of it; not years after or before.
YEARS_AHEAD = 1


@dataclass(frozen=True, slots=True)
class Premium:
    """What a premium insures: a calendar year, and the product where it has a name."""

    year: int
    product: str = ""


def fits(institution_type: str, use: str) -> bool:
    """Return whether an institution of this type can be paid for this."""
    return use in FITTING[institution_type]


def years(on: date) -> range:
    """Return which years a premium paid on a day may insure."""
    return range(on.year, on.year + YEARS_AHEAD + 1)


def years_claimed(paid_on: date) -> range:
    """Return which years may be asked back: late in a year the past one is still paid for."""
    return range(paid_on.year - 1, paid_on.year + YEARS_AHEAD + 1)


def is_premium(use: str) -> bool:
    return use in PREMIUMS


def never(use: str) -> str:
    """Return why this is no use and never will be; empty where it is merely unknown."""
    if use not in NEVER_USES:
        return ""
    sentence = _("个人账户和共济资金不能用于%(use)s：国家规定只能用于看病、买药和参保缴费。")
    return str(sentence % {"use": NEVER_WORDS[use]})
