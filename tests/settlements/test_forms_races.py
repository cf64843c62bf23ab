"""Two at once about a quota, a wallet or a fund: one waits, no fen is lost or spent twice."""

import pytest

from pooling.bindings import services as bindings
from pooling.funds import selectors as purses
from pooling.funds import services as funds
from pooling.ledger import selectors as books
from pooling.settlements import services
from tests import build
from tests.at_once import at_once
from tests.settlements.household import AREA, balance, household, release
from tests.settlements.test_races import nothing_invented

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
QUOTAS = "999800"


@pytest.fixture
def family():
    """Wei alone can pay, from a quota: he has 60."""
    build.area(QUOTAS, model="quota")
    family = household(wei_at=QUOTAS, wallet_open=True)
    release(family.from_lan)
    yield family
    assert books.check() == []
    assert nothing_invented()


def settling(family, fen, patient=None):
    bill = build.bill(patient or family.mei, fen, place=family.clinic)
    by = build.till(family.clinic)
    return lambda: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON)


def setting(family, fen):
    by = build.member_actor(family.wei)
    pk = family.from_wei.pk
    return lambda: bindings.set_quota(binding_id=pk, amount_fen=fen, by=by, at=build.NOON)


def frozen(family):
    return purses.frozen_fen(family.wei.pk)


@pytest.mark.parametrize("_again", range(3))
def test_a_quota_is_lowered_while_a_bill_takes_from_it(family, _again):
    setting(family, 50_00)()
    bill, _quota = at_once(settling(family, 40_00), setting(family, 20_00))
    # The bill first: 10 was left and is raised to 20. The payer first: the bill gets 20.
    assert (bill.pooled_fen, frozen(family)) in ((40_00, 20_00), (20_00, 0))
    assert sum(balance(family.wei)) + frozen(family) + bill.pooled_fen == 60_00


@pytest.mark.parametrize("_again", range(3))
def test_a_release_and_a_bill_share_one_quota(family, _again):
    setting(family, 50_00)()
    bill, _released = at_once(settling(family, 40_00), lambda: release(family.from_wei))
    assert bill.pooled_fen in (40_00, 0)
    assert frozen(family) == 0
    assert sum(balance(family.wei)) + bill.pooled_fen == 60_00
    if bill.pooled_fen:
        build.reversal(bill)
        assert sum(balance(family.wei)) == 60_00


@pytest.mark.parametrize("_again", range(3))
def test_a_transfer_comes_or_goes_back_while_a_bill_waits_for_it(family, _again):
    build.wallet(family.mei)
    build.relation(family.lan, family.mei, "70")
    transfer = build.transfer(family.lan, family.mei, 30_00)
    by, lan = build.member_actor(family.mei), build.member_actor(family.lan)
    bill, *_answers = at_once(
        settling(family, 30_00),
        lambda: funds.accept(transfer_id=transfer.pk, by=by, at=build.NOON),
        lambda: funds.cancel(transfer_id=transfer.pk, by=lan, at=build.NOON),
    )
    assert bill.own_fen in (30_00, 0)
    in_wallet, at_lans = build.purse(family.mei), sum(balance(family.lan))
    assert in_wallet + bill.own_fen + at_lans == 500_00
    assert at_lans == 500_00 or in_wallet + bill.own_fen == 30_00


def test_two_members_of_a_fund_never_spend_the_same_share():
    build.area(AREA, model="pooled_transfer")
    wei, mei = build.employee("王伟", area=AREA), build.resident("梅", area=AREA)
    build.personal_account(wei, prior=60_00, area=AREA)
    build.relation(wei, mei, "70")
    fund = build.family_fund(wei, mei)
    build.pay_in(fund, wei, 50_00)
    clinic = build.institution(area=AREA)
    bills = [build.bill(mei, 40_00, place=clinic), build.bill(wei, 55_00, place=clinic)]
    by = build.till(clinic)
    closing = build.member_actor(wei)
    first, second, _closed = at_once(
        *(
            lambda bill=bill: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON)
            for bill in bills
        ),
        lambda: funds.close_fund(fund_id=fund.pk, by=closing, at=build.NOON),
    )
    spent = first.own_fen + first.pooled_fen + second.own_fen + second.pooled_fen
    assert sum(balance(wei)) + spent == 60_00
    assert books.check() == []
    assert nothing_invented()
