"""The national interface's fields: what a message must say, and what a reply must hold.

The facts stand in `data/fields.csv` and `data/codes.csv`. `required` is Y, or L where the
document demands a field that real clients leave out: there absence is no reason to turn a patient
away. Tables of codes that regions extend are not listed; there any text of the right length will
do. Pure.
"""

import csv
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
#: Nodes that clients send under another name than the document's.
ALIASES = {
    "data": ("mdtrtinfo", "druginfo"),
    "signIn": ("data", "signin"),
    "signOut": ("data", "signout"),
    "druginfo": ("data", "mdtrtinfo"),
    "mdtrtinfo": ("data",),
    "dscginfo": ("data",),
    "fsUploadIn": ("data",),
    "fsDownloadIn": ("data",),
}
#: Nodes that hold any number of rows.
LISTS = {"diseinfo", "feedetail", "drugdetail", "insuinfo", "idetinfo", "trtinfo", "setldetail"}
LISTS |= {"detlcutinfo"}
#: Without these rows there is nothing to do.
NEEDED = {"feedetail"}
#: No message has more lines; what is larger is an accident or an attack.
MOST_ROWS = 2_000

#: So that arithmetic on it keeps every digit.
LONGEST_NUMBER = 28
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,3})?", re.ASCII)
_YEARS = range(1900, 2200)


class Invalid(ValueError):
    """A field is not what the dictionary asks for; `place` is node.field, `why` a code."""

    def __init__(self, place: str, name: str, why: str, limit: str = ""):
        super().__init__(f"{place}: {why}")
        self.place, self.name, self.why, self.limit = place, name, why, limit


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a node. `kind` is C, N, D, DT or BYTES; `length` and `decimals` its bounds."""

    key: str
    name: str
    kind: str
    length: int
    decimals: int
    required: bool
    coded: bool

    def read(self, value: Any, place: str) -> Any:
        """Return the value: text, Decimal, or None where there is none. Raises Invalid."""
        if value is None or value == "":
            if self.required:
                raise Invalid(place, self.name, "missing")
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            if self.kind == "BYTES":
                return value
            raise Invalid(place, self.name, "type")
        return self._number(value, place) if self.kind == "N" else self._text(value, place)

    def _number(self, value: str | int | Decimal, place: str) -> Decimal:
        text = format(value, "f") if isinstance(value, Decimal) else str(value).strip()
        if not _NUMBER.fullmatch(text):
            raise Invalid(place, self.name, "number")
        if len(text) > LONGEST_NUMBER:
            raise Invalid(place, self.name, "digits", f"{self.length},{self.decimals}")
        whole, _, part = text.lstrip("-").partition(".")
        # Zeros at the end say nothing: many languages write every amount with four decimals.
        fits = len(part.rstrip("0")) <= self.decimals
        if not fits or len(whole.lstrip("0")) > self.length - self.decimals:
            raise Invalid(place, self.name, "digits", f"{self.length},{self.decimals}")
        number = Decimal(text)
        return number or number.copy_abs()  # -0 is 0

    def _text(self, value: str | int | Decimal, place: str) -> str:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        text = text.strip()
        if not text:
            return self.read(None, place)
        if _CONTROL.search(text):
            raise Invalid(place, self.name, "text")
        if self.kind in ("D", "DT"):
            return _moment(text, place, self.name)
        if self.kind == "C" and len(text) > self.length:
            raise Invalid(place, self.name, "long", str(self.length))
        return self._code(text, place) if self.coded else text

    def _code(self, text: str, place: str) -> str:
        known = codes().get(self.key)
        if known is None or text in known:
            return text
        # A client that drops the leading zero means the same.
        if f"0{text}" in known:
            return f"0{text}"
        raise Invalid(place, self.name, "code", "、".join(list(known)[:12]))


def _moment(text: str, place: str, name: str) -> str:
    """Return a day or moment as `yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss`; either will do for both."""
    try:
        if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.replace("T", " ")[:19])
            if moment.year in _YEARS:
                return text.replace("T", " ")[:19]
    except ValueError:
        pass
    raise Invalid(place, name, "moment")


@cache
def tables() -> dict[tuple[str, str], dict[str, dict[str, Field]]]:
    """Return (infno, in or out) → node → fields by name."""
    found: dict[tuple[str, str], dict[str, dict[str, Field]]] = {}
    with (DATA / "fields.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            nodes = found.setdefault((row["infno"], row["direction"]), {})
            nodes.setdefault(row["node"], {})[row["field"]] = _field(row)
    return found


def _field(row: dict[str, str]) -> Field:
    kind, _, size = row["type"].rstrip(")").partition("(")
    length, _, decimals = size.partition(",")
    return Field(
        key=row["field"],
        name=row["name"],
        kind=kind,
        length=int(length or 30),
        decimals=int(decimals or 0),
        required=row["required"] == "Y",
        coded=row["coded"] == "D",
    )


@cache
def codes() -> dict[str, dict[str, str]]:
    """Return field → code → what it means."""
    found: dict[str, dict[str, str]] = {}
    with (DATA / "codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["field"], {})[row["code"]] = row["name"]
    return found


def transactions() -> set[str]:
    """Return the numbers of the transactions the dictionary knows."""
    return {infno for infno, _direction in tables()}


def read(infno: str, given: Any) -> dict[str, Any]:
    """Return a message's input by node: fields by name, rows of them for lists. Raises Invalid.

    Fields we do not know are a region's own and are passed over.
    """
    if not isinstance(given, dict):
        raise Invalid("input", "", "object")
    return {node: _node(node, fields, given) for node, fields in tables()[infno, "in"].items()}


def _node(node: str, fields: dict[str, Field], given: dict) -> Any:
    names = (node, *ALIASES.get(node, ()))
    found = next((given[name] for name in names if given.get(name) not in (None, "")), None)
    if node in LISTS:
        rows = found if isinstance(found, list) else [] if found is None else [found]
        if len(rows) > MOST_ROWS:
            raise Invalid(node, "", "rows", str(MOST_ROWS))
        if not rows and node in NEEDED:
            raise Invalid(node, "", "missing")
        return [_row(node, fields, row) for row in rows]
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if found is None:
        raise Invalid(node, "", "missing")
    return _row(node, fields, found)


def _row(node: str, fields: dict[str, Field], row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Invalid(node, "", "object")
    return {key: field.read(row.get(key), f"{node}.{key}") for key, field in fields.items()}


def complete(infno: str, node: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return a reply's node with every field of its table, none of them null.

    What we do not know is 0 or an empty text: clients of the field read amounts unguarded.
    """
    filled = {key: _empty(field) for key, field in tables()[infno, "out"].get(node, {}).items()}
    return filled | {key: value for key, value in values.items() if value is not None}


def _empty(field: Field) -> Any:
    if field.kind != "N":
        return ""
    return Decimal(0).scaleb(-2) if field.decimals == 2 else Decimal(0)
