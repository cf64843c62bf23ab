"""The portal's settings with a key and a database of their own for tests."""

import hashlib
import os
import tempfile
from pathlib import Path

from portal import postgres

#: By user and checkout, and reused: a second run finds the database server made by the first.
_mark = hashlib.sha256(__file__.encode()).hexdigest()[:8]
SCRATCH = Path(tempfile.gettempdir()) / f"family-pooling-tests-{os.getuid()}-{_mark}"
(SCRATCH / "static").mkdir(parents=True, exist_ok=True)
_key = SCRATCH / "root"
if not _key.exists():
    _key.write_text("1:" + "5a" * 32 + "\n", "ascii")
os.environ["PORTAL_KEY_FILE"] = str(_key)
os.environ["PORTAL_HOME"] = str(SCRATCH)
os.environ.setdefault("PORTAL_DEMO", "1")
os.environ.setdefault("SECRET_KEY", "for tests only, signs nothing that matters anywhere")
if "DATABASE_URL" not in os.environ:
    # Workers of pytest-xdist inherit it; the process that started them keeps the server.
    os.environ["DATABASE_URL"] = postgres.serve(SCRATCH, durable=False)

from portal.catalogues import compile_stale  # noqa: E402
from portal.settings import *  # noqa: E402

compile_stale(LOCALE_PATHS)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Many wait for one another on a busy machine, and only a failure waits as long as this.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=60000"
DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 60
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
