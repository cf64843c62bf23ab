"""Balance, number and rules: what a hotline may learn, and what nobody may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import TypeAdapter

from pooling.audit.models import Look
from pooling.bindings import services as bindings
from pooling.hospital import schemas
from pooling.policy.parameters import PARAMETERS
from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.till import right_now

pytestmark = pytest.mark.django_db


# --- balance ------------------------------------------------------------------------------


def test_a_balance_by_part(hotline, family):
    reply = hotline.get(f"/members/{family.wei.psn_no}/balance")
    assert (reply.status, reply.json) == (
        200,
        {
            "psn_no": family.wei.psn_no,
            "own": {"current": "20.00", "prior": "40.00"},
            "frozen": "0.00",
            "wallet": "0.00",
            "available_from_relatives": [],
        },
    )


def test_what_relatives_would_give_today_never_what_they_have(hotline, family):
    reply = hotline.get(f"/members/{family.mei.psn_no}/balance")
    TypeAdapter(schemas.BalanceOut).validate_python(reply.json)
    assert reply.json["own"] is None
    assert reply.json["available_from_relatives"] == [
        {"binding": family.from_wei.pk, "payer": "魏*", "amount": "60.00"},
        {"binding": family.from_lan.pk, "payer": "兰*", "amount": "100.00"},
    ]
    assert "500" not in reply.raw.decode()
    assert family.lan.name not in reply.raw.decode()


def test_who_stopped_use_gives_nothing(hotline, family):
    bindings.freeze(
        binding_id=family.from_wei.pk, by=build.member_actor(family.wei), at=right_now()
    )
    available = hotline.get(f"/members/{family.mei.psn_no}/balance").json[
        "available_from_relatives"
    ]
    amounts = {each["binding"]: each["amount"] for each in available}
    assert amounts.get(family.from_wei.pk, "0.00") == "0.00"
    assert amounts[family.from_lan.pk] == "100.00"


def test_the_look_is_written_down(hotline, family):
    hotline.get(f"/members/{family.mei.psn_no}/balance")
    look = Look.objects.get()
    assert (look.page, look.member_ids) == ("rest:balance", [family.mei.pk])
    assert (look.actor_kind, look.channel) == ("client", "rest")


# --- number by identity -------------------------------------------------------------------


def test_a_number_is_found_by_identity_and_name(hotline, family):
    body = {"cert_no": family.mei.cert_no, "name": family.mei.name}
    reply = hotline.post("/members/lookup", body)
    assert (reply.status, reply.json) == (200, {"psn_no": family.mei.psn_no})
    assert Look.objects.get().member_ids == [family.mei.pk]


def test_a_wrong_name_and_an_unknown_number_look_the_same(hotline, family):
    """Same bytes, same headers but the request id, same statements."""
    misnamed = {"cert_no": family.mei.cert_no, "name": "无此人"}
    unknown = {"cert_no": build.cert_no(), "name": "无此人"}
    malformed = {"cert_no": "no number at all", "name": "无此人"}
    seen = []
    for body in (misnamed, unknown, malformed):
        with CaptureQueriesContext(connection) as statements:
            reply = hotline.post("/members/lookup", body)
        headers = {k: v for k, v in reply.headers.items() if k != "X-Request-ID"}
        # up to the first value: what is asked, not of whom
        shapes = [each["sql"].split("WHERE")[0].split("VALUES")[0] for each in statements]
        shapes = [shape for shape in shapes if "SAVEPOINT" not in shape]
        seen.append((reply.status, reply.raw, headers, shapes))
    assert seen[0][0] == 404
    assert seen[0] == seen[1] == seen[2]


def test_attempts_leave_a_trace_without_a_name(hotline, family):
    hotline.post("/members/lookup", {"cert_no": family.mei.cert_no, "name": "无此人"})
    look = Look.objects.get()
    assert (look.page, look.member_ids) == ("rest:lookup", [])


@pytest.mark.parametrize("field", ["cert_no", "name"])
@pytest.mark.parametrize("value", ["", " ", None, 1, "\x00", "长" * 61])
def test_a_wrong_question_is_named(hotline, field, value):
    body = {"cert_no": build.cert_no(), "name": "王伟"} | {field: value}
    reply = hotline.post("/members/lookup", body)
    assert (reply.status, list(reply.json["details"])) == (422, [field])


def test_no_identity_number_comes_in_an_address(hotline, family):
    number, name = family.mei.cert_no, family.mei.name
    assert hotline.get(f"/members/lookup?cert_no={number}&name={name}").status == 405
    assert hotline.get(f"/members/{number}/balance").status == 404


# --- rules --------------------------------------------------------------------------------


def test_every_parameter_comes_by_name_with_its_source(hotline):
    build.built_in_areas(build.SHANGRAO)
    reply = hotline.get("/areas/361100/rules?on=2026-11-22")
    assert reply.status == 200
    assert set(reply.json) == set(PARAMETERS)
    for name, rule in reply.json.items():
        TypeAdapter(schemas.RuleOut).validate_python(rule)
        assert rule["source"], name
        assert rule["clause"], name
    assert {rule["area"] for rule in reply.json.values()} >= {"361100", ""}


def test_the_day_decides(hotline):
    build.area("999700", since="2020-01-01", floor_fen=1)
    before = hotline.get("/areas/999700/rules?on=2019-12-31").json["floor_fen"]
    after = hotline.get("/areas/999700/rules?on=2020-01-01").json["floor_fen"]
    assert (before["value"], after["value"], after["version"]) == (0, 1, "2020-01-01")


def test_without_a_day_it_is_today(hotline, family):
    assert (
        hotline.get(f"/areas/{AREA}/rules").json
        == hotline.get(f"/areas/{AREA}/rules?on={right_now():%Y-%m-%d}").json
    )


def test_an_unknown_area_falls_back(hotline):
    build.built_in_areas(build.SHANGRAO)
    province = hotline.get("/areas/360000/rules?on=2026-11-22").json
    city = hotline.get("/areas/369900/rules?on=2026-11-22").json
    assert city == province
