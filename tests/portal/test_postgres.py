"""The embedded database: one server a home, whoever comes, goes or is killed."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from portal import database, postgres

ROOT = Path(__file__).resolve().parents[2]
#: A process that uses the server until its standard input closes.
USER = """
import sys
from portal import postgres
print(postgres.serve(sys.argv[1], durable=False), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home():
    """Return a home whose database exists but is not running."""
    with tempfile.TemporaryDirectory(prefix="portal-") as made:
        server = postgres.Server(Path(made), durable=False)
        server.enter()
        server.leave()
        yield Path(made)


@contextlib.contextmanager
def user_of(home):
    """Run another process that uses the home's server."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        process.url = process.stdout.readline().strip()
        assert process.url
        yield process
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def postmaster(home) -> int:
    return int(recorded(home).read_text().split()[0])


def recorded(home) -> Path:
    return postgres.Server(home).data / "postmaster.pid"


def gone(pid) -> None:
    """Wait until a process is no more, or a zombie, whose command line is empty."""
    deadline = time.monotonic() + 60
    with contextlib.suppress(OSError):
        while Path(f"/proc/{pid}/cmdline").read_bytes() and time.monotonic() < deadline:
            time.sleep(0.01)


def answers(url: str) -> bool:
    folder = url.removeprefix("postgres://postgres@/").removesuffix("/portal")
    with psycopg.connect(host=folder, user="postgres", dbname="portal") as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_the_last_one_out_stops_the_server(home):
    with user_of(home) as first:
        with user_of(home) as second:
            assert first.url == second.url
        assert answers(first.url)
    assert not recorded(home).exists()


def test_first_starts_at_once_make_one_cluster():
    with contextlib.ExitStack() as stack:
        fresh = stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-"))
        users = [
            subprocess.Popen(
                [sys.executable, "-c", USER, fresh],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for _ in range(3)
        ]
        for user in users:
            stack.callback(user.stdout.close)
            stack.callback(user.wait, 60)
            stack.callback(user.stdin.close)
        urls = {user.stdout.readline().strip() for user in users}
        assert len(urls) == 1
        assert answers(urls.pop())


def test_a_server_left_by_a_killed_user_is_adopted_and_stopped(home):
    with user_of(home) as killed:
        killed.kill()
    left_running = postmaster(home)
    with user_of(home) as heir:
        assert postmaster(home) == left_running
        assert answers(heir.url)
    assert not recorded(home).exists()


def test_a_killed_server_is_started_again(home):
    with user_of(home) as bereaved:
        server = postmaster(home)
        helpers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        os.kill(server, signal.SIGKILL)
        for each in (server, *helpers):  # they hold its memory until they notice
            gone(each)
        with user_of(home) as next_one:
            assert answers(next_one.url)
            assert next_one.url == bereaved.url


def test_a_process_number_now_used_by_somebody_else_is_not_our_server(home):
    server = postgres.Server(home)
    recorded(home).write_text(f"{os.getpid()}\n{server.data}\n")
    try:
        assert not server._is_alive()
    finally:
        recorded(home).unlink()


def test_a_zombie_is_not_our_server(home):
    zombie = subprocess.Popen(["true"])
    gone(zombie.pid)
    recorded(home).write_text(f"{zombie.pid}\n")
    try:
        assert not postgres.Server(home)._is_alive()
    finally:
        recorded(home).unlink()
        zombie.wait()


def test_a_path_too_long_for_a_socket_gets_a_short_one(home):
    deep = home.joinpath(*["a-folder-with-quite-a-long-name"] * 4)
    server = postgres.Server(deep)
    assert len(f"{server.sockets}/.s.PGSQL.5432") <= 107


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_folder_closed_to_the_servers_account_is_left_closed(tmp_path):
    tmp_path.chmod(0o700)
    server = postgres.Server(tmp_path / "home")
    try:
        assert server.data.parent.parent == Path("/var/lib")
        assert postgres.Server(tmp_path / "home").data == server.data
        assert tmp_path.stat().st_mode & 0o077 == 0
    finally:
        server.place.rmdir()


def test_data_of_another_version_are_refused_with_what_to_do(tmp_path):
    (tmp_path / "pg12").mkdir()
    with pytest.raises(ImproperlyConfigured, match="dump with the old version"):
        postgres._programs(tmp_path)


def test_no_program_at_all_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "_sources", lambda: [])
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        postgres._programs(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_somebody_elses_socket_folder_is_refused(home):
    server = postgres.Server(home)
    strange = home / "strange"
    strange.mkdir()
    with pytest.raises(ImproperlyConfigured, match="belongs to somebody else"):
        server._own_folder(strange)


def test_database_url_wins(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://clerk:secret@db.example:6432/pooling")
    entry = database.configuration(tmp_path)
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example", 6432, "pooling")
    assert not any(tmp_path.iterdir())


@pytest.mark.django_db
def test_nobody_waits_longer_than_three_seconds_for_a_row(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://clerk:secret@db.example:6432/pooling")
    options = database.configuration(tmp_path)["OPTIONS"]["options"]
    here = connection.settings_dict
    where = {"host": here["HOST"], "port": here["PORT"] or None, "dbname": here["NAME"]}
    where |= {"user": here["USER"], "password": here["PASSWORD"] or None}
    with psycopg.connect(**where, options=options) as till:
        assert till.execute("SHOW lock_timeout").fetchone() == ("3s",)


def test_a_commit_that_no_standby_confirmed_is_remembered(home):
    with user_of(home) as server:
        folder = server.url.removeprefix("postgres://postgres@/").removesuffix("/portal")
        where = {"host": folder, "user": "postgres", "dbname": "portal", "autocommit": True}
        with (
            database.WatchfulConnection.connect(**where) as till,
            psycopg.connect(**where) as operator,
        ):
            till.execute("CREATE TABLE IF NOT EXISTS kept (note text)")
            till.execute("DO $$ BEGIN RAISE WARNING 'of another kind'; END $$")
            assert not till.commit_not_replicated
            operator.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            operator.execute("SELECT pg_reload_conf()")
            try:
                with _cancelling_waits(operator, till.info.backend_pid):
                    deadline = time.monotonic() + 30
                    # The server takes a moment to know its new setting.
                    while not till.commit_not_replicated and time.monotonic() < deadline:
                        till.execute("INSERT INTO kept VALUES ('paid')")
                assert till.commit_not_replicated
            finally:
                operator.execute("ALTER SYSTEM RESET synchronous_standby_names")
                operator.execute("SELECT pg_reload_conf()")


@contextlib.contextmanager
def _cancelling_waits(operator, pid: int):
    """From a thread, cancel the backend whenever it waits for a standby."""
    question = """
        SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE pid = %s AND wait_event = 'SyncRep'
    """
    done = threading.Event()

    def watch():
        while not done.wait(0.02):
            operator.execute(question, (pid,))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
