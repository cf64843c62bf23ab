"""What a member or a staff user has been told."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts import selectors as people
from pooling.notices import wording
from pooling.notices.models import Notice
from pooling.shared.masks import mask_name
from pooling.shared.periods import business_date


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice in words. `asker_id` is whom the reader may block, where somebody asked.

    Of a visit whose day is the patient's own affair (`privacy.month_only`) the page shows `month`:
    the moment of the notice is the moment of the visit.
    """

    id: int
    kind: str
    sentence: str
    link: str
    created_at: datetime
    is_new: bool
    asker_id: int | None = None
    month: date | None = None


def inbox(member_id: int, *, before: int | None = None, limit: int = 50) -> list[NoticeRow]:
    """Return a member's notices, newest first; `before` is the last id of the page above.

    Two statements, however many notices and people.
    """
    return _rows(Notice.objects.filter(member=member_id), member_id, before, limit)


def inbox_of_user(user_id: int, *, before: int | None = None, limit: int = 50) -> list[NoticeRow]:
    """Return a staff user's notices, newest first."""
    return _rows(Notice.objects.filter(user=user_id), None, before, limit)


def unread_count(member_id: int) -> int:
    """Return how many notices a member has not read."""
    return Notice.objects.filter(member=member_id, read_at__isnull=True).count()


def _rows(found, reader_id: int | None, before: int | None, limit: int) -> list[NoticeRow]:
    if before is not None:
        found = found.filter(pk__lt=before)
    notices = list(found.order_by("-pk")[:limit])
    met = {
        notice.values[key]
        for notice in notices
        for key in wording.PEOPLE
        if notice.values.get(key) is not None
    } - {reader_id}
    names = {pk: mask_name(row.name) for pk, row in people.by_ids(met).items()} if met else {}
    return [
        NoticeRow(
            id=notice.pk,
            kind=notice.kind,
            sentence=wording.sentence(notice.kind, notice.values, reader_id, names),
            link=notice.link,
            created_at=notice.created_at,
            is_new=notice.read_at is None,
            asker_id=notice.values.get("payer") if notice.kind == "somebody_asked" else None,
            month=business_date(notice.created_at) if notice.kind.endswith("_month") else None,
        )
        for notice in notices
    ]
