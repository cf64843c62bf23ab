"""The calendar: ages and months as the law counts them."""

from datetime import date, timedelta

import pytest

from pooling.shared import periods


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("2010-05-20", "2026-05-19", 15),
        ("2010-05-20", "2026-05-20", 16),
        ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14),
        ("2012-02-29", "2028-02-28", 15),
        ("2012-02-29", "2028-02-29", 16),
        ("2026-11-22", "2026-11-22", 0),
    ],
)
def test_a_year_is_full_on_the_birthday_and_for_29_february_on_1_march(born, on, years):
    assert periods.age(date.fromisoformat(born), date.fromisoformat(on)) == years


@pytest.mark.parametrize(
    ("day", "days", "then"),
    [
        ("2026-11-20", 0, "2026-11-20"),  # a Friday
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-22", 0, "2026-11-22"),
        ("2026-11-22", 5, "2026-11-27"),
        ("2026-11-25", 5, "2026-12-02"),
        ("2028-02-28", 2, "2028-03-01"),
    ],
)
def test_saturdays_and_sundays_are_no_working_days(day, days, then):
    assert periods.working_day_after(date.fromisoformat(day), days) == date.fromisoformat(then)


def test_a_promised_day_lasts_until_midnight_in_shanghai():
    last = periods.end_of(date(2026, 11, 27))
    assert periods.business_date(last) == date(2026, 11, 27)
    assert periods.business_date(last + timedelta(microseconds=1)) == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-11-22", 1, "2026-12-22"),
        ("2026-12-22", 1, "2027-01-22"),
        ("2026-11-22", 24, "2028-11-22"),
        ("9999-06-01", 6, "9999-12-01"),
        ("9999-06-01", 7, "9999-12-31"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_there_is(day, months, later):
    assert periods.months_later(date.fromisoformat(day), months) == date.fromisoformat(later)
