"""What log lines may hold: ids and addresses of pages, nothing that tells a person."""

import re

#: Identity numbers and mobile numbers, wherever an exception's text may carry them.
_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|(?:\+?86)?1[3-9]\d{9})(?!\d)")


def without_personal_data(_logger, _name, event: dict) -> dict:
    """Drop query strings and blot out numbers of people in every text of a line."""
    if "request" in event:
        event["request"] = str(event["request"]).partition("?")[0]
    for key, value in event.items():
        if isinstance(value, str) and key not in ("request_id", "timestamp"):
            event[key] = _NUMBERS.sub("***", value)
    return event
