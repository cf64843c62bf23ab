"""Several works at the same moment, each in a thread and on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

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


def _done_or_refused(work: Callable):
    try:
        return unit_of_work(work)
    except DomainError as refusal:
        return refusal


def codes(results: list) -> list[str]:
    """Return the codes of the refusals among these."""
    return sorted(each.code for each in results if isinstance(each, DomainError))
