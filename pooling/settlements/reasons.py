"""The reasons of a decision told to somebody: what stopped it, and what would change it.

What would change the answer stands apart, in `advice`, and is told only where the split itself
agrees. The words are in `wording`; `docs/reasons.md` lists all of it.
"""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from pooling.bindings.usability import Unusable
from pooling.policy import selectors as policy
from pooling.settlements import privacy, remedies, wording
from pooling.settlements.models import Use
from pooling.settlements.remedies import Remedy
from pooling.settlements.sources import Input
from pooling.settlements.waterfall import Considered
from pooling.shared.errors import both
from pooling.shared.money import show_yuan

#: Figures that are codes of pooling areas; people are told what those are called.
_AREAS = {"area", "payer_area", "patient_area", "wallet_area"}

#: Who reads: the patient and the till, the payer, or staff whose look is written down.
PATIENT, PAYER, STAFF = "patient", "payer", "staff"


def words(code: str, source: str = "") -> wording.Words:
    """Return a reason's words, as they are of a source."""
    return wording.OF_SOURCE.get((source, code)) or wording.WORDS[code]


def full(code: str, values: dict[str, Any], source: str = "") -> str:
    """Return the sentence for the payer and for auditors, with every figure."""
    return str(words(code, source).full) % _shown(values)


def discreet(code: str, values: dict[str, Any], source: str = "") -> str:
    """Return the sentence for the till and the patient: no balance of anybody else."""
    return str(words(code, source).discreet) % _shown(values)


def advice(given: Input, item: Considered, reader: str = PATIENT) -> str:
    """Return what would have changed this source's answer; empty where nothing needs to.

    Each remedy was tried on the same bill. Where another obstacle stands behind, it is told
    too, as far as the reader may know; what money is behind it, only to staff.
    """
    helping = remedies.that_help(given, item)
    if not helping:
        otherwise = words(item.reason, item.source).otherwise
        fine = not otherwise and not remedies.of(item)
        return "" if fine else str(otherwise or wording.SEVERAL)
    said = ""
    for remedy, _then in helping:
        said = both(said, _remedy(remedy, given, item)) if said else _remedy(remedy, given, item)
    _remedy_first, then = helping[0]
    return both(said, _behind(then, item, reader))


def _remedy(remedy: Remedy, given: Input, item: Considered) -> str:
    again = remedies.again_on(item.reason, given.charge.visit.on, item.values)
    shown = _shown(item.values | ({"again": again.isoformat()} if again else {}))
    return str(wording.REMEDIES[remedy]) % shown


def _behind(then: Considered, item: Considered, reader: str) -> str:
    """Say what the same bill would have met next, without telling what an account holds."""
    if then.reason in set(Unusable) and then.reason != item.reason:
        kept = reader == PAYER and not privacy.told_to_payer(then.reason)
        next_one = "" if kept else discreet(then.reason, then.values, then.source)
        return gettext("不过还有：%(obstacle)s") % {"obstacle": next_one} if next_one else ""
    if reader == STAFF and then.taken_fen > item.taken_fen:
        words = gettext("照此，同一张账单由此支付 %(amount)s。")
        return words % {"amount": show_yuan(then.taken_fen)}
    return ""


def _shown(values: dict[str, Any]) -> dict[str, str]:
    """Return a decision's figures as people read them; `cap_fen` is shown as `cap`."""
    shown = {}
    for name, value in values.items():
        if name.endswith("_fen"):
            shown[name.removesuffix("_fen")] = show_yuan(value)
        elif name == "use":
            shown[name] = str(Use(value).label)
        elif name in _AREAS:
            shown[name] = policy.area_name(value)
        elif name == "product":
            shown[name] = gettext("“%(name)s”") % {"name": value} if value else gettext("这种产品")
        elif name in ("date", "again"):
            shown[name] = date_format(date.fromisoformat(value), "DATE_FORMAT")
        else:
            shown[name] = str(value)
    return shown
