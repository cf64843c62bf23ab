"""Reading registry files line by line. Pure: no Django, no clock, no database.

One line is one row, quotes or not: an unbalanced quote then spoils its own row only, and
line numbers are those an editor shows. Files are streamed, never held.

A file may be UTF-8 (with or without mark) or GB18030. The two are told apart line by line
and the majority decides: a single damaged line must neither refuse a file nor turn every
Chinese name of a UTF-8 file into other, wrong, characters.
"""

import codecs
import csv
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

#: The columns of each file, in the order in which the files are loaded.
COLUMNS = {
    "members.csv": "psn_no name cert_type cert_no birth_date gender phone died_on",
    "enrolments.csv": "psn_no insutype area psn_type status from_date to_date employer",
    "credentials.csv": "psn_no activated_on",
    "institutions.csv": "fixmedins_code name area level type",
    "relations.csv": "psn_no relative_psn_no relation evidence evidence_no from_date to_date",
    "contributions.csv": "reference psn_no area part amount business_date",
    "bindings.csv": "payer_psn_no relative_psn_no relation rank from_date to_date "
    "cap_per_settlement cap_per_day cap_per_month cap_per_year quota uses commitment",
    "funds.csv": "kind owner_psn_no members amount reference business_date",
}
COLUMNS = {name: tuple(columns.split()) for name, columns in COLUMNS.items()}

#: Bytes of a line. No row comes near it; one without end must not fill the memory.
LONGEST = 64 * 1024

_MARK = codecs.BOM_UTF8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Besides control characters what shows nothing and turns round what follows: two names would look
#: alike, or one like another. Joiners stay, for some scripts are written with them.
_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A row kept out; `code` names the sentence (`wording.py`), `values` fill it."""

    line: int
    column: str
    code: str
    values: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line by column, blanks at their ends removed."""

    line: int
    cells: dict[str, str]


class FileRefused(Exception):
    """The file as a whole says nothing; `code` and `values` as in Problem."""

    def __init__(self, code: str, **values):
        super().__init__(code)
        self.code = code
        self.values = values


def rows(
    path: Path, columns: tuple[str, ...], advance: Callable[[int], None] = lambda size: None
) -> Iterator[Row | Problem]:
    """Yield the rows of a file in order, a Problem in the place of each that cannot be read.

    `advance` is told the bytes passed. Raises FileRefused before the first row.
    """
    encoding = encoding_of(path)
    with path.open("rb") as lines:
        each = _lines(lines)
        header = _header(next(each, (b"", 0))[0], encoding, columns)
        for number, (raw, size) in enumerate(each, start=2):
            advance(size)
            if raw.strip():
                yield _row(number, raw, encoding, header)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield each line and its size; of one that is too long its beginning alone."""
    while raw := file.readline(LONGEST + 1):
        size, rest = len(raw), raw
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST)):
            size += len(rest)
        yield raw, size


def encoding_of(path: Path) -> str:
    """Return `utf-8` or `gb18030`, whichever more lines speak for. Raises FileRefused."""
    utf8 = other = 0
    with path.open("rb") as lines:
        for number, (raw, _size) in enumerate(_lines(lines)):
            if number == 0 and raw.startswith(_UTF16):
                raise FileRefused("utf16")
            if number == 0 and raw.startswith(_MARK):
                return "utf-8"
            if raw.isascii() or len(raw) > LONGEST:
                continue  # of a beginning the last character may be cut in two
            try:
                raw.decode()
                utf8 += 1
            except UnicodeDecodeError:
                other += 1
    return "gb18030" if other > utf8 else "utf-8"


def _header(raw: bytes, encoding: str, columns: tuple[str, ...]) -> list[str]:
    """Return the header's names in the file's own order; each column exactly once."""
    if not raw.strip().removeprefix(_MARK):
        raise FileRefused("empty")
    if len(raw) > LONGEST:
        raise FileRefused("header_unreadable")
    try:
        header = [name.strip() for name in _cells(raw.removeprefix(_MARK), encoding)]
    except (UnicodeDecodeError, csv.Error):
        raise FileRefused("header_unreadable") from None
    problems = {
        "header_duplicated": {name for name in header if header.count(name) > 1},
        "header_unknown": set(header) - set(columns),
        "header_missing": set(columns) - set(header),
    }
    for code, names in problems.items():
        if names:
            order = [*columns, *header]
            raise FileRefused(code, columns="、".join(sorted(names, key=order.index)))
    return header


def _row(number: int, raw: bytes, encoding: str, header: list[str]) -> Row | Problem:
    if len(raw) > LONGEST:
        return Problem(number, header[0], "line_too_long", {"most": LONGEST})
    try:
        cells = _cells(raw, encoding)
    except UnicodeDecodeError:
        return Problem(number, header[0], "undecodable", {"encoding": encoding.upper()})
    except csv.Error:
        return Problem(number, header[0], "quotes")
    counts = {"found": len(cells), "expected": len(header)}
    if len(cells) < len(header):
        return Problem(number, header[len(cells)], "too_few", counts)
    if len(cells) > len(header):
        return Problem(number, header[-1], "too_many", counts)
    if _CONTROL.search("".join(cells)):
        unclean = (bool(_CONTROL.search(text)) for text in cells)
        return Problem(number, next(itertools.compress(header, unclean)), "control")
    return Row(number, dict(zip(header, map(str.strip, cells), strict=True)))


def _cells(raw: bytes, encoding: str) -> list[str]:
    text = raw.decode(encoding).rstrip("\r\n")
    if '"' not in text:
        return text.split(",")
    return next(csv.reader((text,), strict=True))
