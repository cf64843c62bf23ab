"""Strict reading of what machines send: no float, no guess, no second value of a name.

Pure: refusals are codes here, their sentences stand in `faults`.
"""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from pooling.shared.money import NotMoney, fen_from_yuan

#: No bill comes near it; what is larger is an accident or an attack.
MAX_BYTES = 64 * 1024
#: Years a bill can lie in, so that no arithmetic on its moment can overflow.
YEARS = range(2000, 2100)

#: And what turns round the text after it, which then says something else on a page.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class Unreadable(ValueError):
    """The body is no JSON we would dare to read; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def read_json(raw: bytes) -> Any:
    """Return the JSON value of a body, decimals as Decimal. Raises Unreadable."""
    try:
        return json.loads(
            raw.decode("utf-8"),
            parse_float=_decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_each_name_once,
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable("body_malformed") from error


def _decimal(token: str) -> Decimal:
    """Return a plain decimal; `1e9999999` becomes NaN, which no field accepts.

    An exponent could ask for gigabytes of zeros when written out.
    """
    return Decimal(token) if token.strip("-0123456789.") == "" else Decimal("NaN")


def _no_constant(token: str):
    raise Unreadable("body_malformed")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict:
    """Two readers could each believe another one of two values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("body_duplicate_name")
    for name in found:
        name.encode()
    return found


def _amount(value: Any) -> int:
    try:
        return fen_from_yuan(value)
    except NotMoney:
        raise PydanticCustomError("amount", "amount") from None


def _positive(fen: int) -> int:
    if fen == 0:
        raise PydanticCustomError("amount_zero", "amount_zero")
    return fen


def _moment(value: Any) -> datetime:
    """Return the instant in UTC, so that equal instants have equal fingerprints."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "moment")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("moment", "moment") from None
    if moment.year not in YEARS:
        raise PydanticCustomError("moment", "moment")
    return moment.astimezone(UTC)


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except (TypeError, ValueError):
        raise PydanticCustomError("day", "day") from None
    return day


def _printable(text: str) -> str:
    if _CONTROL.search(text) or not text.strip():
        raise PydanticCustomError("text", "text")
    return text


def _flag(value: Any) -> int:
    if type(value) is not int or value not in (0, 1, 2):
        raise PydanticCustomError("flag", "flag")
    return value


_AMOUNT_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]{1,13}(\.[0-9]{1,2})?$"},
        {"type": "number", "minimum": 0},
    ],
    "description": "yuan, at most two decimals, not negative",
    "examples": ["130.00"],
}
#: Yuan outside, integer fen inside.
Amount = Annotated[int, BeforeValidator(_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
PositiveAmount = Annotated[
    int, BeforeValidator(_amount), AfterValidator(_positive), WithJsonSchema(_AMOUNT_SCHEMA)
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "with offset"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[int, BeforeValidator(_flag), WithJsonSchema({"enum": [0, 1, 2]})]
#: Printable ASCII; no comma, because servers join a repeated header with one.
Identifier = Annotated[str, StringConstraints(pattern=r"^[!-+\--~]{1,64}$")]


def text(longest: int):
    """Return the type of a text of at most `longest` printable characters."""
    return Annotated[
        str, StringConstraints(min_length=1, max_length=longest), AfterValidator(_printable)
    ]
