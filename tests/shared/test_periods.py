"""The calendar: ages and months as the law counts them."""

from datetime import date

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
