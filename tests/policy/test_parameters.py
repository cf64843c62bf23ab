"""The closed list: names, defaults, what each takes and in which words it refuses."""

import pytest

from pooling.policy import parameters, payout_words, wording

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
#: The list written out once more, so that no default changes unseen.
TABLE = {
    "model": "direct_debit",
    "own_part_order": ["current", "prior"],
    "shareable_parts": "all",
    "floor_fen": 0,
    "payers_per_settlement": "many",
    "payer_order": "rank",
    "pays_own_paid": True,
    "flag_1_own_only": False,
    "needs_empty_own_account": False,
    "paused_payer": "goes_on",
    "scope": "nationwide",
    "uses": None,
    "uses_opt_in": [],
    "premium_form": {},
    "commercial_products": {},
    "patient_types": ["310", "390"],
    "patient_status_normal": True,
    "resident_outpatient_max_level": None,
    "cap_payer_day_fen": None,
    "cap_payer_month_fen": None,
    "cap_payer_year_fen": None,
    "cap_relative_settlement_fen": None,
    "cap_relative_day_fen": None,
    "cap_relative_month_fen": None,
    "cap_relative_year_fen": None,
    "cap_binding_settlement_fen": None,
    "cap_binding_day_fen": None,
    "cap_binding_month_fen": None,
    "cap_binding_year_fen": None,
    "cap_use_month_fen": {},
    "cap_use_year_fen": {},
    "relations": NEAR,
    "max_relatives_per_payer": None,
    "relatives_count_payer": False,
    "max_per_role": {},
    "max_relatives_lifetime": None,
    "max_payers_per_relative": None,
    "payer_may_be_relative": True,
    "excluded_payer_types": [],
    "excluded_relative_types": [],
    "requires_e_credential": True,
    "payer_requires_e_credential": False,
    "e_credential_by_family_under": 16,
    "e_credential_by_family_from": 60,
    "e_credential_family_evidence": ["registry"],
    "e_credential_materials": None,
    "care_max_relatives": 5,
    "care_max_carers": 2,
    "care_consent_age": 16,
    "care_evidence": ["registry"],
    "care_materials": None,
    "evidence_accepted": ["registry"],
    "evidence_by_relation": {},
    "evidence_at_counter": None,
    "relative_confirms": False,
    "confirms_for": None,
    "confirms_from_age": 0,
    "binding_counts": "at_once",
    "max_validity_months": None,
    "end_date_required": False,
    "caps_offered": ["settlement", "day", "month", "year", "all_day", "all_month", "all_year"],
    "caps_required": False,
    "release_by": ["payer", "relative"],
    "release_counts": "at_once",
    "lock_days": 0,
    "rebind_wait_days": 0,
    "max_changes_per_year": None,
    "on_insurance_ended": "ends",
    "on_payer_moved": "goes_on",
    "on_relative_moved": "goes_on",
    "on_divorce": "ends",
    "renew_at_ages": [],
    "renew_within_days": 30,
    "renewal_unanswered": "stops",
    "commitment_audit_percent": 5,
    "counter_materials": None,
    "agent_allowed": True,
    "agent_relatives_only": False,
    "agent_materials": ["agent_id", "agent_authorisation"],
    "handling_working_days": 5,
    "quota_across_provinces": False,
    "wallet_open": False,
    "wallet_transfer_most_fen": None,
    "wallet_transfers_per_day": None,
    "wallet_closed_hours": None,
    "wallet_one_pending": False,
    "wallet_return_hour": 6,
    "wallet_place_changeable": False,
    "fund_contributors": "members",
    "fund_transfers_per_month": None,
    "fund_ends_with_last_relative": False,
    "payout_cases": [],
    "payout_papers": {},
    "payout_wait_months": {},
    "payout_from_day": None,
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
        ("evidence_accepted", ["registry", "commitment", "document"]),
        ("evidence_by_relation", {"spouse": ["commitment"]}),
        ("evidence_at_counter", ["document"]),
        ("max_per_role", {"father": 1, "mother": 1, "child": 3}),
        ("excluded_payer_types", ["13", "2101"]),
        ("caps_offered", []),
        ("renew_at_ages", [18, 14]),
        ("confirms_from_age", 120),
        ("lock_days", 3650),
        ("wallet_closed_hours", [22, 6]),
        ("premium_form", {"resident_premium": "refund", "ltc_premium": "both"}),
        ("commercial_products", {"惠民保": [], "*": ["spouse", "child"]}),
        ("wallet_transfer_most_fen", 2000_00),
        ("payout_cases", ["death", "army"]),
        ("payout_papers", {"death": ["payout_form"]}),
        ("payout_wait_months", {"left": 2}),
        ("payout_from_day", 28),
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
        ("max_per_role", {"uncle": 1}, "unknown_word"),
        ("max_per_role", {"father": 0}, "too_small"),
        ("premium_form", {"outpatient": "refund"}, "unknown_word"),
        ("commercial_products", ["惠民保"], "not_a_table"),
        ("commercial_products", {" 惠民保": []}, "not_a_name"),
        ("commercial_products", {"惠民保": ["neighbour"]}, "unknown_word"),
        ("premium_form", {"ltc_premium": "later"}, "unknown_word"),
        ("uses", ["outpatient", "wellness"], "never_a_use"),
        ("cap_use_year_fen", {"fitness": 1}, "never_a_use"),
        ("max_per_role", {"father": "1"}, "not_a_whole_number"),
        ("evidence_by_relation", {"father": ["registry"]}, "unknown_word"),
        ("evidence_by_relation", {"spouse": []}, "not_a_list"),
        ("evidence_by_relation", {"spouse": ["hearsay"]}, "unknown_word"),
        ("evidence_at_counter", [], "not_a_list"),
        ("excluded_payer_types", None, "not_a_list"),
        ("excluded_payer_types", [13], "unknown_word"),
        ("excluded_payer_types", ["1234567"], "unknown_word"),
        ("excluded_payer_types", ["13", "13"], "said_twice"),
        ("renew_at_ages", [15], "unknown_word"),
        ("renew_at_ages", [14.0], "unknown_word"),
        ("lock_days", 3651, "too_large"),
        ("lock_days", -1, "too_small"),
        ("confirms_from_age", 121, "too_large"),
        ("commitment_audit_percent", 101, "too_large"),
        ("renew_within_days", 0, "too_small"),
        ("caps_offered", ["week"], "unknown_word"),
        ("model", None, "unknown_word"),
        ("wallet_closed_hours", [22], "not_two_hours"),
        ("wallet_closed_hours", [6, 6], "not_two_hours"),
        ("wallet_closed_hours", [22, 24], "too_large"),
        ("wallet_closed_hours", ["22", 6], "not_a_whole_number"),
        ("wallet_return_hour", 0, "too_small"),
        ("payout_cases", ["holiday"], "unknown_word"),
        ("payout_papers", {"death": ["household_register"]}, "unknown_word"),
        ("payout_wait_months", {"left": 121}, "too_large"),
        ("payout_from_day", 29, "too_large"),
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
        ("wallet_closed_hours", [22, 6], "22:00–06:00"),
        ("max_payers_per_relative", 2, "2"),
        ("paused_payer", "stops", "停止共济"),
        ("relations", ["spouse", "parent_in_law"], "配偶、配偶的父母"),
        ("max_per_role", {"father": 1, "child": 3}, "父亲 1 位；子女 3 位"),
        ("cap_use_month_fen", {"checkup": 500_00}, "体检 ¥500.00"),
        ("evidence_by_relation", {"spouse": ["registry", "commitment"]}, "配偶 登记数据、承诺书"),
        ("evidence_at_counter", ["document"], "经人工审核的证明材料"),
        ("excluded_payer_types", ["13", "2101"], "离休人员、2101"),
        ("excluded_relative_types", [], "没有"),
        ("caps_offered", ["day", "all_month"], "每日上限、所有家人合计每月上限"),
        ("renew_at_ages", [14, 18], "14、18"),
        ("counter_materials", ["applicant_id", "household_register"], "申请人身份证件、户口簿"),
        ("on_insurance_ended", "stops", "保留授权，暂停使用"),
        ("on_payer_moved", "goes_on", "授权继续有效"),
        ("lock_days", 0, "0"),
        ("payout_cases", ["death", "left"], "参保人死亡、不再参加职工医保"),
        ("payout_wait_months", {"death": 2}, "参保人死亡 2 个月"),
        ("payout_papers", {"left": ["payout_form"]}, "不再参加职工医保 个人账户一次性支取申请表"),
    ],
)
def test_values_are_shown_as_people_read_them(name, value, shown):
    assert wording.show(name, value) == shown


def test_every_word_of_every_parameter_can_be_shown():
    for use in parameters.USES:
        assert wording.show("uses", [use]) == str(wording.USES[use])
    for kind in parameters.RELATION_KINDS:
        assert wording.show("relations", [kind]) == str(wording.KINDS[kind])


def test_every_word_of_every_table_and_list_has_its_chinese():
    assert set(parameters.ROLES) == set(wording.ROLES)
    assert list(parameters.OWN_CAPS) == list(wording.OWN_CAPS)
    assert set(parameters.MATERIALS) == set(wording.MATERIALS)
    for name, words in {
        "evidence_accepted": parameters.EVIDENCE,
        "caps_offered": parameters.OWN_CAPS,
        "agent_materials": parameters.MATERIALS,
        "e_credential_family_evidence": parameters.EVIDENCE,
        "e_credential_materials": parameters.MATERIALS,
        "care_evidence": parameters.EVIDENCE,
        "care_materials": parameters.MATERIALS,
        "payout_cases": parameters.PAYOUT_CASES,
    }.items():
        assert not any(word in wording.show(name, [word]) for word in words)
    assert list(parameters.PAYOUT_CASES) == list(payout_words.CASES)
    assert list(parameters.PAYOUT_PAPERS) == list(payout_words.PAPERS)


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
