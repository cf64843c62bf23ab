"""Health, and the short way of machine calls."""

import json
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from pooling.shared.work import OutcomeUnknown, unit_of_work
from portal import health
from portal.jobs import BEGUN_AT_MOST
from portal.wsgi import application


def ready() -> tuple[int, dict]:
    answer = health.readyz(RequestFactory().get("/readyz"))
    return answer.status_code, json.loads(answer.content)


def beat(ago: str = "0 s") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)",
            [ago],
        )


def wait(since: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) "
            "VALUES ('default', 'nothing', now() - %s::interval)",
            [since],
        )


def test_the_process_answers_without_a_database(client):
    assert client.get("/healthz").json() == {"process": "ok"}


@pytest.mark.django_db
def test_ready_when_database_migrations_and_jobs_are():
    beat()
    assert ready() == (200, {"database": "ok", "migrations": "ok", "jobs": "ok"})


@pytest.mark.django_db
def test_not_ready_without_a_job_worker():
    beat(ago="2 minutes")
    status, answers = ready()
    assert status == 503
    assert "no worker" in answers["jobs"]


@pytest.mark.django_db
def test_not_ready_while_a_job_waits_too_long():
    beat()
    wait("9 minutes")
    assert ready()[0] == 200
    wait("11 minutes")
    assert ready()[0] == 503


@pytest.mark.django_db
def test_not_ready_before_every_migration_ran(monkeypatch):
    beat()
    monkeypatch.setattr(health, "_on_disk", lambda: {("ledger", "9999_not_run")})
    status, answers = ready()
    assert status == 503
    assert answers["migrations"].startswith("1 not applied")


@pytest.mark.django_db
def test_not_ready_where_a_job_killed_its_worker_each_time():
    beat()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts) "
            "VALUES ('default', 'nothing', 'doing', %s)",
            [BEGUN_AT_MOST],
        )
    status, answers = ready()
    assert status == 503
    assert "given up" in answers["jobs"]


@pytest.mark.django_db
def test_whether_it_is_ready_is_asked_of_the_disk_too(monkeypatch):
    beat()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {health._WRITTEN}")
        assert '"Sort Space Type": "Disk"' in json.dumps(cursor.fetchone())
    monkeypatch.setattr(health, "_WRITTEN", "DO $$ BEGIN RAISE disk_full; END $$")
    status, answers = ready()
    assert (status, answers["database"]) == (503, "cannot write: its disk is full")


def test_a_silent_database_is_told_without_its_address(monkeypatch):
    def fail(_connection):
        raise DatabaseError("connection to db.internal failed for user portal")

    monkeypatch.setattr(health, "MigrationRecorder", fail)
    status, answers = ready()
    assert status == 503
    assert answers["database"] == "does not answer"


def call(path: str) -> dict:
    """Return the headers of an answer given by the real WSGI application."""
    told = {}

    def start_response(status, headers):
        told.update({name.lower(): value for name, value in headers}, status=status)

    environ = RequestFactory().get(path).environ
    b"".join(application(environ, start_response))
    return told


@pytest.mark.django_db  # the handler looks at whatever connection an earlier test left open
def test_probes_pass_the_short_list_of_middleware():
    headers = call("/healthz")
    assert headers["status"] == "200 OK"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-language" not in headers


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_no_standby_confirmed_is_not_called_done():
    def pay():
        notice = SimpleNamespace(source_function="SyncRepWaitForLSN")
        connection.connection._notice(notice)

    with pytest.raises(OutcomeUnknown):
        unit_of_work(pay)
    assert unit_of_work(lambda: "paid") == "paid"
