"""How much may leave an account, in which order, and when a wallet answers."""

import pytest

from pooling.funds import rules
from pooling.funds.rules import Parts
from tests.build import moment


@pytest.mark.parametrize(
    ("held", "parts", "floor", "free"),
    [
        (Parts(40, 20), "all", 0, Parts(40, 20)),
        (Parts(40, 20), "all", 30, Parts(30, 0)),
        (Parts(40, 20), "all", 10, Parts(40, 10)),
        (Parts(40, 20), "prior", 0, Parts(40, 0)),
        (Parts(40, 20), "prior", 30, Parts(30, 0)),
        (Parts(40, 20), "prior", 10, Parts(40, 0)),
        (Parts(0, 20), "prior", 0, Parts(0, 0)),
        (Parts(40, 20), "all", 60, Parts(0, 0)),
        (Parts(40, 20), "all", 61, Parts(0, 0)),
    ],
)
def test_what_is_shareable_is_above_the_floor_and_of_the_parts_allowed(held, parts, floor, free):
    assert rules.shareable(held, parts=parts, floor_fen=floor) == free


def test_first_taken_is_prior_and_first_given_back_current():
    assert rules.first_taken(Parts(40, 20), 45) == Parts(40, 5)
    assert rules.last_taken(Parts(40, 5), 10) == Parts(5, 5)
    assert rules.last_taken(Parts(40, 5), 45) == Parts(40, 5)


@pytest.mark.parametrize(
    ("hours", "clock", "closed"),
    [
        (None, "23:00", False),
        ([22, 6], "21:59", False),
        ([22, 6], "22:00", True),
        ([22, 6], "05:59", True),
        ([22, 6], "06:00", False),
        ([1, 3], "00:59", False),
        ([1, 3], "01:00", True),
        ([1, 3], "03:00", False),
    ],
)
def test_closed_hours_may_pass_midnight(hours, clock, closed):
    assert rules.closed_at_that_hour(moment(f"2026-11-22 {clock}"), hours) is closed


def test_the_way_back_begins_an_hour_before_it_must_be_over():
    for clock in ("00:00", "12:00", "23:59"):
        assert rules.returns_at(moment(f"2026-12-31 {clock}"), 6) == moment("2027-01-01 05:00")
