"""How tests make what they need: plain functions, through the services, one section a domain."""

import itertools
from datetime import date, datetime

from accounts.models import Member
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.crypto import blind_index
from pooling.shared.periods import SHANGHAI

_serial = itertools.count(1)

#: A Sunday noon on which nothing special is due.
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


# --- who acts -----------------------------------------------------------------------------


def member_actor(member) -> Actor:
    return Actor.member(member.pk)


def clerk(id: int = 901) -> Actor:
    return Actor(ActorKind.STAFF, id, channel="counter")


JOB = Actor.job("test")


# --- accounts -----------------------------------------------------------------------------


def member(name: str = "张明", *, born: date = date(1970, 1, 1), gender: str = "1") -> Member:
    serial = next(_serial)
    number = f"10{serial:015d}X"
    row = Member(
        psn_no=f"T{serial:08d}",
        name_index=blind_index(name, purpose="name", length=4),
        cert_no_index=blind_index(number, purpose="cert_no"),
        birth_date=born,
        gender=gender,
    )
    row.name, row.cert_no = name, number
    row.save(force_insert=True)
    return row
