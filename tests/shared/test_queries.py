"""Query sets compiled once: the same rows as the query set's own, whatever the values."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Func, IntegerField, Value
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import Enrolment, Member
from pooling.notices.models import Notice
from pooling.shared.queries import compiled_once, insert, insert_with
from tests import build

pytestmark = pytest.mark.django_db


@compiled_once
def enrolled(ids, on):
    rows = Enrolment.objects.filter(member__any=ids, from_date__lte=on).select_related("member")
    return rows.order_by("pk")


@compiled_once
def locked(psn_no):
    return Member.objects.select_for_update(no_key=True).filter(psn_no=psn_no)


@compiled_once
def counted(gender):
    length = Func("psn_no", function="length", output_field=IntegerField())
    said = Value("100 % 'sure'")
    return Member.objects.filter(gender=gender).annotate(length=length, one=Value(1), said=said)


def test_each_run_answers_for_its_own_values():
    mei, wei = build.resident("梅"), build.employee("魏建国")
    both = enrolled(ids=[mei.pk, wei.pk], on=build.TODAY)
    assert [row.member.name for row in both] == ["梅", "魏建国"]
    assert [row.member_id for row in enrolled(ids=[wei.pk], on=build.TODAY)] == [wei.pk]
    assert enrolled(ids=[], on=build.TODAY) == []
    assert enrolled(ids=[wei.pk], on=date(1999, 1, 1)) == []


def test_rows_are_whole_models_and_come_with_their_relations():
    mei = build.resident("梅")
    with CaptureQueriesContext(connection) as asked:
        (row,) = enrolled(ids=[mei.pk], on=build.TODAY)
        assert (row.member, row.member.name, row._state.db) == (mei, "梅", "default")
    assert len(asked) == 1


def test_annotations_come_along():
    mei = build.resident("梅", gender="2")
    (row,) = counted(gender="2")
    assert (row, row.length, row.one) == (mei, len(mei.psn_no), 1)
    assert row.said == "100 % 'sure'"


def test_of_a_query_only_the_values_are_sent_each_of_them_once():
    sent = []

    def note(execute, sql, parameters, *rest):
        sent.append(parameters)
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(note):
        counted(gender="2")
        assert enrolled(ids=[], on=build.TODAY) == []
    assert sent == [{"gender": "2"}, {"ids": [], "on": build.TODAY}]


def test_a_value_is_never_sql():
    build.resident("梅", psn_no="O'Neil %s")
    assert [row.name for row in locked(psn_no="O'Neil %s")] == ["梅"]
    assert locked(psn_no="' OR '1' = '1") == []


def test_a_lock_is_taken_each_time():
    build.resident("梅", psn_no="P1")
    with CaptureQueriesContext(connection) as asked:
        locked(psn_no="P1")
        locked(psn_no="P1")
    assert [each["sql"].endswith("FOR NO KEY UPDATE") for each in asked] == [True, True]


@pytest.mark.django_db(transaction=True)
def test_locking_for_nobody_is_refused_each_time():
    with transaction.atomic():
        locked(psn_no="P1")
    for _ in range(2):
        with pytest.raises(TransactionManagementError):
            locked(psn_no="P1")


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_and_nothing_else():
    people = [build.resident(name) for name in "梅兰竹菊"]

    def names(person) -> list[str]:
        try:
            asked = (enrolled(ids=[person.pk], on=build.TODAY) for _ in range(20))
            return [row.member.name for rows in asked for row in rows]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(names, people)) == [[person.name] * 20 for person in people]


def test_rows_are_inserted_in_one_statement_and_know_their_ids():
    mei = build.resident("梅")
    values = {"name": "O'Neil %s", "fen": 1}
    with CaptureQueriesContext(connection) as asked:
        rows = insert(
            Notice(member=mei, kind=kind, values=values, created_at=build.NOON) for kind in "ab"
        )
        assert insert([]) == []
    assert len(asked) == 1
    for row in rows:
        stored = Notice.objects.get(pk=row.pk)
        assert (stored.kind, stored.values, stored.read_at) == (row.kind, values, None)
        assert (row._state.adding, row._state.db) == (False, "default")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_row_and_what_hangs_on_it_are_inserted_in_one_statement(count):
    mei, known = copy(build.resident("梅")), Enrolment.objects.get()
    mei.pk, mei.uid, mei.psn_no, mei.cert_no_index = None, uuid4(), "O'Neil %s", b"x" * 32
    parts = [copy(known) for _ in range(count)]
    for years, part in enumerate(parts, 1):
        part.pk, part.from_date, part.to_date = None, date(1990 + years, 1, 1), date(1999, 9, 9)
    with CaptureQueriesContext(connection) as asked:
        insert_with(mei, parts, Enrolment.member.field)
    assert len(asked) == 1
    assert Member.objects.get(pk=mei.pk).psn_no == "O'Neil %s"
    stored = Enrolment.objects.filter(member=mei.pk).order_by("from_date")
    assert list(stored.values()) == [
        Enrolment.objects.filter(pk=known.pk).values().get()
        | {"id": part.pk, "member_id": mei.pk, "from_date": part.from_date, "to_date": part.to_date}
        for part in parts
    ]
    assert [(part.member, part._state.adding) for part in parts] == [(mei, False)] * count
