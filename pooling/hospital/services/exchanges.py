"""Writing the log: one statement a message, after its work is done, whatever came of it.

The line has a transaction of its own, so that it is there where the message's was rolled back.
What it cannot do is spoil an answer: a settlement that was committed is answered as such, though
the log be full, locked or away.
"""

import logging
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import ApiClient
from pooling.hospital.models import Exchange
from pooling.hospital.services.once import Answer
from pooling.shared import crypto

log = logging.getLogger(__name__)

Outcome = Exchange.Outcome
#: Longer ones are known by length and fingerprint: statement files, mostly.
KEPT_BYTES = 256 * 1024
#: Lines a minute about messages nobody signed. More say nothing new and would fill the disk.
NOBODYS_A_MINUTE = 60
#: Rows one run of forgetting takes at a time: its locks are short.
CHUNK = 2000

_MSGID = re.compile(rb'"(?:msgid|message_id)"\s*:\s*"([\x21-\x7e]{1,64})"')
_SETL_ID = re.compile(rb'"setl_id"\s*:\s*"?([0-9]{1,18})\b')
_MADE = re.compile(rb'\{"id"\s*:\s*([0-9]{1,18})\b')
_INFNO = re.compile(r"[0-9A-Za-z_]{1,16}", re.ASCII)


@dataclass(slots=True, eq=False)
class Heard:
    """What is known so far of a message that is being answered; edges add what they learn."""

    client: ApiClient | None = None
    claimed: ApiClient | None = None
    infno: str = ""
    msgid: str = ""
    setl_id: int | None = None
    body: bytes = b""
    #: Announced, where the body was refused unread.
    size: int = 0
    outcome: Outcome | None = None
    reason: str = ""
    #: The database itself did not answer: asking it to write would only make the till wait.
    unreachable: bool = False
    replay_of: int | None = None
    staff: int | None = None
    note: str = ""

    def became(self, outcome: Outcome, reason: str = "") -> None:
        self.outcome, self.reason = outcome, reason


def of(request) -> Heard:
    """Return what is known of a request's message; nothing yet, where it came by another door."""
    if not hasattr(request, "heard"):
        request.heard = Heard()
    return request.heard


def note(heard: Heard, answer: Answer) -> None:
    """Write down how a message that was carried out was answered."""
    if answer.refused:
        heard.became(Outcome.REFUSED, answer.refused)
    else:
        heard.became(Outcome.REPEATED if answer.replayed else Outcome.ANSWERED)


@dataclass(frozen=True, slots=True)
class Given:
    """What a message was answered, and how long that took. Empty text: no JSON."""

    status: int
    text: bytes
    size: int
    duration_ms: int
    request_id: str


def keep(heard: Heard, given: Given) -> int | None:
    """Write a line of the log and return its id; None where it could not or need not be.

    Never raises. One statement, and where nobody waits for it no wait for the disk either:
    what a crash of the whole machine takes is the last half second of a log.
    """
    if heard.unreachable:
        log.error("exchange not logged: database away")
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, _row(heard, given))
            found = cursor.fetchone()
    except Exception as error:
        log.exception("exchange not logged", exc_info=error)
        return None
    return found and found[0]


def _row(heard: Heard, given: Given) -> dict:
    client, uid = heard.client, uuid.uuid4()
    known = client is not None
    return {
        "uid": uid,
        "duration_ms": given.duration_ms,
        "client": client and client.pk,
        "claimed": heard.claimed and heard.claimed.pk,
        "institution": client and client.institution_id,
        "infno": heard.infno if _INFNO.fullmatch(heard.infno) else "",
        "msgid": _msgid(heard) if known else "",
        "setl_id": _setl_id(heard, given.text) if known else None,
        "outcome": heard.outcome or Outcome.ANSWERED,
        "status": given.status,
        "reason": heard.reason[:100],
        "request_id": given.request_id,
        "request_size": heard.size or len(heard.body),
        "answer_size": given.size,
        "fingerprint": fingerprint(heard.body),
        "request": _sealed(heard.body, "request_sealed", uid) if known else None,
        "answer": _sealed(given.text, "answer_sealed", uid) if known else None,
        "replay_of": heard.replay_of,
        "staff": heard.staff,
        "note": heard.note,
        "known": known,
        "most": NOBODYS_A_MINUTE,
    }


#: The subquery without rows before it is where a commit is told not to wait for the disk.
_INSERT = """
INSERT INTO hospital_exchange (uid, at, duration_ms, client_id, claimed_id, institution_id, infno,
    msgid, setl_id, outcome, status, reason, request_id, request_size, answer_size, fingerprint,
    request_sealed, answer_sealed, replay_of_id, staff_id, note)
SELECT %(uid)s, clock_timestamp() - %(duration_ms)s * interval '1 millisecond', %(duration_ms)s,
    %(client)s, %(claimed)s, %(institution)s, %(infno)s, %(msgid)s, %(setl_id)s, %(outcome)s,
    %(status)s, %(reason)s, %(request_id)s, %(request_size)s, %(answer_size)s, %(fingerprint)s,
    %(request)s, %(answer)s, %(replay_of)s, %(staff)s, %(note)s
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried (said)
WHERE said = 'off' AND (%(known)s OR %(most)s > (
    SELECT count(*) FROM (
        SELECT FROM hospital_exchange
        WHERE client_id IS NULL AND outcome NOT IN ('answered', 'repeated')
            AND at > clock_timestamp() - interval '1 minute'
        LIMIT %(most)s
    ) AS lately
))
RETURNING id
"""


def _msgid(heard: Heard) -> str:
    """Return what the sender calls its message, also where its envelope was not read so far."""
    found = None if heard.msgid else _MSGID.search(heard.body)
    said = found[1].decode() if found else heard.msgid[:64]
    return said if said.isprintable() else ""


def _setl_id(heard: Heard, answer: bytes) -> int | None:
    """Return the settlement a message made or named: the answer knows best."""
    if heard.setl_id is not None:
        return heard.setl_id
    if heard.infno in ("settle", "reverse_message"):
        found = _MADE.match(answer)
    else:
        found = _SETL_ID.search(answer[:KEPT_BYTES]) or _SETL_ID.search(heard.body[:KEPT_BYTES])
    return int(found[1]) if found else None


def fingerprint(body: bytes) -> bytes:
    """Return the keyed fingerprint of a body: two lines with one had the same bytes."""
    return crypto.blind_index(crypto.sm3(body), purpose="hospital.exchange")


def _sealed(data: bytes, column: str, uid) -> bytes | None:
    if not data or len(data) > KEPT_BYTES:
        return None
    place = {"table": "hospital_exchange", "column": column, "uid": uid}
    return crypto.seal_bytes(zlib.compress(data, 1), **place)


@transaction.atomic
def forget_contents(*, at) -> int:
    """Empty one chunk of lines whose contents have been kept long enough; return how many."""
    days = max(settings.EXCHANGE_CONTENT_DAYS, 7)
    with_content = Q(request_sealed__isnull=False) | Q(answer_sealed__isnull=False)
    old = Exchange.objects.filter(with_content, at__lt=at - timedelta(days=days))
    chunk = old.order_by("at").values("pk")[:CHUNK]
    return Exchange.objects.filter(pk__in=chunk).update(request_sealed=None, answer_sealed=None)


@transaction.atomic
def forget_lines(*, at) -> int:
    """Delete one chunk of lines that have been kept long enough; return how many."""
    days = max(settings.EXCHANGE_DAYS, 90)
    chunk = Exchange.objects.filter(at__lt=at - timedelta(days=days)).order_by("at")
    return Exchange.objects.filter(pk__in=chunk.values("pk")[:CHUNK]).delete()[0]
