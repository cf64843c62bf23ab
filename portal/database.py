"""Where the database is: `DATABASE_URL`, else the embedded server under `PORTAL_HOME`."""

import os
from pathlib import Path

import environ


def configuration(home: Path) -> dict:
    """Return Django's DATABASES entry: pooled, with a 3 s lock timeout on every connection."""
    url = os.environ["DATABASE_URL"]
    entry = environ.Env.db_url_config(url)
    entry["OPTIONS"] = entry.get("OPTIONS", {}) | {
        "options": "-c lock_timeout=3000",
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }
    entry["CONN_MAX_AGE"] = 0
    return entry
