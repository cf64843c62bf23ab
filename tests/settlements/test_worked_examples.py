"""The worked examples of money.md on the real books, figure by figure (8 waits for quotas)."""

import pytest

from pooling.ledger import selectors as books
from pooling.settlements.bounds import Reason
from tests import build
from tests.settlements import worked
from tests.settlements.household import balance, household, paid, release

pytestmark = pytest.mark.django_db


def settled(family, yuan, **facts):
    settlement = build.settle(family.mei, yuan * 100, place=family.clinic, **facts)
    adds_up(settlement)
    return settlement


def adds_up(settlement):
    """The arithmetic of every reply, and the books behind it."""
    lines = list(settlement.lines.all())
    assert settlement.personal_part_fen == sum(line.amount_fen for line in lines)
    assert settlement.personal_part_fen == (
        settlement.own_fen + settlement.pooled_fen + settlement.cash_fen
    )
    assert settlement.total_fen == (
        settlement.fund_fen + settlement.hospital_borne_fen + settlement.personal_part_fen
    )
    assert books.check() == []


def reason_for(settlement, binding):
    """Return the decision's line about a binding."""
    (item,) = [each for each in settlement.decision["considered"] if each["binding"] == binding.pk]
    return item


def test_1_the_second_payer_gives_what_the_first_cannot():
    family = household()
    settlement = settled(family, 130)
    assert paid(family, settlement) == worked.lines("1")
    assert (settlement.own_fen, settlement.pooled_fen, settlement.cash_fen) == (0, 13000, 0)
    assert settlement.balance_after_fen == 0
    assert balance(family.wei) == (0, 0)
    assert balance(family.lan) == (0, 43000)
    wei, lan = (reason_for(settlement, each) for each in (family.from_wei, family.from_lan))
    assert (wei["could_give_fen"], wei["taken_fen"], wei["reason"]) == (
        6000,
        6000,
        Reason.GIVEN_WHOLE,
    )
    assert (lan["could_give_fen"], lan["taken_fen"], lan["reason"]) == (10000, 7000, Reason.COVERED)


def test_2_where_one_payer_a_settlement_is_allowed_the_second_is_not_reached():
    family = household(payers_per_settlement="one")
    settlement = settled(family, 130)
    assert paid(family, settlement) == worked.lines("2")
    lan = reason_for(settlement, family.from_lan)
    assert (lan["could_give_fen"], lan["needed_fen"], lan["taken_fen"]) == (10000, 7000, 0)
    assert lan["reason"] == Reason.ONE_PAYER
    assert lan["clause"]["name"] == "payers_per_settlement"
    assert lan["clause"]["area"] == "999900"
    assert lan["clause"]["source"]


def test_3_own_paid_costs_stay_cash_where_the_area_says_so():
    family = household(pays_own_paid=False)
    settlement = settled(family, 200, own_paid=5000)
    assert paid(family, settlement) == worked.lines("3")


def test_4_where_only_prior_money_is_shared_current_money_stays():
    family = household(shareable_parts="prior")
    settlement = settled(family, 130)
    assert paid(family, settlement) == worked.lines("4")
    assert balance(family.wei) == (2000, 0)
    assert reason_for(settlement, family.from_wei)["reason"] == Reason.PART


def test_5_a_floor_is_never_undercut():
    family = household(floor_fen=3000)
    settlement = settled(family, 130)
    assert paid(family, settlement) == worked.lines("5")
    assert sum(balance(family.wei)) == 3000
    wei, lan = (reason_for(settlement, each) for each in (family.from_wei, family.from_lan))
    assert (wei["reason"], wei["values"]["floor_fen"]) == (Reason.FLOOR, 3000)
    assert lan["reason"] == Reason.COVERED


def test_6_a_refund_walks_the_split_backwards():
    family = household()
    settlement = settled(family, 130)
    refund = build.refund(settlement, 10000)
    walked = [
        (family.who(each.line.payer_id), each.line.part, each.amount_fen)
        for each in refund.lines.all()
    ]
    assert walked == worked.lines("6")
    assert balance(family.lan) == (0, 50000)
    assert balance(family.wei) == (2000, 1000)
    settlement.refresh_from_db()
    assert (settlement.status, settlement.refunded_fen) == ("partly_refunded", 10000)
    assert books.check() == []


def test_7_a_reversal_returns_everything_after_the_binding_has_ended():
    family = household()
    settlement = settled(family, 130)
    release(family.from_wei)
    reversal = build.reversal(settlement)
    assert reversal.status == "reversed"
    assert balance(family.wei) == (2000, 4000)
    assert balance(family.lan) == (0, 50000)
    returned = [
        (family.who(line.payer_id), line.part, line.returned_fen) for line in reversal.lines.all()
    ]
    assert returned == worked.lines("7")
    assert books.check() == []


def test_9_the_own_account_pays_before_any_relative():
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, current=500, prior=1000, area="999900")
    settlement = settled(family, 30)
    assert paid(family, settlement) == worked.lines("9")
    assert (settlement.own_fen, settlement.pooled_fen) == (1500, 1500)
    assert settlement.balance_after_fen == 0
