"""The two secrets of a home: made once by `manage.py up`, readable by their owner alone."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from pooling.shared.crypto import make_root_key


def make(home: Path) -> list[Path]:
    """Make the keys that `home` lacks and return their files.

    Raises ImproperlyConfigured where data exist whose root key is gone: a new one would
    open none of the names and numbers, and would hide that they are lost.
    """
    folder = home / "keys"
    root, signing = folder / "root", folder / "secret_key"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    if not root.exists() and "PORTAL_KEY_FILE" not in os.environ:
        if any(home.glob("pg[0-9][0-9]")) or any(home.glob("server/pg[0-9][0-9]")):
            raise ImproperlyConfigured(
                f"{root} is missing but {home} holds data sealed with it: put the key back from "
                "its backup (docs/operations.md), or choose another PORTAL_HOME."
            )
        made.append(_write(root, f"1:{make_root_key()}\n"))
    if not signing.exists():
        made.append(_write(signing, secrets.token_urlsafe(50)))
    return made


def _write(path: Path, text: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return path
