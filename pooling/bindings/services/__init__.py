"""Verbs about authorisations, by what they are for.

`authorising` makes one, `using` is what the two may do with it, `applications` is a member's
way to one, `reviewing` what a reviewer's word makes of it, `events` what life does to it,
`quotas` how much a payer freezes under one, `blocking` keeps askers away. Other domains call
what stands here.
"""

from pooling.bindings.rules import Limits, Signing, Terms
from pooling.bindings.services.authorising import authorise, confirm, refuse, withdraw
from pooling.bindings.services.blocking import block, unblock
from pooling.bindings.services.events import follow, renew
from pooling.bindings.services.quotas import set_quota
from pooling.bindings.services.rows import NotNow, OtherSide, Refused
from pooling.bindings.services.using import (
    change_limits,
    decline,
    expire_due,
    freeze,
    release,
    resume,
    set_payer_caps,
    set_rank,
    thaw,
)

__all__ = [
    "Limits",
    "NotNow",
    "OtherSide",
    "Refused",
    "Signing",
    "Terms",
    "authorise",
    "block",
    "change_limits",
    "confirm",
    "decline",
    "expire_due",
    "follow",
    "freeze",
    "refuse",
    "release",
    "renew",
    "resume",
    "set_payer_caps",
    "set_quota",
    "set_rank",
    "thaw",
    "unblock",
    "withdraw",
]
