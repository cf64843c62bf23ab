"""How names and phone numbers are spelled before they are compared. Pure."""

import re
import unicodedata

_BLANK = re.compile(r"\s+")
#: The middle dot of Uyghur, Tibetan and foreign names has many look-alikes.
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.", "·"))
_PHONE = re.compile(r"1[0-9]{10}")


class NotAPhone(ValueError):
    """The text is no mainland mobile number: 11 digits that begin with 1."""


def tidy_name(name: str) -> str:
    """Return a name as it is kept and shown: no blanks at the ends, none doubled."""
    return _BLANK.sub(" ", name).strip()


def fold_name(name: str) -> str:
    """Return the one spelling under which names are compared: half-width, no blanks, one dot."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", name)).translate(_DOTS).upper()


def phone(text: str) -> str:
    """Return a mobile number as 11 digits. Raises NotAPhone."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _BLANK.sub("", folded).replace("-", "").removeprefix("+86")
    if not _PHONE.fullmatch(folded):
        raise NotAPhone
    return folded
