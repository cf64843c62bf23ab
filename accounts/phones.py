"""Mobile numbers: typed as people write them, kept as `+86` and 11 digits."""

import re
import unicodedata

_PREFIX = re.compile(r"^(\+|00)?86(?=1\d{10}$)")
#: 10… is assigned to nobody: the numbers of the demo's people, who do not exist either.
_MOBILE = re.compile(r"1[03-9]\d{9}")


class NotAPhone(ValueError):
    """The text is no mobile number of mainland China."""


def normalise(text: str) -> str:
    """Return `+8613812345678` from `138 1234 5678`, full-width digits or `+86 …`.

    Raises NotAPhone. Codes are sent within mainland China only.
    """
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text or ""))
    digits = _PREFIX.sub("", digits)
    if not digits.isascii() or not _MOBILE.fullmatch(digits):
        raise NotAPhone
    return f"+86{digits}"


def national(phone: str) -> str:
    """Return the 11 digits that people know: `13812345678`."""
    return phone.removeprefix("+86")
