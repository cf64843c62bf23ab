"""`manage.py up`: one command, and nothing left behind."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: What pytest's own settings put into the environment is not for a site of its own.
_NOT_INHERITED = {"DATABASE_URL", "SECRET_KEY", "PORTAL_KEY_FILE", "DJANGO_SETTINGS_MODULE"}


@pytest.fixture(scope="module")
def home():
    with tempfile.TemporaryDirectory(prefix="portal-") as made:
        yield Path(made)


def free_port() -> int:
    """Return a port from below those the system hands out: nobody gets it while we prepare."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def up(home: Path, port: int) -> subprocess.Popen:
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    chosen = {"PORTAL_HOME": str(home), "PORTAL_PORT": str(port), "PORTAL_DEMO": "1"}
    chosen["PORTAL_DEMO_MEMBERS"] = "10"
    return subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=inherited | chosen,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextlib.contextmanager
def serving(home: Path, port: int):
    """Run the portal until the block ends; killed for good should it not obey."""
    process = up(home, port)
    try:
        deadline = time.monotonic() + 240
        while not answers(port, "/healthz"):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(120)
        process.stdout.close()


def answers(port: int, path: str) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).status == 200
    return False


def processes_naming(word: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return [line for line in found if word in line]


def test_it_serves_refuses_a_second_start_and_leaves_nothing_behind(home):
    port = free_port()
    with serving(home, port) as first:
        assert ready_soon(port)
        second = up(home, free_port())
        told, _nothing = second.communicate(timeout=120)
        assert second.returncode == 1
        assert "已经在运行" in told
        first.send_signal(signal.SIGINT)
        said, _nothing = first.communicate(timeout=120)
        assert first.returncode == 0
    assert f"http://localhost:{port}/" in said
    assert not processes_naming(str(home))
    assert not processes_naming(f"--port {port}")


def ready_soon(port: int) -> bool:
    """The job worker shows its first sign of life a moment after the site."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if answers(port, "/readyz"):
            return True
        time.sleep(0.2)
    return False


def test_a_busy_port_is_told(home):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        process = up(home, busy.getsockname()[1])
        told, _nothing = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "PORTAL_PORT" in told


def test_the_end_of_one_part_ends_all_and_says_so(home):
    port = free_port()
    with serving(home, port) as process:
        assert ready_soon(port)
        os.kill(child_of(process.pid, "procrastinate"), signal.SIGKILL)
        said, _nothing = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "procrastinate" in said
    assert not processes_naming(f"--port {port}")


def test_even_a_killed_parent_takes_its_children_along(home):
    port = free_port()
    with serving(home, port) as process:
        process.kill()
        process.communicate()
    deadline = time.monotonic() + 60
    while processes_naming(f"--port {port}") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not processes_naming(f"--port {port}")
    with serving(home, free_port()):  # adopts the database left running, and stops it
        pass
    assert not processes_naming(str(home))


def child_of(parent: int, word: str) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            owner = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if owner == parent and word in (folder / "cmdline").read_text():
                return int(folder.name)
    raise AssertionError(f"no child named {word}")
