"""Change the books as only a superuser of the database can."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def tampered(statement: str):
    """Run SQL past every trigger, and undo it (and all that followed) at the end."""
    before = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    yield
    transaction.savepoint_rollback(before)
