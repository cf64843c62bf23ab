"""Preview and settle by REST: what the till sends, what it gets, what it must not see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import TypeAdapter

from pooling.bindings import services as bindings
from pooling.hospital import schemas
from pooling.settlements import selectors as settlements
from pooling.settlements.models import Settlement
from pooling.shared.periods import SHANGHAI
from tests import build
from tests.hospital.conftest import AREA, holds
from tests.hospital.till import Till, right_now

pytestmark = pytest.mark.django_db

FIELDS = [
    "id", "status", "patient", "institution", "use", "business_time", "total", "fund",
    "hospital_borne", "personal_part", "own", "pooled", "cash", "balance_after", "lines",
    "decision", "refunded",
]  # fmt: skip
CONSIDERED = ["source", "binding", "could_give", "taken", "reason", "sentence", "rule", "clause"]
CONSIDERED += ["remedy"]


def given(reply) -> list[tuple]:
    return [(line["source"], line["part"], line["amount"]) for line in reply.json["lines"]]


# --- the answer ---------------------------------------------------------------------------


def test_a_bill_is_settled_from_two_relatives(till, family):
    reply = till.settle(till.bill(family.mei, "130.00"))
    assert reply.status == 201
    assert given(reply) == [
        ("relative", "prior", "40.00"),
        ("relative", "current", "20.00"),
        ("relative", "prior", "70.00"),
    ]
    assert (holds(family.wei), holds(family.lan)) == (0, 430_00)


def test_the_answer_has_the_fields_in_the_order_they_were_promised(till, family):
    body = till.settle(till.bill(family.mei)).json
    assert list(body) == FIELDS
    assert [list(each) for each in body["decision"]["considered"]] == [CONSIDERED] * 3
    assert list(body["lines"][0]) == ["order", "source", "part", "payer", "binding", "amount"]


def test_a_preview_is_a_settlement_without_id_status_and_refunded(till, family):
    bill = till.bill(family.mei)
    preview, settled = till.post("/preview", bill), till.settle(bill)
    assert preview.status == 200
    expected = {k: v for k, v in settled.json.items() if k not in ("id", "status", "refunded")}
    assert preview.json == expected
    assert list(preview.json) == list(expected)


def test_a_preview_stores_nothing_and_needs_no_key(till, family):
    till.post("/preview", till.bill(family.mei))
    assert not Settlement.objects.exists()
    assert (holds(family.wei), holds(family.lan)) == (60_00, 500_00)


def test_answers_keep_what_openapi_promises(till, family):
    bill = till.bill(family.mei)
    proposal = TypeAdapter(schemas.ProposalOut).validate_python(till.post("/preview", bill).json)
    settled = TypeAdapter(schemas.SettlementOut).validate_python(till.settle(bill).json)
    assert proposal.lines == settled.lines


def test_the_sums_of_the_answer_hold(till, family):
    body = till.settle(
        till.bill(family.mei, "130.00", fund="70.00", hospital_borne="5.50", own_paid="19.99")
    ).json
    fen = {k: round(float(v) * 100) for k, v in body.items() if isinstance(v, str) and "." in v}
    assert fen["total"] == fen["fund"] + fen["hospital_borne"] + fen["personal_part"]
    assert fen["personal_part"] == fen["own"] + fen["pooled"] + fen["cash"]
    assert sum(round(float(line["amount"]) * 100) for line in body["lines"]) == 149_99
    assert [line["order"] for line in body["lines"]] == [1, 2, 3]


def test_amounts_come_as_text_or_number(till, family):
    bill = till.bill(family.mei, 130) | {"fund": 0, "own_paid": 0.00, "total": 130.0}
    assert till.settle(bill).json["personal_part"] == "130.00"


def test_what_nobody_pays_is_cash(till, family):
    reply = till.settle(till.bill(family.mei, "200.00"))
    assert given(reply)[-1] == ("cash", None, "40.00")
    cash = reply.json["lines"][-1]
    assert (cash["payer"], cash["binding"]) == (None, None)


def test_nothing_but_cash_with_flag_0(till, family):
    reply = till.settle(till.bill(family.mei, "130.00", acct_used_flag=0))
    assert given(reply) == [("cash", None, "130.00")]


def test_a_bill_the_fund_covers_has_no_lines(till, family):
    reply = till.settle(till.bill(family.mei, "0.00", fund="80.00"))
    assert (reply.status, reply.json["lines"], reply.json["cash"]) == (201, [], "0.00")


def test_the_patients_own_money_goes_first(till):
    build.area(AREA)
    patient = build.employee("安平", area=AREA)
    build.personal_account(patient, current=5_00, prior=10_00, area=AREA)
    body = till.settle(till.bill(patient, "12.00")).json
    assert [(line["source"], line["part"], line["payer"]) for line in body["lines"]] == [
        ("own", "current", None),
        ("own", "prior", None),
    ]
    assert (body["own"], body["pooled"], body["balance_after"]) == ("12.00", "0.00", "3.00")


def test_without_an_account_the_balance_after_is_nought(till, family):
    assert till.settle(till.bill(family.mei)).json["balance_after"] == "0.00"


def test_the_business_time_comes_back_as_the_same_instant(till, family):
    at = right_now() - timedelta(minutes=1)
    body = till.settle(till.bill(family.mei, business_time=at.astimezone().isoformat())).json
    assert body["business_time"] == at.astimezone(SHANGHAI).isoformat()


def test_a_settlement_is_shown_again(till, family):
    settled = till.settle(till.bill(family.mei))
    assert till.get(f"/settlements/{settled.json['id']}").json == settled.json


def test_a_patient_is_known_by_number_and_name(till, family):
    named = {"cert_no": family.mei.cert_no, "name": family.mei.name}
    body = till.settle(till.bill(family.mei, patient=named)).json
    assert body["patient"] == {"psn_no": family.mei.psn_no, "name": "梅*"}


def test_who_collects_the_drugs_is_kept_sealed(family):
    pharmacy = build.institution(area=AREA, type="pharmacy", level=0)
    till = Till(build.api_key(institution=pharmacy), pharmacy.code)
    collector = {"name": "何代取", "cert_no": build.cert_no()}
    body = till.settle(till.bill(family.mei, use="pharmacy_drugs", buyer=collector)).json
    row = Settlement.objects.get(pk=body["id"])
    assert collector["name"] in row.buyer
    assert collector["name"].encode() not in bytes(row.buyer_sealed)
    assert collector["name"] not in str(body)
    masked = f"何*（**************{collector['cert_no'][-4:]}）"
    assert settlements.decision_for(family.mei.pk, row.uid).buyer == masked
    assert settlements.decision_for(family.wei.pk, row.uid).buyer == "何*"
    (bought,) = settlements.usage_for(family.mei.pk).received
    (paid,) = settlements.usage_for(family.wei.pk).given
    assert (bought.buyer, paid.buyer) == ("何*", "何*")


def test_who_collects_for_somebody_of_fifteen_is_not_told_to_who_pays(family):
    pharmacy = build.institution(area=AREA, type="pharmacy", level=0)
    till = Till(build.api_key(institution=pharmacy), pharmacy.code)
    child = build.resident("魏小满", area=AREA, born=f"{right_now().year - 15}-01-01")
    build.active_binding(family.wei, child)
    collector = {"name": "何代取", "cert_no": build.cert_no()}
    bill = till.bill(child, "5.00", use="pharmacy_drugs", buyer=collector)
    assert till.settle(bill).json["pooled"] == "5.00"
    (paid,) = settlements.usage_for(family.wei.pk).given
    assert (paid.day, paid.buyer) == (None, "")


# --- what a till must not see -------------------------------------------------------------


def test_payers_are_masked_and_balances_stay_unseen(till, family):
    reply = till.settle(till.bill(family.mei, "70.00"))
    text = reply.raw.decode()
    assert {line["payer"] for line in reply.json["lines"]} == {"魏*", "兰*"}
    for person in (family.mei, family.wei, family.lan):
        assert person.name not in text
        assert person.cert_no not in text
    assert "500" not in text
    assert "100.00" not in text.replace(family.mei.psn_no, "")


def test_could_give_never_exceeds_what_was_still_needed(till, family):
    considered = till.settle(till.bill(family.mei, "70.00")).json["decision"]["considered"]
    could = {each["binding"]: (each["could_give"], each["taken"]) for each in considered}
    assert could[family.from_wei.pk] == ("60.00", "60.00")
    assert could[family.from_lan.pk] == ("10.00", "10.00")


def test_the_stored_decision_keeps_the_full_figures(till, family):
    body = till.settle(till.bill(family.mei, "70.00")).json
    stored = Settlement.objects.get(pk=body["id"]).decision["considered"]
    lan = next(each for each in stored if each["binding"] == family.from_lan.pk)
    assert lan["could_give_fen"] == 100_00


def test_every_source_says_why_with_the_clause(till, family):
    considered = till.settle(till.bill(family.mei, "300.00")).json["decision"]["considered"]
    assert [each["source"] for each in considered] == ["own", "relative", "relative"]
    assert all(each["sentence"] for each in considered)


def test_the_clause_that_stopped_a_payer_is_quoted(till):
    build.area("999800", payers_per_settlement="one")
    mei = build.resident("梅小雨", area="999800")
    wei = build.employee("魏建国", area="999800")
    lan = build.employee("兰秀英", area="999800")
    build.personal_account(wei, prior=60_00, area="999800")
    build.personal_account(lan, prior=500_00, area="999800")
    build.active_binding(wei, mei, rank=1)
    second = build.active_binding(lan, mei, rank=2)
    body = till.settle(till.bill(mei, "130.00")).json
    stopped = next(e for e in body["decision"]["considered"] if e["binding"] == second.pk)
    assert (body["pooled"], body["cash"]) == ("60.00", "70.00")
    assert (stopped["could_give"], stopped["taken"]) == ("70.00", "0.00")
    assert stopped["rule"] == "payers_per_settlement"
    assert (stopped["clause"]["value"], stopped["clause"]["area"]) == ("one", "999800")
    assert stopped["clause"]["source"]
    assert "999800" in body["decision"]["rules_version"]


def test_a_frozen_payer_gives_nothing_and_the_till_is_told(till, family):
    bindings.freeze(
        binding_id=family.from_wei.pk, by=build.member_actor(family.wei), at=right_now()
    )
    body = till.settle(till.bill(family.mei, "50.00")).json
    frozen = next(e for e in body["decision"]["considered"] if e["binding"] == family.from_wei.pk)
    assert (frozen["could_give"], frozen["taken"]) == ("0.00", "0.00")
    assert "暂停" in frozen["sentence"]
    assert frozen["remedy"] == "共济人恢复使用后即可支付。"


# --- refused ------------------------------------------------------------------------------


def test_a_refusal_gives_its_amounts_in_yuan(till, family):
    reply = till.settle(till.bill(family.mei, "130.00") | {"total": "130.01"})
    assert reply.json["details"] == {"total": "130.01", "sum": "130.00"}


@pytest.mark.parametrize(
    "change",
    [{"total": "130.01"}, {"total": "129.99"}, {"total": "0"}, {"own_paid": "1.00", "total": 130}],
)
def test_sums_that_do_not_add_up_are_refused(till, family, change):
    bill = till.bill(family.mei, "130.00") | change
    for reply in (till.post("/preview", bill), till.settle(bill)):
        assert (reply.status, reply.code) == (422, "bill_does_not_add_up")
    assert holds(family.wei) == 60_00


@pytest.mark.parametrize("days", [7, 2])
def test_a_bill_of_last_week_is_refused(till, family, days):
    reply = till.settle(till.bill(family.mei, at=right_now() - timedelta(days=days)))
    assert (reply.status, reply.code) == (422, "business_time_out_of_window")


def test_a_bill_of_the_future_is_refused(till, family):
    reply = till.settle(till.bill(family.mei, at=right_now() + timedelta(minutes=6)))
    assert (reply.status, reply.code) == (422, "business_time_out_of_window")


def test_a_client_allowed_to_report_late_may(hospital, till, family):
    till.key = build.api_key(institution=hospital, days=10)
    bill = till.bill(family.mei, at=right_now() - timedelta(days=7))
    assert till.settle(bill).status == 201
    late = till.bill(family.mei, at=right_now() - timedelta(days=11))
    assert till.settle(late).status == 422


@pytest.mark.parametrize("call", ["/preview", "/settlements"])
def test_another_institutions_bill_is_as_good_as_none(till, stranger, family, call):
    bill = till.bill(family.mei, institution=stranger.institution)
    absent = till.bill(family.mei, institution="H404")
    answers = [till.post(call, each, key=each["message_id"]) for each in (bill, absent)]
    assert [reply.status for reply in answers] == [404, 404]
    assert answers[0].raw == answers[1].raw


def test_another_institutions_settlement_is_as_good_as_none(till, stranger, family):
    settled = till.settle(till.bill(family.mei)).json
    for reply in (
        stranger.get(f"/settlements/{settled['id']}"),
        stranger.reverse(settled["id"]),
        stranger.refund(settled["id"], "1.00"),
    ):
        assert (reply.status, reply.code) == (404, "not_found")
    assert (
        stranger.get("/settlements/999999").raw == stranger.get(f"/settlements/{settled['id']}").raw
    )
    assert till.get(f"/settlements/{settled['id']}").json == settled


def test_an_unknown_patient_is_refused_alike_by_number_and_by_name(till, family):
    nobody = {"cert_no": build.cert_no(), "name": "无此人"}
    misnamed = {"cert_no": family.mei.cert_no, "name": "无此人"}
    unknown = {"psn_no": "nobody"}
    answers = [
        till.settle(till.bill(family.mei, patient=each)) for each in (nobody, misnamed, unknown)
    ]
    assert [reply.status for reply in answers] == [404] * 3
    assert len({reply.raw for reply in answers}) == 1


def test_a_refused_bill_may_be_sent_again_once_mended(till, family):
    bill = till.bill(family.mei)
    assert till.settle(bill | {"total": "1.00"}).status == 422
    mended = till.settle(bill)
    assert (mended.status, "Idempotent-Replay" in mended.headers) == (201, False)


# --- cost ---------------------------------------------------------------------------------


def test_a_settlement_costs_the_same_however_many_pay(till, family):
    till.settle(till.bill(family.mei, "1.00"))  # what a process learns once
    third = build.employee("祝明", area=AREA)
    build.personal_account(third, prior=90_00, area=AREA)
    costs = []
    for personal, payers in (("130.00", 2), ("220.00", 3)):
        bill = till.bill(family.mei, personal)
        with CaptureQueriesContext(connection) as statements:
            body = till.settle(bill).json
        assert len({line["binding"] for line in body["lines"]} - {None}) == payers
        costs.append([each["sql"] for each in statements if "SAVEPOINT" not in each["sql"]])
        if payers == 2:
            build.active_binding(third, family.mei, rank=1)
            build.contribution(family.wei, 60_00, area=AREA)
    assert len(costs[0]) == len(costs[1])
    # 16 once a payable account is remembered, after a commit; and a line of the log.
    assert sum("INSERT INTO hospital_exchange" in sql for sql in costs[0]) == 1
    assert len(costs[0]) <= 18
