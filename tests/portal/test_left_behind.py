"""What jobs leave: of a killed worker it is begun anew, once; of those long done it goes."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from pooling.bindings.models import Binding
from pooling.cases.models import Case
from pooling.notices.models import Notice
from pooling.shared.work import database_clock
from portal import jobs
from tests import build
from tests.bindings.test_applications import apply

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
#: The worker's first decision is written and not yet committed when its process dies. What is due
#: by the clock is left out: at another hour other work would come in between.
WORKS = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from procrastinate.contrib.django import app
from pooling.bindings import jobs

app.periodic_registry.periodic_tasks.clear()

decides = jobs.applications.decide

def dies(**given):
    decides(**given)
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[1] == "dies":
    jobs.applications.decide = dies
call_command("procrastinate", "worker", "--one-shot")
"""


def work(how: str) -> int:
    """Let a worker do what waits; return how its process ended."""
    there = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {
        "DATABASE_URL": f"{there}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    return subprocess.run([sys.executable, "-c", WORKS, how], cwd=ROOT, env=env).returncode


def do(task) -> None:
    """Do what a job does, in a thread of its own: in this one a browser may keep its event loop."""

    def work() -> None:
        try:
            async_to_sync(task.func)(SimpleNamespace(app=app))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as apart:
        apart.submit(work).result()


def take_up() -> None:
    do(jobs.take_up)


def forget_done() -> None:
    do(jobs.forget_done)


def ended(how: str, *, days_ago: int) -> ProcrastinateJob:
    """Return a job that came to its end so many days ago."""
    job = left_by_the_dead()
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [job.pk, how])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s)"
            " WHERE job_id = %s",
            [days_ago, job.pk],
        )
    return job


def left_by_the_dead(**facts) -> ProcrastinateJob:
    """Return a job that was begun by a worker nobody has heard of for long."""
    known = {"queue_name": "default", "task_name": "nothing", "attempts": 0, "queueing_lock": None}
    columns = known | facts
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '2 minutes') RETURNING id)"
            " INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, attempts, queueing_lock, status, worker_id)"
            " SELECT %s, %s, %s, %s, 'doing', id FROM dead RETURNING id",
            list(columns.values()),
        )
        return ProcrastinateJob.objects.get(pk=cursor.fetchone()[0])


def status_of(job) -> str:
    return ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job.pk)


def test_an_application_whose_worker_was_killed_is_decided_once_all_the_same():
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry", "commitment"])
    payer = build.employee("周兰", born="1980-04-01", gender="2")
    grandmother = build.resident("赵秀英", born="1950-02-03", gender="2")
    build.activated_long_ago(payer, grandmother)
    apply(build.member_actor(payer), grandmother, at=database_clock())
    assert work("dies") == -signal.SIGKILL
    job = ProcrastinateJob.objects.get(task_name="bindings.decide")
    assert (job.status, Case.objects.get().state) == ("doing", "submitted")
    take_up()
    assert status_of(job) == "doing", "its worker may be alive"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '61 s'")
    take_up()
    assert work("lives") == 0
    assert status_of(job) == "succeeded"
    assert Case.objects.get().state == "approved"
    binding = Binding.objects.get()
    told = Notice.objects.filter(link=f"/family/{binding.pk}/")
    assert len(set(told.values_list("kind", "member"))) == told.count() > 0


def test_a_job_that_kills_its_worker_each_time_is_given_up_and_told():
    again, given_up = left_by_the_dead(), left_by_the_dead(attempts=jobs.BEGUN_AT_MOST)
    take_up()
    assert (status_of(again), status_of(given_up)) == ("todo", "doing")


def test_a_job_whose_like_waits_already_is_left_to_that():
    left = left_by_the_dead(queueing_lock="nightly")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock)"
            " VALUES ('default', 'nothing', 'nightly')"
        )
    other = left_by_the_dead()
    take_up()
    assert (status_of(left), status_of(other)) == ("doing", "todo")


def test_of_jobs_that_succeeded_a_month_ago_nothing_is_kept_and_failures_stay():
    long_done, lately = ended("succeeded", days_ago=31), ended("succeeded", days_ago=29)
    failed, waiting = ended("failed", days_ago=31), left_by_the_dead()
    forget_done()
    kept = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    assert kept & {long_done.pk, lately.pk, failed.pk, waiting.pk} == {
        lately.pk,
        failed.pk,
        waiting.pk,
    }
