"""Questions to the trail."""

from pooling.audit.models import Event


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
