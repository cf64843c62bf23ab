"""Where it is measured: an own home, its own database server, a portal filled once and copied.

Filling a hundred thousand members takes minutes, so a filled home is kept under the system's
folder for temporary files. What is measured is a fresh copy of its database, the same each run.
"""

import contextlib
import getpass
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks import families
from pooling.registry import demo_files
from pooling.shared.periods import business_date
from portal import keys, postgres
from portal.processes import Children

ROOT = Path(__file__).resolve().parent.parent
COPY = "measured"
HOST = "127.0.0.1"


class Place:
    """A home with so many members, of which some families have money to spend."""

    def __init__(self, members: int):
        self.families = max(1, min(2000, members // 10))
        #: Invented by `make_demo_registry`; the families with money come after them.
        self.others = members - 3 * self.families
        mark = _mark(members)
        folder = Path(tempfile.gettempdir(), f"family-pooling-bench-{getpass.getuser()}")
        self.home = folder / f"{members}-{mark}"
        (self.home / "static").mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        keys.make(self.home)
        url = postgres.serve(self.home)  # flushes as in production
        self.server = postgres.in_use[-1]
        self.filled_url = url
        self.url = url.removesuffix(postgres.NAME) + COPY

    def environment(self, url: str) -> dict[str, str]:
        """Return what the portal's programs are told: production, but for TLS, which we lack."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": url,
            "PORTAL_HOME": str(self.home),
            "PORTAL_DEMO": "0",
            "PORTAL_SECURE": "0",
            "SMS_BACKEND": "nobody.is.told",
        }

    def fill(self) -> bool:
        """Fill the database unless an earlier run has; return whether it did."""
        done = self.home / "filled"
        if done.exists():
            return False
        self._ask("postgres", f"DROP DATABASE IF EXISTS {postgres.NAME} WITH (FORCE)")
        self._ask("postgres", f"CREATE DATABASE {postgres.NAME}")
        others, rich = self.home / "others", self.home / "rich"
        on = business_date(datetime.now(UTC))
        self._manage("migrate", "--verbosity", "0")
        self._manage("load_policies", "--verbosity", "0")
        self._manage("make_demo_registry", others, "--members", self.others, "--on", on)
        # Nobody asks for these people's authorisations, and they take longest to load.
        (others / "bindings.csv").unlink()
        self._manage("load_registry", others)
        demo_files.write(rich, families.families(self.families, after=self.others, on=on), on=on)
        self._manage("load_registry", rich, "--strict")
        self._ask(postgres.NAME, "VACUUM (ANALYZE)")
        done.touch()
        return True

    def copy(self) -> None:
        """Put a fresh copy of the filled database where it is measured."""
        self._ask("postgres", f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)")
        self._ask("postgres", f"CREATE DATABASE {COPY} TEMPLATE {postgres.NAME} STRATEGY FILE_COPY")
        self._ask("postgres", "CHECKPOINT")

    @contextlib.contextmanager
    def portal(self) -> Iterator[int]:
        """Serve the copy by `manage.py up`, as anybody would; yield the port."""
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        os.environ |= {"PORTAL_HOST": HOST, "PORTAL_PORT": str(port)}
        children = Children()
        try:
            up = [sys.executable, "manage.py", "up"]
            children.start("up", up, folder=ROOT, output=sys.stderr)
            _wait(f"http://{HOST}:{port}/readyz", children)
            yield port
        finally:
            children.stop(patience=30)

    def program(self, name: str) -> Path:
        """Return a program that lies beside the database server's."""
        return self.server.programs.folder / name

    def _manage(self, *words) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=ROOT,
            env=self.environment(self.filled_url),
            stdout=sys.stderr,
            check=True,
        )

    def _ask(self, database: str, question: str) -> None:
        where = {"host": self.server.sockets, "user": "postgres", "dbname": database}
        with psycopg.connect(**{k: str(v) for k, v in where.items()}, autocommit=True) as asked:
            asked.execute(question)


def _mark(members: int) -> str:
    """Return a name that changes whenever a filled home would come out different."""
    made_by = hashlib.sha256()
    for pattern in ("*/**/migrations/*", "pooling/policy/data/*", "pooling/registry/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and ".venv" not in path.parts and "__pycache__" not in path.parts:
                made_by.update(path.read_bytes())
    made_by.update((ROOT / "benchmarks" / "families.py").read_bytes())
    return made_by.hexdigest()[:10]


def _wait(address: str, children: Children) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if ended := children.ended():
            raise SystemExit(f"{ended} did not start; see above.")
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit(f"{address} did not answer within two minutes.")
