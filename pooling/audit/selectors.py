"""Questions to the trail."""

from pooling.audit.models import Event, Look
from pooling.shared.actor import ActorKind


def count(verb: str, *, since, subject=None, detail: dict | None = None) -> int:
    """Return how often an act was recorded since a moment, of a subject or with a detail."""
    rows = Event.objects.filter(verb=verb, at__gt=since)
    if subject is not None:
        rows = rows.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    if detail:
        rows = rows.filter(detail__contains=detail)
    return rows.count()


def of_subject(subject_type: str, subject_id: int) -> list[Event]:
    """Return everything that was done to one row, oldest first (one statement)."""
    return list(
        Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("pk")
    )


def trail_of(subject) -> list[Event]:
    """Return everything that was done to a row that is at hand, oldest first."""
    return of_subject(subject._meta.label_lower, subject.pk)


def looks_at(member_id: int, *, limit: int = 100, before: int | None = None) -> list[Look]:
    """Return who looked at a member, latest first; `before` is the last id of the page above.

    Staff and machines only: what a family sees of each other is known to both sides.
    """
    looks = Look.objects.filter(member_ids__contains=[member_id])
    looks = looks.exclude(actor_kind=ActorKind.MEMBER)
    if before is not None:
        looks = looks.filter(pk__lt=before)
    return list(looks.order_by("-pk")[:limit])
