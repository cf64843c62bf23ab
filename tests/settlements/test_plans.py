"""Every question of a bill and of the usage log has an index that answers it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pooling.settlements import selectors, services
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db
ASKS = ("SELECT", "UPDATE", "WITH")


def preview(family):
    bill = build.bill(family.mei, 1000, place=family.clinic)
    by = build.till(family.clinic)
    services.preview(bill=bill, backdate_days=0, by=by, at=build.NOON)


def settle(family):
    build.settle(family.mei, 1000, place=family.clinic)


def reverse(family):
    build.reversal(family.mei.settlements.latest("pk"))


def refund(family):
    build.refund(family.mei.settlements.latest("pk"), 100)


def read_the_log(family):
    selectors.usage_for(family.mei.pk)
    selectors.usage_for(family.wei.pk)
    selectors.decision_for(family.wei.pk, family.mei.settlements.latest("pk").pk)


def repeat_a_message(family):
    message_id = family.mei.settlements.latest("pk").message_id
    selectors.id_by_message(family.clinic.pk, message_id)


@pytest.mark.parametrize("work", [preview, settle, reverse, refund, read_the_log, repeat_a_message])
def test_no_question_has_to_read_a_whole_table(work):
    family = household()
    build.settle(family.mei, 13000, place=family.clinic)
    with CaptureQueriesContext(connection) as captured:
        work(family)
    asked = [each["sql"] for each in captured if each["sql"].strip().startswith(ASKS)]
    assert asked
    whole = {sql: read for sql in asked if (read := read_whole(plan(sql)))}
    assert whole == {}


def plan(sql: str) -> dict:
    """Return how PostgreSQL would answer if it had to avoid reading tables whole.

    Of a handful of rows any plan is cheap: only what is possible can be asked.
    """
    with connection.cursor() as cursor:
        # Joining by merging or hashing reads a side whole; only tiny tables tempt to it.
        for tempting in ("seqscan", "mergejoin", "hashjoin"):
            cursor.execute(f"SET LOCAL enable_{tempting} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        return cursor.fetchone()[0][0]["Plan"]


def read_whole(node: dict) -> list[str]:
    """Return the tables read from end to end: by no index, or by one without a condition."""
    found = [table for part in node.get("Plans", ()) for table in read_whole(part)]
    scans = node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan")
    if scans and "Index Cond" not in node:
        found.append(node["Relation Name"])
    return found
