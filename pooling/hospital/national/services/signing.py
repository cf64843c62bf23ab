"""9001 and 9002: an operator's day at the till. Nothing else depends on it; clients forget it."""

from django.utils.translation import gettext_lazy as _

from pooling.hospital.models import SignIn
from pooling.hospital.national.calls import Call
from pooling.hospital.national.moments import shown
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.periods import SHANGHAI
from pooling.shared.queries import insert
from pooling.shared.work import verb


class NotSignedIn(DomainError):
    """There is no such sign-in at this institution, or it has ended."""

    code = "not_signed_in"


@verb
def sign_in(*, call: Call, by: Actor, at) -> dict:
    """Begin an operator's day and return its number, under both names clients look for."""
    row = SignIn(
        institution=call.institution,
        # By the clock on the wall: the till's people read in it of which day it is.
        sign_no=f"{at.astimezone(SHANGHAI):%Y%m%d%H%M%S%f}{call.client.pk % 10**10:010d}",
        operator=call.nodes["signIn"]["opter_no"],
        signed_in_at=at,
    )
    insert([row])
    told = {"sign_no": row.sign_no, "sign_time": shown(at)}
    return {"signinoutb": told, "result": told}


@verb
def sign_out(*, call: Call, by: Actor, at) -> dict:
    """End an operator's day. Raises NotSignedIn."""
    open_ = SignIn.objects.filter(institution=call.institution, signed_out_at=None)
    if not open_.filter(sign_no=call.nodes["signOut"]["sign_no"]).update(signed_out_at=at):
        raise NotSignedIn(_("没有这个签到编号，或已经签退。"))
    return {"sign_time": {"sign_time": shown(at)}}
