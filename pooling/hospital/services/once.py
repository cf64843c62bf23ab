"""Once and only once: a message is written down before any money moves (ADR 0015).

Everything here runs inside the edge's unit of work. The row's unique keys make a second till
wait for the first, and find its answer. A refusal rolls the row back with everything else, so
that it is not remembered.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient
from pooling.hospital.models import Message
from pooling.shared import crypto
from pooling.shared.errors import DomainError

Kind = Message.Kind


class IdempotencyConflict(DomainError):
    """The key or message id was used before, for something else."""

    code = "idempotency_conflict"
    status = 409


class ReversedBeforeSettled(DomainError):
    """A reversal of this message came first and stays in force."""

    code = "reversed_before_settled"
    status = 409


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and exact text of an answer; `replayed` if it was given before.

    `refused` is the code of a refusal that has to be committed, and so is no exception.
    """

    status: int
    content: str
    replayed: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What identifies a message: who sent it under which key, and what it asks."""

    client: ApiClient
    key: str
    kind: Kind
    fingerprint: str
    message_id: str = ""
    #: Of the national interface, where the message is the institution's and not the client's.
    infno: str = ""


def once(envelope: Envelope, carry_out: Callable[[], Answer], *, at) -> Answer:
    """Carry a message out, or repeat what it was answered."""
    row = claim(envelope, at=at)
    if row is None:
        return _repeat(envelope)
    return remember(row, carry_out(), secret=bool(envelope.infno))


def claim(envelope: Envelope, *, at) -> int | None:
    """Write the message down and return its row, or None where it was met before.

    A racing twin makes this statement wait until the twin has committed or given up.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hospital_message (client_id, key, kind, institution_id, infno, message_id,"
            " fingerprint, answer, received_at, replays)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, 0)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [
                envelope.client.pk,
                envelope.key,
                envelope.kind,
                envelope.client.institution_id,
                envelope.infno,
                envelope.message_id,
                envelope.fingerprint,
                at,
            ],
        )
        found = cursor.fetchone()
    return found and found[0]


def _repeat(envelope: Envelope) -> Answer:
    """Return the answer a message was given. Raises IdempotencyConflict, ReversedBeforeSettled.

    It *writes* before it answers: with synchronous replication a plain read could confirm a
    row that no standby has. A refusal rolls the counter back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hospital_message SET replays = replays + 1"
            " WHERE (client_id = %s AND key = %s) OR (institution_id = %s AND message_id = %s"
            " AND %s <> '' AND kind IN ('settlement', 'tombstone', 'admission'))"
            " OR (institution_id = %s AND key = %s AND infno <> '' AND %s <> '')"
            " RETURNING id, kind, message_id, fingerprint, status, answer, answer_sealed",
            [
                envelope.client.pk,
                envelope.key,
                envelope.client.institution_id,
                envelope.message_id,
                envelope.message_id,
                envelope.client.institution_id,
                envelope.key,
                envelope.infno,
            ],
        )
        rows = cursor.fetchall()
    for _id, kind, message_id, *_rest in rows:
        late = kind == Kind.TOMBSTONE and message_id == envelope.message_id
        if late and envelope.kind in (Kind.SETTLEMENT, Kind.ADMISSION):
            raise ReversedBeforeSettled(_("这笔结算的撤销已先到达，结算不再受理。"))
    if any(fingerprint != envelope.fingerprint for _id, _k, _m, fingerprint, *_rest in rows):
        raise IdempotencyConflict(_("这个编号已经用于内容不同的请求。"))
    row, _kind, _message_id, _fingerprint, status, content, sealed = rows[0]
    if sealed is not None:
        content = crypto.unseal(bytes(sealed), **_place(row))
    return Answer(status, content, replayed=True)


def remember(row: int, answer: Answer, *, secret: bool = False) -> Answer:
    """Write the answer beside its message and return it; a secret one sealed."""
    column, content = "answer", answer.content
    if secret:
        column, content = "answer_sealed", crypto.seal(answer.content, **_place(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE hospital_message SET status = %s, {column} = %s WHERE id = %s",  # noqa: S608
            [answer.status, content, row],
        )
    return answer


def _place(row: int) -> dict:
    return {"table": "hospital_message", "column": "answer_sealed", "uid": row}
