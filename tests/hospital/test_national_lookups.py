"""What tills ask at the national interface, and what of a visit nobody can read."""

from datetime import timedelta

import pytest

from pooling.audit.admin import in_words
from pooling.audit.models import Look
from pooling.hospital.models import FeeLine, SignIn, Visit
from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.national import bill, diagnosis, exact, fee_line, right_now

pytestmark = pytest.mark.django_db


def who(person, **changes) -> dict:
    about = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": person.cert_no,
        "psn_cert_type": "01",
        "certno": person.cert_no,
        "psn_name": person.name,
    }
    return {"data": about | changes}


def test_1101_tells_who_somebody_is_and_how_they_are_insured(national, family):
    told = national.do("1101", who(family.wei))
    base, (row,) = told["baseinfo"], told["insuinfo"]
    assert (base["psn_no"], base["gend"]) == (family.wei.psn_no, "1")
    assert (str(row["balc"]), row["insutype"], row["insuplc_admdvs"]) == ("60.00", "310", AREA)
    assert told["idetinfo"] == []
    look = Look.objects.get(page="hsa:1101")
    assert look.member_ids == [family.wei.pk]


def test_whoever_was_asked_about_reads_what_the_till_saw(national, family, client):
    national.do("1101", who(family.mei))
    about = {"psn_no": family.mei.psn_no}
    national.do("2001", {"data": about | {"insutype": "390", "med_type": "11"}})
    named = national.visit(family.mei, "130.00")
    setl_id = national.settle(named, "130.00")["setl_id"]
    national.do("5203", {"data": named | {"setl_id": setl_id}})
    for look in Look.objects.filter(page__startswith="hsa:"):
        _where, words = in_words(look.page)
        assert set(look.fields) <= set(words), look.page
    user = build.phone_user(member=family.mei)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = client.get("/me/looks/").content.decode()
    for told in ("核对身份和参保", "核对待遇", "查询结算", "证件号码", "账户余额", "不另填目的"):
        assert told in page
    for untrue in ("工作台", "内容已遮盖"):
        assert untrue not in page


def test_1101_gives_a_row_for_every_insurance_of_every_area(national, family):
    build.enrolment(family.wei, "390", area=build.XIAN, status="2", since="2021-05-01")
    rows = national.do("1101", who(family.wei))["insuinfo"]
    told = {(row["insutype"], row["insuplc_admdvs"]): row for row in rows}
    paused = told["390", build.XIAN]
    assert (paused["psn_insu_stas"], paused["paus_insu_date"]) == ("2", "2021-05-01")
    assert sorted(str(row["balc"]) for row in rows) == ["0.00", "60.00"]
    assert str(told["310", AREA]["balc"]) == "60.00"


@pytest.mark.parametrize(
    "changes",
    [
        {"psn_name": "别人"},
        {"certno": build.cert_no()},
        {"psn_name": ""},
        {"certno": "", "mdtrt_cert_no": ""},
        {"certno": "", "mdtrt_cert_type": "01"},
    ],
)
def test_1101_says_the_same_of_a_wrong_name_and_an_unknown_number(national, family, changes):
    said = national.refused("1101", who(family.wei, **changes))
    assert said == "没有这位参保人，请核对证件号码与姓名。"
    assert Look.objects.get(page="hsa:1101").member_ids == []


def test_1101_reads_the_number_from_the_card_where_no_other_is_sent(national, family):
    assert national.do("1101", who(family.wei, certno="", psn_cert_type="1"))


def test_2001_tells_who_enjoys_what(national, family):
    about = {"psn_no": family.wei.psn_no, "insutype": "310", "med_type": "11"}
    rows = national.do("2001", {"data": about})["trtinfo"]
    assert {row["fund_pay_type"]: row["trt_enjymnt_flag"] for row in rows} == {
        "310100": "1",
        "310200": "1",
    }
    about = {"psn_no": family.mei.psn_no, "insutype": "390", "med_type": "11"}
    _fund, account = national.do("2001", {"data": about})["trtinfo"]
    assert (account["trt_enjymnt_flag"], account["trt_chk_rslt"]) == ("0", "没有可用的个人账户")
    assert "没有参加" in national.refused("2001", {"data": about | {"insutype": "310"}})


def test_who_is_paused_gets_nothing_from_the_fund_and_may_spend_all_the_same(national, family):
    paused = build.member("秦朗")
    build.enrolment(paused, "310", area=AREA, status="2")
    build.personal_account(paused, prior=100_00, area=AREA)
    named = national.visit(paused, "10.00", insutype="310")
    done = national.settle(named, "10.00", insutype="310")
    assert (str(done["fund_pay_sumamt"]), str(done["acct_pay"])) == ("0.00", "10.00")


def test_5203_repeats_what_was_settled_and_what_was_given_back(national, family):
    named = national.visit(family.mei, "10.00")
    done = national.settle(named, "10.00")
    wanted = {"data": named | {"setl_id": done["setl_id"]}}
    told = national.do("5203", wanted)
    assert {name: told["setlinfo"].get(name, "") for name in done} == done
    assert told["setldetail"]
    national.reverse(named, done["setl_id"])
    after = national.do("5203", wanted)["setlinfo"]
    assert (str(after["medfee_sumamt"]), after["refd_setl_flag"]) == ("-10.00", "1")


def test_a_patient_mixed_up_with_another_is_noticed_before_money_moves(national, family):
    named = national.visit(family.mei, "10.00")
    for infno, changes in (
        ("2206", {"psn_name": family.wei.name}),
        ("2207", {"certno": family.wei.cert_no}),
    ):
        wrong = bill(named, "10.00") | changes
        assert "不是同一个人" in national.refused(infno, {"data": wrong})
    wrong = bill(named | {"psn_no": family.wei.psn_no}, "10.00")
    assert "没有这次就诊" in national.refused("2207", {"data": wrong})


def test_3201_takes_a_range_and_one_side_alone(national, family):
    named = national.visit(family.mei, "10.00")
    national.reverse(named, national.settle(named, "10.00")["setl_id"])
    today = right_now().date()
    about = {
        "insutype": "390",
        "clr_type": "11",
        "setl_optins": AREA,
        "stmt_begndate": f"{today - timedelta(days=1)}",
        "stmt_enddate": f"{today}",
    }
    for flag, total, count in (("0", "10", 1), ("1", "-10", 1), ("", "0", 2)):
        share = str(int(total) // 2)
        sums = {"medfee_sumamt": total, "fund_pay_sumamt": share, "acct_pay": share}
        wanted = about | sums | {"fixmedins_setl_cnt": count, "refd_setl_flag": flag}
        assert national.do("3201", {"data": wanted})["stmtinfo"]["stmt_rslt"] == "0", flag
    backwards = wanted | {"stmt_begndate": f"{today}", "stmt_enddate": f"{today - timedelta(1)}"}
    assert "对账" in national.refused("3201", {"data": backwards})


def test_an_operators_day_ends_once(national):
    told = national.do("9001", {"signIn": {"opter_no": "1"}})["signinoutb"]
    sign_no = told["sign_no"]
    assert sign_no.startswith("".join(filter(str.isdecimal, told["sign_time"])))
    out = {"signOut": {"sign_no": sign_no, "opter_no": "1"}}
    assert national.do("9002", out)["sign_time"]["sign_time"]
    assert SignIn.objects.get().signed_out_at is not None
    assert "已经签退" in national.refused("9002", out)


# --- fee lines ----------------------------------------------------------------------------


def test_a_fee_line_divides_as_its_extension_says(national, family):
    named = national.visit(family.mei)
    content = '{"fulamt_ownpay_amt": 1.5, "preselfpay_amt": "0.50"}'
    row = named | fee_line("10.00") | {"exp_content": content}
    (told,) = national.do("2204", {"feedetail": [row]})["result"]
    wanted = {"inscp_scp_amt": "8.00", "fulamt_ownpay_amt": "1.50", "selfpay_prop": "0.2000"}
    assert {name: str(told[name]) for name in wanted} == wanted
    done = national.settle(named, "10.00")
    assert str(done["fund_pay_sumamt"]) == "4.00"


def test_fee_lines_are_refused_by_what_is_wrong_with_them(national, family):
    named, other = national.visit(family.mei), national.visit(family.mei)
    row = named | fee_line("10.00")
    national.do("2204", {"feedetail": row})
    assert "重复" in national.refused("2204", {"feedetail": [row]})
    fresh = named | fee_line("1.00")
    assert "重复" in national.refused("2204", {"feedetail": [fresh, fresh]})
    assert "同一次就诊" in national.refused("2204", {"feedetail": [fresh, other | fee_line("1")]})
    assert "不能为负" in national.refused("2204", {"feedetail": [named | fee_line("-1.00")]})
    greedy = fresh | {"exp_content": '{"fulamt_ownpay_amt": 2}'}
    assert "超过明细金额" in national.refused("2204", {"feedetail": [greedy]})
    assert "feedetail" in national.refused("2204", {"feedetail": []})
    assert "合计不一致" in national.refused("2207", {"data": bill(named, "11.00")})
    assert FeeLine.objects.count() == 1


def test_settled_lines_stay_and_0000_takes_the_others(national, family):
    named = national.visit(family.mei, "10.00")
    national.settle(named, "10.00")
    assert "已经结算" in national.refused("2205", {"data": named | {"chrg_bchno": "B1"}})
    national.fees("2204", named, "3.00", batch="B2")
    national.do("2205", {"data": named | {"chrg_bchno": "0000"}})
    assert FeeLine.objects.get().settlement_id
    assert "没有可以撤销" in national.refused("2205", {"data": named | {"chrg_bchno": "B2"}})
    assert "先撤销" in national.refused("2202", {"data": named})


def test_a_cancelled_visit_takes_nothing_more(national, family):
    named = national.visit(family.mei)
    national.do("2202", {"data": named})
    assert "已经取消" in national.refused("2202", {"data": named})
    assert "已经取消" in national.refused("2204", {"feedetail": [named | fee_line("1.00")]})
    for infno in ("2206", "2207"):
        assert "已经取消" in national.refused(infno, {"data": bill(named, "1.00")})


# --- what nobody reads --------------------------------------------------------------------


def test_diagnosis_department_and_drugs_are_closed_with_the_visits_own_key(national, family):
    named = national.visit(family.mei, "10.00")
    about = named | {"med_type": "11", "begntime": "2026-11-22", "main_cond_dscr": "咳嗽"}
    national.do("2203", {"mdtrtinfo": about, "diseinfo": [diagnosis(family.mei)]})
    visit, line = Visit.objects.get(), FeeLine.objects.get()
    told = visit.opened(visit.details, bound=visit.uid)
    assert "咳嗽" in told
    assert "J18.900" in told
    assert "内科" in told
    assert "yp570" in visit.opened(line.details, bound=line.uid)
    for stored in (visit.details, line.details, visit.key_sealed):
        for word in ("咳嗽", "肺炎", "内科", "yp570", visit.key_text):
            assert word.encode() not in bytes(stored)
    neighbour = Visit.objects.get(pk=national.visit(family.mei)["mdtrt_id"])
    visit.key_sealed, visit.uid = neighbour.key_sealed, neighbour.uid
    with pytest.raises(Exception, match="does not open"):
        visit.opened(visit.details, bound=named)


def test_amounts_are_written_with_two_decimals_and_not_as_text(national, family):
    reply = national.ask("2206", {"data": bill(national.visit(family.mei), "0.10")})
    assert b'"medfee_sumamt":0.10,' in reply.raw
    assert b'"hosp_part_amt":0.00,' in reply.raw
    assert isinstance(exact(reply)["infcode"], int)
