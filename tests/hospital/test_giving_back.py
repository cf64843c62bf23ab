"""Reversals and refunds by REST, tombstones included."""

import pytest

from pooling.hospital.models import Message
from pooling.settlements.models import Settlement
from tests.hospital.conftest import holds

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(till, family) -> dict:
    """Example 1: 130.00, Wei 60.00 (prior 40, current 20), Lan 70.00."""
    return till.settle(till.bill(family.mei, "130.00")).json


# --- reversal by id -----------------------------------------------------------------------


def test_a_reversal_gives_everything_back(till, family, settled):
    reply = till.reverse(settled["id"])
    assert reply.status == 200
    assert reply.json == settled | {"status": "reversed"}
    assert list(reply.json) == list(settled)
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_a_settlement_is_reversed_once(till, family, settled):
    till.reverse(settled["id"])
    reply = till.reverse(settled["id"])
    assert (reply.status, reply.code) == (409, "already_reversed")
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_nothing_is_no_settlement(till):
    assert till.reverse(999_999).status == 404
    assert till.reverse("x").status == 404


# --- reversal by message id ---------------------------------------------------------------


def test_a_message_is_reversed_by_its_id(till, family):
    bill = till.bill(family.mei)
    settled = till.settle(bill).json
    reply = till.reverse_message(bill["message_id"])
    assert (reply.status, reply.json) == (200, settled | {"status": "reversed"})
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_both_ways_of_reversing_know_each_other(till, family, settled):
    message_id = Settlement.objects.get().message_id
    till.reverse(settled["id"])
    reply = till.reverse_message(message_id)
    assert (reply.status, reply.code) == (409, "already_reversed")


def test_a_reversal_before_its_original_leaves_a_tombstone(till, family):
    bill = till.bill(family.mei)
    early = till.reverse_message(bill["message_id"])
    assert early.status == 202
    assert early.json == {
        "status": "not_settled",
        "institution": till.institution,
        "message_id": bill["message_id"],
    }
    late = till.settle(bill)
    assert (late.status, late.code) == (409, "reversed_before_settled")
    assert not Settlement.objects.exists()
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_a_tombstone_stays(till, family):
    bill = till.bill(family.mei)
    first = till.reverse_message(bill["message_id"], key="early")
    for _again in range(2):
        assert till.settle(bill).code == "reversed_before_settled"
    again = till.reverse_message(bill["message_id"], key="early")
    assert (again.status, again.raw) == (202, first.raw)
    assert again.headers["Idempotent-Replay"] == "true"
    other_key = till.reverse_message(bill["message_id"], key="another")
    assert (other_key.status, other_key.raw) == (202, first.raw)
    assert till.settle(bill).code == "reversed_before_settled"


def test_a_tombstone_is_for_its_institution_alone(till, stranger, family):
    bill = till.bill(family.mei, "10.00")
    stranger.reverse_message(bill["message_id"])
    assert till.settle(bill).status == 201


def test_a_tombstones_key_serves_no_other_message(till):
    till.reverse_message("m1", key="k")
    for reply in (
        till.reverse_message("m2", key="k"),
        till.reverse_message("m1", key="k", reason="别的"),
    ):
        assert (reply.status, reply.code) == (409, "idempotency_conflict")
    assert not Message.objects.filter(message_id="m2").exists()


def test_another_institutions_message_is_as_good_as_none(till, stranger, family, settled):
    message_id = Settlement.objects.get().message_id
    reply = stranger.reverse_message(message_id, institution=till.institution)
    assert (reply.status, reply.code) == (404, "not_found")
    assert till.get(f"/settlements/{settled['id']}").json["status"] == "settled"
    assert Message.objects.count() == 1


def test_a_key_used_for_a_reversal_is_repeated_not_carried_out_again(till, family):
    bill = till.bill(family.mei)
    till.settle(bill)
    first = till.reverse_message(bill["message_id"], key="r")
    again = till.reverse_message(bill["message_id"], key="r")
    assert (again.status, again.raw) == (200, first.raw)
    assert again.headers["Idempotent-Replay"] == "true"


# --- refunds ------------------------------------------------------------------------------


def test_a_refund_walks_the_split_backwards(till, family, settled):
    reply = till.refund(settled["id"], "100.00")
    assert reply.status == 201
    body = reply.json
    assert list(body) == ["id", "settlement", "amount", "lines", "balance_after"]
    assert (body["settlement"], body["amount"]) == (settled["id"], "100.00")
    assert [
        (line["order"], line["source"], line["part"], line["payer"], line["amount"])
        for line in body["lines"]
    ] == [
        (1, "relative", "prior", "兰*", "70.00"),
        (2, "relative", "current", "魏*", "20.00"),
        (3, "relative", "prior", "魏*", "10.00"),
    ]
    assert body["balance_after"] == "0.00"
    assert (holds(family.wei), holds(family.lan)) == (30_00, 500_00)


def test_cash_goes_back_first(till, family):
    settled = till.settle(till.bill(family.mei, "200.00")).json
    lines = till.refund(settled["id"], "50.00").json["lines"]
    assert [(line["source"], line["amount"]) for line in lines] == [
        ("cash", "40.00"),
        ("relative", "10.00"),
    ]


def test_the_settlement_says_what_went_back(till, settled):
    till.refund(settled["id"], "100.00")
    shown = till.get(f"/settlements/{settled['id']}").json
    assert shown == settled | {"status": "partly_refunded", "refunded": "100.00"}
    till.refund(settled["id"], "30.00")
    shown = till.get(f"/settlements/{settled['id']}").json
    assert shown == settled | {"status": "refunded", "refunded": "130.00"}


@pytest.mark.parametrize("amount", ["130.01", "999999.99", 9_999_999_999_999])
def test_no_more_goes_back_than_is_left(till, family, settled, amount):
    reply = till.refund(settled["id"], amount)
    assert (reply.status, reply.code) == (409, "more_than_left")
    assert holds(family.lan) == 430_00


def test_a_reversed_settlement_gives_nothing_more(till, settled):
    till.reverse(settled["id"])
    reply = till.refund(settled["id"], "1.00")
    assert (reply.status, reply.code) == (409, "already_reversed")


def test_a_reversal_after_a_refund_gives_back_the_rest(till, family, settled):
    till.refund(settled["id"], "100.00")
    reply = till.reverse(settled["id"])
    assert (reply.status, reply.json["status"]) == (200, "reversed")
    assert reply.json["refunded"] == "100.00"
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)
