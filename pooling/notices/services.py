"""Telling people: rows enqueued in the transaction that causes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from pooling.notices.models import Notice
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.queries import insert


@dataclass(frozen=True, slots=True)
class Message:
    """One message: to a member or to a staff user; `kind` names the sentence."""

    kind: str
    member_id: int | None = None
    user_id: int | None = None
    values: dict = field(default_factory=dict)
    link: str = ""


def enqueue(messages: Iterable[Message], *, at) -> None:
    """Store messages in one statement; they are delivered after the caller commits."""
    insert(
        Notice(
            kind=message.kind,
            member_id=message.member_id,
            user_id=message.user_id,
            values=message.values,
            link=message.link,
            created_at=at,
        )
        for message in messages
    )


@transaction.atomic
def mark_read(*, up_to: int, by: Actor, at) -> int:
    """Mark the reader's own notices up to an id as read; return how many were new.

    No lock and no trace: reading again changes nothing, and nobody else can.
    """
    mine = {"user": by.id} if by.kind == ActorKind.STAFF else {"member": by.id}
    if by.id is None:
        return 0
    return Notice.objects.filter(**mine, pk__lte=up_to, read_at__isnull=True).update(read_at=at)
