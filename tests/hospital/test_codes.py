"""Codes of e-credentials at both doors of the tills: taken once, and misuse refused and kept."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts import selectors, tokens
from accounts.models import RefusedCode, ShownCode
from accounts.services import care
from pooling.notices import selectors as notices
from tests import build
from tests.at_once import calls_at_once
from tests.hospital.conftest import holds
from tests.hospital.national import (
    admission,
    bill,
    leaving,
    purchase,
    registration,
    right_now,
)

pytestmark = pytest.mark.django_db


def number_of(person) -> int:
    return selectors.e_credential_of(person.pk).number


def code_of(person, form=tokens.token) -> str:
    return form(number_of(person), right_now())


def shown(code, **more) -> dict:
    """Return what 1101 is asked where somebody shows a code."""
    return {"data": {"mdtrt_cert_type": "01", "mdtrt_cert_no": code, "certno": "", **more}}


def kept() -> list[str]:
    return list(RefusedCode.objects.order_by("pk").values_list("reason", flat=True))


def told(person) -> list[str]:
    return [each.sentence for each in notices.inbox(person.pk, limit=9)]


@pytest.fixture
def mei(family):
    return family.mei  # whoever is bound has an e-credential


# --- REST ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [tokens.token, tokens.digits])
def test_a_bill_by_code_is_the_patients(form, till, mei):
    bill = till.bill(mei, patient={"e_credential": code_of(mei, form)})
    assert till.post("/preview", bill).json["patient"]["psn_no"] == mei.psn_no
    reply = till.settle(bill)
    assert (reply.status, reply.json["patient"]["psn_no"]) == (201, mei.psn_no)
    assert till.settle(bill).headers["Idempotent-Replay"] == "true"


def test_a_code_pays_no_second_bill(till, stranger, mei):
    code = code_of(mei)
    assert till.settle(till.bill(mei, patient={"e_credential": code})).status == 201
    again = till.settle(till.bill(mei, patient={"e_credential": code}))
    assert (again.status, again.code) == (422, "e_credential_used")
    elsewhere = stranger.settle(stranger.bill(mei, patient={"e_credential": code}))
    assert elsewhere.code == "e_credential_used_elsewhere"
    assert kept() == ["used", "used_elsewhere"]
    assert len([line for line in told(mei) if "没有成功" in line]) == 2


def test_a_preview_keeps_what_it_refuses(till, mei):
    reply = till.post("/preview", till.bill(mei, patient={"e_credential": "YBM.FORGED"}))
    assert (reply.status, reply.code) == (422, "e_credential_unreadable")
    assert kept() == ["unreadable"]


def test_a_bill_that_is_refused_leaves_the_code_good(till, mei):
    bill = till.bill(mei, patient={"e_credential": code_of(mei)})
    late = bill | {"business_time": "2020-01-01T00:00:00+08:00"}
    assert till.settle(late).status == 422
    assert not ShownCode.objects.exists()
    assert till.settle(bill).status == 201


def test_a_patient_is_named_one_way_only(till, mei):
    for patient in (
        {"psn_no": mei.psn_no, "e_credential": code_of(mei)},
        {"cert_no": mei.cert_no, "e_credential": code_of(mei)},
    ):
        assert till.settle(till.bill(mei, patient=patient)).status == 422


@pytest.mark.django_db(transaction=True)
def test_sixteen_tills_with_one_code_settle_one_bill(hospital, till, mei):
    code = code_of(mei)
    bills = [till.bill(mei, "1.00", patient={"e_credential": code}) for _each in range(16)]
    replies = calls_at_once(*[lambda bill=bill: till.settle(bill) for bill in bills])
    assert sorted(reply.status for reply in replies) == [201] + [422] * 15
    assert ShownCode.objects.count() == 1
    assert kept() == ["used"] * 15


# --- the national interface ---------------------------------------------------------------


@pytest.mark.parametrize("form", [tokens.token, tokens.digits])
def test_1101_finds_who_shows_the_code(form, national, mei):
    found = national.do("1101", shown(code_of(mei, form)))
    assert found["baseinfo"]["psn_no"] == mei.psn_no


def test_1101_sent_again_finds_the_same_and_another_message_nobody(national, mei):
    message = national.message("1101", shown(code_of(mei)))
    replies = [national.send("1101", message).json for _each in range(2)]
    assert {reply["output"]["baseinfo"]["psn_no"] for reply in replies} == {mei.psn_no}
    assert "已经用过" in national.refused("1101", message["input"])
    assert kept() == ["used"]


def test_another_institution_gets_nothing_from_a_code_it_overheard(national, pharmacy, mei):
    code = code_of(mei)
    national.do("1101", shown(code))
    assert "别处用过" in pharmacy.refused("1101", shown(code))
    assert kept() == ["used_elsewhere"]


@pytest.mark.parametrize("said", ["psn_name", "certno"])
def test_a_borrowed_code_beside_another_person_is_refused(said, national, family, mei):
    other = {"psn_name": family.wei.name, "certno": family.wei.cert_no}[said]
    sentence = national.refused("1101", shown(code_of(mei), **{said: other}))
    assert "不能使用他人的医保码" in sentence
    assert kept() == ["person_differs"]
    assert not ShownCode.objects.exists()
    assert national.do("1101", shown(code_of(mei), psn_name=mei.name))


def test_a_visit_is_not_opened_for_somebody_else_than_whose_code_it_is(national, family, mei):
    code = code_of(mei)
    national.do("1101", shown(code))
    as_code = {"mdtrt_cert_type": "01", "mdtrt_cert_no": code}
    other = {"psn_no": family.wei.psn_no} | registration("310") | as_code
    assert "不能使用他人的医保码" in national.refused("2201", {"data": other})
    own = {"psn_no": mei.psn_no} | registration("390") | as_code
    assert national.do("2201", {"data": own})


def test_a_caregiver_who_was_sent_away_shows_nothing(national, family, mei):
    child = build.activated(build.resident("梅小宝", born="2015-05-05"))
    link = build.care_link(mei, child)
    code = tokens.token(link.number, right_now())
    care.end(link_id=link.pk, by=build.member_actor(child), at=build.NOON)
    assert "亲情账户已结束" in national.refused("1101", shown(code))
    row = RefusedCode.objects.get()
    assert (row.member, row.carer) == (child, mei)


def test_an_expired_code_is_kept_but_nobody_is_alarmed(national, mei):
    code = tokens.token(number_of(mei), build.moment("2026-01-01 12:00"))
    assert "已过期" in national.refused("1101", shown(code))
    assert kept() == ["expired"]
    assert not [line for line in told(mei) if "没有成功" in line]


# --- tills that never ask 1101 ------------------------------------------------------------


def as_code(code) -> dict:
    return {"mdtrt_cert_type": "01", "mdtrt_cert_no": code}


def first_shown_in(infno, national, pharmacy, mei):
    """Return the till and a function from a code to the input of a message that names it."""
    if infno in ("2101", "2102"):
        return pharmacy, lambda code: purchase(mei, "10.00", **as_code(code))
    if infno == "2201":
        about = {"psn_no": mei.psn_no} | registration("390")
        return national, lambda code: {"data": about | as_code(code)}
    if infno == "2401":
        stay = admission(mei)
        return national, lambda code: stay | {"mdtrtinfo": stay["mdtrtinfo"] | as_code(code)}
    if infno in ("2303", "2304"):
        named = at_the_end_of_a_stay(national, mei)
    else:
        named = national.visit(mei, "10.00")
    return national, lambda code: {"data": bill(named, "10.00", **as_code(code))}


def at_the_end_of_a_stay(national, patient) -> dict:
    """Let somebody stay whom the till knows by card; return what names the stay at discharge."""
    stay = national.do("2401", admission(patient))["result"]["mdtrt_id"]
    named = {"psn_no": patient.psn_no, "mdtrt_id": stay}
    national.fees("2301", named, "10.00")
    national.do("2402", leaving(patient, named))
    return named


EVERYWHERE = ["2201", "2206", "2207", "2101", "2102", "2401", "2303", "2304"]
ANY = pytest.mark.parametrize("infno", EVERYWHERE)


@ANY
@pytest.mark.parametrize("form", [tokens.token, tokens.digits])
def test_a_message_spends_the_code_that_was_not_shown_before(
    infno, form, national, pharmacy, family, mei
):
    till, showing = first_shown_in(infno, national, pharmacy, mei)
    message = till.message(infno, showing(code_of(mei, form)))
    replies = [till.send(infno, message).json for _again in range(2)]
    assert [reply["infcode"] for reply in replies] == [0, 0], replies
    (spent,) = ShownCode.objects.all()
    assert (spent.member, spent.message) == (mei, f"{infno}:{message['msgid']}")
    assert kept() == []


@ANY
def test_a_borrowed_code_is_refused_wherever_it_is_shown_first(
    infno, national, pharmacy, family, mei
):
    wei = family.wei
    till, showing = first_shown_in(infno, national, pharmacy, mei)
    before = holds(family.wei), holds(family.lan)
    assert "不能使用他人的医保码" in till.refused(infno, showing(code_of(wei)))
    (row,) = RefusedCode.objects.all()
    assert (row.reason, row.member) == ("person_differs", wei), "it was Wei's code"
    assert not ShownCode.objects.exists()
    assert (holds(family.wei), holds(family.lan)) == before


@ANY
def test_an_expired_or_spent_code_is_refused_wherever_it_is_shown_first(
    infno, national, pharmacy, family, mei, hospital
):
    till, showing = first_shown_in(infno, national, pharmacy, mei)
    old = tokens.token(number_of(mei), build.moment("2026-01-01 12:00"))
    assert "已过期" in till.refused(infno, showing(old))
    code = code_of(mei)
    other = pharmacy if till is national else national
    other.do("1101", shown(code))
    assert "别处用过" in till.refused(infno, showing(code))
    assert kept() == ["expired", "used_elsewhere"]


def test_one_code_pays_no_second_bill_of_a_pharmacy(pharmacy, family, mei):
    # The phone may turn to its next code meanwhile: these are made at one moment.
    number, at = number_of(mei), right_now()
    code, own = tokens.token(number, at), tokens.digits(number, at)
    fresh = tokens.token(number, at - timedelta(seconds=tokens.STEP_SECONDS))
    pharmacy.do("2101", purchase(mei, "1.00", **as_code(code)))
    pharmacy.do("2101", purchase(mei, "2.00", **as_code(code)))
    pharmacy.do("2102", purchase(mei, "1.00", **as_code(own)))
    before = holds(family.wei)
    pharmacy.do("2102", purchase(mei, "1.00", **as_code(fresh)))
    assert "已经用过" in pharmacy.refused("2102", purchase(mei, "1.00", **as_code(fresh)))
    assert kept() == ["used"]
    assert before - holds(family.wei) == 1_00


def test_a_visit_may_repeat_the_code_it_began_with_long_after_it_expired(
    national, family, mei, monkeypatch
):
    for form in (tokens.token, tokens.digits):
        at = right_now()
        code = form(number_of(mei), at)
        found = {"psn_no": mei.psn_no} | registration("390") | as_code(code)
        named = {"psn_no": mei.psn_no}
        named |= {"mdtrt_id": national.do("2201", {"data": found})["data"]["mdtrt_id"]}
        national.fees("2204", named, "1.00")
        ShownCode.objects.update(step=F("step") - 100)
        older = form(number_of(mei), at - timedelta(seconds=100 * tokens.STEP_SECONDS))
        told = national.settle(named, "1.00", **as_code(older))
        assert told["setl_id"]
        assert ShownCode.objects.count() == 1
        ShownCode.objects.all().delete()
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_sixteen_sales_on_one_code_are_one(hospital, pharmacy, family, mei):
    code = code_of(mei)
    asked = [purchase(mei, "1.00", **as_code(code)) for _each in range(16)]
    replies = calls_at_once(*[lambda each=each: pharmacy.ask("2102", each) for each in asked])
    assert sorted(reply.json["infcode"] for reply in replies) == [-1] * 15 + [0]
    assert kept() == ["used"] * 15
