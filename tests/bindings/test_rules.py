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


# --- periods, caps and consent by the area's clauses -----------------------------------------


def of_limits(limits, clauses, **more):
    found = rules.of_limits(limits, RULES | clauses, from_date=TODAY, **more)
    return [(refusal.code, refusal.clause) for refusal in found]


@pytest.mark.parametrize(
    ("months", "since", "to_date", "allowed"),
    [
        (12, TODAY, date(2027, 11, 21), True),
        (12, TODAY, date(2027, 11, 22), True),
        (12, TODAY, date(2027, 11, 23), False),
        (12, TODAY, None, False),
        (12, date(2026, 1, 22), date(2027, 1, 23), False),
        (1, date(2026, 10, 31), date(2026, 11, 30), True),
        (1, date(2026, 10, 31), date(2026, 12, 1), False),
        (None, TODAY, None, True),
    ],
)
def test_how_long_an_authorisation_may_last(months, since, to_date, allowed):
    found = of_limits(Limits(to_date=to_date), {"max_validity_months": months}, since=since)
    assert found == ([] if allowed else [("validity_too_long", "max_validity_months")])


def test_an_end_may_be_required():
    wanted = {"end_date_required": True}
    assert of_limits(Limits(), wanted) == [("end_required", "end_date_required")]
    assert of_limits(Limits(to_date=date(2030, 1, 1)), wanted) == []


def test_a_cap_the_area_does_not_offer_may_stay_but_not_change():
    offers = {"caps_offered": ["day", "all_year"]}
    monthly = Limits(cap_per_month_fen=500)
    assert of_limits(monthly, offers) == [("cap_not_offered", "caps_offered")]
    assert of_limits(monthly, offers, before=monthly) == []
    assert of_limits(Limits(cap_per_month_fen=499), offers, before=monthly) == [
        ("cap_not_offered", "caps_offered")
    ]
    assert of_limits(Limits(cap_per_day_fen=0), offers) == []


@pytest.mark.parametrize(
    ("caps", "allowed"), [({"cap_per_day_fen": 1}, True), ({"cap_per_day_fen": 0}, True)]
)
def test_all_caps_together_are_offered_by_their_own_words(caps, allowed):
    overall, none = rules.Overall(**caps), rules.Overall()
    for words, code in ((["all_day"], None), (["day"], "cap_not_offered")):
        found = list(rules.of_overall(overall, RULES | {"caps_offered": words}, none))
        assert [refusal.code for refusal in found] == ([code] if code else [])
    assert not list(rules.of_overall(overall, RULES | {"caps_offered": []}, overall))


def test_a_cap_may_be_required_of_those_offered():
    wanted = {"caps_required": True}
    assert of_limits(Limits(), wanted) == [("cap_required", "caps_required")]
    assert of_limits(Limits(cap_per_year_fen=0), wanted) == []
    assert of_limits(Limits(), wanted | {"caps_offered": ["all_day"]}) == []


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("cap_per_settlement_fen", "cap_binding_settlement_fen"),
        ("cap_per_settlement_fen", "cap_relative_month_fen"),
        ("cap_per_day_fen", "cap_payer_month_fen"),
        ("cap_per_month_fen", "cap_binding_month_fen"),
        ("cap_per_year_fen", "cap_binding_year_fen"),
    ],
)
def test_every_cap_of_the_area_over_the_span_bounds_one_of_the_payer(name, clause):
    assert of_limits(Limits(**{name: 100}), {clause: 100}) == []
    assert of_limits(Limits(**{name: 101}), {clause: 100}) == [("cap_above_area", clause)]


@pytest.mark.parametrize(
    ("clauses", "kind", "born", "asks"),
    [
        ({}, "child", "1990-01-01", False),
        ({"relative_confirms": True}, "child", "2026-01-01", True),
        ({"relative_confirms": True, "confirms_for": ["spouse"]}, "child", "1990-01-01", False),
        ({"relative_confirms": True, "confirms_for": ["spouse"]}, "spouse", "1990-01-01", True),
        ({"relative_confirms": True, "confirms_for": ["spouse"]}, None, "1990-01-01", True),
        ({"relative_confirms": True, "confirms_from_age": 18}, "child", "2008-11-23", False),
        ({"relative_confirms": True, "confirms_from_age": 18}, "child", "2008-11-22", True),
        ({"relative_confirms": True, "confirms_from_age": 18}, "child", "2008-11-21", True),
        ({"confirms_from_age": 18, "confirms_for": ["child"]}, "child", "1990-01-01", False),
    ],
)
def test_who_has_to_say_yes(clauses, kind, born, asks):
    born = date.fromisoformat(born)
    assert rules.must_confirm(kind, born, TODAY, RULES | clauses) is asks


def test_a_child_of_29_february_is_asked_from_1_march_on():
    area = RULES | {"relative_confirms": True, "confirms_from_age": 18}
    born = date(2008, 2, 29)
    assert not rules.must_confirm("child", born, date(2026, 2, 28), area)
    assert rules.must_confirm("child", born, date(2026, 3, 1), area)


@pytest.mark.parametrize(
    ("counts", "asked", "first"),
    [
        ("at_once", TODAY, TODAY),
        ("next_day", TODAY, date(2026, 11, 23)),
        ("next_day", date(2026, 11, 23), date(2026, 11, 23)),
        ("next_day", date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_from_when_a_binding_counts(counts, asked, first):
    assert rules.first_day(asked, TODAY, RULES | {"binding_counts": counts}) == first


@pytest.mark.parametrize(
    ("before", "after", "raised"),
    [
        (None, None, False),
        (None, ("outpatient",), False),
        (None, ("outpatient", "checkup"), True),
        (("outpatient", "checkup"), ("outpatient",), False),
    ],
)
def test_naming_a_use_that_must_be_named_is_raising(before, after, raised):
    assert rules.raises(Limits(uses=before), Limits(uses=after), ["checkup"]) is raised
