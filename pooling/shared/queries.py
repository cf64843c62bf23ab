"""SQL that is built once: for the few questions every bill asks, and the rows it leaves.

Building the SQL costs the ORM several times what running it does, and a till asks the same
questions each time. `@compiled_once` keeps the query sets what they are, readable and checked by
the models, and only remembers what they compiled to:

    @compiled_once
    def _members(ids):
        return Member.objects.filter(pk__any=ids).order_by("pk")

    _members(ids=[1, 2])  # a list of members

An argument may only stand where SQL takes a value: the shape of a question never depends on it.
"""

import functools
import inspect
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=Model)


class _Gap(Expression):
    """Where a value will stand; compiles to a placeholder with itself as the parameter."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


def compiled_once(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """Return a function that runs the query set with these values and returns its rows."""

    @functools.cache
    def compiled() -> tuple[QuerySet, Any, str, tuple]:
        queryset = build(**{name: _Gap(name) for name in inspect.signature(build).parameters})
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        compiler.get_converters = lambda _columns: converters
        return queryset, compiler, sql, parameters

    @functools.wraps(build)
    def run(**values) -> list:
        queryset, compiler, sql, parameters = compiled()
        filled = [values[each.name] if isinstance(each, _Gap) else each for each in parameters]
        mine = copy(compiler)  # one is shared by all threads; the connection is this thread's
        mine.connection = connections[DEFAULT_DB_ALIAS]
        if queryset.query.select_for_update and mine.connection.get_autocommit():
            raise TransactionManagementError("Rows are locked for a transaction; there is none.")
        mine.as_sql = lambda *args, **options: (sql, filled)
        asked = copy(queryset.query)
        asked.get_compiler = lambda *args, **options: mine
        return list(QuerySet(queryset.model, asked))

    return run


def insert(rows: Iterable[Row]) -> list[Row]:
    """Insert new rows of one model in one statement and return them with their ids.

    What `bulk_create` does, for rows whose columns are all plain values.
    """
    rows = list(rows)
    if not rows:
        return rows
    connection = connections[DEFAULT_DB_ALIAS]
    fields, head, each, tail = _insertion(type(rows[0]))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {', '.join([each] * len(rows))} {tail}", values)
        ids = cursor.fetchall()
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, DEFAULT_DB_ALIAS
    return rows


@functools.cache
def _insertion(model: type[Model]) -> tuple[list[Field], str, str, str]:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(quoted(field.column) for field in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES"
    return fields, head, f"({', '.join(['%s'] * len(fields))})", "RETURNING id"
