"""How the database is emptied after a test that committed.

Django truncates the table of every model and makes anew what it knows of models and permissions:
hundreds of files and of statements. Here the latter stays, for no test changes it, and rows are
deleted; the laws that forbid it sleep meanwhile, which a superuser may ask for. Waiting jobs and
the cache go too: left behind, they would tell a later test of another's deeds.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

_STAY = [each._meta.db_table for each in (ContentType, Permission, MigrationRecorder.Migration)]


def tables() -> list[str]:
    """Return the tables that tests fill."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname = current_schema() AND tablename <> ALL(%s)",
            [_STAY],
        )
        return sorted(name for (name,) in cursor.fetchall())


def empty(_test_case=None) -> None:
    """Stand in for `TransactionTestCase._fixture_teardown`."""
    every = tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")
            # As truncating would, wait for whoever still writes.
            cursor.execute(f"LOCK TABLE {', '.join(every)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in every))
        else:
            cursor.execute(f"TRUNCATE {', '.join(every)}")
