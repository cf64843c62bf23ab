"""Premiums by REST: the insured year on the bill, and uses that are refused by name."""

import pytest

from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.till import Till, right_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Till:
    place = build.institution(area=AREA, type="premium", level=0)
    return Till(build.api_key(institution=place), place.code)


def premium(office: Till, family, *, at=None, **changes) -> dict:
    """Return a bill for the year after that of `at`, now by default."""
    at = at or right_now()
    told = {"use": "resident_premium", "premium": {"year": at.year + 1, "product": "二档"}}
    return office.bill(family.mei, "60.00", at=at, **told | changes)


def test_a_premium_comes_back_with_its_year_and_the_same_again_is_the_same(office, family):
    at = right_now()
    bill = premium(office, family, at=at)
    first = office.settle(bill)
    assert (first.status, first.json["premium"]) == (201, {"year": at.year + 1, "product": "二档"})
    assert first.json["pooled"] == "60.00"
    assert office.settle(bill).raw == first.raw
    assert office.get(f"/settlements/{first.json['id']}").json["premium"] == bill["premium"]
    again = office.settle(premium(office, family, at=at))
    assert (again.status, again.code) == (409, "premium_already_paid")


def test_a_bill_that_tells_no_year_is_taken_and_answers_none(office, family):
    bill = premium(office, family)
    del bill["premium"]
    assert "premium" not in office.settle(bill).json


def test_a_preview_tells_the_year_too(office, family):
    at = right_now()
    bill = premium(office, family, at=at, premium={"year": at.year})
    told = office.post("/preview", bill).json
    assert told["premium"] == {"year": at.year, "product": None}


@pytest.mark.parametrize(
    ("use", "word"),
    [("fitness", "体育健身"), ("wellness", "养生保健消费"), ("public_health", "公共卫生费用")],
)
def test_what_is_never_paid_is_refused_by_its_name(till, family, use, word):
    reply = till.settle(till.bill(family.mei, use=use))
    assert (reply.status, reply.code) == (422, "invalid_field")
    assert word in reply.json["message"]
    assert word in reply.json["details"]["use"]


@pytest.mark.parametrize("use", ["resident_premium", "pharmacy_drugs", "commercial_insurance"])
def test_a_hospital_charges_for_nothing_but_care(till, family, use):
    reply = till.settle(till.bill(family.mei, use=use))
    assert (reply.status, reply.code) == (422, "use_not_of_this_place")


@pytest.mark.parametrize("years", [-1, 2])
def test_a_year_too_far_away_is_refused(office, family, years):
    at = right_now()
    reply = office.settle(premium(office, family, at=at, premium={"year": at.year + years}))
    assert reply.status == 422


@pytest.mark.parametrize("year", ["2027", 2027.5, None, 0])
def test_what_is_no_year_is_refused(office, family, year):
    reply = office.settle(premium(office, family, premium={"year": year}))
    assert reply.status == 422
