"""How a bill divides: paid by oneself, over the limit, paid first, in scope. Pure.

There is no list of drugs here: everything is in scope unless the message says otherwise.
"""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pooling.hospital.national.numbers import fen

#: The fields of a bill, in the order of `Parts`.
FIELDS = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
#: The same of a fee line, in `exp_content`; what they leave over is in scope.
OF_A_LINE = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt")
_MOST = Decimal(10) ** 12


class DoesNotAddUp(ValueError):
    """The parts are not the whole, or one is no amount."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The four parts of a bill, in fen, before the fund has paid anything."""

    own_paid_fen: int
    over_limit_fen: int
    pre_paid_fen: int
    in_scope_fen: int

    @property
    def total_fen(self) -> int:
        return self.own_paid_fen + self.over_limit_fen + self.pre_paid_fen + self.in_scope_fen

    def after(self, borne_fen: int) -> "Parts":
        """Return the personal part: in scope less what fund and hospital bear.

        Where they bear more than is in scope, paid-first is lowered, then over-limit, then
        own-paid. Raises DoesNotAddUp where they bear more than there is.
        """
        rest = self.in_scope_fen - borne_fen
        parts = []
        for part in (self.pre_paid_fen, self.over_limit_fen, self.own_paid_fen):
            lowered = max(0, part + min(0, rest))
            rest += part - lowered
            parts.append(lowered)
        if rest < 0:
            raise DoesNotAddUp("borne")
        pre_paid, over_limit, own_paid = parts
        return Parts(own_paid, over_limit, pre_paid, rest)


def of_bill(node: dict, total_fen: int) -> Parts | None:
    """Return the parts a bill states, or None where it states none. Raises DoesNotAddUp."""
    if all(node.get(name) is None for name in FIELDS):
        return None
    amounts = [fen(node.get(name)) for name in FIELDS]
    parts = Parts(*amounts)
    if min(amounts) < 0 or parts.total_fen != total_fen:
        raise DoesNotAddUp("parts")
    return parts


def of_line(row: dict, amount_fen: int) -> Parts:
    """Return the parts of a fee line: whole in scope, unless `exp_content` says otherwise."""
    told = [_told(row.get("exp_content") or "", name) for name in OF_A_LINE]
    if sum(told) > amount_fen:
        raise DoesNotAddUp("line")
    return Parts(*told, amount_fen - sum(told))


def _told(content: str, name: str) -> int:
    """Return an amount of `exp_content`; what cannot be read there is some other region's."""
    try:
        told = json.loads(content) if content else {}
        amount = Decimal(str(told.get(name) or 0)) if isinstance(told, dict) else Decimal(0)
        whole = amount.scaleb(2)
        return int(whole) if 0 <= amount < _MOST and whole == int(whole) else 0
    except (ValueError, InvalidOperation, RecursionError, OverflowError):
        return 0
