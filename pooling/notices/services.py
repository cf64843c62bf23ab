"""Telling people: rows enqueued in the transaction that causes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pooling.notices.models import Notice


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
    Notice.objects.bulk_create(
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
