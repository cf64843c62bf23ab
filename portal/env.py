"""Settings that come from outside, each with a sentence for whoever forgot it."""

import hashlib
import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
read = environ.Env()


def required(name: str, *, because: str) -> str:
    """Return a variable that has no safe default.

    Raises ImproperlyConfigured naming the variable and what it is for.
    """
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {because} See .env.example for every variable.")
    return value


def secret_key(home: Path) -> str:
    """Return SECRET_KEY, else the one `manage.py up` made in `home`."""
    made = home / "keys" / "secret_key"
    if "SECRET_KEY" not in os.environ and made.is_file():
        return made.read_text("ascii")
    return required("SECRET_KEY", because="it signs sessions; `manage.py up` makes one.")


def home() -> Path:
    """Return the folder that holds data, keys and uploads (`PORTAL_HOME`).

    By default an ordinary user keeps it in the checkout; root keeps it under
    /var/lib, named after the checkout, because the database server runs as an
    unprivileged user who may be unable to enter root's folders.
    """
    given = os.environ.get("PORTAL_HOME")
    if given:
        return Path(given).expanduser().resolve()
    if os.name == "posix" and os.geteuid() == 0:
        mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
        return Path("/var/lib") / f"family-pooling-{mark}"
    return ROOT / "var"
