"""Payouts against everything that uses the same money, on real connections: never twice."""

import pytest

from pooling.funds import selectors, services
from pooling.funds.models import Payment, Payout
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from pooling.settlements.models import Settlement
from tests import build
from tests.at_once import at_once, codes
from tests.exercise import times
from tests.funds.test_payouts import AREA, EVERY, LAST_WEEK, lies_in, saver

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SICK = {"since": LAST_WEEK}


@pytest.fixture(autouse=True)
def area():
    build.area(AREA, payout_cases=EVERY, model="quota")
    yield
    assert books.check() == []
    everything = books.balances(Account.objects.values_list("pk", flat=True))
    assert sum(everything.values()) == 0


def approve(payout, by=902):
    return services.approve_payout(payout_id=payout.pk, by=build.clerk(by), at=build.NOON)


def test_two_proposals_at_once_are_one():
    for _round in range(times(ci=5, long_run=1_000)):
        account = saver()
        results = at_once(*[lambda there=account: build.payout(there)] * 2)
        assert codes(results) == ["payout_waits"]
        assert Payout.objects.filter(personal_account=account).count() == 1


def test_two_decisions_at_once_pay_once():
    for round_ in range(1, times(ci=5, long_run=1_000) + 1):
        payout = build.payout(saver())
        results = at_once(lambda it=payout: approve(it), lambda it=payout: approve(it, 903))
        assert codes(results) == ["payout_decided"]
        assert lies_in("scheme:payouts") == round_ * 100_00


def test_a_bill_and_a_payout_share_the_same_money_and_nothing_is_spent_after_closing():
    place = build.institution(area=AREA)
    for _round in range(times(ci=10, long_run=5_000)):
        account = saver(until=None)
        owner, before = account.member, lies_in("scheme:payouts")
        payout = build.payout(account, "illness", **SICK)
        results = at_once(
            lambda who=owner: build.settle(who, 60_00, place=place), lambda it=payout: approve(it)
        )
        assert codes(results) == []
        settlement = Settlement.objects.get(patient=owner)
        payout.refresh_from_db()
        spent = 100_00 - payout.amount_fen
        assert spent in (0, 60_00)
        assert settlement.own_fen == spent
        assert lies_in("scheme:payouts") == before + payout.amount_fen
        assert build.holdings(owner) == (0, 0)
        assert build.settle(owner, 5_00, place=place).own_fen == 0


def test_a_quota_set_while_the_account_is_paid_out_is_in_it_or_refused():
    mei = build.resident("李梅", area=AREA, gender="2")
    by = {"relative_id": mei.pk, "at": build.NOON}
    for _round in range(times(ci=10, long_run=5_000)):
        account = saver(until=None)
        owner = account.member
        payout = build.payout(account, "illness", **SICK)
        results = at_once(
            lambda who=owner: services.set_quota(
                payer_id=who.pk, amount_fen=40_00, by=build.member_actor(who), **by
            ),
            lambda it=payout: approve(it),
        )
        # The decision may find somebody it had not counted on; then it is made again.
        assert set(codes(results)) <= {"no_account", "payout_changed"}
        if "payout_changed" in codes(results):
            approve(payout)
        payout.refresh_from_db()
        assert payout.amount_fen == 100_00
        assert selectors.open_quota(owner.pk, mei.pk) is None


def test_two_files_at_once_never_hold_the_same_payment():
    made = {"area": AREA, "by": build.JOB, "at": build.NOON}
    for _round in range(times(ci=5, long_run=1_000)):
        build.paid_out(saver())
        one, other = at_once(*[lambda: services.make_bank_file(**made)] * 2)
        assert [one, other].count(None) == 1
        assert not Payment.objects.filter(state="ready").exists()


def test_the_same_answer_twice_at_once_brings_the_money_back_once():
    for round_ in range(1, times(ci=5, long_run=1_000) + 1):
        build.paid_out(saver())
        services.make_bank_file(area=AREA, by=build.JOB, at=build.NOON)
        payment = Payment.objects.latest("pk")
        said = [services.Answer(2, payment.reference, "returned", 100_00, "")]
        results = at_once(
            *[lambda it=said: services.load_answers(it, by=build.JOB, at=build.NOON)] * 2
        )
        assert sorted(each.changed for each in results) == [0, 1]
        assert lies_in("scheme:suspense") == round_ * 100_00
