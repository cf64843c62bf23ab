"""The pure rules at their edges, and the words for every refusal."""

from dataclasses import replace
from datetime import date

import pytest

from pooling.bindings import rules, texts
from pooling.bindings.rules import Limits
from pooling.policy import parameters

RULES = {name: parameters.default(name) for name in parameters.PARAMETERS}
TODAY = date(2026, 11, 22)


def test_a_cap_is_measured_against_the_lowest_of_the_areas():
    area = RULES | {"cap_payer_year_fen": 300, "cap_relative_year_fen": 200}
    for fen, code in ((200, None), (201, "cap_above_area")):
        found = list(rules.of_limits(Limits(cap_per_month_fen=fen), area, from_date=TODAY))
        assert [refusal.code for refusal in found] == ([code] if code else [])
    assert found[0].clause == "cap_relative_year_fen"
    assert found[0].values["most_fen"] == 200


def test_the_areas_day_cap_does_not_bind_a_month():
    area = RULES | {"cap_payer_day_fen": 100}
    assert not list(rules.of_limits(Limits(cap_per_month_fen=500), area, from_date=TODAY))


BEFORE = Limits(cap_per_day_fen=100, uses=("outpatient", "inpatient"), to_date=TODAY)


@pytest.mark.parametrize(
    ("change", "raised"),
    [
        ({}, False),
        ({"cap_per_day_fen": 99}, False),
        ({"cap_per_day_fen": 101}, True),
        ({"cap_per_day_fen": None}, True),
        ({"cap_per_year_fen": 5}, False),
        ({"uses": ("outpatient",)}, False),
        ({"uses": ("checkup",)}, True),
        ({"uses": None}, True),
        ({"to_date": date(2026, 11, 21)}, False),
        ({"to_date": date(2026, 11, 23)}, True),
        ({"to_date": None}, True),
    ],
)
def test_what_counts_as_raising(change, raised):
    assert rules.raises(BEFORE, replace(BEFORE, **change)) is raised


@pytest.mark.parametrize(
    ("counts", "today", "day"),
    [
        ("at_once", TODAY, None),
        ("next_day", date(2026, 12, 31), date(2027, 1, 1)),
        ("next_month", date(2026, 1, 31), date(2026, 2, 1)),
        ("next_month", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_from_when_a_release_counts(counts, today, day):
    assert rules.release_day(counts, today) == day


def test_a_signed_text_never_changes_unnoticed():
    assert texts.fingerprint("2026-11") == (
        "95105dcb144a0443471ef63decc59f82318826a5a835b7fb36d5d8bfdfa99ddf"
    )
    with pytest.raises(texts.UnknownText):
        texts.fingerprint("2099-01")
