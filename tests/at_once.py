"""Several works at the same moment, each in a thread and on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

from django.db import connection

from pooling.shared.errors import DomainError
from pooling.shared.work import unit_of_work


def calls_at_once(*calls: Callable) -> list:
    """Make all calls at the same moment; return their answers, in order."""
    gate = Barrier(len(calls))

    def run(call):
        try:
            gate.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def at_once(*works: Callable) -> list:
    """Do all works at the same moment, each in its unit of work; return what came of each.

    That is its answer, or the refusal it ended with.
    """
    return calls_at_once(*[lambda work=work: _done_or_refused(work) for work in works])


def one_behind_the_other(first: Callable, second: Callable) -> list:
    """Do `first`, and commit it only when `second` waits for its locks; return what came of both.

    Always the same order of events, where `at_once` leaves it to chance.
    """
    begun = Event()

    def ahead():
        try:
            result = first()
        finally:
            begun.set()
        _until_somebody_waits_for_us()
        return result

    def behind():
        begun.wait()
        return second()

    return at_once(ahead, behind)


def _until_somebody_waits_for_us() -> None:
    with connection.cursor() as cursor:
        for _look in range(6_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity"
                " WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
            sleep(0.01)
    raise AssertionError("the second never waited for the first")


def _done_or_refused(work: Callable):
    try:
        return unit_of_work(work)
    except DomainError as refusal:
        return refusal


def codes(results: list) -> list[str]:
    """Return the codes of the refusals among these."""
    return sorted(each.code for each in results if isinstance(each, DomainError))
