"""How the database is emptied after a test that committed.

Django truncates every table and makes anew what it knows of models and permissions: hundreds of
files and of statements. Here the latter stays, for no test changes it, and rows are deleted; the
laws that forbid it sleep meanwhile, which the test server's superuser may ask for.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

_STAY = {Permission._meta.db_table, ContentType._meta.db_table}


def empty(_test_case) -> None:
    """Stand in for `TransactionTestCase._fixture_teardown`."""
    found = connection.introspection.django_table_names(only_existing=True)
    tables = [connection.ops.quote_name(name) for name in sorted(set(found) - _STAY)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")
            # As truncating would, wait for whoever still writes.
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))
        else:
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
