"""Who collects the drugs for the patient, from the `exp_content` of a pharmacy's message.

The national document has no field for it: `{"buyer": {"name": "…", "cert_no": "…"}}` is ours.
"""

import json


class NoBuyer(Exception):
    """A buyer is named, but not by name and document."""


def of_message(exp_content: str) -> dict[str, str] | None:
    """Return name and document of the buyer, None where nobody is named. Raises NoBuyer.

    Other things in the field, or text that is no JSON, are other people's business.
    """
    try:
        told = json.loads(exp_content or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("buyer") is None:
        return None
    buyer = told["buyer"]
    if not isinstance(buyer, dict) or set(buyer) != {"name", "cert_no"}:
        raise NoBuyer
    if not _is_text(buyer["name"], 60) or not _is_text(buyer["cert_no"], 30):
        raise NoBuyer
    return {name: buyer[name].strip() for name in ("name", "cert_no")}


def _is_text(value, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest and value.isprintable()
