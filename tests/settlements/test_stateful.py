"""A year in the life of a family: anything in any order, and the books still tell the truth.

The model beside the services is a dictionary: what each part of each account should hold,
worked out from what was paid in, what each line took and what walking backwards gives back.
"""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pooling.bindings import services as bindings
from pooling.funds import selectors as funds
from pooling.ledger import selectors as books
from pooling.settlements import services
from pooling.settlements.services import AlreadyReversed, NothingLeft
from pooling.shared.periods import business_date
from tests import build
from tests.exercise import times
from tests.settlements.household import AREA, household

FLOOR = 1500
RELATIVE_YEAR = 15000
fen = st.one_of(st.integers(1, 200), st.integers(1, 12000))


class FamilyLife(RuleBasedStateMachine):
    """Random settle, reverse, refund, release, freeze, limit and contribution."""

    family = None
    bills = Bundle("bills")

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        people = self.family
        self.patients = [people.mei, people.brother]
        self.payers = [people.wei, people.lan]
        self.held = {}
        for person in (*self.payers, people.mei):
            (account,) = funds.of_member(person.pk)
            self.held[person.pk, "current"] = account.current.balance_fen
            self.held[person.pk, "prior"] = account.prior.balance_fen
        self.day_caps = dict.fromkeys(payer.pk for payer in self.payers)
        #: [day, person, part, taken, returned] of every account line, by settlement.
        self.taken = {}
        self.cash = {}
        #: What relatives gave a patient this year, net.
        self.shared = {}
        self.ended = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # -- what happens ---------------------------------------------------------------

    @rule(who=st.integers(0, 2), part=st.sampled_from(["current", "prior"]), fen=fen)
    def contribution(self, who, part, fen):
        person = (*self.payers, self.family.mei)[who]
        build.contribution(person, fen, part=part, area=AREA)
        self.held[person.pk, part] += fen

    @rule(
        target=bills,
        who=st.integers(0, 1),
        fen=fen,
        own_paid=st.integers(0, 100),
        flag=st.sampled_from([2, 2, 2, 1, 0]),
        days_ago=st.integers(0, 3),
    )
    def settle(self, who, fen, own_paid, flag, days_ago):
        patient, at = self.patients[who], build.NOON - dt.timedelta(days=days_ago)
        bill = build.bill(
            patient,
            fen,
            place=self.family.clinic,
            at=at,
            own_paid=min(own_paid, fen),
            flag=flag,
        )
        call = {"bill": bill, "backdate_days": 3, "by": build.JOB, "at": build.NOON}
        proposal = services.preview(**call)
        settlement = services.settle(**call)
        assert settlement.decision == proposal.decision.to_json()
        self._keeps_limits(settlement, business_date(at))
        lines = self.taken[settlement.pk] = []
        for line in settlement.lines.all():
            if line.source == "cash":
                self.cash[settlement.pk] = line.amount_fen
                continue
            person = line.payer_id or patient.pk
            lines.append([business_date(at), person, line.part, line.amount_fen, 0])
            self.held[person, line.part] -= line.amount_fen
        return settlement

    @rule(bill=bills, share=st.floats(0, 1.2))
    def refund(self, bill, share):
        left = self._left(bill)
        asked = max(1, int(left * share))
        if asked > left or bill.pk in self.ended:
            with pytest.raises((NothingLeft, AlreadyReversed)):
                build.refund(bill, asked)
            return
        build.refund(bill, asked)
        from_cash = min(asked, self.cash.get(bill.pk, 0))
        if from_cash:
            self.cash[bill.pk] -= from_cash
        self._give_back(bill, asked - from_cash)

    @rule(bill=bills)
    def reverse(self, bill):
        left = self._left(bill)
        if bill.pk in self.ended or not left:
            with pytest.raises((NothingLeft, AlreadyReversed)):
                build.reversal(bill)
            return
        build.reversal(bill)
        self.ended.add(bill.pk)
        self._give_back(bill, sum(line[3] - line[4] for line in self.taken[bill.pk]))
        self.cash.pop(bill.pk, None)

    @rule(payer=st.integers(0, 1), patient=st.integers(0, 1))
    def release_or_bind_again(self, payer, patient):
        payer, patient = self.payers[payer], self.patients[patient]
        found = payer.bindings_given.filter(relative=patient, state="active").first()
        if found:
            bindings.release(binding_id=found.pk, by=build.member_actor(payer), at=build.NOON)
        else:
            build.active_binding(payer, patient, registered=False)

    @rule(payer=st.integers(0, 1))
    def freeze_or_thaw(self, payer):
        by = build.member_actor(self.payers[payer])
        found = self.payers[payer].bindings_given.filter(state="active").first()
        if found:
            verb = bindings.thaw if found.frozen_at else bindings.freeze
            verb(binding_id=found.pk, by=by, at=build.NOON)

    @rule(payer=st.integers(0, 1), cap=st.none() | st.integers(0, 9000))
    def limit_a_day(self, payer, cap):
        payer = self.payers[payer]
        bindings.set_payer_caps(
            cap_per_day_fen=cap, cap_per_year_fen=None, by=build.member_actor(payer), at=build.NOON
        )
        self.day_caps[payer.pk] = cap

    # -- what always holds ----------------------------------------------------------

    @invariant()
    def every_fen_is_where_the_model_says(self):
        people = {pk for pk, _part in self.held}
        for person in people:
            (account,) = funds.of_member(person)
            assert account.current.balance_fen == self.held[person, "current"]
            assert account.prior.balance_fen == self.held[person, "prior"]

    @invariant()
    def the_books_add_up(self):
        assert books.check() == []

    def _keeps_limits(self, settlement, day):
        """Check this bill's lines against what was there before it."""
        by_payer = {}
        for line in settlement.lines.all():
            if line.payer_id:
                by_payer[line.payer_id] = by_payer.get(line.payer_id, 0) + line.amount_fen
        for payer, amount in by_payer.items():
            before = self.held[payer, "current"] + self.held[payer, "prior"]
            assert before - amount >= FLOOR
            cap = self.day_caps[payer]
            assert cap is None or self._used(day, payer) + amount <= cap
        shared = self.shared.get(settlement.patient_id, 0) + sum(by_payer.values())
        assert not by_payer or shared <= RELATIVE_YEAR
        self.shared[settlement.patient_id] = shared

    def _used(self, day, payer):
        lines = [line for bill in self.taken.values() for line in bill]
        return sum(line[3] - line[4] for line in lines if line[:2] == [day, payer])

    def _left(self, bill):
        accounts = sum(line[3] - line[4] for line in self.taken[bill.pk])
        return accounts + self.cash.get(bill.pk, 0)

    def _give_back(self, bill, amount):
        for line in reversed(self.taken[bill.pk]):
            part = min(line[3] - line[4], amount)
            line[4] += part
            amount -= part
            self.held[line[1], line[2]] += part
            if line[1] != bill.patient_id:
                self.shared[bill.patient_id] -= part
        assert amount == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_a_family_does_the_books_tell_the_truth():
    family = household(
        mei_is_employed=True,
        floor_fen=FLOOR,
        cap_relative_year_fen=RELATIVE_YEAR,
        evidence_accepted=["registry", "commitment"],
    )
    build.personal_account(family.mei, current=900, prior=700, area=AREA)
    family.brother = build.resident("弟弟", area=AREA)
    build.active_binding(family.wei, family.brother)
    FamilyLife.family = family
    run_state_machine_as_test(
        FamilyLife,
        settings=settings(
            max_examples=times(ci=20, long_run=8_000),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
