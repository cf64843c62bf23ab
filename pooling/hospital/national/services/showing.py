"""Codes of e-credentials in the messages of a visit: whichever comes first spends them."""

from functools import cache

from accounts.models import Member
from accounts.services import credentials
from pooling.hospital.national.calls import Call
from pooling.hospital.national.people import shown_code
from pooling.shared.actor import Actor

#: A visit's messages that name a certificate, in their order.
PREVIEWS = ("2101", "2206", "2303")
STAGES = (("1101",), ("2201", "2401"), PREVIEWS, ("2102", "2207", "2304"))


def take(call: Call, node: dict, member: Member, *, by: Actor, at) -> None:
    """Spend the code a message shows beside somebody's number. Raises CodeRefused.

    What a message has spent, later ones of the visit may repeat, as tills do after 1101; one of
    the same stage may not, or a bill would be paid on the code of the bill before.
    """
    code = shown_code(node)
    if not code:
        return
    owner = credentials.redeem(
        code=code,
        institution=call.institution,
        message=call.key,
        after=_earlier(call.infno),
        by=by,
        at=at,
    )
    if owner.pk != member.pk:
        raise credentials.wrong_person(owner)


@cache
def _earlier(infno: str) -> tuple[str, ...]:
    """Return how the messages begin whose code this one may repeat."""
    stage = next(place for place, stages in enumerate(STAGES) if infno in stages)
    # Trying a bill out twice costs nobody anything.
    own = STAGES[stage] if infno in PREVIEWS else ()
    return tuple(f"{each}:" for each in (*sum(STAGES[:stage], ()), *own))
