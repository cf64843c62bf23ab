"""Where pages of proof lie: encrypted files of random names, outside whatever is served.

A file is written whole or not at all: beside its place, flushed to the disk, then renamed.
It may outlive a transaction that was rolled back; `jobs.sweep_uploads` removes it.
"""

import math
import os
import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

from pooling.shared import crypto

_NAME = re.compile(r"[0-9a-f]{32}")


def new_name() -> str:
    """Return a name that says nothing about what it names."""
    return secrets.token_hex(16)


def put(name: str, data: bytes, *, key: str, bound: str) -> str:
    """Encrypt and keep `data`; return the SM3 of what lies on the disk."""
    encrypted = crypto.encrypt(data, key=key, bound=bound)
    place = _place(name)
    # Only the last folder of mkdir gets the mode: each is made by itself.
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_name(f".{name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(encrypted)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _flush_folder(place.parent)
    return crypto.sm3(encrypted)


def get(name: str, *, key: str, bound: str) -> bytes:
    """Return what was put there. Raises CannotOpen where it is gone, changed or of another key."""
    try:
        encrypted = _place(name).read_bytes()
    except OSError as error:
        raise crypto.CannotOpen(f"{bound}: no file") from error
    return crypto.decrypt(encrypted, key=key, bound=bound)


def remove(names: Iterable[str]) -> None:
    """Remove files; those already gone are as wanted."""
    for name in names:
        _place(name).unlink(missing_ok=True)


def sweep(*, before, known: Callable[[set[str]], set[str]]) -> int:
    """Remove files last written before a moment that nobody knows; return how many.

    `known` is given names, a folder at a time, and returns those that rows speak of. What an
    interrupted `put` left behind is known to nobody.
    """
    gone = 0
    for folder in Path(settings.UPLOADS).glob("??"):
        old = {path.name: path for path in folder.iterdir() if _written(path) < before.timestamp()}
        for name in old.keys() - known(set(old)):
            old[name].unlink(missing_ok=True)
            gone += 1
    return gone


def _written(path: Path):
    """Return when a file was last written; one that just went counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _place(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError("not a name of this store")
    return Path(settings.UPLOADS) / name[:2] / name


def _flush_folder(folder: Path) -> None:
    """Make the new name last: the rename itself lives in the folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
