"""The edge's unit of work: one durable transaction, bounded waiting, few retries."""

import functools
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from pooling.shared.errors import DomainError

T = TypeVar("T")
RETRIES = 3
#: deadlock, serialization failure, lock not available
_RETRYABLE = {"40P01", "40001", "55P03"}
BUSY = _("现在办理的人多，请稍后再试。本次没有动任何款项。")
_inside: ContextVar[bool] = ContextVar("inside a unit of work", default=False)


class Busy(DomainError):
    """Others hold the rows; nothing was done."""

    code = "busy"
    status = 503


class OutcomeUnknown(DomainError):
    """The connection broke while committing: it may or may not have happened."""

    code = "outcome_unknown"
    status = 503


def unit_of_work(work: Callable[[], T], *, pause: Callable[[float], None] = time.sleep) -> T:
    """Run `work` in one durable transaction and return its result.

    The lock timeout (3 s) is a connection option, so that it costs no statement.
    Deadlocks and lock timeouts are tried again at most three times; then Busy.
    A failure during COMMIT is never called a failure: OutcomeUnknown.
    """
    for attempt in range(RETRIES + 1):
        finished = False
        try:
            with transaction.atomic(durable=True):
                result = _run(work)
                finished = True
            if _replication_wait_was_cancelled():
                raise OutcomeUnknown(_("结果暂时不明，请用同一编号再次查询或冲正。"))
            return result
        except (OperationalError, InterfaceError) as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state in _RETRYABLE:
                if attempt < RETRIES:
                    pause(random.uniform(0.02, 0.1) * (attempt + 1))  # noqa: S311 - jitter
                    continue
                raise Busy(BUSY) from error
            if finished:
                raise OutcomeUnknown(_("结果暂时不明，请用同一编号再次查询或冲正。")) from error
            raise
    raise AssertionError("unreachable")


def _run(work: Callable[[], T]) -> T:
    token = _inside.set(True)
    try:
        return work()
    finally:
        _inside.reset(token)


def verb(function: Callable[..., T]) -> Callable[..., T]:
    """Make a verb atomic, without a savepoint of its own inside a unit of work.

    There a refusal undoes the whole request anyway, and a savepoint would cost the till two
    statements. For verbs that nobody calls and outlives: a caller that catches the refusal
    and goes on inside the same unit of work is stopped by Django.
    """

    @functools.wraps(function)
    def run(*args, **values) -> T:
        with transaction.atomic(savepoint=not _inside.get()):
            return function(*args, **values)

    return run


def database_clock() -> datetime:
    """Return the database's present moment: the only clock that dates money."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def _replication_wait_was_cancelled() -> bool:
    """Return whether the server warned that a standby has not confirmed the commit."""
    raw = connection.connection
    flagged = getattr(raw, "commit_not_replicated", False)
    if flagged:
        raw.commit_not_replicated = False
    return flagged
