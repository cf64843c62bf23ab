"""Whatever a family does with its money in whatever order, every fen is where a model says.

The model is what anybody would keep on paper: a dictionary of pots, and for each verb which
pot loses and which gains. It knows no ledger and asks the services nothing.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from pooling.cases.models import Case
from pooling.funds import selectors, services
from pooling.funds.models import FundMember, Payment
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from pooling.policy import selectors as rules
from pooling.settlements.services import clearing
from tests import build
from tests.exercise import times

AREA, ABROAD = "999900", "888800"
FLOOR, MOST = 500, 4000
PARTS = ("prior", "current")
fen = st.one_of(st.integers(1, 300), st.integers(1, 6000))
OPEN = {"wallet_open": True, "wallet_transfer_most_fen": MOST, "floor_fen": FLOOR}
SICK = {"payout_cases": ["illness"]}
#: What the area does in turn: each change takes away what could begin under the one before.
MODELS = (
    {**OPEN, **SICK, "model": "pooled_transfer", "quota_across_provinces": True},
    {**SICK, "floor_fen": FLOOR, "model": "quota"},
    {**OPEN, **SICK, "model": "direct_debit"},
    {**SICK, "floor_fen": FLOOR, "model": "pooled_transfer", "quota_across_provinces": True},
)


class FamilyMoney(RuleBasedStateMachine):
    """Two earners and their mother; days pass, years turn, the area changes its model."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        rules.forget()
        build.area(AREA, **MODELS[0])
        build.area(ABROAD, **OPEN)
        self.now, self.model = build.NOON, 0
        self.wei = build.employee("王伟", area=AREA)
        self.min = build.employee("王敏", area=AREA, gender="2")
        self.gui = build.resident("张桂兰", area=ABROAD, born="1957-11-02", gender="2")
        build.relation(self.wei, self.gui, "52")
        build.relation(self.min, self.gui, "52")
        build.relation(self.wei, self.min, "75")
        self.people = [self.wei, self.min, self.gui]
        self.pots = {}
        for person, current, prior in ((self.wei, 6000, 900), (self.min, 3000, 200)):
            build.personal_account(person, current=current, prior=prior, area=AREA)
            self.pots[person, "current"], self.pots[person, "prior"] = current, prior
        for person in (self.wei, self.gui):
            build.wallet(person)
            self.pots[person, "wallet"] = 0
        self.spent = 0
        self.fund = build.family_fund(self.wei, self.min)
        self.inside = {self.wei, self.min}
        #: (transfer, person, pots it was taken from)
        self.flying = []

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # -- the paper ------------------------------------------------------------------

    def pot(self, *name):
        return self.pots.get(name, 0)

    def move(self, away, to, amount):
        if amount:
            self.pots[away] = self.pot(*away) - amount
            self.pots[to] = self.pot(*to) + amount

    def free(self, person):
        held = sum(self.pot(person, part) for part in PARTS)
        return max(0, held - FLOOR)

    def prior_first(self, person, amount):
        prior = min(amount, self.pot(person, "prior"))
        return {"prior": prior, "current": amount - prior}

    @property
    def clauses(self):
        return MODELS[self.model]

    def tried(self, allowed, act):
        """Do it where the paper allows it, else see it refused; return what came of it."""
        if allowed:
            return act()
        with pytest.raises(services.Refused), transaction.atomic():
            act()
        return None

    # -- what happens ---------------------------------------------------------------

    @rule(who=st.integers(0, 1), part=st.sampled_from(PARTS), amount=fen)
    def contribution(self, who, part, amount):
        person = self.people[who]
        build.contribution(person, amount, part=part, area=AREA, on=self.now.date())
        self.pots[person, part] += amount

    @rule(who=st.integers(0, 1), amount=st.one_of(st.just(0), fen))
    def quota(self, who, amount):
        person = self.people[who]
        frozen = {part: self.pot(person, "quota", part) for part in PARTS}
        more = amount - sum(frozen.values())
        exists = selectors.open_quota(person.pk, self.gui.pk) is not None
        begins = more > 0 or not exists
        there = self.clauses["model"] == "quota" or "quota_across_provinces" in self.clauses
        allowed = not begins or (there and more <= self.free(person))
        if self.tried(allowed, lambda: build.quota(person, self.gui, amount, at=self.now)) is None:
            return
        if more > 0:
            for part, taken in self.prior_first(person, more).items():
                self.move((person, part), (person, "quota", part), taken)
        else:
            current = min(-more, frozen["current"])
            self.move((person, "quota", "current"), (person, "current"), current)
            self.move((person, "quota", "prior"), (person, "prior"), -more - current)

    @rule(who=st.integers(0, 1))
    def release(self, who):
        person = self.people[who]
        found = selectors.open_quota(person.pk, self.gui.pk)
        if found is None:
            return
        services.release_quota(quota_id=found.pk, by=build.member_actor(person), at=self.now)
        for part in PARTS:
            held = self.pot(person, "quota", part)
            self.move((person, "quota", part), (person, part), held)

    @rule(who=st.integers(0, 1), amount=fen, from_wallet=st.booleans())
    def send(self, who, amount, from_wallet):
        person = self.people[who]
        has_wallet = person is self.wei
        there = self.pot(person, "wallet") if from_wallet else self.free(person)
        allowed = (
            self.clauses.get("wallet_open", False)
            and amount <= min(MOST, there)
            and (has_wallet or not from_wallet)
        )
        values = {"at": self.now, "from_wallet": from_wallet}
        sent = self.tried(allowed, lambda: build.transfer(person, self.gui, amount, **values))
        if sent is None:
            return
        taken = {"wallet": amount} if from_wallet else self.prior_first(person, amount)
        for pot, part in taken.items():
            self.move((person, pot), ("flight",), part)
        self.flying.append((sent, person, taken, self.now))

    @rule(answer=st.sampled_from(["accept", "decline", "cancel"]), which=st.integers(0, 5))
    def answer(self, answer, which):
        if not self.flying:
            return
        sent, person, taken, since = self.flying.pop(which % len(self.flying))
        by = build.member_actor(person if answer == "cancel" else self.gui)
        getattr(services, answer)(transfer_id=sent.pk, by=by, at=self.now)
        if answer == "accept":
            self.move(("flight",), (self.gui, "wallet"), sent.amount_fen)
        else:
            self.come_back(person, taken, since)

    def come_back(self, person, taken, since):
        for pot, part in taken.items():
            late = pot == "current" and since.year < self.now.year
            self.move(("flight",), (person, "prior" if late else pot), part)

    @rule(who=st.integers(0, 1), amount=fen)
    def pay_in(self, who, amount):
        person = self.people[who]
        allowed = (
            self.clauses["model"] == "pooled_transfer"
            and person in self.inside
            and amount <= self.free(person)
        )
        if self.tried(allowed, lambda: build.pay_in(self.fund, person, amount, at=self.now)):
            for part, taken in self.prior_first(person, amount).items():
                self.move((person, part), (person, "share", part), taken)

    @rule()
    def leave_or_come_back(self):
        by = {"by": build.member_actor(self.min), "at": self.now}
        ids = {"fund_id": self.fund.pk, "member_id": self.min.pk}
        if self.min in self.inside:
            services.leave(**ids, **by)
            self.inside.discard(self.min)
            self.shares_go_home(self.min)
        elif self.clauses["model"] == "pooled_transfer":
            services.invite(**ids, by=build.member_actor(self.wei), at=self.now)
            self.inside.add(self.min)

    @rule()
    def close_and_found_another(self):
        if self.clauses["model"] != "pooled_transfer":
            return
        by = build.member_actor(self.wei)
        services.close_fund(fund_id=self.fund.pk, by=by, at=self.now)
        for person in (self.wei, self.min):
            self.shares_go_home(person)
        self.fund = build.family_fund(self.wei, at=self.now)
        self.inside = {self.wei}

    def shares_go_home(self, person):
        for part in PARTS:
            self.move((person, "share", part), (person, part), self.pot(person, "share", part))

    @rule(amount=fen)
    def spend_what_is_in_the_purse(self, amount):
        (purse, *_others) = selectors.purses_for([self.gui.pk], self.now.date())[self.gui.pk]
        taken = min(amount, purse.balance_fen)
        assert purse.balance_fen == self.pot(self.gui, "wallet")
        if taken:
            build.post((purse.ledger_account_id, -taken), (build.scheme_account(), taken))
            self.pots[self.gui, "wallet"] -= taken
            self.spent += taken

    @rule()
    def pay_out_and_have_it_come_back(self):
        """Min's account goes to the bank with all that is hers, and by two people back again."""
        hers = [pot for pot in self.pots if pot[0] is self.min]
        flown = [each for each in self.flying if each[1] is self.min]
        total = sum(self.pots[pot] for pot in hers) + sum(each[0].amount_fen for each in flown)
        if not total:
            return
        (account,) = selectors.of_member(self.min.pk)
        by, at = build.JOB, self.now
        shares = account.fund_shares.filter(left_at__isnull=True).exists()
        payout = build.paid_out(account, "illness", since=at.date(), at=at)
        assert payout.amount_fen == total
        services.make_bank_file(area=AREA, by=by, at=at)
        payment = Payment.objects.get(state="sent")
        answer = services.Answer(2, payment.reference, "returned", total, "")
        assert services.load_answers([answer], by=by, at=at).changed == 1
        given = {"case_id": Case.objects.get(kind="suspense", state="waiting").pk, "at": at}
        clearing.propose(**given, way="account", reason="退汇", by=build.clerk())
        clearing.clear(**given, by=build.clerk(902))
        self.pots |= dict.fromkeys(hers, 0)
        self.pots["flight",] = self.pot("flight") - sum(each[0].amount_fen for each in flown)
        self.pots[self.min, "prior"] = total
        self.flying = [each for each in self.flying if each not in flown]
        if shares:
            self.inside.discard(self.min)

    # -- time -----------------------------------------------------------------------

    @rule(days=st.sampled_from([1, 1, 1, 20, 120]))
    def days_pass(self, days):
        year = self.now.year
        self.now += timedelta(days=days)
        if self.now.year > year:
            services.roll_over(year=self.now.year, by=build.JOB, at=self.now)
            for person in (self.wei, self.min):
                for pot in ((), ("quota",), ("share",)):
                    old = self.pot(person, *pot, "current")
                    self.move((person, *pot, "current"), (person, *pot, "prior"), old)
        # After the roll-over, as in the night of New Year.
        services.return_due(by=build.JOB, at=self.now)
        for _sent, person, taken, since in self.flying:
            self.come_back(person, taken, since)
        self.flying = []

    @rule()
    def the_area_changes_its_model(self):
        if self.model + 1 < len(MODELS):
            self.days_pass(1)
            self.model += 1
            build.next_rules(AREA, since=self.now.date(), **self.clauses)

    # -- what always holds ----------------------------------------------------------

    @invariant()
    def every_fen_is_where_the_paper_says(self):
        for person in (self.wei, self.min):
            held = build.holdings(person)
            assert held == (self.pot(person, "current"), self.pot(person, "prior"))
            assert selectors.frozen_fen(person.pk) == sum(
                self.pot(person, "quota", part) for part in PARTS
            )
            rows = FundMember.objects.filter(member=person, personal_account__isnull=False)
            for part in PARTS:
                there = sum(getattr(row, part).balance_fen for row in rows.select_related(part))
                assert there == self.pot(person, "share", part)
        assert build.purse(self.wei) == self.pot(self.wei, "wallet")

    @invariant()
    def nothing_is_invented_and_nothing_lost(self):
        held = books.balances(Account.objects.values_list("pk", flat=True))
        assert sum(held.values()) == 0
        flights = Account.objects.filter(kind="flight").values_list("balance_fen", flat=True)
        assert sum(flights) == self.pot("flight")
        assert books.check() == []


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_a_family_does_with_its_money_every_fen_is_told():
    run_state_machine_as_test(
        FamilyMoney,
        settings=settings(
            max_examples=times(ci=8, long_run=4_000),
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
