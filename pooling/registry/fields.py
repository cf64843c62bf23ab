"""Reading single cells. Pure: each reader returns a value or raises BadCell with a code."""

import re
from collections.abc import Iterable
from datetime import date

from pooling.shared.money import MAX_FEN, NotMoney, fen_from_yuan

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AREA = re.compile(r"[0-9]{6}")
_KEY = re.compile(r"[0-9A-Za-z_.:/-]+")
_COUNT = re.compile(r"[0-9]{1,9}")
#: Nobody alive was born before, and nothing here began before them; an older date is a slip.
_OLDEST = date(1850, 1, 1)
#: Nobody is paid so much at once: fen given for yuan, or digits run together.
_MOST_FEN = 10_000_000_00


class BadCell(ValueError):
    """A cell that says nothing usable; `code` names the sentence, `values` fill it."""

    def __init__(self, column: str, code: str, **values):
        super().__init__(code)
        self.column = column
        self.code = code
        self.values = values


def text(cells: dict, column: str, *, most: int, needed: bool = True) -> str:
    """Return the text of a cell of at most `most` characters."""
    value = cells[column]
    if needed and not value:
        raise BadCell(column, "missing")
    if len(value) > most:
        raise BadCell(column, "too_long", most=most)
    return value


def key(cells: dict, column: str, *, most: int) -> str:
    """Return a code that other rows refer to: letters, digits and `_ . : / -` only."""
    value = text(cells, column, most=most)
    if not _KEY.fullmatch(value):
        raise BadCell(column, "not_a_key")
    return value


def keys(cells: dict, column: str, *, most: int) -> tuple[str, ...]:
    """Return the codes of a `;`-separated cell, each once; none where it is empty."""
    if not cells[column]:
        return ()
    codes = [key({column: code.strip()}, column, most=most) for code in cells[column].split(";")]
    return tuple(dict.fromkeys(codes))


def area(cells: dict, column: str = "area") -> str:
    """Return a six-digit pooling area; one without own rules falls back to its province."""
    value = cells[column]
    if not _AREA.fullmatch(value):
        raise BadCell(column, "area")
    return value


def choice(cells: dict, column: str, among: Iterable[str], *, empty: str | None = None) -> str:
    """Return one of the values in `among`; `empty` stands for an empty cell where given."""
    value = cells[column]
    if not value and empty is not None:
        return empty
    if value not in among:
        raise BadCell(column, "choice", among="、".join(among))
    return value


def day(cells: dict, column: str) -> date:
    """Return the date of a cell."""
    value = optional_day(cells, column)
    if value is None:
        raise BadCell(column, "missing")
    return value


def optional_day(cells: dict, column: str) -> date | None:
    """Return the date of a cell, `YYYY-MM-DD` only; None where it is empty."""
    value = cells[column]
    if not value:
        return None
    if not _DATE.fullmatch(value):
        raise BadCell(column, "date")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise BadCell(column, "date") from None
    if found < _OLDEST:
        raise BadCell(column, "too_old")
    return found


def period(cells: dict) -> tuple[date, date | None]:
    """Return `from_date` and `to_date`, which must lie after it."""
    start, end = day(cells, "from_date"), optional_day(cells, "to_date")
    if end is not None and end <= start:
        raise BadCell("to_date", "reversed")
    return start, end


def count(cells: dict, column: str, *, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    value = cells[column]
    if not _COUNT.fullmatch(value) or not value.isascii() or not least <= int(value) <= most:
        raise BadCell(column, "count", least=least, most=most)
    return int(value)


def money(cells: dict, column: str) -> int:
    """Return the fen of an amount in yuan that is paid: more than nothing, and no absurd one."""
    fen = optional_money(cells, column)
    if fen is None:
        raise BadCell(column, "missing")
    if fen == 0:
        raise BadCell(column, "money_zero")
    if fen > _MOST_FEN:
        raise BadCell(column, "money_absurd", most=_MOST_FEN // 100)
    return fen


def optional_money(cells: dict, column: str) -> int | None:
    """Return the fen of an amount in yuan; None where it is empty (no limit)."""
    value = cells[column]
    if not value:
        return None
    if value.startswith("-"):
        raise BadCell(column, "money_negative")
    try:
        fen = fen_from_yuan(value)
    except NotMoney:
        raise BadCell(column, "money") from None
    if fen > MAX_FEN:
        raise BadCell(column, "money")
    return fen
