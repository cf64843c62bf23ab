"""The log on pages: found by what a telephone call tells, masked, and every look kept."""

import json

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pooling.audit import selectors as trail
from pooling.audit.models import Look
from pooling.hospital.envelope import LOGGED
from pooling.hospital.masking import masked
from pooling.hospital.models import Exchange
from pooling.hospital.national import dictionary, guomi
from pooling.hospital.selectors import exchanges
from pooling.hospital.selectors.exchanges import Asked
from pooling.hospital.step_words import WORDS
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock
from portal.looks import _rows as in_words
from tests import build
from tests.hospital.national import NationalTill, bill
from tests.hospital.test_exchanges import an_old_line, last
from tests.hospital.test_national_seal import sealed_till
from tests.hospital.test_tills_admin import back_at_the_till

pytestmark = pytest.mark.django_db
LIST = "admin:hospital_exchange_changelist"


@pytest.fixture(autouse=True)
def _connections_close_again():
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def staff(client, role: str):
    build.signed_in_staff(client, username=f"wang.{role}", role=role)
    return client


@pytest.fixture
def auditor(client):
    return staff(client, "auditor")


@pytest.fixture
def settled(national, family) -> Exchange:
    national.settle(national.visit(family.mei, "130.00"), "130.00")
    return last()


def page_of(row: Exchange) -> str:
    return reverse("admin:hospital_exchange_change", args=[row.pk])


# --- finding -----------------------------------------------------------------------------


def test_a_message_is_found_by_what_somebody_can_tell_of_it(auditor, national, settled, family):
    back_at_the_till()
    national.refused("2207", {"data": bill({"psn_no": "P0", "mdtrt_id": "1"}, "1.00")})
    refused = last()
    NationalTill(national.access_key, "x" * 64, national.institution).ask("2207", {})
    unsigned = last()
    today = f"{business_date(database_clock())}"

    def found(**asked) -> list[int]:
        page = auditor.get(reverse(LIST), asked)
        return [row.pk for row, *_words in page.context["rows"]]

    assert found(msgid=settled.msgid) == [settled.pk]
    assert found(setl_id=settled.setl_id) == [settled.pk]
    assert found(outcome="refused") == [refused.pk]
    assert found(outcome="unsigned", institution_code=national.institution) == [unsigned.pk]
    assert found(infno="2207", first=today, last=today) == [refused.pk, settled.pk]
    assert unsigned.pk in found()
    assert unsigned.pk not in found(institution_code=national.institution)
    assert found(last="2020-01-01") == found(msgid="no such") == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"institution_code": "H0"}, "没有这个编码的定点机构"),
        ({"setl_id": "x"}, "整数"),
        ({"first": "x"}, "日期"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(auditor, asked, said):
    assert said in auditor.get(reverse(LIST), asked).content.decode()


def test_nonsense_in_the_address_is_no_page(auditor):
    assert auditor.get(reverse(LIST), {"before": "x"}).status_code == 404
    assert auditor.get(reverse(LIST), {"before": "9"}).status_code == 200


def test_pages_follow_each_other_without_counting(auditor, national, monkeypatch):
    monkeypatch.setattr(exchanges, "PAGE", 2)
    back_at_the_till()
    for _ in range(5):
        national.do("9001", {"signIn": {"opter_no": "1"}})
    seen, address = [], f"{reverse(LIST)}?infno=9001"
    while address:
        with CaptureQueriesContext(connection) as asked:
            page = auditor.get(address).context
        assert not [each for each in asked if "COUNT(" in each["sql"]]
        assert sum("hospital_exchange" in each["sql"] for each in asked) <= 2
        seen += [row.pk for row, *_words in page["rows"]]
        address = page["more"] and f"{reverse(LIST)}?{page['query']}&before={page['more']}"
    assert seen == sorted(Exchange.objects.values_list("pk", flat=True), reverse=True)


@pytest.fixture
def busy_months(db):
    """20,000 lines of 60 days and 200 institutions, one in fifty of them refused."""
    with connection.cursor() as cursor:
        cursor.execute("""
            INSERT INTO hospital_exchange (uid, at, duration_ms, client_id, institution_id, infno,
                msgid, setl_id, outcome, status, reason, request_id, request_size, answer_size,
                fingerprint, note)
            SELECT gen_random_uuid(), timestamptz '2026-11-22 12:00+08' - n * interval '4 minutes',
                5, n % 200, n % 200, '2207', 'M' || n, n, CASE WHEN n % 50 = 0 THEN 'failed' ELSE
                'answered' END, 200, '', '', 1, 1, '', '' FROM generate_series(1, 20000) AS n""")
        cursor.execute("ANALYZE hospital_exchange")


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(msgid="M1"), "hospital_exchange_msgid"),
        (Asked(setl_id=7), "hospital_exchange_setl_id"),
        (Asked(first=build.TODAY, last=build.TODAY), "hospital_exchange_day"),
        (Asked(institution_id=7, first=build.TODAY), "hospital_exchange_place_day"),
        (Asked(outcome="failed", last=build.day("2026-10-20")), "hospital_exchange_not_well"),
    ],
)
def test_every_question_has_its_index(busy_months, asked, index):
    """The plan of the very statement a page asks, and nothing of it by reading the table."""
    with CaptureQueriesContext(connection) as captured:
        exchanges.find(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {captured[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on hospital_exchange" not in plan


# --- reading -----------------------------------------------------------------------------


def test_message_and_answer_stand_side_by_side_masked(auditor, settled, family):
    page = auditor.get(page_of(settled)).content.decode()
    assert "机构说" in page
    assert "我们答" in page
    assert "梅*" in page
    secrets = (family.mei.name, family.mei.cert_no, family.mei.birth_date.isoformat())
    assert [each for each in secrets if each in page] == []
    assert "medfee_sumamt" in page
    look = Look.objects.get()
    assert (look.member_ids, look.fields) == ([family.mei.pk], ["contents_masked"])


def test_every_transaction_and_call_has_a_name_for_who_reads_the_log(auditor, settled):
    assert dictionary.transactions() | set(LOGGED) <= set(WORDS)
    assert "2207 门诊结算" in auditor.get(page_of(settled)).content.decode()
    assert "门诊结算" in auditor.get(reverse(LIST)).content.decode()


def test_a_purpose_opens_names_of_one_line_and_the_member_reads_why(auditor, settled, family):
    address = page_of(settled)
    build.say_purpose(auditor, address.removesuffix("change/"), what="机构来电核对这笔结算")
    page = auditor.get(address).content.decode()
    assert family.mei.name in page
    assert family.mei.cert_no in page
    (row,) = in_words(trail.looks_at(family.mei.pk, limit=1))
    assert row.where == "接口日志"
    assert row.fields == ("报文与应答",)
    assert "机构来电核对这笔结算" in row.purpose


def test_who_keeps_the_system_sees_what_became_of_it_and_no_content(client, settled, family):
    page = staff(client, "system_admin").get(page_of(settled)).content.decode()
    assert settled.msgid in page
    assert "不能看内容" in page
    assert "medfee_sumamt" not in page
    assert not Look.objects.exists()


def test_a_clerk_sees_no_log(client, settled):
    assert staff(client, "clerk").get(reverse(LIST)).status_code == 403
    assert client.get(page_of(settled)).status_code == 403


def test_a_damaged_line_is_told_as_one(auditor, settled):
    row = an_old_line(0, request_sealed=b"\x01\x01\x01not sealed here")
    assert "这一行被动过" in auditor.get(page_of(row)).content.decode()


def test_what_is_not_kept_is_said(auditor, national):
    back_at_the_till()
    NationalTill("nobody", "x", "H1").ask("9001", {})
    assert "没有通过验签" in auditor.get(page_of(last())).content.decode()


def test_an_encrypted_input_is_opened_for_the_page(auditor, hospital, family):
    back_at_the_till()
    till, credential = sealed_till(hospital, encrypts=True)
    said = json.dumps({"data": {"psn_no": family.mei.psn_no, "psn_name": "梅小雨"}})
    till.ask("2206", guomi.encrypt(said.encode(), key=credential.sm4_key), encType="SM4")
    page = auditor.get(page_of(last())).content.decode()
    assert "&quot;psn_name&quot;: &quot;梅*&quot;" in page


# --- masking -----------------------------------------------------------------------------


def test_what_a_field_hides_inside_is_masked_too(family):
    number = family.mei.cert_no
    buyer = json.dumps({"buyer": {"name": "梅大姐", "cert_no": number}}, ensure_ascii=False)
    given = {
        "exp_content": buyer,
        "expContent": "no JSON",
        "ipt_no": f"床 {number}",
        "msgid": f"{number}202611220001",
        "memo": "任何话",
        "age": 38,
    }
    told = masked(given)
    assert json.loads(told["exp_content"])["buyer"] == {
        "name": "梅*",
        "cert_no": f"**************{number[-4:]}",
    }
    assert told["expContent"] == told["memo"] == told["age"] == "***"
    assert number not in told["ipt_no"]
    assert told["msgid"] == given["msgid"], "a longer number is none of a person"


def test_with_a_purpose_names_stand_there_and_diagnoses_never():
    told = masked({"psn_name": "梅小雨", "diag_name": "肺炎", "dept_name": "内科"}, named=True)
    assert told == {"psn_name": "梅小雨", "diag_name": "***", "dept_name": "***"}
