"""Questions to the trail that other domains decide by."""

from pooling.audit.models import Event


def count(verb: str, *, since, subject=None, detail: dict | None = None) -> int:
    """Return how often an act was recorded since a moment, of a subject or with a detail."""
    rows = Event.objects.filter(verb=verb, at__gt=since)
    if subject is not None:
        rows = rows.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    if detail:
        rows = rows.filter(detail__contains=detail)
    return rows.count()
