"""The list of reasons is closed, in words the catalogue knows, and its page tells the truth."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.functional import Promise

from pooling.bindings import usability
from pooling.bindings.usability import Unusable
from pooling.policy.parameters import PARAMETERS
from pooling.settlements import reasons, remedies, sources, wording
from pooling.settlements.bounds import Reason
from tests import build
from tests.settlements import reasons_page
from tests.settlements.test_remedies import FINE, answers

ROOT = Path(__file__).resolve().parents[2]
#: Figures of a decision that a sentence may show, by their names there.
FIGURES = {"own_paid", "balance", "floor", "prior", "current", "cap", "used"}
FACTS = {"date", "use", "level", "highest", "payer_area", "patient_area", "wallet_area", "area"}
FACTS |= {"product"}


def placeholders(sentence) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", str(sentence)))


def test_the_list_is_closed():
    assert set(wording.WORDS) == set(Reason) | set(Unusable)
    assert set(wording.REMEDIES) == set(remedies.Remedy)
    assert len(set(Reason) | set(Unusable)) == len(Reason) + len(Unusable)


EVERY = [("", code) for code in wording.WORDS] + list(wording.OF_SOURCE)


@pytest.mark.parametrize(("source", "code"), EVERY)
def test_a_reason_has_all_its_words(source, code):
    words = reasons.words(code, source)
    for sentence in (words.full, words.discreet):
        assert isinstance(sentence, Promise), "the catalogue does not find it"
        assert str(sentence).endswith("。")
        assert placeholders(sentence) <= FIGURES | FACTS
    assert words.clause == "" or words.clause in PARAMETERS
    way_out = words.otherwise or code in remedies.FOR or (source, code) in remedies.FOR_SOURCE
    assert bool(way_out) is (code not in FINE)


@pytest.mark.parametrize("remedy", remedies.Remedy)
def test_a_remedy_has_its_words(remedy):
    assert isinstance(wording.REMEDIES[remedy], Promise)
    assert placeholders(wording.REMEDIES[remedy]) <= {"again", "highest"}


def test_what_is_told_names_the_clause_the_decision_quotes():
    for _given, item in answers():
        named = reasons.words(item.reason, item.source).clause
        quoted = item.clause.name if item.clause else ""
        assert quoted == named, item.reason
    for code, name in usability.CLAUSE_BEHIND.items():
        assert wording.WORDS[code].clause == name


def test_the_till_and_the_patient_read_no_balance():
    balances = {"balance", "prior", "current"}
    for words in (*wording.WORDS.values(), *wording.OF_SOURCE.values()):
        assert not placeholders(words.discreet) & balances


@pytest.mark.django_db
@pytest.mark.parametrize(
    "code", [Unusable.NO_QUOTA, Unusable.OUT_OF_SCOPE, Unusable.OTHER_PROVINCE]
)
def test_an_area_is_told_by_its_name(code):
    build.built_in_areas(build.SHANGRAO, build.SHANGHAI_CITY)
    values = {"payer_area": build.SHANGRAO, "patient_area": build.SHANGHAI_CITY}
    for told in (reasons.full(code, values), reasons.discreet(code, values)):
        assert "上饶市" in told
        assert "上海市" in told
        assert not re.search(r"\d{6}", told)


def test_what_other_payers_gave_is_not_told_to_a_payer():
    for reason in Reason:
        if reason.startswith("cap_area_relative"):
            assert "used" not in placeholders(wording.WORDS[reason].full)


def test_no_reason_is_given_outside_the_list():
    """Whatever stops a source is a member of the two lists, never a text made on the spot."""
    found = set()
    for name in ("waterfall", "bounds"):
        parsed = ast.parse((ROOT / f"pooling/settlements/{name}.py").read_text("utf-8"))
        for node in ast.walk(parsed):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Bound":
                found |= {type(part) for part in ast.walk(node.args[1])}
    assert found
    assert ast.Constant not in found


@pytest.mark.parametrize("name", sources.OF_A_PAYER + sources.OF_THE_BILL + sources.OF_AN_AREA_LEFT)
def test_a_clause_that_can_stop_money_has_its_reason(name):
    orders = {"own_part_order", "payer_order"}
    told = {words.clause for words in wording.WORDS.values()}
    assert (name in told) is (name not in orders)


def test_the_page_is_what_the_code_says():
    assert reasons_page.PAGE.read_text("utf-8") == reasons_page.page(), (
        "python -m tests.settlements.reasons_page"
    )
