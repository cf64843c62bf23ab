"""Every parameter can be asked for: what its form shows and gives back is what was stored."""

import pytest

from pooling.policy import parameters
from pooling.policy.forms import ClauseForm
from pooling.policy.parameters import PARAMETERS

#: Values beside the default, by unit or name: each is put in, shown, sent back and read again.
MORE = {
    "fen": [0, 50_000, 123_456],
    "count": [1, 7],
    "hours": [[22, 6]],
    "flag": [True, False],
    "level": [1, 3],
    "own_part_order": [["prior", "current"], ["prior"]],
    "uses": [None, ["outpatient", "checkup"]],
    "relations": [["spouse", "parent_in_law"]],
    "confirms_for": [None, ["child"]],
    "excluded_payer_types": [["13", "1405"]],
    "renew_at_ages": [[14, 18]],
    "cap_use_year_fen": [{"outpatient": 0, "checkup": 20_000}],
    "max_per_role": [{"father": 1, "child": 3}],
    "evidence_by_relation": [{"spouse": ["registry", "document"]}],
    "shareable_parts": ["prior"],
    "commercial_products": [{"惠民保": ["spouse", "child"], "医惠保 1 号": [], "*": ["parent"]}],
}
CASES = [
    (name, value)
    for name, parameter in PARAMETERS.items()
    for value in [parameter.default, *MORE.get(parameter.unit, []), *MORE.get(name, [])]
    if parameter.problem(value) is None
]
SOURCE = {"source": "文件", "text": "条款", "evidence": "OFFICIAL", "seen_on": "2026-11-22"}


def sent(form: ClauseForm) -> dict:
    """Return what a browser sends for a form as it stands."""
    posted = {}
    for bound in form:
        shown = bound.value()
        if isinstance(shown, list):
            posted[bound.html_name] = [str(each) for each in shown]
        elif shown not in (None, "") and shown is not False:
            posted[bound.html_name] = "on" if shown is True else str(shown)
    return posted | SOURCE


@pytest.mark.parametrize(("name", "value"), CASES, ids=str)
def test_what_is_shown_and_sent_back_is_what_was_stored(name, value):
    form = ClauseForm(sent(ClauseForm(name=name, value=value)), name=name, value=None)
    assert form.is_valid(), form.errors
    assert form.value() == value
    assert parameters.check(name, form.value()) == value


def test_every_kind_of_table_and_list_was_tried():
    assert {PARAMETERS[name].unit for name, _value in CASES} == {
        parameter.unit for parameter in PARAMETERS.values()
    }


@pytest.mark.parametrize("bad", ["-1", "1.234", "一百"])
def test_an_amount_that_is_none_is_refused_with_a_sentence(bad):
    form = ClauseForm({"value": bad} | SOURCE, name="floor_fen", value=0)
    assert not form.is_valid()
    assert "最多两位小数" in str(form.errors["value"])


def test_where_a_rule_comes_from_must_be_said():
    form = ClauseForm({"value": "500"}, name="floor_fen", value=0)
    assert set(form.errors) == {"source", "text", "evidence", "seen_on"}
