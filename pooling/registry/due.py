"""What is due on a business date: life events carried through to every authorisation.

The bills of that day know already. One run at a time (an advisory lock of the session, which
the server lets go when the process dies), one unit of work a chunk, and a row that says how
far it came.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from pooling.audit import services as audit
from pooling.bindings.services import follow
from pooling.registry import auditing
from pooling.registry.models import DueRun
from pooling.shared.actor import Actor
from pooling.shared.errors import DomainError
from pooling.shared.work import database_clock, unit_of_work

RUN = Actor.job("registry.run_due")
CHUNK = 500
_LOCK = 7_300_330


class AlreadyRunning(DomainError):
    """Another process carries life events through at this moment."""

    code = "due_already_running"
    status = 409


class NotYet(DomainError):
    """The business date lies ahead: nobody knows yet what will be on record."""

    code = "due_not_yet"


class Passed(DomainError):
    """A later business date was carried through already."""

    code = "due_passed"
    status = 409


def run(
    on: date, *, today: date, chunk: int = CHUNK, clock: Callable[[], datetime] = database_clock
) -> Counter:
    """Carry through what is due on a day and return what happened. Raises AlreadyRunning, NotYet,
    Passed.

    A run of that day that was killed is taken up where it stood; one that finished may be
    repeated, and finds nothing left to do.
    """
    if on > today:
        raise NotYet(_("业务日期还没有到，不能提前处理。"))
    with _alone():
        pk = unit_of_work(lambda: begin(on=on, by=RUN, at=clock()).pk)
        while unit_of_work(lambda: step(run_id=pk, limit=chunk, by=RUN, at=clock())):
            pass
        return Counter(DueRun.objects.get(pk=pk).counts)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (mine,) = cursor.fetchone()
    if not mine:
        raise AlreadyRunning(_("另一次处理正在进行，这次没有开始。"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@transaction.atomic
def begin(*, on: date, by: Actor, at) -> DueRun:
    """Open the run of a day, or take up the one that was left unfinished. Raises Passed.

    Never behind a later day: what has come back since would be told as stopped once more.
    """
    if DueRun.objects.filter(on__gt=on, finished_at__isnull=False).exists():
        raise Passed(_("已处理过更晚的业务日期，不能再处理更早的。"))
    found = DueRun.objects.filter(on=on, finished_at=None).first()
    return found or DueRun.objects.create(on=on, started_at=at)


@transaction.atomic
def step(*, run_id: int, limit: int, by: Actor, at) -> bool:
    """Do the next chunk, note how far that is, and return whether there may be more."""
    row = DueRun.objects.select_for_update().get(pk=run_id)
    followed = follow(after_id=row.after_id, limit=limit, on=row.on, by=by, at=at)
    for binding in followed.sampled:
        auditing.open_audit(binding=binding, by=by, at=at)
    row.counts = dict(Counter(row.counts) + followed.counts)
    if followed.last_id is None:
        row.finished_at = at
        detail = {"on": row.on.isoformat(), "counts": row.counts}
        audit.record(verb="registry.run_due", subject=row, by=by, at=at, detail=detail)
    else:
        row.after_id = followed.last_id
    row.save(update_fields=["counts", "after_id", "finished_at"])
    return row.finished_at is None
