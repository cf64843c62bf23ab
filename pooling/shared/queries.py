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
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, ForeignKey, Func, JSONField, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg import sql

Row = TypeVar("Row", bound=Model)


class Columns(Func):
    """Columns of one row as a list: so rows are brought along with others (`ArraySubquery`)."""

    function = "jsonb_build_array"
    output_field = JSONField()


class _Gap(Expression):
    """Where a value will stand; compiles to a placeholder with itself as the parameter."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class _Compiled:
    """The SQL of a query set, and how its rows become models."""

    def __init__(self, build: Callable[..., QuerySet]):
        gaps = {name: _Gap(name) for name in inspect.signature(build).parameters}
        queryset = build(**gaps)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql = _with_names(*compiler.as_sql())
        self.locks = queryset.query.select_for_update
        self.model, select, mine = queryset.model, compiler.select, compiler.klass_info
        self.names = [select[place][0].target.attname for place in mine["select_fields"]]
        self.related = get_related_populators(mine, select, DEFAULT_DB_ALIAS)
        self.annotations = compiler.annotation_col_map.items()
        self.converters = compiler.get_converters([column for column, *_ in select])
        self.convert = compiler.apply_converters

    def models(self, rows: Iterable[tuple]) -> list[Model]:
        """Do with rows what iterating over the query set would."""
        found = []
        for row in self.convert(rows, self.converters):
            each = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: len(self.names)])
            for related in self.related:
                related.populate(row, each)
            for name, place in self.annotations:
                setattr(each, name, row[place])
            found.append(each)
        return found


def compiled_once(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """Return a function that runs the query set with these values and returns its rows."""

    @functools.cache
    def compiled() -> _Compiled:
        return _Compiled(build)

    @functools.wraps(build)
    def run(**values) -> list:
        known, connection = compiled(), connections[DEFAULT_DB_ALIAS]
        if known.locks and connection.get_autocommit():
            raise TransactionManagementError("Rows are locked for a transaction; there is none.")
        with connection.cursor() as cursor:
            cursor.execute(known.sql, values)
            return known.models(cursor.fetchall())

    return run


def _with_names(statement: str, parameters: Iterable[Any]) -> str:
    """Write constants into a statement, and names where values will stand.

    So a constant is never sent, and a value once, wherever it stands.
    """
    written = (
        f"%({each.name})s" if isinstance(each, _Gap) else sql.quote(each).replace("%", "%%")
        for each in parameters
    )
    first, *rest = statement.split("%s")
    return first + "".join(map("".join, zip(written, rest, strict=True)))


def insert(rows: Iterable[Row]) -> list[Row]:
    """Insert new rows of one model in one statement and return them with their ids.

    What `bulk_create` does, for rows whose columns are all plain values.
    """
    rows = list(rows)
    if not rows:
        return rows
    fields, head, each, tail = _insertion(type(rows[0]))
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        statement = f"{head} {', '.join([each] * len(rows))} {tail}"
        cursor.execute(statement, [value for row in rows for value in _values(row, fields)])
        _inserted(rows, (pk for (pk,) in cursor.fetchall()))
    return rows


def insert_with(whole: Model, parts: list[Model], link: ForeignKey) -> None:
    """Insert a row and those that hang on it by `link`, in one statement.

    These go as JSON, so that the statement is the same however many there are: their columns
    must be what JSON can hold.
    """
    fields, statement, columns = _insertion_of_both(link)
    told = [{column: getattr(part, name) for name, column in columns} for part in parts]
    written = json.dumps(told, cls=DjangoJSONEncoder)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, [*_values(whole, fields), written])
        pk, ids = cursor.fetchone()
    _inserted([whole], [pk])
    _inserted(parts, ids)
    for part in parts:
        setattr(part, link.name, whole)


def _values(row: Model, fields: list[Field]) -> list:
    connection = connections[DEFAULT_DB_ALIAS]
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]


def _inserted(rows: list[Row], ids: Iterable[int]) -> None:
    for row, pk in zip(rows, ids, strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, DEFAULT_DB_ALIAS


@functools.cache
def _insertion(model: type[Model]) -> tuple[list[Field], str, str, str]:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(quoted(field.column) for field in fields)
    head = f"INSERT INTO {quoted(model._meta.db_table)} ({names}) VALUES"
    return fields, head, f"({', '.join(['%s'] * len(fields))})", "RETURNING id"


@functools.cache
def _insertion_of_both(link: ForeignKey) -> tuple[list[Field], str, list[tuple[str, str]]]:
    fields, head, each, tail = _insertion(link.related_model)
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    rest = [field for field in _insertion(link.model)[0] if field != link]
    names = ", ".join(quoted(field.column) for field in rest)
    table = quoted(link.model._meta.db_table)
    statement = f"""
WITH whole AS (
    {head} {each} {tail}
), part AS (
    INSERT INTO {table} ({quoted(link.column)}, {names})
    SELECT whole.id, {names} FROM whole, json_populate_recordset(NULL::{table}, %s)
    RETURNING id
)
SELECT id, ARRAY(SELECT id FROM part) FROM whole
"""  # noqa: S608 - names of columns
    return fields, statement, [(field.attname, field.column) for field in rest]
