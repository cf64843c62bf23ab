"""The same message again: one debit, the first answer, to the byte."""

import json

import pytest

from pooling.hospital.models import Message
from pooling.settlements.models import Refund, Settlement
from tests import build
from tests.hospital.conftest import holds
from tests.hospital.till import Till

pytestmark = pytest.mark.django_db


def is_replay(reply) -> bool:
    return reply.headers.get("Idempotent-Replay") == "true"


@pytest.fixture
def neighbour(hospital) -> Till:
    """Another till of the same institution, with its own key."""
    return Till(build.api_key(institution=hospital), hospital.code)


# --- settlements --------------------------------------------------------------------------


def test_a_settlement_met_again_gets_the_same_bytes(till, family):
    bill = till.bill(family.mei)
    first, again = till.settle(bill), till.settle(bill)
    assert (first.status, again.status) == (201, 201)
    assert first.raw == again.raw
    assert (is_replay(first), is_replay(again)) == (False, True)
    assert holds(family.wei) + holds(family.lan) == 560_00 - 130_00
    assert Settlement.objects.count() == 1


def test_a_replay_writes_before_it_answers(till, family, django_assert_num_queries):
    bill = till.bill(family.mei)
    till.settle(bill)
    # key, unit of work (2), insert, update, and the line of the log once all that is committed
    with django_assert_num_queries(6) as statements:
        till.settle(bill)
    assert "UPDATE hospital_message SET replays = replays + 1" in statements[3]["sql"]
    assert "INSERT INTO hospital_exchange" in statements[5]["sql"]
    till.settle(bill)
    assert Message.objects.get().replays == 2


def test_what_counts_is_the_parsed_body_not_its_spelling(till, family):
    bill = till.bill(family.mei, "130.00")
    first = till.settle(bill)
    respelt = bill | {
        "in_scope_share": 130,
        "fund": 0.0,
        "total": 130.0,
        "buyer": None,
        "business_time": bill["business_time"].replace("+08:00", ".000+08:00"),
    }
    shuffled = dict(reversed(respelt.items()))
    raw = json.dumps(shuffled, indent=4, ensure_ascii=True).encode()
    again = till.send("POST", "/settlements", raw=raw, idempotency_key=bill["message_id"])
    assert (again.status, again.raw, is_replay(again)) == (201, first.raw, True)


@pytest.mark.parametrize(
    "change",
    [
        {"in_scope_share": "129.00", "total": "129.00"},
        {"total": "131.00"},
        {"in_scope_share": "129.99", "pre_paid": "0.01"},
        {"use": "inpatient"},
        {"acct_used_flag": 1},
        {"buyer": {"name": "何代取", "cert_no": "1"}},
        {"business_time": "2026-01-01T00:00:00+08:00"},
        {"patient": {"psn_no": "nobody"}},
    ],
)
def test_the_same_message_with_another_body_is_a_conflict(till, family, change):
    bill = till.bill(family.mei)
    till.settle(bill)
    before = holds(family.wei), holds(family.lan)
    reply = till.settle(bill | change)
    assert (reply.status, reply.code) == (409, "idempotency_conflict")
    assert (holds(family.wei), holds(family.lan)) == before
    assert Message.objects.get().replays == 0
    assert is_replay(till.settle(bill))


def test_another_till_of_the_institution_gets_the_same_answer(till, neighbour, family):
    bill = till.bill(family.mei)
    first, again = till.settle(bill), neighbour.settle(bill)
    assert (again.raw, is_replay(again)) == (first.raw, True)
    assert neighbour.settle(bill | {"use": "inpatient"}).code == "idempotency_conflict"


def test_another_institution_may_use_the_same_message_id(till, stranger, family):
    bill = till.bill(family.mei, "10.00")
    theirs = bill | {"institution": stranger.institution}
    assert till.settle(bill).status == 201
    reply = stranger.settle(theirs)
    assert (reply.status, is_replay(reply)) == (201, False)
    assert holds(family.wei) == 40_00


def test_an_answer_outlives_what_changed_since(till, family):
    bill = till.bill(family.mei)
    first = till.settle(bill)
    till.reverse(first.json["id"])
    assert till.settle(bill).raw == first.raw
    assert till.get(f"/settlements/{first.json['id']}").json["status"] == "reversed"


def test_a_key_belongs_to_one_call(till, family):
    bill = till.bill(family.mei, "10.00")
    settled = till.settle(bill).json
    key = bill["message_id"]
    for reply in (
        till.reverse(settled["id"], key=key),
        till.refund(settled["id"], "1.00", key=key),
        till.reverse_message(key, key=key),
    ):
        assert (reply.status, reply.code) == (409, "idempotency_conflict")
    assert till.get(f"/settlements/{settled['id']}").json["status"] == "settled"


# --- reversals and refunds ----------------------------------------------------------------


def test_a_reversal_met_again_gets_the_same_bytes(till, family):
    settled = till.settle(till.bill(family.mei)).json
    first = till.reverse(settled["id"], key="r1")
    again = till.reverse(settled["id"], key="r1")
    assert (first.status, again.status) == (200, 200)
    assert (again.raw, is_replay(again)) == (first.raw, True)
    assert till.reverse(settled["id"], key="r1", reason="别的").code == "idempotency_conflict"
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_a_key_of_one_settlement_reverses_no_other(till, family):
    one, other = (till.settle(till.bill(family.mei, "10.00")).json for _each in range(2))
    till.reverse(one["id"], key="r1")
    assert till.reverse(other["id"], key="r1").code == "idempotency_conflict"


def test_a_refund_met_again_is_paid_once(till, family):
    settled = till.settle(till.bill(family.mei)).json
    first = till.refund(settled["id"], "30.00", key="f1")
    again = till.refund(settled["id"], 30, key="f1")
    assert (first.status, again.status) == (201, 201)
    assert (again.raw, is_replay(again)) == (first.raw, True)
    assert Refund.objects.count() == 1
    assert till.refund(settled["id"], "30.01", key="f1").code == "idempotency_conflict"


def test_a_second_key_is_a_second_refund(till, family):
    settled = till.settle(till.bill(family.mei)).json
    for key in ("f1", "f2"):
        assert till.refund(settled["id"], "30.00", key=key).status == 201
    assert till.get(f"/settlements/{settled['id']}").json["refunded"] == "60.00"


# --- what is kept -------------------------------------------------------------------------


def test_no_identity_number_is_kept_with_a_message(till, family):
    bill = till.bill(
        family.mei,
        patient={"cert_no": family.mei.cert_no, "name": family.mei.name},
        buyer={"name": "何代取", "cert_no": build.cert_no()},
    )
    till.settle(bill)
    kept = str(Message.objects.values().get())
    assert family.mei.cert_no not in kept
    assert bill["buyer"]["cert_no"] not in kept
    assert family.mei.name not in kept
