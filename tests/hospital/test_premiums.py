"""Premiums by REST: the insured year on the bill, and uses that are refused by name."""

import pytest

from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.till import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Till:
    place = build.institution(area=AREA, type="premium", level=0)
    return Till(build.api_key(institution=place), place.code)


def premium(office: Till, family, **changes) -> dict:
    told = {"use": "resident_premium", "premium": {"year": 2027, "product": "二档"}}
    return office.bill(family.mei, "60.00", **told | changes)


def test_a_premium_comes_back_with_its_year_and_the_same_again_is_the_same(office, family):
    bill = premium(office, family)
    first = office.settle(bill)
    assert (first.status, first.json["premium"]) == (201, {"year": 2027, "product": "二档"})
    assert first.json["pooled"] == "60.00"
    assert office.settle(bill).raw == first.raw
    assert office.get(f"/settlements/{first.json['id']}").json["premium"]["year"] == 2027
    again = office.settle(premium(office, family))
    assert (again.status, again.code) == (409, "premium_already_paid")


def test_a_bill_that_tells_no_year_is_taken_and_answers_none(office, family):
    bill = premium(office, family)
    del bill["premium"]
    assert "premium" not in office.settle(bill).json


def test_a_preview_tells_the_year_too(office, family):
    told = office.post("/preview", premium(office, family, premium={"year": 2026})).json
    assert told["premium"] == {"year": 2026, "product": None}


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


@pytest.mark.parametrize("year", [2025, 2028, "2027", 2027.5, None, 0])
def test_a_year_that_cannot_be_is_refused(office, family, year):
    reply = office.settle(premium(office, family, premium={"year": year}))
    assert reply.status == 422
