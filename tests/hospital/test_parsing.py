"""Strict reading of bodies: no float, no guess, no second value of a name."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pooling.hospital.parsing import Unreadable, read_json

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(anything)
def test_what_json_writes_is_read_back(value):
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    with suppress(Unreadable):
        read_json(raw)


def test_a_decimal_never_becomes_a_float():
    assert read_json(b"0.1") == Decimal("0.1")
    assert isinstance(read_json(b"10.00"), Decimal)


@pytest.mark.parametrize("token", [b"1e2", b"1E2", b"1.5e-3", b"1e999999999", b"-1e-999999999"])
def test_an_exponent_is_a_number_no_field_accepts(token):
    assert read_json(token).is_nan()


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'[{"b":{"a":1,"a":1}}]', b'{"a":1,"\\u0061":2}']
)
def test_a_name_given_twice_is_refused_at_any_depth(raw):
    with pytest.raises(Unreadable, match="body_duplicate_name"):
        read_json(raw)
