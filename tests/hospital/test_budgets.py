"""What a request may cost: statements, BEGIN and COMMIT aside (docs of the house: P2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import build
from tests.hospital.conftest import AREA

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(till, hotline, family):
    """Return a function that makes one of the requests and returns its statements."""
    requests = {
        "settle": till.settle,
        "preview": lambda bill: till.post("/preview", bill),
        "balance": lambda _bill: hotline.get(f"/members/{family.mei.psn_no}/balance"),
    }

    def asked(what: str) -> list[str]:
        bill = till.bill(family.mei, "100.00")
        with CaptureQueriesContext(connection) as captured:
            assert requests[what](bill).status in (200, 201)
        # The payable's id is remembered once committed, which a test never does.
        aside = ("SAVEPOINT", "'payable:")
        sql = [each["sql"] for each in captured]
        return [each for each in sql if not any(word in each for word in aside)]

    return asked


@pytest.mark.parametrize(("what", "budget"), [("settle", 11), ("preview", 4), ("balance", 4)])
def test_a_request_keeps_its_budget_however_many_pay(ask, family, what, budget):
    ask(what)  # what a process learns once
    statements = ask(what)
    # One line of the log, written after the money is settled; a hotline has none.
    logged = [sql for sql in statements if "INSERT INTO hospital_exchange" in sql]
    assert len(logged) == (what != "balance")
    assert len(statements) <= budget + len(logged), [sql[:90] for sql in statements]
    for _ in range(3):
        payer = build.employee(area=AREA)
        build.personal_account(payer, prior=10_00, area=AREA)
        build.active_binding(payer, family.mei, rank=1)
    assert len(ask(what)) == len(statements)


@pytest.mark.parametrize("what", ["settle", "preview", "balance"])
def test_no_statement_is_so_long_that_psycopg_parses_it_each_time(ask, what):
    given = []

    def note(execute, sql, parameters, *rest):
        given.append((sql, len(parameters or ())))
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(note):
        ask(what)
    long = [sql for sql, count in given if len(sql) > 4096 or count > 50]
    assert len(given) > 3
    assert not long


@pytest.mark.parametrize("what", ["settle", "preview", "balance"])
def test_what_a_till_asks_often_is_planned_no_more(ask, what):
    for _ in range(12):
        statements = ask(what)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE generic_plans > 0")
        planned_once = cursor.fetchone()[0]
    # Where it plans anew, a list or the ledger's arrays stand in the statement.
    assert planned_once >= len(statements) - 2
