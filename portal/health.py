"""Two questions of a supervisor: does the process answer, and can it do its work?"""

from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse

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
    except Error:
        # Not the driver's words: they name hosts and users.
        answers["database"] = "does not answer"
    status = 200 if set(answers.values()) == {"ok"} else 503
    return JsonResponse(answers, status=status)


@cache
def _on_disk() -> set:
    return set(MigrationLoader(None).disk_migrations)


def _finds(question: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone() is not None
