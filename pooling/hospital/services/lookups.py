"""What hotlines and kiosks may ask. Every look at a person is written down with who and why."""

from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from accounts.models import Member
from pooling.audit import services as audit
from pooling.hospital import rendering, schemas
from pooling.hospital.services.once import Answer
from pooling.policy import selectors as policy
from pooling.settlements import selectors as settled
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound
from pooling.shared.periods import business_date
from pooling.shared.work import verb

PSN_NO = Member._meta.get_field("psn_no").max_length


@verb
def balance(*, psn_no: str, by: Actor, at) -> Answer:
    """Return what a member has and what relatives make available today. Raises NotFound."""
    usable = len(psn_no) <= PSN_NO and psn_no.isprintable()
    if not usable:
        raise NotFound(_("没有这位参保人。"))
    available = settled.available_to(psn_no, business_date(at))
    fields = ["psn_no", "own", "frozen", "wallet", "available_from_relatives"]
    seen = [available.member.pk]
    audit.look(page="rest:balance", member_ids=seen, fields=fields, by=by, at=at)
    return Answer(200, rendering.text(rendering.balance(available)))


@verb
def find(*, wanted: schemas.LookupIn, by: Actor, at) -> Answer | None:
    """Return a member's number of the authority, or None.

    A wrong name, an unknown number and a hit run the same statements: the look is written
    down each time, which also counts attempts.
    """
    member = people.by_identity(wanted.cert_no, wanted.name)
    seen = [member.pk] if member else []
    audit.look(page="rest:lookup", member_ids=seen, fields=["psn_no"], by=by, at=at)
    return Answer(200, rendering.text({"psn_no": member.psn_no})) if member else None


def rules(*, area: str, on) -> Answer:
    """Return every parameter of an area on a day with its clause. Raises NotFound."""
    if not (len(area) == 6 and area.isascii() and area.isdecimal()):
        raise NotFound(_("统筹区代码应为六位数字。"))
    return Answer(200, rendering.text(rendering.rules(policy.explain(area, on))))
