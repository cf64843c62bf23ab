"""JSON whose amounts are numbers with two decimals, written without a float in between. Pure."""

import json
from decimal import Decimal
from typing import Any


def yuan(fen: int) -> Decimal:
    """Return fen as yuan with exactly two decimals."""
    return Decimal(fen).scaleb(-2)


def fen(amount: Decimal | None) -> int:
    """Return yuan as fen; nothing is 0. The dictionary has seen to it that it is whole."""
    return int((amount or Decimal(0)).scaleb(2))


def dumps(value: Any) -> str:
    """Return JSON text: a Decimal becomes the number it shows, `12.50` and not `12.5`.

    The json module writes floats and integers alone, and a float is no money.
    """
    if isinstance(value, dict):
        inside = ",".join(f"{json.dumps(key)}:{dumps(each)}" for key, each in value.items())
        return "{" + inside + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def indented(value: Any, margin: str = "") -> str:
    """Return JSON text on many lines, for people; amounts as in `dumps`."""
    inner = margin + "  "
    if isinstance(value, dict) and value:
        rows = [f"{inner}{dumps(key)}: {indented(each, inner)}" for key, each in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{margin}}}"
    if isinstance(value, list) and value:
        rows = [inner + indented(each, inner) for each in value]
        return "[\n" + ",\n".join(rows) + f"\n{margin}]"
    return dumps(value)
