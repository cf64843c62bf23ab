"""Which rules are in force: by area, by day, and clause by clause."""

from datetime import date, timedelta

import pytest

from pooling.policy import parameters, selectors
from tests import build

pytestmark = pytest.mark.django_db

TODAY = build.TODAY


def test_each_clause_falls_back_by_itself_from_city_to_province_to_nation_to_default():
    build.built_in_areas(build.SHANGRAO)
    rules = selectors.in_force("361100", TODAY)
    speakers = {name: rules.clause(name).area_code for name in parameters.PARAMETERS}
    assert speakers["uses"] == "361100"
    assert speakers["paused_payer"] == "360000"
    assert speakers["requires_e_credential"] == "000000"
    assert speakers["floor_fen"] == ""
    assert rules.clause("floor_fen").is_default
    assert rules.stamp == "361100/2025-1 360000/2024-1 000000/2026-1"


def test_an_area_that_says_nothing_of_its_own_follows_its_province():
    build.built_in_areas("510100")
    city, province = (selectors.in_force(code, TODAY) for code in ("510100", "510000"))
    assert city.values() == province.values()
    assert city.stamp.startswith("510100/2024-1 510000/2025-1")


def test_an_unknown_area_falls_back_to_its_province_and_else_to_the_nation():
    build.built_in_areas(build.SHANGRAO)
    assert selectors.in_force("361199", TODAY).value("max_payers_per_relative") == 1
    assert selectors.in_force("999900", TODAY).clause("scope").area_code == "000000"
    assert selectors.in_force("", TODAY).clause("scope").area_code == "000000"


def test_without_any_rules_the_mechanism_answers_with_its_defaults():
    rules = selectors.in_force("361100", TODAY)
    assert rules.values() == {name: parameters.default(name) for name in parameters.PARAMETERS}
    assert rules.stamp == ""


@pytest.mark.parametrize(
    ("day", "kinds", "label"),
    [
        (date(2022, 7, 3), 3, ""),
        (date(2022, 7, 4), 3, "310000/2022-1"),
        (date(2024, 12, 8), 3, "310000/2022-1"),
        (date(2024, 12, 9), 8, "310000/2024-1"),
    ],
)
def test_a_version_counts_from_its_first_day_until_the_day_before_the_next(day, kinds, label):
    build.built_in_areas(build.SHANGHAI_CITY)
    rules = selectors.in_force("310000", day)
    assert len(rules.value("relations")) == kinds
    assert ("310000/" in rules.stamp) == bool(label)
    assert label in rules.stamp


def test_a_clause_the_next_version_does_not_repeat_is_gone():
    build.area("999900", floor_fen=3000)
    build.next_rules("999900", since="2027-01-01", payer_order="bound_at")
    assert selectors.in_force("999900", date(2026, 12, 31)).value("floor_fen") == 3000
    assert selectors.in_force("999900", date(2027, 1, 1)).clause("floor_fen").is_default


def test_what_a_caller_does_to_a_value_stays_with_the_caller():
    build.area(relations=["spouse"])
    selectors.in_force("999900", TODAY).value("relations").append("other")
    assert selectors.in_force("999900", TODAY).value("relations") == ["spouse"]


def test_rules_cost_statements_once_and_none_afterwards(django_assert_num_queries):
    build.area("999900")
    with django_assert_num_queries(2):
        selectors.in_force("999900", TODAY)
    with django_assert_num_queries(0):
        selectors.in_force("999900", TODAY)
        selectors.in_force("999900", TODAY - timedelta(days=400))


def test_what_may_still_change_is_not_kept():
    """A day to come, and a place that may yet be given a past, are asked for again."""
    build.area("999900")
    far = date(2199, 1, 1)
    assert selectors.in_force("999900", far).value("floor_fen") == 0
    assert selectors.in_force("999800", TODAY).value("floor_fen") == 0
    # Behind this process's back, as another one would publish.
    kept = dict(selectors._known)
    build.next_rules("999900", since="2198-01-01", floor_fen=100)
    build.area("999800", floor_fen=700)
    selectors._known.update(kept)
    assert selectors.in_force("999900", far).value("floor_fen") == 100
    assert selectors.in_force("999800", TODAY).value("floor_fen") == 700


def test_every_parameter_is_explained_with_its_clause_and_whether_it_fell_back():
    build.built_in_areas()
    rows = {row.name: row for row in selectors.explain("310000", TODAY)}
    assert list(rows) == list(parameters.PARAMETERS)
    assert rows["shareable_parts"].shown == "仅历年余额"
    assert rows["shareable_parts"].clause.source.startswith("https://www.songjiang.gov.cn/")
    assert not rows["shareable_parts"].fell_back
    assert rows["requires_e_credential"].fell_back
    assert all(row.clause.source and row.clause.text and row.title for row in rows.values())


def test_areas_are_listed_by_code():
    build.built_in_areas()
    rows = selectors.areas()
    assert [row.code for row in rows] == sorted(row.code for row in rows)
    shangrao = next(row for row in rows if row.code == "361100")
    assert (shangrao.name, shangrao.level, shangrao.parent_code) == ("上饶市", "city", "360000")


def test_what_a_decision_stored_is_told_by_the_areas_name():
    build.built_in_areas(build.SHANGRAO, "441900")
    assert selectors.area_name("361100") == "上饶市"
    assert selectors.area_name("441900") == "东莞市", "its version has no clause of its own"
    assert selectors.area_name("361199") == "江西省361199"
    assert selectors.area_name("999900") == "999900"
    assert selectors.area_name("") == ""
