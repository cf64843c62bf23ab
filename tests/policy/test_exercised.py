"""Nothing an area may set goes untried: each parameter has a test that shows what it does."""

import ast
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pooling.bindings.usability import Patient, Visit
from pooling.policy import definitions, parameters
from pooling.settlements import waterfall
from pooling.settlements.sources import Charge, Clause, Input, Part, Purse
from tests.policy import (
    asking,
    test_regions_east,
    test_regions_north,
    test_regions_south,
    test_regions_west,
)

ROOT = Path(__file__).resolve().parents[2]
TABLES = (test_regions_north, test_regions_east, test_regions_south, test_regions_west)
ROWS = [row for table in TABLES for row in table.ROWS]

#: A row of the tables asks the code that decides.
ROW = "a row of tests/policy/test_regions_*.py"
HERE = "tests/policy/test_exercised.py"
CAPS = f"{HERE}::test_each_cap_of_an_area_bounds_what_a_bill_takes"
NUMBERS = "tests/bindings/test_counting.py"
BINDING = "tests/bindings/test_rules.py"
CLASSES = "tests/bindings/test_area_rules.py::test_excluded_classes_neither_pay_nor_are_paid_for"
CARING = "tests/kinship/test_caring.py"
EVENTS = "tests/bindings/test_events.py"
DESK = "tests/counter/test_desk.py"
CODES = "tests/counter/test_codes.py"
PAPERS = "tests/bindings/test_papers.py"
WALLET = "tests/funds/test_transfers.py"
FUND = "tests/funds/test_family_funds.py"
PAYOUT = "tests/funds/test_payouts.py"

TRIED = {
    "model": f"{FUND}::test_no_fund_where_the_area_does_not_pool",
    "own_part_order": f"{HERE}::test_the_own_parts_are_drawn_in_the_areas_order",
    "shareable_parts": ROW,
    "floor_fen": ROW,
    "payers_per_settlement": ROW,
    "payer_order": ROW,
    "pays_own_paid": ROW,
    "flag_1_own_only": (
        "tests/settlements/test_services.py::test_the_till_may_ask_for_cash_only_or_own_money_only"
    ),
    "needs_empty_own_account": ROW,
    "paused_payer": ROW,
    "scope": ROW,
    "uses": ROW,
    "uses_opt_in": ROW,
    "premium_form": ROW,
    "commercial_products": ROW,
    "patient_types": ROW,
    "patient_status_normal": ROW,
    "resident_outpatient_max_level": ROW,
    **dict.fromkeys((name for name in parameters.PARAMETERS if name.startswith("cap_")), CAPS),
    "relations": ROW,
    "max_relatives_per_payer": ROW,
    "relatives_count_payer": f"{NUMBERS}::test_the_number_of_relatives_with_or_without_the_payer",
    "max_per_role": ROW,
    "max_relatives_lifetime": ROW,
    "max_payers_per_relative": ROW,
    "payer_may_be_relative": ROW,
    "excluded_payer_types": CLASSES,
    "excluded_relative_types": CLASSES,
    "requires_e_credential": ROW,
    "payer_requires_e_credential": ROW,
    "evidence_accepted": ROW,
    "evidence_by_relation": ROW,
    "evidence_at_counter": ROW,
    "relative_confirms": ROW,
    "confirms_for": f"{BINDING}::test_who_has_to_say_yes",
    "confirms_from_age": ROW,
    "binding_counts": f"{BINDING}::test_from_when_a_binding_counts",
    "max_validity_months": f"{BINDING}::test_how_long_an_authorisation_may_last",
    "end_date_required": f"{BINDING}::test_an_end_may_be_required",
    "caps_offered": ROW,
    "caps_required": f"{BINDING}::test_a_cap_may_be_required_of_those_offered",
    "release_by": ROW,
    "release_counts": ROW,
    "lock_days": f"{NUMBERS}::test_a_lock_ends_on_its_day",
    "rebind_wait_days": f"{NUMBERS}::test_what_is_behind_the_asker",
    "max_changes_per_year": f"{NUMBERS}::test_what_is_behind_the_asker",
    "on_insurance_ended": f"{EVENTS}::test_each_event_by_each_clause",
    "on_payer_moved": ROW,
    "on_relative_moved": ROW,
    "on_divorce": f"{EVENTS}::test_each_event_by_each_clause",
    "renew_at_ages": f"{EVENTS}::test_each_event_by_each_clause",
    "renew_within_days": f"{EVENTS}::test_each_event_by_each_clause",
    "renewal_unanswered": f"{EVENTS}::test_each_event_by_each_clause",
    "commitment_audit_percent": f"{EVENTS}::test_the_lot_is_drawn_once_at_the_areas_rate",
    "e_credential_by_family_under": f"{CARING}::test_who_may_be_activated_by_a_relative",
    "e_credential_by_family_from": f"{CARING}::test_who_may_be_activated_by_a_relative",
    "e_credential_family_evidence": f"{CARING}::test_an_area_says_what_proves_the_relation",
    "e_credential_materials": f"{CODES}::test_an_area_names_its_papers_for_activation",
    "care_max_relatives": f"{CARING}::test_an_area_says_how_many_and_from_which_age",
    "care_max_carers": f"{CARING}::test_an_area_says_how_many_and_from_which_age",
    "care_consent_age": f"{CARING}::test_an_area_says_how_many_and_from_which_age",
    "care_evidence": f"{CARING}::test_an_area_says_what_proves_the_relation",
    "care_materials": f"{CODES}::test_an_area_names_its_papers_for_showing",
    "counter_materials": f"{PAPERS}::test_an_area_names_its_own_papers",
    "agent_allowed": f"{DESK}::test_where_the_applicant_has_to_come_no_agent_is_taken_in",
    "agent_relatives_only": f"{DESK}::test_an_agent_who_is_no_known_relative_brings_a_proof",
    "agent_materials": f"{PAPERS}::test_an_area_names_what_an_agent_brings",
    "handling_working_days": (
        "tests/cases/test_services.py::test_the_area_says_how_many_working_days_an_answer_takes"
    ),
    "quota_across_provinces": (
        "tests/funds/test_quotas.py::test_across_provinces_a_quota_is_the_nations_form"
    ),
    "wallet_open": f"{WALLET}::test_both_areas_are_open",
    "wallet_transfer_most_fen": f"{WALLET}::test_two_thousand_at_once_and_no_more",
    "wallet_transfers_per_day": f"{WALLET}::test_three_a_day_whatever_became_of_them",
    "wallet_closed_hours": f"{WALLET}::test_at_night_nothing_is_sent",
    "wallet_one_pending": f"{WALLET}::test_one_waits_at_a_time",
    "wallet_return_hour": f"{WALLET}::test_what_nobody_accepts_is_back_before_six",
    "wallet_place_changeable": f"{WALLET}::test_the_place_of_use_changes_where_its_area_lets_it",
    "fund_contributors": f"{FUND}::test_gansu_the_founder_alone_any_amount_as_often_as_wished",
    "fund_transfers_per_month": (
        f"{FUND}::test_fujian_once_a_person_and_calendar_month_and_several_contribute"
    ),
    "fund_ends_with_last_relative": f"{FUND}::test_gansu_the_fund_ends_with_its_last_relative",
    "payout_cases": f"{PAYOUT}::test_only_reasons_the_area_knows_and_each_names_the_clause",
    "payout_papers": (
        f"{PAYOUT}::test_papers_of_the_reason_and_those_the_area_wants_besides_as_xian_does"
    ),
    "payout_wait_months": f"{PAYOUT}::test_months_are_waited_to_the_day_as_wuhan_does",
    "payout_from_day": f"{PAYOUT}::test_the_month_after_from_a_day_on_as_quanzhou_does",
}


def test_every_parameter_is_tried_somewhere():
    assert set(TRIED) == set(parameters.PARAMETERS)


@pytest.mark.parametrize(("name", "where"), TRIED.items())
def test_what_is_said_to_try_a_parameter_is_there(name, where):
    if where == ROW:
        asked = [row[2] for row in ROWS if row[2].clause == name]
        assert [one for one in asked if not one.words.startswith("what holds")]
        return
    file, _colons, test = where.partition("::")
    assert test in names_in(file)


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_area_is_asked_about_and_the_rows_are_many():
    assert len(ROWS) >= 150
    assert {area.code for area in definitions.read_folder()} <= {row[0] for row in ROWS}
    assert len({(row[0], row[1], row[2].words, row[2].clause) for row in ROWS}) == len(ROWS)


def test_a_wrong_row_fails():
    with pytest.raises(AssertionError):
        asking.check("140000", "2026-11-22", asking.one_more(1), "no", "DEFAULT")
    with pytest.raises(AssertionError):
        asking.check("140000", "2026-11-22", asking.one_more(1), asking.YES, "140000/2024-1 NEWS")


# --- what the sources leave to an authority, in an area nobody has ruled in ------------------


def ruled(**values):
    """Return the rules of a made-up area: the mechanism's, but for these."""
    found = asking.rules.in_force((), "999900", asking.day("2026-11-22"))
    own = {name: replace(found.clause(name), value=value) for name, value in values.items()}
    return replace(found, clauses={**found.clauses, **own})


@pytest.mark.parametrize("name", [name for name in TRIED if name.startswith("cap_")])
def test_each_cap_of_an_area_bounds_what_a_bill_takes(name):
    asked = asking.gives(100, prior=500, clause=name)
    assert asked.answer(ruled()) == 100
    by_use = parameters.PARAMETERS[name].unit == "table"
    for fen in (0, 30_00):
        held = ruled(**{name: {"outpatient": fen} if by_use else fen})
        assert asked.answer(held) == fen // 100


@pytest.mark.parametrize(
    ("order", "drawn"),
    [
        (["current", "prior"], [("current", 60), ("prior", 20)]),
        (["prior", "current"], [("prior", 70), ("current", 10)]),
    ],
)
def test_the_own_parts_are_drawn_in_the_areas_order(order, drawn):
    found = ruled(own_part_order=order)
    clauses = {name: Clause(name, found.value(name)) for name in found.clauses}
    bill = Input(
        charge=Charge(Visit(found.on, "outpatient", 1), 80, 0, 2),
        patient=Patient(False, "310", "999900", "1"),
        rules_area="999900",
        rules={"999900": clauses},
        own=Purse(parts=(Part("current", 1, 60), Part("prior", 2, 70))),
    )
    assert [(line.part, line.amount_fen) for line in waterfall.split(bill).lines] == drawn


# --- the page for authorities ---------------------------------------------------------------


def test_the_page_lists_every_parameter_with_its_default_and_every_area():
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    cells = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {row[0].strip("`"): row[-1] for row in cells if len(row) == 4}
    assert list(told) == list(parameters.PARAMETERS)
    for name, row in parameters.PARAMETERS.items():
        if isinstance(row.default, bool):
            assert told[name] == ("yes" if row.default else "no"), name
        elif row.default is None or row.default in ([], {}):
            assert told[name] == "none", name
        elif isinstance(row.default, (int, str)):
            assert told[name] == str(row.default), name
    for area in definitions.read_folder():
        short = area.name.removesuffix("市").removesuffix("省")
        short = short.removesuffix("壮族自治区").removesuffix("维吾尔自治区")
        short = short.removesuffix("回族自治区").removesuffix("自治区")
        assert area.code == "000000" or short in page, area.name
    assert f"asks {len(parameters.PARAMETERS)} questions" in page
