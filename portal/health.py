"""Two questions of a supervisor: does the process answer, and can it do its work?"""

from functools import cache

from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse

from portal.jobs import BEGUN_AT_MOST

#: The job worker's heart beats every 10 s.
_WORKER = (
    "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 s' LIMIT 1"
)
_WAITING = """
    SELECT 1 FROM procrastinate_jobs j
     WHERE j.status = 'todo'
       AND coalesce(j.scheduled_at,
                    (SELECT min(e.at) FROM procrastinate_events e
                      WHERE e.job_id = j.id AND e.type = 'deferred'))
           < now() - interval '10 minutes'
     LIMIT 1
"""
#: Killed its worker each time it was begun (`jobs.take_up`); people must look at it.
_GIVEN_UP = """
    SELECT 1 FROM procrastinate_jobs j
      LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
     WHERE j.status = 'doing' AND j.attempts >= %s
       AND coalesce(w.last_heartbeat, '-infinity') < now() - interval '60 s'
     LIMIT 1
"""
#: Sorted in less memory than it takes, so the database writes to its disk, and leaves nothing
#: there: reading goes on for long on a full disk, and no bill can be paid.
_WRITTEN = "SELECT count(*) FROM (SELECT n FROM generate_series(1, 8000) n ORDER BY -n OFFSET 0) s"
_DISK_FULL = "53100"


def healthz(request) -> JsonResponse:
    """Answer without touching anything else."""
    return JsonResponse({"process": "ok"})


def readyz(request) -> JsonResponse:
    """Answer 200 when requests can be served and jobs are done, else 503 and what is amiss."""
    answers = {"database": "ok", "migrations": "ok", "jobs": "ok"}
    try:
        if missing := _on_disk() - set(MigrationRecorder(connection).applied_migrations()):
            answers["migrations"] = f"{len(missing)} not applied: manage.py migrate"
        elif not _finds(_WORKER):
            answers["jobs"] = "no worker: manage.py procrastinate worker"
        elif _finds(_WAITING):
            answers["jobs"] = "a job has been waiting for more than ten minutes"
        elif _finds(_GIVEN_UP, [BEGUN_AT_MOST]):
            answers["jobs"] = "a job was given up: its worker was killed each time"
        _write()
    except Error as error:
        # Not the driver's words: they name hosts and users.
        full = getattr(error.__cause__, "sqlstate", None) == _DISK_FULL
        answers["database"] = "cannot write: its disk is full" if full else "does not answer"
    status = 200 if set(answers.values()) == {"ok"} else 503
    return JsonResponse(answers, status=status)


@cache
def _on_disk() -> set:
    return set(MigrationLoader(None).disk_migrations)


def _finds(question: str, values=()) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone() is not None


def _write() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(_WRITTEN)
