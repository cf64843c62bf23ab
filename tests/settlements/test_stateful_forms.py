"""Every form of money in any order, through changes of model: what came in is what is there."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pooling.bindings import services as bindings
from pooling.funds import selectors as purses
from pooling.funds import services as funds
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from pooling.settlements import services
from pooling.settlements.models import Line
from pooling.shared.errors import DomainError
from tests import build
from tests.exercise import times
from tests.settlements.household import AREA, household

fen = st.one_of(st.integers(1, 200), st.integers(1, 9000))
fitting = st.sampled_from([True, True, False])


class AllForms(RuleBasedStateMachine):
    """Whatever a rule forbids is refused and changes nothing; the rest is counted below."""

    family, seen = None, None
    bills = Bundle("bills")

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.came_in = 56_000
        self.at = build.NOON

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def begin_with_some_of_each(self):
        self.wallet(amount=700, takes=True, turns=True)
        self.fund(amount=900, ends=False, turns=True)
        self.set_quota(who="wei", amount=1100, turns=True)

    def tried(self, act, *given, **more):
        try:
            with transaction.atomic():
                return act(*given, **more)
        except DomainError:
            return None

    @rule(who=st.sampled_from(["wei", "lan"]), amount=fen)
    def contribution(self, who, amount):
        build.contribution(getattr(self.family, who), amount, area=AREA)
        self.came_in += amount

    def turn(self, model, *, wallet_open):
        """Change the area's model from the next day on."""
        self.at += timedelta(days=1)
        clauses = {"model": model, "wallet_open": wallet_open, "floor_fen": 500}
        build.next_rules(AREA, since=self.at.date(), **clauses)

    @rule(wallet_open=st.booleans())
    def debit_directly(self, wallet_open):
        self.turn("direct_debit", wallet_open=wallet_open)

    @rule(who=st.sampled_from(["wei", "lan"]), amount=st.integers(0, 6000), turns=fitting)
    def set_quota(self, who, amount, turns):
        if turns:
            self.turn("quota", wallet_open=False)
        payer = getattr(self.family, who)
        found = payer.bindings_given.filter(state="active").first()
        if found:
            by = build.member_actor(payer)
            self.tried(
                bindings.set_quota, binding_id=found.pk, amount_fen=amount, by=by, at=self.at
            )

    @rule(who=st.sampled_from(["wei", "lan"]))
    def release_or_bind_again(self, who):
        payer = getattr(self.family, who)
        found = payer.bindings_given.filter(state="active").first()
        if found:
            by = build.member_actor(payer)
            bindings.release(binding_id=found.pk, by=by, at=self.at)
            assert purses.open_quota(payer.pk, self.family.mei.pk) is None
        else:
            self.tried(build.active_binding, payer, self.family.mei, at=self.at)

    @rule(amount=fen, ends=st.sampled_from([False, False, True]), turns=fitting)
    def fund(self, amount, ends, turns):
        if turns:
            self.turn("pooled_transfer", wallet_open=False)
        wei, mei = self.family.wei, self.family.mei
        fund = purses.fund_of(wei.pk) or self.tried(build.family_fund, wei, mei, at=self.at)
        if fund and ends:
            funds.close_fund(fund_id=fund.pk, by=build.member_actor(wei), at=self.at)
        elif fund:
            self.tried(build.pay_in, fund, wei, amount, at=self.at)

    @rule(amount=fen, takes=fitting, turns=fitting)
    def wallet(self, amount, takes, turns):
        if turns:
            self.turn("direct_debit", wallet_open=True)
        lan, mei = self.family.lan, self.family.mei
        if purses.wallet_of(mei.pk) is None:
            self.tried(build.wallet, mei, at=self.at)
        sent = self.tried(build.transfer, lan, mei, amount, at=self.at)
        if sent:
            answer, who = (funds.accept, mei) if takes else (funds.cancel, lan)
            answer(transfer_id=sent.pk, by=build.member_actor(who), at=self.at)

    @rule(target=bills, amount=fen)
    def settle(self, amount):
        bill = build.bill(self.family.mei, amount, place=self.family.clinic, at=self.at)
        call = {"bill": bill, "backdate_days": 0, "by": build.JOB, "at": self.at}
        proposal = services.preview(**call)
        settlement = services.settle(**call)
        assert settlement.decision == proposal.decision.to_json()
        self.seen.update(line.source for line in settlement.lines.all())
        return settlement

    @rule(bill=bills, amount=fen)
    def refund(self, bill, amount):
        self.tried(build.refund, bill, amount, at=self.at)

    @rule(bill=bills)
    def reverse(self, bill):
        self.tried(build.reversal, bill, at=self.at)

    @invariant()
    def what_came_in_is_what_is_there(self):
        held = sum(Account.objects.filter(guarded=True).values_list("balance_fen", flat=True))
        lines = Line.objects.exclude(source="cash").values_list("amount_fen", "returned_fen")
        assert held == self.came_in - sum(amount - back for amount, back in lines)
        assert books.check() == []


@pytest.mark.slow
@pytest.mark.django_db
def test_through_all_forms_and_changes_of_model_no_fen_is_lost():
    family = household(model="direct_debit")
    build.relation(family.wei, family.mei, "70")
    AllForms.family, AllForms.seen = family, set()
    run_state_machine_as_test(
        AllForms,
        settings=settings(
            max_examples=times(ci=14, long_run=4_000),
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Or the refusals would have been all there was to see.
    assert {"quota", "wallet", "family_fund", "cash"} <= AllForms.seen
