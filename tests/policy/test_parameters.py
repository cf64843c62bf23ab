"""The closed list: names, defaults, what each takes and in which words it refuses."""

import pytest

from pooling.policy import parameters, wording

NEAR = [
    "spouse",
    "parent",
    "child",
    "sibling",
    "paternal_grandparent",
    "maternal_grandparent",
    "sons_child",
    "daughters_child",
]
#: The table "Parameters of an area", written out; then what binding adds.
TABLE = {
    "model": "direct_debit",
    "own_part_order": ["current", "prior"],
    "shareable_parts": "all",
    "floor_fen": 0,
    "payers_per_settlement": "many",
    "payer_order": "rank",
    "pays_own_paid": True,
    "flag_1_own_only": False,
    "paused_payer": "goes_on",
    "scope": "nationwide",
    "uses": None,
    "patient_types": ["310", "390"],
    "patient_status_normal": True,
    "resident_outpatient_max_level": None,
    "cap_payer_day_fen": None,
    "cap_payer_year_fen": None,
    "cap_relative_year_fen": None,
    "cap_use_year_fen": {},
    "relations": NEAR,
    "max_relatives_per_payer": None,
    "max_payers_per_relative": None,
    "requires_e_credential": True,
    "evidence_accepted": ["registry"],
    "relative_confirms": False,
    "release_by": ["payer", "relative"],
    "release_counts": "at_once",
}


def test_the_list_is_the_table_with_its_defaults():
    assert {name: parameters.default(name) for name in parameters.PARAMETERS} == TABLE


def test_every_default_is_a_lawful_value_and_has_words():
    for name, value in TABLE.items():
        assert parameters.check(name, value) == value
        assert wording.TITLES[name]
        assert wording.show(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("floor_fen", 3000),
        ("cap_payer_day_fen", 0),
        ("cap_use_year_fen", {"outpatient": 500_00}),
        ("uses", ["checkup"]),
        ("relations", ["spouse", "parent_in_law"]),
        ("resident_outpatient_max_level", 2),
        ("max_payers_per_relative", 1),
        ("evidence_accepted", ["registry", "commitment"]),
    ],
)
def test_a_lawful_value_comes_back_as_a_copy(name, value):
    checked = parameters.check(name, value)
    assert checked == value
    assert not isinstance(value, list | dict) or checked is not value


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("floor", 0, "unknown_parameter"),
        ("floor_fen", -1, "too_small"),
        ("floor_fen", None, "not_a_whole_number"),
        ("floor_fen", 12.5, "not_a_whole_number"),
        ("floor_fen", "3000", "not_a_whole_number"),
        ("floor_fen", True, "not_a_whole_number"),
        ("cap_payer_day_fen", -1, "too_small"),
        ("cap_payer_year_fen", 10**15 + 1, "too_large"),
        ("cap_use_year_fen", {"gym": 100}, "unknown_word"),
        ("cap_use_year_fen", {"checkup": -1}, "too_small"),
        ("cap_use_year_fen", [], "not_a_table"),
        ("uses", ["outpatient", "gym"], "unknown_word"),
        ("uses", [], "not_a_list"),
        ("uses", "outpatient", "not_a_list"),
        ("relations", ["cousin"], "unknown_word"),
        ("relations", ["spouse", "spouse"], "said_twice"),
        ("patient_types", [310], "unknown_word"),
        ("own_part_order", None, "not_a_list"),
        ("resident_outpatient_max_level", 4, "too_large"),
        ("resident_outpatient_max_level", 0, "too_small"),
        ("max_payers_per_relative", 0, "too_small"),
        ("pays_own_paid", 1, "not_yes_or_no"),
        ("scope", "galaxy", "unknown_word"),
        ("model", None, "unknown_word"),
    ],
)
def test_a_wrong_value_is_refused_with_a_code_and_a_sentence(name, value, problem):
    with pytest.raises(parameters.NotAValue) as refused:
        parameters.check(name, value)
    assert (refused.value.name, refused.value.problem) == (name, problem)
    sentence = wording.refusal(refused.value)
    assert "%" not in sentence
    assert sentence.endswith("。")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("shareable_parts", "prior", "仅历年余额"),
        ("shareable_parts", "all", "全部余额"),
        ("own_part_order", ["prior", "current"], "历年、当年"),
        ("floor_fen", 1500_00, "¥1,500.00"),
        ("cap_payer_day_fen", None, "不限"),
        ("cap_use_year_fen", {"checkup": 500_00}, "体检 ¥500.00"),
        ("uses", None, "不限用途"),
        ("pays_own_paid", False, "否"),
        ("max_payers_per_relative", 2, "2"),
        ("paused_payer", "stops", "停止共济"),
        ("relations", ["spouse", "parent_in_law"], "配偶、配偶的父母"),
    ],
)
def test_values_are_shown_as_people_read_them(name, value, shown):
    assert wording.show(name, value) == shown


def test_every_word_of_every_parameter_can_be_shown():
    for use in parameters.USES:
        assert wording.show("uses", [use]) == str(wording.USES[use])
    for kind in parameters.RELATION_KINDS:
        assert wording.show("relations", [kind]) == str(wording.KINDS[kind])


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("361100", ("361100", "360000", "000000")),
        ("310000", ("310000", "000000")),
        ("000000", ("000000",)),
    ],
)
def test_clauses_are_sought_in_city_then_province_then_nation(code, chain):
    assert parameters.chain(code) == chain
