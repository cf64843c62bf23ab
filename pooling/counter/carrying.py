"""Which verb carries out which kind of case. The only table of this kind in the house."""

from collections.abc import Callable
from dataclasses import dataclass

from pooling.bindings.services import reviewing
from pooling.cases.models import Case
from pooling.counter import code_cases
from pooling.registry import auditing, corrections
from pooling.settlements.services import claims, clearing


@dataclass(frozen=True, slots=True)
class Carrying:
    """`grant(*, case_id, remark, by, at)` does what was asked for;

    `turn_down(*, case_id, reason_code, remark, by, at)` does not, for one of `reasons`.
    """

    grant: Callable
    turn_down: Callable
    reasons: tuple[str, ...]


OUT = {
    Case.Kind.BIND: Carrying(reviewing.grant, reviewing.turn_down, reviewing.TURNED_DOWN),
    Case.Kind.AUDIT: Carrying(auditing.decide, auditing.turn_back, ()),
    Case.Kind.MISUSE: Carrying(auditing.close, auditing.turn_back, ()),
    Case.Kind.EVENT: Carrying(
        corrections.carry_out, corrections.turn_down, corrections.TURNED_DOWN
    ),
    Case.Kind.PREMIUM: Carrying(claims.grant, claims.turn_down, claims.TURNED_DOWN),
    Case.Kind.CREDENTIAL: Carrying(code_cases.grant, code_cases.turn_down, code_cases.TURNED_DOWN),
    Case.Kind.CARE: Carrying(code_cases.grant, code_cases.turn_down, code_cases.TURNED_DOWN),
    Case.Kind.SUSPENSE: Carrying(clearing.clear, clearing.turn_back, ()),
}
