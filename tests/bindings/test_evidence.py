"""What proves a relation, by kind and door."""

from dataclasses import replace

import pytest

from pooling.bindings import evidence, rules
from pooling.bindings.evidence import COUNTER, EITHER, ONLINE
from pooling.bindings.facts import Asker, Pair, Side
from pooling.policy import parameters

RULES = {name: parameters.default(name) for name in parameters.PARAMETERS}
PROMISE = {"evidence_accepted": ["registry", "commitment"]}
PAPERS = {"evidence_accepted": ["document"]}
DESK = {"evidence_at_counter": ["registry", "commitment"]}
SPOUSE = {"evidence_by_relation": {"spouse": ["document"]}}


@pytest.mark.parametrize(
    ("clauses", "kind", "channel", "accepted"),
    [
        ({}, "child", ONLINE, ("registry",)),
        ({}, "child", COUNTER, ("registry",)),
        (PROMISE, "child", ONLINE, ("registry", "commitment")),
        (PROMISE, None, COUNTER, ("registry", "commitment")),
        (DESK, "child", ONLINE, ("registry",)),
        (DESK, "child", COUNTER, ("registry", "commitment")),
        (DESK | PAPERS, "child", EITHER, ("document", "registry", "commitment")),
        (PROMISE | SPOUSE, "spouse", ONLINE, ("document",)),
        (PROMISE | SPOUSE | DESK, "spouse", COUNTER, ("document",)),
        (PROMISE | SPOUSE, "child", ONLINE, ("registry", "commitment")),
    ],
)
def test_a_kind_goes_before_a_door_and_a_door_before_the_rest(clauses, kind, channel, accepted):
    assert evidence.accepted(kind, channel, RULES | clauses) == accepted


@pytest.mark.parametrize(
    ("clauses", "registered", "channel", "best"),
    [
        ({}, True, ONLINE, "registry"),
        ({}, False, ONLINE, "documented"),
        (PROMISE, True, ONLINE, "registry"),
        (PROMISE, False, ONLINE, "commitment"),
        ({"evidence_accepted": ["commitment"]}, True, ONLINE, "commitment"),
        (PAPERS, True, ONLINE, "documented"),
        (DESK, False, ONLINE, "documented"),
        (DESK, False, COUNTER, "commitment"),
    ],
)
def test_the_best_proof_there_is(clauses, registered, channel, best):
    assert evidence.best(registered, "child", channel, RULES | clauses) == best


ASKER = Asker(1, False, "1", "361100", 0)
PAIR = Pair(Side(2, False, "390", "361100", "1"), "child", "registry", 0, False, False)


@pytest.mark.parametrize(
    ("clauses", "pair", "code", "clause"),
    [
        ({}, {}, None, ""),
        (PAPERS, {}, "registry_not_enough", "evidence_accepted"),
        (PAPERS, {"proof": "documented"}, None, ""),
        (PAPERS, {"proof": "commitment"}, "commitment_not_accepted", "evidence_accepted"),
        ({}, {"registered": None}, "evidence_missing", "evidence_accepted"),
        ({}, {"registered": None, "proof": "documented"}, None, ""),
        (DESK, {"registered": None, "proof": "commitment", "channel": COUNTER}, None, ""),
        (DESK, {"registered": None, "proof": "commitment", "channel": EITHER}, None, ""),
        (
            {"evidence_at_counter": ["registry"]} | PROMISE,
            {"registered": None, "proof": "commitment", "channel": COUNTER},
            "commitment_not_accepted",
            "evidence_at_counter",
        ),
        (
            PROMISE | {"evidence_by_relation": {"child": ["registry"]}},
            {"registered": None, "proof": "commitment"},
            "commitment_not_accepted",
            "evidence_by_relation",
        ),
    ],
)
def test_a_pair_is_refused_with_the_clause_that_decided(clauses, pair, code, clause):
    found = list(rules.of_pair(ASKER, replace(PAIR, **pair), "child", RULES | clauses))
    assert [refusal.code for refusal in found] == ([code] if code else [])
    assert not found or found[0].clause == clause


def test_a_binding_rests_on_the_registry_wherever_that_suffices():
    promised = replace(PAIR, proof="commitment")
    assert rules.proof_of(promised, "child", RULES | PROMISE) == "registry"
    assert rules.proof_of(promised, "child", RULES | {"evidence_accepted": ["commitment"]}) == (
        "commitment"
    )
