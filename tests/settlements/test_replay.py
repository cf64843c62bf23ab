"""A decision stored before a clause existed is made again exactly as it was."""

import dataclasses
import json
from pathlib import Path

import pytest

from pooling.policy import parameters
from pooling.settlements import sources, waterfall

#: Made by the portal before areas could cap a month, a relative's day or a single authorisation.
STORED = json.loads(
    (Path(__file__).parent / "stored_decisions_of_engine_1.json").read_text("utf-8")
)


@pytest.mark.parametrize("stored", STORED, ids=range(len(STORED)))
def test_an_old_decision_is_reproduced_exactly(stored):
    given = sources.from_json(stored["input"])
    outcome = waterfall.split(given)
    made_again = waterfall.Decision(given, outcome.considered).to_json()
    assert json.loads(json.dumps(made_again["considered"])) == stored["considered"]
    lines = [[each.source, each.part, each.binding_id, each.amount_fen] for each in outcome.lines]
    assert lines == stored["lines"]
    assert any("cap_" in item["reason"] for each in STORED for item in each["considered"])


def test_the_old_ones_lack_what_came_later_and_get_it_as_if_nobody_had_ruled():
    stored = STORED[0]["input"]
    payer_area = stored["candidates"][0]["standing"]["area"]
    assert not sources.BEFORE_IT_EXISTED.keys() & stored["rules"][payer_area].keys()
    rules = sources.from_json(stored).rules[payer_area]
    for name, neutral in sources.BEFORE_IT_EXISTED.items():
        assert rules[name] == sources.Clause(name, neutral)


@pytest.mark.parametrize("name", sources.BEFORE_IT_EXISTED)
def test_a_later_clause_is_neutral_today_too(name):
    """Not needed for the replay; but if it fails, somebody changed what silence means."""
    if name == "requires_e_credential":
        # It was written down before it was asked: silence about it means yes since then.
        assert (sources.BEFORE_IT_EXISTED[name], parameters.default(name)) == (False, True)
    else:
        assert parameters.default(name) == sources.BEFORE_IT_EXISTED[name]
    assert name in sources.OF_A_PAYER


def test_nobodys_credential_is_held_against_a_decision_that_did_not_ask_for_it():
    """Whatever rules an old decision is split under again, it does not say who had activated."""
    given = sources.from_json(STORED[0]["input"])
    wanted = {
        name: sources.Clause(name, True) for name in sources.BEFORE_IT_EXISTED if "e_cr" in name
    }
    asking = {area: clauses | wanted for area, clauses in given.rules.items()}
    then = waterfall.split(dataclasses.replace(given, rules=asking))
    assert then.considered == waterfall.split(given).considered
    assert len(wanted) == 2


def test_a_clause_an_area_did_set_is_not_replaced():
    given = sources.from_json(STORED[0]["input"])
    area = given.candidates[0].standing.area
    clause = sources.Clause("cap_binding_day_fen", 7, area, "2", "源", "文")
    rules = given.rules | {area: given.rules[area] | {clause.name: clause}}
    again = sources.from_json(sources.to_json(dataclasses.replace(given, rules=rules)))
    assert again.rules[area][clause.name] == clause
