"""What people type into fields: amounts as phones write them, and days that can be counted with."""

from datetime import date

import pytest
from django import forms

from pooling.shared.forms import DayField, YuanField


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("200", 200_00),
        ("200.5", 200_50),
        (" 200.50 ", 200_50),
        ("¥200", 200_00),
        ("￥２００．５０", 200_50),
        ("1,234.50", 1234_50),
        ("12,345,678", 12_345_678_00),
        ("1，234", 1234_00),
        ("0", 0),
        ("", None),
    ],
)
def test_an_amount_is_read_as_it_was_meant(typed, fen):
    assert YuanField(label="x").clean(typed) == fen


@pytest.mark.parametrize(
    "typed",
    [
        "200,50",
        "200，50",
        "1,5",
        "1,2345",
        ",200",
        "1,000,00",
        "0.001",
        "1e3",
        "-1",
        "+1",
        "1_000",
        "２００²",
        "①",
        "١٢٣",
        "NaN",
        "1" * 14,
        "0x10",
    ],
)
def test_what_may_mean_something_else_is_asked_again(typed):
    with pytest.raises(forms.ValidationError):
        YuanField(label="x").clean(typed)


def test_no_day_lies_where_none_can_be_counted_from_it():
    field = DayField()
    assert field.clean("2026-11-22") == date(2026, 11, 22)
    for end in ("0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"):
        with pytest.raises(forms.ValidationError):
            field.clean(end)
