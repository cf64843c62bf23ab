"""Money: integer fen inside, yuan with two decimals at the edges only."""

import re
from decimal import Decimal

MAX_FEN = 10**15
_YUAN = re.compile(r"\d{1,13}(\.\d{1,2})?")


class NotMoney(ValueError):
    """The text or number is no amount of yuan with at most two decimals."""


def fen_from_yuan(value: str | int | Decimal) -> int:
    """Return an amount in fen from yuan as text, integer or Decimal.

    Raises NotMoney for a float, a sign, an exponent, blanks or a third decimal.
    """
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise NotMoney(value)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not _YUAN.fullmatch(text) or not text.isascii():
        raise NotMoney(value)
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def yuan_from_fen(fen: int) -> str:
    """Return fen as yuan with two decimals, without grouping: `1234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def show_yuan(fen: int) -> str:
    """Return fen as people read it: `¥1,234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
