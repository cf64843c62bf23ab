"""The one door to the trail."""

from pooling.audit.models import Event, Look
from pooling.shared.actor import Actor
from pooling.shared.queries import insert


def record(*, verb: str, subject, by: Actor, at, detail: dict | None = None) -> None:
    """Record an act in the caller's transaction. `detail` holds ids and fen, never names."""
    event = Event(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        detail=detail or {},
        **_trace(by, at),
    )
    insert([event])


def record_each(acts, *, by: Actor, at) -> None:
    """Record many acts at once, each a verb, its subject and its detail: one statement."""
    insert(
        Event(
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            detail=detail,
            **_trace(by, at),
        )
        for verb, subject, detail in acts
    )


def look(*, page: str, member_ids, fields, by: Actor, at) -> None:
    """Record that personal data of these members was shown: one row a page."""
    members = sorted(set(member_ids))
    insert([Look(page=page, member_ids=members, fields=sorted(fields), **_trace(by, at))])


def _trace(by: Actor, at) -> dict:
    return {
        "at": at,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "on_behalf_of": by.on_behalf_of,
        "channel": by.channel,
        "purpose": by.purpose,
    }
