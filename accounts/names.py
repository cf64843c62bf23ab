"""How names are spelled before they are compared. Pure."""

import re
import unicodedata

_BLANK = re.compile(r"\s+")
#: The middle dot of Uyghur, Tibetan and foreign names has many look-alikes.
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．.", "·"))


def tidy_name(name: str) -> str:
    """Return a name as it is kept and shown: no blanks at the ends, none doubled."""
    return _BLANK.sub(" ", name).strip()


def fold_name(name: str) -> str:
    """Return the one spelling under which names are compared: half-width, no blanks, one dot."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", name)).translate(_DOTS).upper()
