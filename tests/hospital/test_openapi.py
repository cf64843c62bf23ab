"""The interface describes itself, without the network."""

import re

import pytest
from django.contrib.staticfiles import finders

from tests.hospital.till import Till

pytestmark = pytest.mark.django_db

CALLS = {
    ("post", "/api/v1/preview"),
    ("post", "/api/v1/settlements"),
    ("get", "/api/v1/settlements/{settlement_id}"),
    ("post", "/api/v1/settlements/{settlement_id}/reversal"),
    ("post", "/api/v1/reversals"),
    ("post", "/api/v1/settlements/{settlement_id}/refunds"),
    ("get", "/api/v1/members/{psn_no}/balance"),
    ("post", "/api/v1/members/lookup"),
    ("get", "/api/v1/areas/{code}/rules"),
}


@pytest.fixture
def schema():
    return Till().get("/openapi.json").json


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_call_is_described(schema):
    assert {(method, path) for method, path, _operation in operations(schema)} == CALLS


def test_every_call_declares_its_refusals(schema):
    for method, path, operation in operations(schema):
        assert {"401", "403", "503"} <= set(operation["responses"]), path
        assert operation["security"], path
        if method == "post":
            assert "400" in operation["responses"], path


def test_calls_that_move_money_declare_the_key(schema):
    for method, path, operation in operations(schema):
        names = [each["name"] for each in operation.get("parameters", [])]
        moves_money = method == "post" and path.split("/")[3] in ("settlements", "reversals")
        assert ("Idempotency-Key" in names) == moves_money, path


def test_amounts_are_strings_with_a_pattern_or_numbers(schema):
    total = schema["components"]["schemas"]["BillIn"]["properties"]["total"]
    assert [each["type"] for each in total["anyOf"]] == ["string", "number"]
    assert re.fullmatch(total["anyOf"][0]["pattern"], "130.00")


def test_answers_promise_two_decimals(schema):
    pattern = schema["components"]["schemas"]["SettlementOut"]["properties"]["own"]["pattern"]
    assert re.fullmatch(pattern, "0.00")
    assert not re.fullmatch(pattern, "0.0")


def test_the_page_for_people_needs_nothing_from_elsewhere():
    reply = Till().get("/docs")
    page = reply.raw.decode()
    assert reply.status == 200
    assert "openapi.json" in page
    assert "//" not in re.sub(r'"/[^/"]', "", " ".join(re.findall(r'(?:src|href)="[^"]*"', page)))
    for name in re.findall(r'(?:src|href)="/static/([^"]+)"', page):
        assert finders.find(name), name


def test_the_page_for_people_is_as_closed_as_every_other():
    """It is of the portal's own origin: what ran there could ask in its reader's name."""
    told = Till().get("/docs").headers
    assert told["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in told["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
