"""What log lines may hold: ids and addresses of pages, nothing that tells a person."""

import re

#: Identity numbers and mobile numbers, wherever an exception's text may carry them.
_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|(?:\+?86)?1[3-9]\d{9})(?!\d)")


def without_personal_data(_logger, _name, event: dict) -> dict:
    """Drop query strings and blot out numbers of people in every text of a line."""
    if "request" in event:
        event["request"] = str(event["request"]).partition("?")[0]
    return {
        key: value if key in ("request_id", "timestamp") else _blotted(value)
        for key, value in event.items()
    }


def _blotted(value):
    """Return a value of a line without numbers of people, however deep they are."""
    if isinstance(value, str):
        return _NUMBERS.sub("***", value)
    if isinstance(value, dict):
        return {key: _blotted(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_blotted(each) for each in value]
    return value
