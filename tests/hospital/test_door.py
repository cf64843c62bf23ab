"""The door of the REST interface: keys, scopes, headers, and what cannot even be read."""

import json
import re

import pytest
from django.core.management import call_command
from django.utils import translation

from pooling.hospital.models import Message
from tests import build
from tests.hospital.till import Till

pytestmark = pytest.mark.django_db

MONEY_CALLS = ["/settlements", "/settlements/1/reversal", "/reversals", "/settlements/1/refunds"]


def body_for(path: str, till: Till) -> dict:
    """Return a body that is right for the call, for an original that does not exist."""
    return {
        "/settlements": till.bill(build.resident()),
        "/settlements/1/reversal": {"reason": "录错"},
        "/reversals": {"institution": till.institution, "message_id": "m", "reason": "超时"},
        "/settlements/1/refunds": {"amount": "1.00", "reason": "退药"},
    }[path]


# --- keys and scopes ----------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", "wrong", "0" * 64, "é", "x" * 5000])
def test_without_a_good_key_nobody_gets_in(till, key):
    reply = Till(key).get("/settlements/1")
    assert (reply.status, reply.code) == (401, "unauthorized")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_another_scheme_is_no_key(till):
    reply = Till().get("/settlements/1", authorization=f"Basic {till.key}")
    assert (reply.status, reply.code) == (401, "unauthorized")


def test_a_revoked_key_is_refused_at_once(hospital, till, settings):
    assert till.get("/settlements/1").status == 404
    name = Message._meta.apps.get_model("accounts.ApiClient").objects.get().name
    call_command("revoke_api_client", name, verbosity=0)
    assert till.get("/settlements/1").status == 401


def test_a_hotline_may_not_touch_money(hotline):
    for path in ("/preview", *MONEY_CALLS):
        reply = hotline.post(path, {}, key="k")
        assert (reply.status, reply.code) == (403, "wrong_scope"), path
    assert hotline.get("/settlements/1").status == 403


def test_a_till_may_not_look_people_up(till):
    assert till.get("/members/P1/balance").status == 403
    assert till.post("/members/lookup", {}).status == 403


def test_both_may_read_the_rules(till, hotline):
    assert till.get("/areas/361100/rules").status == 200
    assert hotline.get("/areas/361100/rules").status == 200
    assert Till().get("/areas/361100/rules").status == 401


# --- headers ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MONEY_CALLS)
@pytest.mark.parametrize("key", [None, "", "   "])
def test_what_moves_money_needs_an_idempotency_key(till, path, key):
    reply = till.post(path, body_for(path, till), key=key)
    assert (reply.status, reply.code) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("path", MONEY_CALLS[1:])
@pytest.mark.parametrize("key", ["k" * 65, "钥匙", "a\tb"])
def test_a_key_is_short_printable_ascii(till, path, key):
    assert till.post(path, body_for(path, till), key=key).status == 400


@pytest.mark.parametrize("path", MONEY_CALLS)
def test_a_duplicated_key_is_refused(till, path):
    """Servers join a header that was sent twice with a comma."""
    reply = till.post(path, body_for(path, till), key="one,two")
    assert (reply.status, reply.code) == (400, "header_duplicated")


def test_a_duplicated_authorization_is_refused(till):
    both = f"Bearer {till.key},Bearer {till.key}"
    reply = Till().get("/settlements/1", authorization=both)
    assert (reply.status, reply.code) == (400, "header_duplicated")


def test_on_settlements_the_key_is_the_message_id(till):
    reply = till.post("/settlements", body_for("/settlements", till), key="another")
    assert (reply.status, reply.code) == (422, "idempotency_key_mismatch")


def test_every_answer_has_a_request_id(till):
    for reply in (
        till.get("/settlements/1"),
        till.get("/nowhere"),
        till.send("DELETE", "/settlements"),
        Till().get("/settlements/1"),
        till.send("POST", "/preview", raw=b"{"),
        till.get("/openapi.json"),
    ):
        assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"])


def test_the_tills_own_request_id_comes_back(till):
    assert till.get("/settlements/1", x_request_id="abc-1.2").headers["X-Request-ID"] == "abc-1.2"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "a\nb", "中"])
def test_an_unusable_request_id_is_replaced(till, given):
    answered = till.get("/settlements/1", x_request_id=given).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", answered)


def test_no_page_lends_its_language_to_a_till(till):
    with translation.override("en"):
        assert "密钥" in Till().get("/settlements/1").json["message"]


def test_nothing_may_be_kept_on_the_way(till):
    assert till.get("/areas/361100/rules").headers["Cache-Control"] == "no-store"


# --- addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/", "/settlements/1/nothing", "/settlements/x", "/settlements/-1",
     "/settlements/1.0", "/settlements/99999999999999999999", "/settlements/٣",
     "/settlements/9223372036854775808", "/settlements/\x00"],
)  # fmt: skip
def test_an_unknown_address_is_404_in_the_one_shape(till, path):
    reply = till.get(path)
    assert (reply.status, reply.code) == (404, "not_found")


def test_a_wrong_method_is_405_in_the_one_shape(till):
    reply = till.send("DELETE", "/settlements")
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "POST"


@pytest.mark.parametrize("psn_no", ["nobody", "x" * 31, "x" * 4000, "%00", "\x00", "中", " "])
def test_an_unknown_member_has_no_balance(hotline, psn_no):
    reply = hotline.get(f"/members/{psn_no}/balance")
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize("code", ["36110", "3611000", "abcdef", "３６１１００", "%00"])
def test_an_area_is_six_digits(hotline, code):
    assert hotline.get(f"/areas/{code}/rules").status == 404


@pytest.mark.parametrize("on", ["2026-02-30", "20261122", "today", "", "0", "2026-W01-1", "1e3"])
def test_a_day_that_is_none_is_named(hotline, on):
    reply = hotline.get(f"/areas/361100/rules?on={on}")
    assert (reply.status, reply.code) == (422, "invalid_field")
    assert list(reply.json["details"]) == ["on"]


# --- bodies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "body_missing"),
        (b"{", "body_malformed"),
        (b"not json", "body_malformed"),
        (b"\xff\xfe{}", "body_malformed"),
        (b'{"total": NaN}', "body_malformed"),
        (b'{"total": Infinity}', "body_malformed"),
        (b'{"total": -Infinity}', "body_malformed"),
        (b'{"total": 1, "total": 2}', "body_duplicate_name"),
        (b'{"patient": {"psn_no": "a", "psn_no": "b"}}', "body_duplicate_name"),
        (b'{"\\ud800": 1}', "body_malformed"),
        (b"[" * 60_000, "body_malformed"),
        (b'{"total": ' + b"1" * 5_000 + b"}", "body_malformed"),
    ],
)
def test_what_cannot_be_read_is_400(till, raw, code):
    for path in ("/preview", "/settlements"):
        reply = till.send("POST", path, raw=raw, idempotency_key="k")
        assert (reply.status, reply.code) == (400, code)


def test_a_huge_body_is_refused_by_its_length(till):
    reply = till.send("POST", "/preview", raw=b" " * (64 * 1024 + 1))
    assert (reply.status, reply.code) == (413, "body_too_large")


def test_a_body_in_chunks_is_told_to_state_its_length(till):
    reply = till.send("POST", "/preview", raw=b"{}", transfer_encoding="chunked")
    assert (reply.status, reply.code) == (411, "body_without_length")


def test_a_length_that_is_no_number_is_refused(till):
    assert till.send("POST", "/preview", raw=b"{}", content_length="many").status == 400


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"1", b"null", b"true", b"[{}]"])
def test_what_is_no_object_is_422(till, raw):
    assert till.send("POST", "/preview", raw=raw).status == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("total", v) for v in (-1, "-1", "1.001", 1.001, "1e2", "", " 1", "+1", "1,00", None,
                                 True, [], {}, "１", "NaN", "1" * 14, 10**13, 1e300)],
        *[("acct_used_flag", v) for v in (3, -1, "1", True, 1.0, None)],
        *[("business_time", v) for v in ("2026-11-22T10:00:00", "2026-11-22", 1763776800, None,
                                         "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
                                         "9999-12-31T23:59:59-12:00", "2026-11-22T24:61:00Z")],
        *[("use", v) for v in ("gym", "", None, 1)],
        *[("message_id", v) for v in ("", "a b", "a,b", "x" * 65, "中", 1, None, "a\n")],
        *[("institution", v) for v in ("", " ", None, 1, "H" * 13, "H\x00")],
        *[("patient", v) for v in (None, {}, "P1", {"psn_no": None}, {"name": "王伟"},
                                   {"psn_no": "P1", "name": "王伟"}, {"cert_no": "1"})],
        *[("patient.psn_no", {"psn_no": v}) for v in (1, "", "\x00", "\ud800", "x" * 31)],
        *[("patient.age", {"psn_no": "P1", "age": 1})],
        *[("buyer.name", {"cert_no": "1"}), ("buyer", "somebody")],
        *[("surprise", 1)],
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(till, field, value):
    bill = till.bill(build.resident()) | {field.partition(".")[0]: value}
    reply = till.send("POST", "/preview", raw=json.dumps(bill).encode())
    assert (reply.status, reply.code) == (422, "invalid_field"), reply
    assert list(reply.json["details"]) == [field]
    assert field in reply.json["message"]


def test_a_missing_field_is_named(till):
    bill = till.bill(build.resident())
    for field in set(bill):
        reply = till.post("/preview", {name: bill[name] for name in bill if name != field})
        assert (reply.status, list(reply.json["details"])) == (422, [field])


def test_what_is_wrong_is_not_repeated(till):
    """An identity number in the wrong field must not end in an answer, or the till's log."""
    number = build.cert_no()
    bill = till.bill(build.resident()) | {"patient": {"cert_no": number, "psn_no": number}}
    assert number not in till.post("/preview", bill).raw.decode()


@pytest.mark.parametrize("amount", ["0", 0, "0.00", "-1", "1.001", None, "x"])
def test_a_refund_is_of_something(till, amount):
    reply = till.refund(1, amount)
    assert (reply.status, list(reply.json["details"])) == (422, ["amount"])


@pytest.mark.parametrize("reason", ["", "  ", None, 1, "x" * 201, "a\x00"])
def test_a_reversal_says_why(till, reason):
    reply = till.reverse(1, reason=reason)
    assert (reply.status, list(reply.json["details"])) == (422, ["reason"])


def test_refusals_leave_no_message_behind(till):
    till.settle(till.bill(build.resident()) | {"total": "-1"})
    till.reverse(1)
    till.refund(1, "1.00")
    assert not Message.objects.exists()
