"""Every question of a bill and of the usage log has an index that answers it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pooling.bindings import selectors as authorisations
from pooling.bindings import services as bindings
from pooling.settlements import selectors, services
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db
ASKS = ("SELECT", "UPDATE", "WITH")


def preview(family, _settled):
    bill = build.bill(family.mei, 1000, place=family.clinic)
    by = build.till(family.clinic)
    services.preview(bill=bill, backdate_days=0, by=by, at=build.NOON)


def settle(family, _settled):
    build.settle(family.mei, 1000, place=family.clinic)


def reverse(_family, settled):
    build.reversal(settled)


def refund(_family, settled):
    build.refund(settled, 100)


def read_the_log(family, settled):
    selectors.usage_for(family.mei.pk)
    selectors.usage_for(family.wei.pk)
    selectors.decision_for(family.wei.pk, settled.uid)


def repeat_a_message(family, settled):
    selectors.id_by_message(family.clinic.pk, settled.message_id)


def lock_by_number(family, _settled):
    patient_id, there = authorisations.lock_around_number(family.mei.psn_no)
    assert (patient_id, {family.mei.pk, family.wei.pk} <= set(there)) == (family.mei.pk, True)
    assert authorisations.lock_around_number("nobody's") == (None, [])


@pytest.mark.parametrize(
    "work",
    [preview, settle, reverse, refund, read_the_log, repeat_a_message, lock_by_number],
)
def test_no_question_has_to_read_a_whole_table(work):
    some_purses()
    family = household()
    settled = build.settle(family.mei, 13000, place=family.clinic)
    with CaptureQueriesContext(connection) as captured:
        work(family, settled)
    asked = [each["sql"] for each in captured if each["sql"].strip().startswith(ASKS)]
    assert asked
    whole = {sql: read for sql in asked if (read := read_whole(plan(sql)))}
    assert whole == {}


def some_purses():
    """Put a cap, a quota, a wallet and a fund there: of an empty table the planner knows it is."""
    build.area("888800", model="quota", wallet_open=True)
    build.area("888900", model="pooled_transfer")
    son, father = (build.employee(area=area) for area in ("888800", "888900"))
    for person, area in ((son, "888800"), (father, "888900")):
        build.personal_account(person, prior=100, area=area)
    build.quota(son, build.resident(area="888800"), 10)
    build.wallet(son)
    bindings.set_payer_caps(cap_per_day_fen=1, by=build.member_actor(son), at=build.NOON)
    build.pay_in(build.family_fund(father), father, 10)


#: What the planner is told of every table: of a handful of rows any plan is cheap, and what
#: autovacuum happened to count meanwhile would decide.
_A_COUNTRY = """
UPDATE pg_class SET relpages = 1, reltuples = 1000000
FROM pg_namespace WHERE relnamespace = pg_namespace.oid AND nspname = 'public' AND relkind = 'r'
"""
_NOTHING_COUNTED = """
DELETE FROM pg_statistic USING pg_class, pg_namespace
WHERE starelid = pg_class.oid AND relnamespace = pg_namespace.oid AND nspname = 'public'
"""


def plan(sql: str) -> dict:
    """Return how PostgreSQL would answer were its tables those of a country."""
    with connection.cursor() as cursor:
        cursor.execute(_A_COUNTRY)
        cursor.execute(_NOTHING_COUNTED)
        # Without figures on the values it cannot know that a family is a handful of rows, and
        # would read a side of a join whole.
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
