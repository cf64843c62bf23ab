"""What somebody has been told."""

from dataclasses import dataclass
from datetime import datetime

from accounts import selectors as people
from pooling.notices import wording
from pooling.notices.models import Notice
from pooling.shared.masks import mask_name


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, put into words."""

    id: int
    sentence: str
    link: str
    created_at: datetime
    read: bool


def inbox(*, member_id: int, limit: int = 50, before: int | None = None) -> list[Told]:
    """Return a member's notices, latest first; `before` is the last id of the page above."""
    return _told(Notice.objects.filter(member_id=member_id), limit, before)


def inbox_of_user(*, user_id: int, limit: int = 50, before: int | None = None) -> list[Told]:
    """Return a staff user's notices, latest first."""
    return _told(Notice.objects.filter(user_id=user_id), limit, before)


def unread(*, member_id: int) -> int:
    """Return how many notices a member has not read."""
    return Notice.objects.filter(member_id=member_id, read_at__isnull=True).count()


def _told(notices, limit: int, before: int | None) -> list[Told]:
    if before is not None:
        notices = notices.filter(pk__lt=before)
    notices = list(notices.order_by("-pk")[:limit])
    mentioned = {
        value for each in notices for key, value in each.values.items() if key in wording.PEOPLE
    }
    members = people.by_ids(mentioned) if mentioned else {}
    names = {pk: mask_name(member.name) for pk, member in members.items()}
    return [
        Told(
            id=each.pk,
            sentence=wording.sentence(each.kind, each.values, names),
            link=each.link,
            created_at=each.created_at,
            read=each.read_at is not None,
        )
        for each in notices
    ]
