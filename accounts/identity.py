"""Identity numbers and what they say about a person. Pure: no Django, no clock.

`stdnum.cn.ric` computes the check digit (GB 11643, ISO 7064 MOD 11-2: every single slip
and every swap of neighbours is caught). It is wrapped rather than called, because its
`validate` refuses regions it does not know, while regions come and go with reforms and
are only worth a warning, and it accepts dates that lie ahead.

Numbers of this shape: the identity card (`01`, old ones with 15 digits too), the residence
permit for Hong Kong, Macau and Taiwan (`17`, also filed as `01`: 81…, 82…, 83…) and the
foreign permanent resident card since 2023 (`07`: 9…). Every other document is taken as
it is, if its length and characters are possible.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

IDENTITY_CARD = "01"
PERMANENT_RESIDENT = "07"
RESIDENCE_PERMIT = "17"
#: `psn_cert_type` of the national interface.
CERT_TYPES = frozenset(f"{code:02d}" for code in (*range(1, 18), 90, 99, 990102, 990201))
#: First digits of numbers no province stands behind: permits and the permanent resident card.
_NO_PROVINCE = ("81", "82", "83", "9")

_BLANK = re.compile(r"\s+")
_CARD = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD_CARD = re.compile(r"[1-9][0-9]{14}")
_OTHER = re.compile(r"[0-9A-Z\u4e00-\u9fff()/.-]{4,50}")


class NotAnIdentity(ValueError):
    """`reason`: cert_type_unknown, length, characters, check_digit, date or future."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """A normalised number; `birth_date` and `gender` are None where it does not state them.

    `region_known` is False where no register knows the first six digits: worth a warning.
    """

    number: str
    birth_date: date | None = None
    gender: str | None = None
    region_known: bool = True


def fold(number: str) -> str:
    """Return the one spelling under which a number is indexed and searched.

    Half-width, upper case, no blanks, 15 digits widened to 18. Never refuses: a
    stranger's guess is folded too, and finds nobody.
    """
    text = _clean(number)
    return _widened(text) if _OLD_CARD.fullmatch(text) else text


def read(cert_type: str, number: str, *, on: date) -> Identity:
    """Return what a number says, or raise NotAnIdentity with the reason.

    `on` is today: nobody is born after it.
    """
    if cert_type not in CERT_TYPES:
        raise NotAnIdentity("cert_type_unknown")
    if cert_type in (IDENTITY_CARD, RESIDENCE_PERMIT):
        return _read_card(fold(number), on)
    text = _clean(number)
    if cert_type == PERMANENT_RESIDENT and _CARD.fullmatch(text):
        return _read_card(text, on)
    if not _OTHER.fullmatch(text):
        raise NotAnIdentity("length" if not 4 <= len(text) <= 50 else "characters")
    return Identity(text)


def normalise(cert_type: str, number: str, *, on: date) -> str:
    """Return the number as it is stored. Raises NotAnIdentity."""
    return read(cert_type, number, on=on).number


def with_check_digit(first_17: str) -> str:
    """Return 17 digits with their check digit."""
    return first_17 + ric.calc_check_digit(first_17 + "0")


def _clean(number: str) -> str:
    text = number if number.isascii() else unicodedata.normalize("NFKC", number)
    return _BLANK.sub("", text).upper()


def _read_card(text: str, on: date) -> Identity:
    if len(text) != 18:
        raise NotAnIdentity("length")
    if not _CARD.fullmatch(text):
        raise NotAnIdentity("characters")
    if text[-1] != ric.calc_check_digit(text):
        raise NotAnIdentity("check_digit")
    try:
        birth_date = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise NotAnIdentity("date") from None
    if birth_date > on:
        raise NotAnIdentity("future")
    if birth_date.year < 1850:
        raise NotAnIdentity("date")
    gender = "1" if int(text[16]) % 2 else "2"
    return Identity(text, birth_date, gender, _region_known(text[:6], birth_date.year))


def _widened(old: str) -> str:
    """Return an old 15-digit number in today's form; all of them were born before 2000."""
    return with_check_digit(f"{old[:6]}19{old[6:]}")


@lru_cache(maxsize=16384)
def _region_known(region: str, year: int) -> bool:
    if region.startswith(_NO_PROVINCE):
        return True
    try:
        ric.get_birth_place(f"{region}{year}01010010")
    except (ValidationError, KeyError):  # KeyError: stdnum knows the province, but no county
        return False
    return True
