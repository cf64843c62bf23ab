"""One message, one debit: repeated, raced, reversed before it came."""

import uuid
from collections import Counter

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from pooling.audit.models import Event
from pooling.hospital.models import ClearingLine, FeeLine, Message, Visit
from pooling.ledger import selectors as books
from pooling.settlements.models import Settlement
from tests import build
from tests.at_once import calls_at_once
from tests.hospital.conftest import _national, holds
from tests.hospital.national import admission, bill, purchase

pytestmark = pytest.mark.django_db


def test_a_repeated_settlement_is_answered_byte_for_byte(national, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    # Another spelling of the same amounts is the same input.
    again = message | {"input": {"data": bill(named, 10)}, "sign_no": "other"}
    replies = [national.send("2207", each) for each in (message, message, again)]
    assert len({reply.raw for reply in replies}) == 1
    assert Settlement.objects.count() == 1
    assert Message.objects.get().replays == 2


def test_what_is_kept_of_an_answer_names_nobody(national, family):
    """The reply holds name and number in full, as the interface wants; the database does not."""
    named = national.visit(family.mei, "10.00")
    reply = national.ask("2207", {"data": bill(named, "10.00")})
    kept = Message.objects.get()
    assert kept.answer == ""
    for personal in (family.mei.name, family.mei.cert_no):
        assert personal.encode() in reply.raw
        assert personal.encode() not in bytes(kept.answer_sealed)


def test_rest_takes_nothing_back_that_the_national_interface_settled(national, till, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    setl_id = national.send("2207", message).json["output"]["setlinfo"]["setl_id"]
    for reply in (
        till.reverse(setl_id),
        till.refund(setl_id, "1.00"),
        till.reverse_message(f"2207:{message['msgid']}"),
    ):
        assert (reply.status, reply.code) == (409, "other_interface")
    assert national.reverse(named, setl_id)


def test_a_neighbouring_till_repeats_for_its_institution(national, tif, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    first = national.send("2207", message)
    assert tif.send("2207", message).raw == first.raw
    back = national.message(
        "2208", {"data": named | {"setl_id": first.json["output"]["setlinfo"]["setl_id"]}}
    )
    assert national.send("2208", back).raw == tif.send("2208", back).raw
    assert holds(family.wei) == 60_00


def test_another_input_under_the_same_msgid_is_refused_and_written_down(national, family):
    named = national.visit(family.mei, "10.00")
    other = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    assert national.send("2207", message).json["infcode"] == 0
    reply = national.send("2207", message | {"input": {"data": bill(other, "10.00")}})
    assert (reply.status, reply.json["infcode"]) == (200, -1)
    assert "内容不同" in reply.json["err_msg"]
    event = Event.objects.get(verb="hospital.msgid_reused")
    assert event.detail == {"infno": "2207", "msgid": message["msgid"]}
    assert Settlement.objects.count() == 1


def test_one_msgid_in_two_transactions_are_two_messages(national, family):
    """A client whose msgid ends with the second sends several in one second."""
    msgid = "H4403000000120260102030405"
    named = national.visit(family.mei, "10.00")
    done = national.do("2207", {"data": bill(named, "10.00")}, msgid=msgid)["setlinfo"]
    undo = {"data": named | {"setl_id": done["setl_id"]}}
    assert national.do("2208", undo, msgid=msgid)["setlinfo"]["medins_setl_id"] == msgid


def test_look_ups_are_answered_afresh(national, family):
    message = national.message("9001", {"signIn": {"opter_no": "1"}})
    assert national.send("9001", message).raw != national.send("9001", message).raw
    assert not Message.objects.exists()


def test_an_admission_repeated_is_one_stay(national, family):
    message = national.message("2401", admission(family.mei))
    replies = [national.send("2401", message) for _ in range(2)]
    assert replies[0].raw == replies[1].raw
    assert Visit.objects.count() == 1


def test_a_refusal_is_not_remembered(national, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "11.00")})
    assert national.send("2207", message).json["infcode"] == -1
    mended = message | {"input": {"data": bill(named, "10.00")}}
    assert national.send("2207", mended).json["infcode"] == 0


# --- 2601 ---------------------------------------------------------------------------------


def undo(till, message, patient, **changes):
    about = {"psn_no": patient.psn_no, "omsgid": message["msgid"], "oinfno": message["infno"]}
    return till.ask("2601", {"data": about | changes})


def test_2601_gives_back_with_negative_numbers(national, family):
    named = national.visit(family.mei, "130.00")
    message = national.message("2207", {"data": bill(named, "130.00")})
    national.send("2207", message)
    told = undo(national, message, family.mei).json["output"]["setlinfo"]
    assert (told["medfee_sumamt"], told["acct_mulaid_pay"]) == (-130, -65)
    assert holds(family.wei) + holds(family.lan) == 560_00
    assert "已经撤销" in undo(national, message, family.mei).json["err_msg"]


def test_2601_before_its_original_refuses_it_for_good(national, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    first = undo(national, message, family.mei)
    assert (first.json["infcode"], first.json["output"]) == (0, {})
    late = national.send("2207", message)
    assert "先到达" in late.json["err_msg"]
    assert undo(national, message, family.mei).json["infcode"] == 0
    assert not Settlement.objects.exists()


def test_2601_undoes_an_admission_and_a_pharmacys_sale(national, pharmacy, family):
    message = national.message("2401", admission(family.mei))
    national.send("2401", message)
    assert undo(national, message, family.mei).json["infcode"] == 0
    assert Visit.objects.get().state == Visit.State.CANCELLED
    late = national.message("2401", admission(family.mei))
    undo(national, late, family.mei)
    assert "先到达" in national.send("2401", late).json["err_msg"]
    sale = pharmacy.message("2102", purchase(family.mei, "5.00"))
    pharmacy.send("2102", sale)
    assert undo(pharmacy, sale, family.mei).json["output"]["setlinfo"]["medfee_sumamt"] == -5


def test_2601_for_another_patient_or_transaction_is_refused(national, family):
    named = national.visit(family.mei, "10.00")
    message = national.message("2207", {"data": bill(named, "10.00")})
    national.send("2207", message)
    assert "不属于" in undo(national, message, family.wei).json["err_msg"]
    assert "2102" in undo(national, message, family.mei, oinfno="2208").json["err_msg"]
    assert Settlement.objects.get().status == "settled"


def test_a_foreign_settlement_is_as_good_as_none(national, pharmacy, family):
    named = national.visit(family.mei, "10.00")
    done = national.settle(named, "10.00")
    wanted = {"data": named | {"setl_id": done["setl_id"]}}
    for infno in ("2208", "5203", "2202"):
        assert "没有这次就诊" in pharmacy.refused(infno, wanted)
    neighbour = national.visit(family.mei)
    assert "没有这笔结算" in national.refused(
        "2208", {"data": neighbour | {"setl_id": done["setl_id"]}}
    )
    for wild in ("0", "x", "9" * 25, "-1"):
        assert "没有这笔结算" in national.refused("2208", {"data": named | {"setl_id": wild}})
        assert "没有这次就诊" in national.refused(
            "2208", {"data": named | {"mdtrt_id": wild, "setl_id": "1"}}
        )


# --- at once ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_msgid_from_16_connections_is_one_debit_and_16_equal_answers(hospital, family):
    first, second = _national(hospital), _national(hospital, "tif")
    for round_ in range(3):
        named = first.visit(family.mei, "10.00")
        message = first.message("2207", {"data": bill(named, "10.00")})
        replies = calls_at_once(
            *[lambda till=till, m=message: till.send("2207", m) for till in (first, second) * 8]
        )
        assert {reply.status for reply in replies} == {200}
        assert len({reply.raw for reply in replies}) == 1
        assert replies[0].json["infcode"] == 0
        assert Settlement.objects.count() == round_ + 1
    assert holds(family.wei) + holds(family.lan) == 560_00 - 15_00
    assert books.check() == []


@pytest.mark.django_db(transaction=True)
def test_a_reversal_racing_its_original_leaves_nothing_behind(hospital, family):
    till = _national(hospital)
    for _round in range(8):
        named = till.visit(family.mei, "10.00")
        message = till.message("2207", {"data": bill(named, "10.00")})
        calls_at_once(
            lambda m=message: till.send("2207", m), lambda m=message: undo(till, m, family.mei)
        )
    assert holds(family.wei) + holds(family.lan) == 560_00
    states = Counter(Settlement.objects.values_list("status", flat=True))
    assert set(states) <= {"reversed"}
    assert books.check() == []


@pytest.mark.django_db(transaction=True)
def test_two_settlements_of_one_batch_at_once_are_one(hospital, family):
    till = _national(hospital)
    named = till.visit(family.mei, "10.00")
    replies = calls_at_once(*[lambda: till.ask("2207", {"data": bill(named, "10.00")})] * 4)
    assert Counter(reply.json["infcode"] for reply in replies)[0] == 1
    assert Settlement.objects.count() == 1


def test_a_bill_is_paid_once_whatever_its_msgid(national, family):
    with_lines = national.visit(family.mei, "10.00")
    national.fees("2204", with_lines, "10.00", batch="B2")
    without = national.visit(family.mei)
    for named in (with_lines, without):
        national.settle(named, "10.00")
        assert "已经结算" in national.refused("2207", {"data": bill(named, "10.00")})
    assert national.settle(with_lines, "10.00", chrg_bchno="B2")


@pytest.mark.django_db(transaction=True)
def test_an_unknown_outcome_is_503_and_the_same_msgid_resolves_it(hospital, family, monkeypatch):
    till = _national(hospital)
    named = till.visit(family.mei, "10.00")
    message = till.message("2207", {"data": bill(named, "10.00")})
    with monkeypatch.context() as patch:
        patch.setattr("pooling.shared.work._replication_wait_was_cancelled", lambda: True)
        reply = till.send("2207", message)
    assert (reply.status, reply.json["infcode"]) == (503, -1)
    assert till.send("2207", message).json["infcode"] == 0
    assert Settlement.objects.count() == 1


# --- what it costs, and the laws below ----------------------------------------------------


def test_messages_keep_their_budget(national, family):
    national.settle(national.visit(family.mei, "1.00"), "1.00")  # what a process learns once
    named = national.visit(family.mei, "10.00", "5.00")
    wanted = {"data": bill(named, "15.00")}

    def costs(infno, input_) -> list[str]:
        message, headers = national.message(infno, input_), national.signed(infno)
        with CaptureQueriesContext(connection) as captured:
            assert national.send(infno, message, headers=headers).json["infcode"] == 0
        return [
            each["sql"]
            for each in captured
            if not any(word in each["sql"] for word in ("SAVEPOINT", "'payable:"))
        ]

    preview, settle = costs("2206", wanted), costs("2207", wanted)
    assert len(preview) <= 8, [sql[:80] for sql in preview]
    # With one line of the log each, written after the money is settled.
    for asked in (preview, settle):
        assert sum("INSERT INTO hospital_exchange" in sql for sql in asked) == 1
    assert len(settle) <= 20, [sql[:80] for sql in settle]


@pytest.fixture
def settled(national, family):
    national.settle(national.visit(family.mei, "10.00"), "10.00")
    return ClearingLine.objects.get()


@pytest.mark.parametrize(
    ("law", "break_it"),
    [
        ("hospital_clearingline_once_each_way", {}),
        ("hospital_clearingline_adds_up", {"returned": True, "total_fen": -1}),
        ("hospital_clearingline_sign", {"returned": True}),
    ],
)
def test_a_clearing_line_keeps_its_laws(settled, law, break_it):
    settled.pk, settled._state.adding = None, True
    if law == "hospital_clearingline_adds_up":
        break_it = break_it | {"fund_fen": 0, "account_fen": 0, "cash_fen": 0}
    for name, value in break_it.items():
        setattr(settled, name, value)
    with pytest.raises(IntegrityError, match=law):
        settled.save(force_insert=True)


@pytest.mark.parametrize(
    ("law", "model", "changes"),
    [
        ("hospital_feeline_adds_up", FeeLine, {"amount_fen": 1}),
        ("hospital_visit_deductible_not_negative", Visit, {"deductible_fen": -1}),
        ("hospital_visit_only_inpatients_are_discharged", Visit, {"state": "discharged"}),
    ],
)
def test_visits_and_fees_keep_their_laws(settled, law, model, changes):
    with pytest.raises(IntegrityError, match=law):
        model.objects.update(**changes)


def test_a_fee_line_is_taken_once(settled, national, family):
    line = FeeLine.objects.get()
    line.pk, line._state.adding, line.uid = None, True, uuid.uuid4()
    with pytest.raises(IntegrityError, match="hospital_feeline_once_per_visit"):
        line.save(force_insert=True)


def test_a_message_stands_once_per_institution_and_transaction(settled):
    row = Message.objects.get()
    row.pk, row._state.adding, row.kind = None, True, Message.Kind.REVERSAL
    row.client = build.till_credential(institution=row.institution)[0].client
    with pytest.raises(IntegrityError, match="hospital_message_once_per_transaction"):
        row.save(force_insert=True)
