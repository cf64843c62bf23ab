"""The rules that come with the portal: what they say, and on what they rest."""

import re
from datetime import date

import pytest

from pooling.policy import definitions, parameters, selectors
from tests import build

TODAY = build.TODAY
AREAS = {area.code: area for area in definitions.read_folder()}
CLAUSES = [
    pytest.param(clause, id=f"{area.code}/{version.label}/{clause.name}")
    for area in AREAS.values()
    for version in area.versions
    for clause in version.clauses
]


def test_the_areas_are_those_we_can_prove():
    assert list(AREAS) == ["000000", "310000", "360000", "361100", "610000", "610100"]


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_has_a_lawful_value_a_source_and_a_mark_that_may_make_a_rule(clause):
    assert parameters.check(clause.name, clause.value) == clause.value
    assert clause.evidence in {"OFFICIAL", "NEWS", "REPOST", "SEED"}
    assert clause.seen_on == date(2026, 11, 22)
    assert re.match(r"https?://\S+$", clause.source) or "整理稿" in clause.source
    assert len(clause.text) <= 60


def test_a_mark_of_mass_made_articles_is_refused(tmp_path):
    text = (definitions.BUILT_IN / "361100.yaml").read_text("utf-8").replace("SEED", "FARM")
    (tmp_path / "361100.yaml").write_text(text, "utf-8")
    with pytest.raises(definitions.BadDefinition) as refused:
        definitions.read_folder(tmp_path)
    assert refused.value.problem == "unknown_evidence"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (
            "310000",
            {
                "shareable_parts": "prior",
                "payers_per_settlement": "one",
                "max_payers_per_relative": 1,
                "scope": "same_province",
                "patient_types": ["310", "390"],
                "evidence_accepted": ["registry", "commitment"],
                "relations": list(parameters.NEAR_RELATIVES),
            },
        ),
        (
            "361100",
            {
                "shareable_parts": "all",
                "paused_payer": "stops",
                "max_payers_per_relative": 1,
                "patient_status_normal": True,
                "release_by": ["payer", "relative"],
                "evidence_accepted": ["registry"],
                "uses": [
                    "outpatient",
                    "inpatient",
                    "pharmacy_drugs",
                    "commercial_insurance",
                    "ltc_premium",
                ],
            },
        ),
        (
            "610100",
            {
                "payers_per_settlement": "many",
                "payer_order": "rank",
                "max_payers_per_relative": 2,
                "paused_payer": "goes_on",
                "evidence_accepted": ["registry", "commitment"],
                "scope": "same_province",
            },
        ),
    ],
)
def test_what_holds_today(area, expected):
    build.built_in_areas()
    values = selectors.in_force(area, TODAY).values()
    assert {name: values[name] for name in expected} == expected


@pytest.mark.django_db
def test_parents_in_law_are_nowhere_near_relatives_and_the_registry_always_proves():
    build.built_in_areas()
    for area in AREAS:
        rules = selectors.in_force(area, TODAY)
        assert "parent_in_law" not in rules.value("relations")
        assert "registry" in rules.value("evidence_accepted")
        assert rules.value("requires_e_credential") is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("area", "eve", "kinds"), [("610000", "2024-12-08", 3), ("361100", "2024-12-08", 3)]
)
def test_near_relatives_came_on_the_9th_of_december_2024(area, eve, kinds):
    build.built_in_areas()
    assert len(selectors.in_force(area, build.day(eve)).value("relations")) == kinds
    assert len(selectors.in_force(area, date(2024, 12, 9)).value("relations")) == 8
