"""Whoever was asked about may want no more of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import selectors as people
from pooling.audit import services as audit
from pooling.bindings import selectors
from pooling.bindings.models import Binding, Block
from pooling.bindings.services import rows
from pooling.shared.actor import Actor
from pooling.shared.errors import NotFound


@transaction.atomic
def block(*, payer_id: int, by: Actor, at) -> Block:
    """Accept no more applications from somebody who asked; an open proposal is refused.

    Raises NotFound for anybody who never asked: the list of members cannot be walked here.
    """
    relative_id = by.principal
    relative = people.locked({payer_id, relative_id}).get(relative_id)
    if relative is None or not selectors.has_asked(payer_id, relative):
        raise NotFound(_("没有找到这位申请人。"))
    row, new = Block.objects.get_or_create(
        relative_id=relative_id, payer_id=payer_id, defaults={"blocked_at": at}
    )
    if new:
        audit.record(verb="bindings.block", subject=row, by=by, at=at)
    proposed = [
        found.pk
        for found in selectors.around(payer_id, relative_id)
        if (found.payer_id, found.relative_id) == (payer_id, relative_id)
        and found.state == Binding.State.PROPOSED
    ]
    for binding in selectors.locked(proposed).values():
        rows.end(binding, Binding.State.REFUSED, "blocked_by_relative", by, at)
        rows.write(binding, "refuse", rows.ENDING, by, at)
        rows.tell(binding, kind="binding_refused", at=at)
    return row


@transaction.atomic
def unblock(*, payer_id: int, by: Actor, at) -> None:
    """Accept applications from this payer again."""
    relative_id = by.principal
    people.locked([relative_id])
    row = Block.objects.filter(relative_id=relative_id, payer_id=payer_id).first()
    if row is None:
        raise NotFound(_("没有找到这位申请人。"))
    audit.record(verb="bindings.unblock", subject=row, by=by, at=at)
    row.delete()
