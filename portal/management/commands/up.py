"""`manage.py up`: everything the portal is, from one command."""

import contextlib
import fcntl
import hashlib
import os
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal import demo, postgres
from portal.catalogues import compile_stale
from portal.env import ROOT, read
from portal.processes import Children

_WORKER = [sys.executable, "manage.py", "procrastinate", "worker"]


class Command(BaseCommand):
    """Prepare the database and serve, until Ctrl-C, SIGTERM or the end of a part."""

    help = "准备数据库并启动门户：网站、接口与后台作业。Prepare and serve the whole portal."
    requires_system_checks = ()
    _asked_to_stop = False
    _has_children = False

    def add_arguments(self, parser):
        parser.add_argument("--prepare-only", action="store_true", help="不启动服务。Do not serve.")

    def handle(self, *, prepare_only: bool, **options):
        # Ctrl-C too: a shell that starts us in the background leaves it ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        host, port = (
            read.str("PORTAL_HOST", default="127.0.0.1"),
            read.int("PORTAL_PORT", default=8000),
        )
        try:
            with _alone(settings.HOME):
                if not prepare_only:
                    _refuse_busy(host, port)
                self._prepare()
                if not prepare_only:
                    self._serve(host, port)
        except KeyboardInterrupt:
            self._say("已停止，没有留下任何进程。", "Stopped; no process is left.")

    def _stop(self, number, frame) -> None:
        """Stop at once while preparing; beside children only take note.

        Raised in the midst of starting a child, an exception would lose the child or, in a
        hook that swallows exceptions, itself.
        """
        self._asked_to_stop = True
        if not self._has_children:
            raise KeyboardInterrupt

    def _pause(self, seconds: float, children: Children) -> None:
        """Let time pass; raise KeyboardInterrupt or CommandError when serving is over."""
        if self._asked_to_stop:
            raise KeyboardInterrupt
        if ended := children.ended():
            raise CommandError(
                f"{ended} 意外结束，已全部停止。{ended} ended; everything is stopped."
            )
        time.sleep(seconds)

    def _prepare(self) -> None:
        self._say(f"数据、密钥与上传：{settings.HOME}", "data, keys and uploads")
        if postgres.in_use:
            self._say("数据库：自带的 PostgreSQL", "database: the embedded PostgreSQL")
        else:
            self._say("数据库：DATABASE_URL 所指", "database: yours, by DATABASE_URL")
        if _unmigrated():
            self._say("正在建表……", "migrating ...")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_roles", verbosity=0)
        call_command("load_policies", if_none=True, verbosity=0)
        if settings.DEMO and demo.is_wanted():
            self._say("正在准备演示数据……", "making demo data ...")
            demo.make()
        compile_stale(settings.LOCALE_PATHS)
        if _collect_static():
            self._say("静态文件已就绪", "static files are collected")
        # The children have connections of their own.
        connection.close()
        connection.close_pool()

    def _serve(self, host: str, port: int) -> None:
        children = Children()
        self._has_children = True
        try:
            children.start("granian", _server(host, port), folder=ROOT)
            self._wait_for(f"http://{host}:{port}/healthz", children)
            # The first page does not wait for it.
            worker = {"folder": ROOT, "orphaned": signal.SIGKILL}
            children.start("procrastinate", _WORKER, **worker)
            self._tell(f"http://localhost:{port}")
            while True:
                self._pause(0.2, children)
        finally:
            children.stop()

    def _tell(self, site: str) -> None:
        self._say(f"\n门户 {site}/", "portal")
        self._say(f"工作台 {site}/admin/", "admin")
        self._say(f"接口 {site}/api/v1/docs", "REST interface")
        if settings.DEMO:
            self._say(f"验证码与动态口令 {site}/demo/outbox/", "every code you will be asked for")
            for line in demo.whom_to_sign_in_as():
                self.stdout.write(f"  {line}")
        self._say("停止：Ctrl-C", "stop: Ctrl-C")

    def _wait_for(self, address: str, children: Children) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self._pause(0.05, children)
            with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310
                return
        raise CommandError("网站一分钟内没有应答。The site did not answer within a minute.")

    def _say(self, chinese: str, english: str) -> None:
        self.stdout.write(f"{chinese}  ·  {english}")
        self.stdout.flush()


@contextlib.contextmanager
def _alone(home: Path):
    """Hold the home's lock; refuse a second `up` on it."""
    with (home / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"{home} 的门户已经在运行；要再开一个，请另设 PORTAL_HOME 和 PORTAL_PORT。\n"
                f"The portal of {home} is already running; for another one set PORTAL_HOME and "
                "PORTAL_PORT."
            ) from None
        yield


def _refuse_busy(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 用不了（{error.strerror}）；请用 PORTAL_PORT 另选一个。\n"
                f"Port {port} cannot be used ({error.strerror}); choose another by PORTAL_PORT."
            ) from None


def _server(host: str, port: int) -> list[str]:
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
    server += ["--blocking-threads", "4", "--respawn-failed-workers", "--no-ws"]
    # A worker told to stop while it still starts would never hear of it.
    server += ["--workers-kill-timeout", "5"]
    server += ["--log-level", "warning", "--host", host, "--port", str(port)]
    return [*server, "portal.wsgi:application"]


def _unmigrated() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _collect_static() -> bool:
    """Collect static files if any changed since the last time: hashing them takes seconds."""
    mark = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            mark.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(mark.hexdigest())
    return True
