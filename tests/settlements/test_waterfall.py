"""The split as a pure function: random bills against a second opinion, and its promises."""

import dataclasses
import json
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pooling.bindings.usability import Unusable
from pooling.policy import selectors as policy
from pooling.settlements import reasons, sources, waterfall
from pooling.settlements.bounds import Reason
from tests.exercise import times
from tests.settlements import chance


@pytest.fixture(autouse=True, scope="module")
def _areas_go_by_their_codes():
    """Sentences name areas as the database does; a million bills need none."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(policy, "area_name", str)
        yield


def check_promises(bill):
    """What every split keeps, whatever the bill, the family and the rules."""
    outcome = waterfall.split(bill)
    paid = Counter()
    for line in outcome.lines:
        paid[line.binding_id or line.source] += line.amount_fen
    cash = paid.pop("cash", 0)

    assert paid == Counter(chance.expected(bill))
    assert cash == outcome.cash_fen
    assert outcome.own_fen == paid["own"] + paid["wallet"]
    assert outcome.own_fen + outcome.pooled_fen + cash == bill.charge.personal_fen
    assert [line.order for line in outcome.lines] == list(range(1, len(outcome.lines) + 1))
    assert all(line.amount_fen > 0 for line in outcome.lines)
    check_parts(bill, outcome)
    check_decision(bill, outcome)


def check_parts(bill, outcome):
    """No part gives more than it holds; payers give prior money first."""
    purses = {one.binding: one.quota or one.purse for one in bill.candidates}
    for line in outcome.lines:
        if line.binding_id:
            purse = purses[line.binding_id]
            assert line.amount_fen <= purse.of(line.part)
            if line.part == "current":
                prior = [
                    other.amount_fen
                    for other in outcome.lines
                    if other.binding_id == line.binding_id and other.part == "prior"
                ]
                assert sum(prior) == purse.of("prior")

    if bill.family_fund:
        of_fund = [line for line in outcome.lines if line.source == "family_fund"]
        check_shares(bill.family_fund, of_fund)


def check_shares(fund, lines):
    """Shares give in their order, the next one only when the one before is empty."""
    taken = {(line.owner_id, line.part): line.amount_fen for line in lines}
    assert len(taken) == len(lines)
    given = [(part.balance_fen, taken.get((part.owner, part.name), 0)) for part in fund.parts]
    while given and given[-1][1] == 0:
        given.pop()
    assert all(held == took for held, took in given[:-1])


def check_decision(bill, outcome):
    """Own account and every open authorisation leave exactly one line that adds up."""
    asked = [item.binding for item in outcome.considered if item.binding]
    assert sorted(asked) == [one.binding for one in bill.candidates]
    assert [item.source for item in outcome.considered].count("own") == 1
    for item in outcome.considered:
        taken = sum(
            line.amount_fen
            for line in outcome.lines
            if (line.binding_id, line.source) == (item.binding, item.source)
        )
        assert item.taken_fen == taken <= min(item.could_give_fen, item.needed_fen)
        if item.taken_fen < item.needed_fen:
            assert item.reason != Reason.COVERED
        assert reasons.full(item.reason, item.values, item.source)
        assert reasons.discreet(item.reason, item.values, item.source)
    stored = json.loads(json.dumps(sources.to_json(bill)))
    assert waterfall.split(sources.from_json(stored)) == outcome


@settings(
    max_examples=times(ci=150, long_run=20_000),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_a_bill_found_by_hypothesis_keeps_every_promise(data):
    check_promises(chance.any_input(lambda low, high: data.draw(st.integers(low, high))))


@pytest.mark.slow
def test_random_bills_keep_every_promise():
    lots = random.Random(20261122)
    for _ in range(times(ci=20_000, long_run=1_000_000)):
        check_promises(chance.any_input(lots.randint))


def test_random_bills_meet_every_reason():
    """The random families are wide enough to be worth trusting."""
    lots = random.Random(7)
    wanted = set(Reason) | set(Unusable)
    for _ in range(20_000):
        outcome = waterfall.split(chance.any_input(lots.randint))
        wanted -= {item.reason for item in outcome.considered}
        if not wanted:
            break
    assert wanted == set()


def test_one_payer_with_two_authorisations_is_refused():
    bill = chance.any_input(lambda low, high: high)
    twice = (*bill.candidates, bill.candidates[0])
    with pytest.raises(ValueError, match="one payer"):
        waterfall.split(dataclasses.replace(bill, candidates=twice))
