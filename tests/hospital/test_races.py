"""Tills at the same moment, on real connections: one debit, equal answers, no lost fen."""

from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import selectors as people
from pooling.bindings import services as bindings
from pooling.hospital.models import Message
from pooling.ledger import selectors as books
from pooling.settlements.models import Settlement
from pooling.shared import work as units
from tests import build
from tests.at_once import calls_at_once
from tests.hospital.conftest import holds
from tests.hospital.till import Till

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 16


def nothing_lost(family, *, spent: int) -> bool:
    left = holds(family.wei) + holds(family.lan)
    return left == 560_00 - spent and books.check() == []


def test_one_message_from_16_connections_is_one_debit_and_16_equal_answers(till, hospital, family):
    neighbour = Till(build.api_key(institution=hospital), hospital.code)
    for round_ in range(4):
        bill = till.bill(family.mei, "10.00")
        tills = [till, neighbour] * (AT_ONCE // 2)
        replies = calls_at_once(*[lambda who=who, bill=bill: who.settle(bill) for who in tills])
        assert {reply.status for reply in replies} == {201}
        assert len({reply.raw for reply in replies}) == 1
        replays = [reply for reply in replies if "Idempotent-Replay" in reply.headers]
        assert len(replays) == AT_ONCE - 1
        assert Message.objects.get(message_id=bill["message_id"]).replays == AT_ONCE - 1
        assert Settlement.objects.count() == round_ + 1
    assert nothing_lost(family, spent=40_00)


def test_one_message_with_two_bodies_at_once_is_settled_once(till, family):
    bill = till.bill(family.mei, "10.00")
    other = bill | {"use": "inpatient"}
    replies = calls_at_once(*[lambda b=b: till.settle(b) for b in (bill, other) * 4])
    assert Counter(reply.status for reply in replies) == {201: 4, 409: 4}
    assert nothing_lost(family, spent=10_00)


def test_two_tills_on_the_last_money_of_one_payer(till, stranger, family):
    """Example 10: one gets 60.00, the other 0 and 60.00 cash; never 120.00."""
    for _round in range(5):
        patient = build.resident(area="999900")
        payer = build.employee(area="999900")
        build.personal_account(payer, prior=60_00, area="999900")
        build.active_binding(payer, patient)
        bills = [(who, who.bill(patient, "60.00")) for who in (till, stranger)]
        replies = calls_at_once(
            *[lambda who=who, bill=bill: who.settle(bill) for who, bill in bills]
        )
        shares = sorted((reply.json["pooled"], reply.json["cash"]) for reply in replies)
        assert shares == [("0.00", "60.00"), ("60.00", "0.00")]
        assert holds(payer) == 0
    assert books.check() == []


def test_two_tills_on_what_a_payer_allows_all_relatives_together(till, stranger):
    for _round in range(5):
        payer = build.employee(area="999900")
        build.personal_account(payer, prior=500_00, area="999900")
        tills = [(who, build.resident(area="999900")) for who in (till, stranger)]
        for _who, patient in tills:
            build.active_binding(payer, patient)
        bindings.set_payer_caps(cap_per_year_fen=60_00, by=build.member_actor(payer), at=build.NOON)
        bills = [(who, who.bill(patient, "60.00")) for who, patient in tills]
        replies = calls_at_once(
            *[lambda who=who, bill=bill: who.settle(bill) for who, bill in bills]
        )
        shares = sorted((reply.json["pooled"], reply.json["cash"]) for reply in replies)
        assert shares == [("0.00", "60.00"), ("60.00", "0.00")]


def test_a_reversal_racing_its_original_leaves_nothing_behind(till, family):
    seen = Counter()
    for _round in range(20):
        bill = till.bill(family.mei, "10.00")
        settled, undone = calls_at_once(
            lambda bill=bill: till.settle(bill),
            lambda bill=bill: till.reverse_message(bill["message_id"]),
        )
        seen[settled.status, undone.status] += 1
        late = till.settle(bill)
        if undone.status == 202:
            assert (settled.code, late.code) == ("reversed_before_settled",) * 2
        else:
            assert late.raw == settled.raw
            assert undone.json["status"] == "reversed"
    assert set(seen) <= {(201, 200), (409, 202)}
    assert nothing_lost(family, spent=0)


def test_a_settlement_reversed_by_many_gives_back_once(till, family):
    settled = till.settle(till.bill(family.mei, "130.00")).json
    replies = calls_at_once(*[lambda: till.reverse(settled["id"])] * 6)
    assert Counter(reply.status for reply in replies) == {200: 1, 409: 5}
    assert nothing_lost(family, spent=0)


def test_refunds_at_once_never_exceed_what_was_paid(till, family):
    settled = till.settle(till.bill(family.mei, "130.00")).json
    replies = calls_at_once(*[lambda: till.refund(settled["id"], "50.00")] * 6)
    assert Counter(reply.status for reply in replies) == {201: 2, 409: 4}
    assert till.get(f"/settlements/{settled['id']}").json["refunded"] == "100.00"
    assert nothing_lost(family, spent=30_00)


def test_one_refund_key_from_many_is_paid_once(till, family):
    settled = till.settle(till.bill(family.mei, "130.00")).json
    replies = calls_at_once(*[lambda: till.refund(settled["id"], "50.00", key="f")] * AT_ONCE)
    assert {reply.status for reply in replies} == {201}
    assert len({reply.raw for reply in replies}) == 1
    assert nothing_lost(family, spent=80_00)


def test_tombstones_at_once_agree(till, family):
    replies = calls_at_once(*[lambda: till.reverse_message("m1")] * 6)
    assert {reply.status for reply in replies} == {202}
    assert Message.objects.filter(message_id="m1", kind="tombstone").count() == 1


# --- what goes wrong below ----------------------------------------------------------------


def test_a_till_that_waits_too_long_is_told_busy_and_nothing_moved(till, family, monkeypatch):
    monkeypatch.setattr(units, "RETRIES", 0)
    monkeypatch.setattr(units, "_run", impatient(units._run))
    bill = till.bill(family.mei, "10.00")
    with transaction.atomic():
        people.locked([family.wei.pk])
        (reply,) = calls_at_once(lambda: till.settle(bill))
    assert (reply.status, reply.code) == (503, "busy")
    assert not Message.objects.exists()
    assert till.settle(bill).status == 201


def impatient(run):
    """Return what runs the inside of a unit of work, for one that waits but a moment for rows."""

    def run_soon(work):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        return run(work)

    return run_soon


def test_an_unknown_outcome_is_said_and_the_same_key_resolves_it(till, family, monkeypatch):
    bill = till.bill(family.mei, "10.00")
    with monkeypatch.context() as patch:
        patch.setattr("pooling.shared.work._replication_wait_was_cancelled", lambda: True)
        reply = till.settle(bill)
    assert (reply.status, reply.code) == (503, "outcome_unknown")
    again = till.settle(bill)
    assert (again.status, again.headers["Idempotent-Replay"]) == (201, "true")
    assert nothing_lost(family, spent=10_00)


@pytest.mark.django_db  # at noon: in the first minutes of a day rules are read anew
def test_a_settlement_costs_12_statements_beside_begin_and_commit(till, family):
    till.settle(till.bill(family.mei, "1.00"))
    bill = till.bill(family.mei, "100.00")
    with CaptureQueriesContext(connection) as captured:
        assert till.settle(bill).status == 201
    statements = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
    logged = [sql for sql in statements if "INSERT INTO hospital_exchange" in sql]
    assert len(logged) == 1
    assert len(statements) - 1 <= 12, [sql[:80] for sql in statements]
