"""What changes while a bill stands between its locks and its commit: one waits for the other.

Each act is tried behind a bill that is settled and not yet committed, and in front of one. What is
decided is true of the moment in which the locks were had; nothing is spent twice.
"""

import pytest

from accounts.services import members
from pooling.bindings import services as bindings
from pooling.funds import selectors as purses
from pooling.funds import services as funds
from pooling.ledger import selectors as ledger
from pooling.settlements import services
from pooling.settlements.selectors import books
from tests import build
from tests.at_once import one_behind_the_other
from tests.settlements.household import balance, household, release
from tests.settlements.test_races import nothing_invented

pytestmark = pytest.mark.django_db(transaction=True)
QUOTAS = "999800"
BILL = 40_00


@pytest.fixture
def family():
    """Wei alone can pay: from 60, of which he has frozen 50 for Mei where that is the model."""
    family = household(payout_cases=["illness"])
    release(family.from_lan)
    yield family
    assert ledger.check() == []
    assert books.check() == []
    assert nothing_invented()


@pytest.fixture
def frozen_for_mei():
    build.area(QUOTAS, model="quota")
    family = household(wei_at=QUOTAS)
    release(family.from_lan)
    quota(family, 50_00)()
    yield family
    assert ledger.check() == []
    assert books.check() == []
    assert nothing_invented()


def settling(family, patient=None):
    bill = build.bill(patient or family.mei, BILL, place=family.clinic)
    by = build.till(family.clinic)
    return lambda: services.settle(bill=bill, backdate_days=0, by=by, at=build.NOON)


def by_wei(family, verb, **values):
    """Return what Wei does about his authorisation."""
    known = {"binding_id": family.from_wei.pk, "by": build.member_actor(family.wei)}
    return lambda: verb(**known, **values, at=build.NOON)


def quota(family, fen):
    return by_wei(family, bindings.set_quota, amount_fen=fen)


def declines(family):
    by = build.member_actor(family.mei)
    return lambda: bindings.decline(binding_id=family.from_wei.pk, by=by, at=build.NOON)


def dies(who):
    """Return the registry's word that somebody died today."""
    row = members.MemberRow(
        line=2,
        psn_no=who.psn_no,
        name=who.name,
        cert_type=who.cert_type,
        cert_no=who.cert_no,
        birth_date=who.birth_date,
        gender=who.gender,
        died_on=build.TODAY,
    )
    return lambda: members.load_members([row], by=build.JOB, at=build.NOON)


def caps_at_nothing(family):
    by = build.member_actor(family.wei)
    return lambda: bindings.set_payer_caps(
        cap_per_day_fen=0, cap_per_year_fen=None, by=by, at=build.NOON
    )


ACTS = {
    "frozen_by_payer": lambda family: by_wei(family, bindings.freeze),
    "declined_by_relative": declines,
    "binding_released": lambda family: by_wei(family, bindings.release),
    "payer_dead": lambda family: dies(family.wei),
    "cap_payer_own_day": caps_at_nothing,
}


def said_of_wei(family, settlement):
    """Return reason and fen of Wei's money in the decision."""
    return [
        (each["reason"], each["taken_fen"])
        for each in settlement.decision["considered"]
        if each["binding"] == family.from_wei.pk
    ]


@pytest.mark.parametrize("reason", ACTS)
def test_what_comes_after_the_locks_comes_after_the_bill(family, reason):
    settled, _done = one_behind_the_other(settling(family), ACTS[reason](family))
    assert (settled.pooled_fen, settled.cash_fen) == (BILL, 0)
    assert said_of_wei(family, settled) == [("covered", BILL)]
    assert sum(balance(family.wei)) == 60_00 - BILL
    assert settling(family)().pooled_fen == 0, "the next one sees it"


@pytest.mark.parametrize("reason", ACTS)
def test_what_has_the_locks_first_is_what_the_bill_sees(family, reason):
    _done, settled = one_behind_the_other(ACTS[reason](family), settling(family))
    assert (settled.pooled_fen, settled.cash_fen) == (0, BILL)
    assert sum(balance(family.wei)) == 60_00
    # What ended while the bill waited for it is no authorisation of the patient's any more.
    assert said_of_wei(family, settled) == ([(reason, 0)] if reason != "binding_released" else [])


def test_a_quota_lowered_behind_a_bill_is_lowered_from_what_that_left(frozen_for_mei):
    family = frozen_for_mei
    settled, _lowered = one_behind_the_other(settling(family), quota(family, 5_00))
    assert settled.pooled_fen == BILL
    assert purses.frozen_fen(family.wei.pk) == 5_00
    assert sum(balance(family.wei)) == 60_00 - BILL - 5_00


def test_a_bill_behind_a_lowered_quota_gets_what_that_left(frozen_for_mei):
    family = frozen_for_mei
    _lowered, settled = one_behind_the_other(quota(family, 5_00), settling(family))
    assert (settled.pooled_fen, settled.cash_fen) == (5_00, BILL - 5_00)
    assert said_of_wei(family, settled)[0][1] == 5_00
    assert purses.frozen_fen(family.wei.pk) == 0


def test_a_quota_given_back_by_a_release_pays_no_bill_that_waited(frozen_for_mei):
    family = frozen_for_mei
    _released, settled = one_behind_the_other(by_wei(family, bindings.release), settling(family))
    assert settled.pooled_fen == 0
    assert sum(balance(family.wei)) == 60_00


def test_a_bill_that_took_first_leaves_a_release_the_rest(frozen_for_mei):
    family = frozen_for_mei
    settled, _released = one_behind_the_other(settling(family), by_wei(family, bindings.release))
    assert settled.pooled_fen == BILL
    assert sum(balance(family.wei)) == 60_00 - BILL
    build.reversal(settled)
    assert sum(balance(family.wei)) == 60_00, "home, though the quota is gone"


def test_whoever_dies_behind_their_own_bill_paid_it_and_no_other(family):
    wei = family.wei
    settled, _died = one_behind_the_other(settling(family, wei), dies(wei))
    assert settled.own_fen == BILL
    assert settling(family, wei)().own_fen == 0


def test_whoever_died_in_front_of_their_own_bill_pays_none(family):
    _died, settled = one_behind_the_other(dies(family.wei), settling(family, family.wei))
    assert (settled.own_fen, settled.cash_fen) == (0, BILL)


def paying_out(family):
    (account,) = purses.of_member(family.wei.pk)
    payout = build.payout(account, "illness", since=build.TODAY)
    by = build.clerk(902)
    return lambda: funds.approve_payout(payout_id=payout.pk, by=by, at=build.NOON)


def test_an_account_paid_out_behind_a_bill_pays_out_the_rest(family):
    settled, paid = one_behind_the_other(settling(family), paying_out(family))
    assert (settled.pooled_fen, paid.amount_fen) == (BILL, 60_00 - BILL)


def test_a_bill_behind_an_account_that_is_paid_out_finds_it_closed(family):
    paid, settled = one_behind_the_other(paying_out(family), settling(family))
    assert (settled.pooled_fen, paid.amount_fen) == (0, 60_00)
    assert said_of_wei(family, settled) == [("payer_account_closed", 0)]
