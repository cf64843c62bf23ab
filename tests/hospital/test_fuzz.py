"""Whatever comes in: never a 5xx, never a float, never a fen moved by a refused message."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pooling.hospital.models import Message
from pooling.ledger.models import Entry
from tests.hospital.till import Till, right_now

pytestmark = pytest.mark.django_db

PATHS = [
    "/preview",
    "/settlements",
    "/reversals",
    "/settlements/1/reversal",
    "/settlements/1/refunds",
    "/members/lookup",
]
FUZZ = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

odd_texts = st.sampled_from(
    ["", " ", "\x00", "\ud800", "1e5", "NaN", "-0", "0.001", "１", "٣", "9" * 14, "null", "'; --"]
)
odd_numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=True) | st.just(10**400)
scalars = st.none() | st.booleans() | odd_numbers | st.text(max_size=20) | odd_texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
names = st.sampled_from(
    ["message_id", "patient", "institution", "use", "buyer", "business_time", "total", "fund",
     "hospital_borne", "own_paid", "over_limit", "pre_paid", "in_scope_share", "acct_used_flag",
     "reason", "amount", "cert_no", "name", "psn_no", "surprise"]
)  # fmt: skip


def refused_or_harmless(reply) -> bool:
    shaped = reply.status < 400 or set(reply.json) <= {"code", "message", "rule", "details"}
    return reply.status < 500 and shaped


def books() -> tuple[int, int]:
    return Entry.objects.count(), Message.objects.count()


@FUZZ
@given(path=st.sampled_from(PATHS), raw=st.binary(max_size=300))
def test_any_bytes(till, hotline, path, raw):
    who = hotline if path.startswith("/members") else till
    reply = who.send("POST", path, raw=raw, idempotency_key="k")
    assert 400 <= reply.status < 500
    assert refused_or_harmless(reply)


@FUZZ
@given(path=st.sampled_from(PATHS), body=st.dictionaries(names, values, max_size=8))
def test_any_object(till, hotline, path, body):
    who = hotline if path.startswith("/members") else till
    raw = json.dumps(body).encode()
    reply = who.send("POST", path, raw=raw, idempotency_key="k")
    assert 400 <= reply.status < 500
    assert refused_or_harmless(reply)


@FUZZ
@given(field=names, value=values, call=st.sampled_from(["/preview", "/settlements"]))
def test_one_wrong_field_in_a_right_bill_moves_nothing(till, family, field, value, call):
    before = books()
    bill = till.bill(family.mei, "1.00", message_id="m") | {field: value}
    reply = till.send("POST", call, raw=json.dumps(bill).encode(), idempotency_key="m")
    assert refused_or_harmless(reply)
    if reply.status >= 400:
        assert books() == before


@FUZZ
@given(
    header=st.sampled_from(["authorization", "idempotency-key", "x-request-id", "content-type"]),
    value=st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=90),
)
def test_any_header(till, header, value):
    reply = till.send("POST", "/settlements", {}, **{header: value})
    assert 400 <= reply.status < 500
    assert refused_or_harmless(reply)


@FUZZ
@example(tail="/[")
@given(tail=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_address(till, hotline, tail):
    for who in (till, hotline):
        assert refused_or_harmless(who.get("/" + tail.replace("?", "")))
        assert refused_or_harmless(who.get(f"/settlements/{tail.replace('?', '')}"))


@FUZZ
@given(seconds=st.integers(-(10**9), 10**9), offset=st.integers(-14 * 60, 14 * 60))
def test_any_moment(till, family, seconds, offset):
    at = right_now() + timedelta(seconds=seconds)
    sign, minutes = "+-"[offset < 0], abs(offset)
    text = f"{at:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    reply = till.post("/preview", till.bill(family.mei, "1.00", business_time=text))
    assert reply.status in (200, 422)


def test_no_key_no_service():
    for path in PATHS:
        assert Till().post(path, {}).status == 401
