"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_SIGNAL_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Children:
    """Some programs that serve together: when one ends, so do all."""

    def __init__(self):
        self._running: dict[str, subprocess.Popen] = {}

    def start(
        self,
        name: str,
        command: list[str],
        *,
        folder: Path,
        output=None,
        orphaned: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a program in a session of its own, so that Ctrl-C reaches us alone.

        `orphaned` is what it gets where we are killed. One that has no children of its own may
        get SIGKILL, which cannot come too early: asked politely while it starts, it may not hear.
        """
        parent = os.getpid()
        self._running[name] = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
            preexec_fn=(lambda: _die_with(parent, orphaned)) if _libc else None,
        )

    def ended(self) -> str | None:
        """Return the name of a program that is no longer running."""
        ended = (name for name, child in self._running.items() if child.poll() is not None)
        return next(ended, None)

    def stop(self, *, patience: float = 10) -> None:
        """End every program: politely, then for good, with whatever they had started."""
        for child in self._running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + patience
        for child in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _die_with(parent: int, orphaned: signal.Signals) -> None:
    """Between fork and exec: even a parent killed with -9 takes its children along."""
    _libc.prctl(_SIGNAL_WITH_PARENT, orphaned)
    if os.getppid() != parent:  # it was killed before we asked
        os._exit(1)
