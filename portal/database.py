"""Where the data live: `DATABASE_URL`, else the embedded PostgreSQL under `PORTAL_HOME`."""

import os
from pathlib import Path

import environ
import psycopg

from portal import postgres


class WatchfulConnection(psycopg.Connection):
    """Remembers that a commit was never confirmed by a standby.

    PostgreSQL answers COMMIT with success and a mere warning when the wait for synchronous
    replication was cancelled; `unit_of_work` must not take that for "done".
    """

    commit_not_replicated = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_notice_handler(self._notice)

    def _notice(self, diagnostic) -> None:
        # By the server's function, not by its words: those follow the server's language.
        if diagnostic.source_function == "SyncRepWaitForLSN":
            self.commit_not_replicated = True


def configuration(home: Path) -> dict:
    """Return Django's DATABASES entry: pooled, 3 s of lock timeout, statements prepared."""
    if not os.environ.get("DATABASE_URL"):
        # Child processes inherit it, so that they neither start nor stop the server.
        os.environ["DATABASE_URL"] = postgres.serve(home)
    entry = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    entry["OPTIONS"] = entry.get("OPTIONS", {}) | {
        "options": "-c lock_timeout=3000",
        # A till asks the same few questions at every bill: planned once on each connection.
        "server_side_binding": True,
        "prepare_threshold": 5,
        "pool": {
            "min_size": 1,
            "max_size": 8,
            "timeout": 10,
            "connection_class": WatchfulConnection,
        },
    }
    entry["CONN_MAX_AGE"] = 0
    return entry
