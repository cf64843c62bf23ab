"""The portal's settings with keys for tests."""

import os
import tempfile
from pathlib import Path

_scratch = Path(tempfile.gettempdir()) / f"family-pooling-tests-{os.getuid()}"
_scratch.mkdir(exist_ok=True)
_keys = _scratch / "root"
if not _keys.exists():
    _keys.write_text("1:" + "5a" * 32 + "\n", "ascii")
os.environ.setdefault("SECRET_KEY", "for tests only, signs nothing that matters anywhere")
os.environ["PORTAL_KEY_FILE"] = str(_keys)
os.environ.setdefault("PORTAL_DEMO", "1")

from portal.settings import *  # noqa: E402

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
