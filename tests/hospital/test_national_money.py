"""Whole visits over the national interface: registered, paid by the family, given back."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from pooling.hospital.models import FeeLine, Visit
from pooling.ledger import selectors as books
from pooling.settlements.models import Settlement
from pooling.shared.periods import business_date
from tests import build
from tests.hospital.conftest import AREA, holds
from tests.hospital.national import (
    NationalTill,
    admission,
    bill,
    diagnosis,
    leaving,
    purchase,
    right_now,
)

pytestmark = pytest.mark.django_db


def test_an_outpatient_visit_from_sign_in_to_reversal(national, family):
    mei = family.mei
    sign_no = national.do("9001", {"data": {"opter_no": "0001"}})["result"]["sign_no"]
    named = national.visit(mei, "100.00", "30.00")
    about = named | {"med_type": "11", "begntime": f"{right_now():%Y-%m-%d %H:%M:%S}"}
    national.do("2203", {"mdtrtinfo": about, "diseinfo": [diagnosis(mei)]})
    tried = national.do("2206", {"mdtrtinfo": bill(named, "130.00")})["setlinfo"]
    assert "setl_id" not in tried
    done = national.settle(named, "130.00")
    # A resident at a level-1 hospital: half is the fund's.
    assert (done["fund_pay_sumamt"], done["acct_mulaid_pay"]) == (
        Decimal("65.00"),
        Decimal("65.00"),
    )
    assert {key: done[key] for key in done if key.endswith("_pay")} == {
        key: tried[key] for key in tried if key.endswith("_pay")
    }
    assert holds(family.wei) + holds(family.lan) == 560_00 - 65_00
    back = national.reverse(named, done["setl_id"])
    assert back["acct_mulaid_pay"] == Decimal("-65.00")
    assert holds(family.wei) + holds(family.lan) == 560_00
    national.do("2205", {"data": named | {"chrg_bchno": "B1"}})
    national.do("2202", {"data": named | {"ipt_otp_no": ""}})
    assert Visit.objects.get().state == Visit.State.CANCELLED
    national.do("9002", {"signOut": {"sign_no": sign_no, "opter_no": "0001"}})
    assert books.check() == []


def test_the_pooled_part_lies_inside_acct_pay_and_balc_is_the_patients_own(national, family):
    wife = build.employee("周敏", area=AREA)
    build.personal_account(wife, current=15_00, area=AREA)
    build.active_binding(family.wei, wife)
    named = national.visit(wife, "100.00", insutype="310")
    done = national.settle(named, "100.00", insutype="310")
    # 70 % is the fund's; 15.00 own and 15.00 of the family's.
    wanted = {"acct_pay": "30.00", "acct_mulaid_pay": "15.00", "psn_cash_pay": "0.00"}
    assert {name: str(done[name]) for name in wanted} == wanted
    assert str(done["balc"]) == "0.00"
    back = national.reverse(named, done["setl_id"])
    assert (str(back["balc"]), str(back["acct_mulaid_pay"])) == ("15.00", "-15.00")


def test_flag_0_is_cash_alone(national, family):
    named = national.visit(family.mei, "10.00")
    done = national.settle(named, "10.00", acct_used_flag=0)
    assert (str(done["acct_pay"]), str(done["psn_cash_pay"])) == ("0.00", "5.00")


def test_a_pharmacy_tries_settles_and_takes_back(pharmacy, family):
    wanted = purchase(family.mei, "12.50", "7.50")
    tried = pharmacy.do("2101", wanted)
    assert not Visit.objects.exists()
    done = pharmacy.do("2102", wanted)
    assert str(done["setlinfo"]["acct_mulaid_pay"]) == "20.00"
    assert tried["setlinfo"]["acct_pay"] == done["setlinfo"]["acct_pay"]
    assert [str(row["inscp_scp_amt"]) for row in done["detlcutinfo"]] == ["12.50", "7.50"]
    named = {key: done["setlinfo"][key] for key in ("psn_no", "mdtrt_id", "setl_id")}
    back = pharmacy.do("2103", {"data": named})["setlinfo"]
    assert str(back["medfee_sumamt"]) == "-20.00"
    assert holds(family.wei) + holds(family.lan) == 560_00


def test_a_pharmacy_names_who_collects_for_the_patient(pharmacy, family):
    collector = {"name": "何代取", "cert_no": build.cert_no()}
    said = json.dumps({"buyer": collector}, ensure_ascii=False)
    pharmacy.do("2102", purchase(family.mei, "2.00", exp_content=said))
    row = Settlement.objects.get()
    assert json.loads(row.buyer) == collector
    assert collector["name"].encode() not in bytes(row.buyer_sealed)


@pytest.mark.parametrize(
    "buyer", [[], "何代取", {}, {"name": "何代取"}, {"name": "", "cert_no": "1"}, {"name": 1}]
)
def test_a_buyer_is_named_by_name_and_document_or_not_at_all(buyer, pharmacy, family):
    said = json.dumps({"buyer": buyer})
    sentence = pharmacy.refused("2102", purchase(family.mei, "2.00", exp_content=said))
    assert "cert_no" in sentence
    assert not Settlement.objects.exists()


@pytest.mark.parametrize("said", ["", "not json", "[]", '{"other": 1}', '{"buyer": null}'])
def test_what_else_stands_in_the_field_names_no_buyer(said, pharmacy, family):
    pharmacy.do("2102", purchase(family.mei, "2.00", exp_content=said))
    assert Settlement.objects.get().buyer is None


def test_a_pharmacys_sale_is_for_drugs_unless_there_is_nothing_but_consumables(pharmacy, family):
    sale, plasters = purchase(family.mei, "2.00"), purchase(family.mei, "3.00", "1.00")
    for row in plasters["drugdetail"]:
        row["med_list_codg"] = "C0202101000000000000"
    mixed = sale | {"drugdetail": [*sale["drugdetail"], *plasters["drugdetail"]]}
    mixed["druginfo"] = sale["druginfo"] | {"medfee_sumamt": "6.00"}
    for wanted in (sale, plasters, mixed):
        pharmacy.do("2102", wanted)
    clinic = pharmacy.visit(family.mei, "4.00")
    about = clinic | {"med_type": "11", "begntime": "2026-11-22", "rxIn": [1, 2]}
    pharmacy.do("2203A", {"mdtrtinfo": about, "diseinfo": diagnosis(family.mei)})
    pharmacy.settle(clinic, "4.00")
    used = Settlement.objects.order_by("pk").values_list("use", flat=True)
    drugs = "pharmacy_drugs"
    assert list(used) == [drugs, "pharmacy_consumables", drugs, drugs]


def test_a_stay_is_settled_after_discharge_and_undone_step_by_step(national, family):
    mei = family.mei
    stay = national.do("2401", admission(mei))["result"]["mdtrt_id"]
    named = {"mdtrt_id": stay, "psn_no": mei.psn_no}
    national.fees("2301", named, "800.00", "200.00")
    wanted = bill(named, "1000.00", mid_setl_flag="0") | {"insuplc_admdvs": "999900"}
    tried = national.do("2303", {"data": wanted})["setlinfo"]
    assert "就诊中" in national.refused("2304", {"data": wanted})
    national.do("2402", leaving(mei, named))
    done = national.do("2304", {"data": wanted})["setlinfo"]
    # Residents at level 1: 200.00 deductible, then 80 %.
    assert [str(done[name]) for name in ("act_pay_dedc", "fund_pay_sumamt")] == ["200.00", "640.00"]
    assert tried["fund_pay_sumamt"] == done["fund_pay_sumamt"]
    assert "撤销结算" in national.refused("2405", {"data": named})
    one = {"feedetl_sn": FeeLine.objects.first().number}
    assert "先撤销结算" in national.refused("2302", {"data": named | one})
    back = national.do("2305", {"data": named | {"setl_id": done["setl_id"]}})["setlinfo"]
    assert str(back["act_pay_dedc"]) == "-200.00"
    national.do("2405", {"data": named})
    national.do("2302", {"data": named | {"feedetl_sn": "0000"}})
    national.do("2404", {"data": named})
    assert not FeeLine.objects.exists()
    assert books.check() == []


def test_a_visit_pays_its_deductible_once(national, family):
    stay = national.do("2401", admission(family.mei))["result"]["mdtrt_id"]
    named = {"mdtrt_id": stay, "psn_no": family.mei.psn_no}
    paid = []
    for _half in range(2):
        national.fees("2301", named, "150.00")
        wanted = bill(named, "150.00", mid_setl_flag="1")
        paid.append(str(national.do("2304", {"data": wanted})["setlinfo"]["act_pay_dedc"]))
    assert paid == ["150.00", "50.00"]


def test_the_four_parts_of_a_bill_are_kept_and_the_funds_share_comes_out_of_what_is_in_scope(
    national, family
):
    named = national.visit(family.mei)
    parts = {
        "fulamt_ownpay_amt": "20.00",
        "overlmt_selfpay": 0,
        "preselfpay_amt": "10",
        "inscp_scp_amt": 70.0,
    }
    done = national.settle(named, "100.00", **parts)
    assert {name: Decimal(str(done[name])) for name in parts} == {
        name: Decimal(str(value)) for name, value in parts.items()
    }
    assert str(done["fund_pay_sumamt"]) == "35.00"
    assert "之和" in national.refused(
        "2207",
        {"data": bill(national.visit(family.mei), "100.00", **parts | {"preselfpay_amt": 9})},
    )


def test_a_real_cores_share_comes_in_the_message(hospital, family):
    credential, secret = build.till_credential(institution=hospital, share="message")
    till = NationalTill(credential.access_key, secret, hospital.code)
    named = till.visit(family.mei, "100.00")
    told = '{"fund_pay_sumamt": 85.5, "hifp_pay": "60.50", "hifmi_pay": 25, "hosp_part_amt": "5"}'
    done = till.settle(named, "100.00", exp_content=told)
    amounts = ("fund_pay_sumamt", "hifmi_pay", "hosp_part_amt", "psn_part_amt")
    assert [str(done[name]) for name in amounts] == ["85.50", "25.00", "5.00", "9.50"]
    named = till.visit(family.mei, "100.00")
    for lie in ("", "{", "[]", '{"fund_pay_sumamt": 101}', '{"fund_pay_sumamt": 9, "hifp_pay": 8}',
                '{"fund_pay_sumamt": NaN}', '{"fund_pay_sumamt": -1}'):  # fmt: skip
        assert "exp_content" in till.refused("2207", {"data": bill(named, "100", exp_content=lie)})


def test_a_share_larger_than_what_is_in_scope_lowers_the_other_parts(hospital, family):
    credential, secret = build.till_credential(institution=hospital, share="message")
    till = NationalTill(credential.access_key, secret, hospital.code)
    named = till.visit(family.mei)
    parts = {
        "fulamt_ownpay_amt": "50",
        "overlmt_selfpay": "10",
        "preselfpay_amt": "10",
        "inscp_scp_amt": "30",
    }
    done = till.settle(named, "100", exp_content='{"fund_pay_sumamt": "55.00"}', **parts)
    assert (str(done["psn_part_amt"]), str(done["inscp_scp_amt"])) == ("45.00", "30.00")
    assert str(till.reverse(named, done["setl_id"])["medfee_sumamt"]) == "-100.00"


# --- messages that come late ---------------------------------------------------------------


@pytest.fixture
def late(hospital):
    """A till that may report two days late."""
    credential, secret = build.till_credential(institution=hospital, days=2)
    return NationalTill(credential.access_key, secret, hospital.code)


def days_ago(days: int) -> str:
    return f"{right_now() - timedelta(days=days):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_late_bill_is_of_the_day_its_till_says_and_cleared_today(late, family, days):
    named, on = late.visit(family.mei, "10.00"), business_date(right_now())
    data = {"data": bill(named, "10.00")}
    tried = late.do("2206", data, inf_time=days_ago(days))["setlinfo"]
    told = late.do("2207", data, inf_time=days_ago(days))["setlinfo"]
    assert tried["acct_pay"] == told["acct_pay"] > 0
    assert told["setl_time"].startswith(str(on)), "a day once compared by 3201 does not change"
    assert business_date(Settlement.objects.get().business_time) == on - timedelta(days=days)


@pytest.mark.parametrize("days", [3, 40, None])
def test_a_bill_later_than_its_institution_may_report_is_refused(late, family, days):
    named, before = late.visit(family.mei, "10.00"), holds(family.wei)
    inf_time = days_ago(days) if days else "0001-01-01 00:00:00"
    for infno in ("2206", "2207"):
        said = late.refused(infno, {"data": bill(named, "10.00")}, inf_time=inf_time)
        assert said.startswith("inf_time（交易时间）：业务时间 " + inf_time[:10])
        assert "最多可补报 2 天" in said
    assert (holds(family.wei), Settlement.objects.count()) == (before, 0)


@pytest.mark.parametrize("inf_time", ["", "20261122", "2026-13-01 00:00:00", "2199-01-01 00:00:00"])
def test_a_clock_that_says_nothing_of_an_earlier_day_is_not_asked(late, family, inf_time):
    late.do("2207", {"data": bill(late.visit(family.mei, "1.00"), "1.00")}, inf_time=inf_time)
    assert business_date(Settlement.objects.get().business_time) == business_date(right_now())


def test_the_clock_of_a_till_that_may_not_report_late_is_not_believed(national, family):
    named = national.visit(family.mei, "10.00")
    national.do("2207", {"data": bill(named, "10.00")}, inf_time=days_ago(10))
    assert business_date(Settlement.objects.get().business_time) == business_date(right_now())


def test_a_late_sale_follows_the_same_limit(hospital, family):
    place = build.institution("P36110000010", name="夜间药房", level=0, type="pharmacy")
    credential, secret = build.till_credential(institution=place, days=1)
    till = NationalTill(credential.access_key, secret, place.code)
    till.do("2102", purchase(family.mei, "1.00"), inf_time=days_ago(1))
    assert "补报" in till.refused("2102", purchase(family.mei, "1.00"), inf_time=days_ago(2))
    assert Settlement.objects.count() == 1
