"""The worked examples of every other form of money, on the real books, figure by figure."""

import pytest

from pooling.bindings import services as bindings
from pooling.funds import selectors as purses
from pooling.funds import services as funds
from pooling.ledger import selectors as books
from pooling.notices.models import Notice
from pooling.settlements import selectors
from pooling.settlements.bounds import Reason
from pooling.shared.actor import Actor
from tests import build
from tests.settlements import worked
from tests.settlements.household import AREA, balance, bind, household, paid, release, whose

pytestmark = pytest.mark.django_db
QUOTAS, FAR = "999800", "888800"
POOLS = {"model": "pooled_transfer", "wallet_open": True}
NEXT_MONTH = build.moment("2026-12-10 10:00")


@pytest.fixture(autouse=True)
def the_books_add_up():
    yield
    assert books.check() == []


def with_quota(fen, *, bill=0, terms=None, **clauses):
    """Return the family where Wei's area pays from quotas, what Wei froze, and a bill."""
    build.area(QUOTAS, model="quota", **clauses)
    family = household(wei_at=QUOTAS, wei_terms=terms)
    freeze(family.from_wei, fen)
    return family, build.settle(family.mei, bill, place=family.clinic) if bill else None


def freeze(binding, fen):
    by = Actor.member(binding.payer_id)
    bindings.set_quota(binding_id=binding.pk, amount_fen=fen, by=by, at=build.NOON)


def frozen(family):
    return build.frozen(purses.open_quota(family.wei.pk, family.mei.pk))


def went_back(family, refund):
    return [
        (whose(family, each.line), each.line.part, each.amount_fen) for each in refund.lines.all()
    ]


def returned(family, reversal):
    return [(whose(family, line), line.part, line.returned_fen) for line in reversal.lines.all()]


def reason_of(settlement, source):
    items = settlement.decision["considered"]
    return next(item["reason"] for item in items if item["source"] == source)


def test_8_a_quota_pays_first_and_nothing_is_left():
    family, bill = with_quota(50_00, bill=70_00)
    assert paid(family, bill) == worked.lines("8")
    assert reason_of(bill, "quota") == Reason.GIVEN_WHOLE
    release(family.from_wei)
    assert balance(family.wei) == (10_00, 0)


def test_11_what_a_quota_did_not_pay_returns_part_by_part():
    family, bill = with_quota(50_00, bill=30_00)
    assert paid(family, bill) == worked.lines("11")
    assert (balance(family.wei), frozen(family)) == ((10_00, 0), (10_00, 10_00))
    release(family.from_wei)
    assert balance(family.wei) == (20_00, 10_00)


def test_12_a_raised_quota_pays_more():
    family, _none = with_quota(10_00)
    freeze(family.from_wei, 25_00)
    bill = build.settle(family.mei, 30_00, place=family.clinic)
    assert paid(family, bill) == worked.lines("12")


def test_13_a_lowered_quota_pays_less():
    family, _none = with_quota(50_00)
    freeze(family.from_wei, 20_00)
    assert balance(family.wei) == (20_00, 20_00)
    bill = build.settle(family.mei, 30_00, place=family.clinic)
    assert paid(family, bill) == worked.lines("13")


def test_14_across_provinces_only_a_quota_pays():
    build.area(FAR)
    family = household(mei_at=FAR, quota_across_provinces=True)
    freeze(family.from_wei, 30_00)
    bill = build.settle(family.mei, 70_00, place=family.clinic)
    assert paid(family, bill) == worked.lines("14")
    assert reason_of(bill, "relative") == "no_quota_across_provinces"


def test_15_caps_bind_a_quota_too():
    family, bill = with_quota(50_00, bill=30_00, terms={"cap_per_settlement_fen": 15_00})
    assert paid(family, bill) == worked.lines("15")


def test_16_the_floor_is_kept_when_it_is_frozen():
    family, _none = with_quota(30_00, floor_fen=30_00)
    with pytest.raises(funds.Refused):
        freeze(family.from_wei, 30_01)
    bill = build.settle(family.mei, 40_00, place=family.clinic)
    assert paid(family, bill) == worked.lines("16")
    assert sum(balance(family.wei)) == 30_00


def test_17_a_refund_goes_back_to_the_quota():
    family, bill = with_quota(50_00, bill=45_00)
    assert went_back(family, build.refund(bill, 20_00)) == worked.lines("17")
    assert frozen(family) == (10_00, 15_00)


def test_18_after_the_release_it_goes_back_to_the_account():
    family, bill = with_quota(50_00, bill=45_00)
    release(family.from_wei)
    assert returned(family, build.reversal(bill)) == worked.lines("18")
    assert balance(family.wei) == (20_00, 40_00)


def test_19_a_quota_pays_a_premium():
    family, _none = with_quota(50_00)
    office = build.institution(area=AREA, type="premium")
    bill = build.settle(family.mei, 40_00, place=office, use="resident_premium")
    assert paid(family, bill) == worked.lines("19")


def fill_wallet(family, fen, at=build.NOON):
    build.wallet(family.mei, at=at)
    build.relation(family.wei, family.mei, "70")
    transfer = build.transfer(family.wei, family.mei, fen, at=at)
    funds.accept(transfer_id=transfer.pk, by=build.member_actor(family.mei), at=at)


def test_20_wallet_then_fund_then_relatives_and_all_outlive_a_change_of_model():
    family = household(bound=False, **POOLS)
    fill_wallet(family, 10_00)
    build.pay_in(build.family_fund(family.wei, family.mei), family.wei, 15_00)
    build.next_rules(AREA, since="2026-12-01", model="direct_debit")
    bind(family, {}, at=NEXT_MONTH)
    bill = build.settle(family.mei, 70_00, place=family.clinic, at=NEXT_MONTH)
    assert paid(family, bill) == worked.lines("20")
    assert (bill.own_fen, bill.pooled_fen) == (10_00, 60_00)
    assert bill.balance_after_fen == 0


def shared_fund(**clauses):
    """Return the family in a fund: Wei's share 30, Lan's 20 and used first."""
    family = household(bound=False, **POOLS | clauses)
    for other in (family.mei, family.lan):
        build.relation(family.wei, other, "70")
    fund = build.family_fund(family.wei, family.mei, family.lan)
    build.pay_in(fund, family.wei, 30_00)
    build.pay_in(fund, family.lan, 20_00)
    order = [family.lan.pk, family.wei.pk, family.mei.pk]
    by = build.member_actor(family.wei)
    funds.set_order(fund_id=fund.pk, member_ids=order, by=by, at=build.NOON)
    return family, fund


def test_21_shares_are_used_in_the_founders_order():
    family, _fund = shared_fund()
    bill = build.settle(family.mei, 60_00, place=family.clinic)
    assert paid(family, bill) == worked.lines("21")
    assert reason_of(bill, "family_fund") == Reason.GIVEN_WHOLE
    assert [line.payer_id for line in bill.lines.all()] == [None, None, None]


def test_whose_share_was_used_reads_it_in_the_log_and_is_told():
    family, _fund = shared_fund()
    bill = build.settle(family.mei, 60_00, place=family.clinic)
    (row,) = selectors.usage_for(family.lan.pk).given
    assert (row.relative_id, row.amount_fen, row.binding_id) == (family.mei.pk, 20_00, None)
    assert selectors.decision_for(family.lan.pk, bill.uid).paid_fen == 20_00
    (mine,) = selectors.usage_for(family.mei.pk).received
    assert [share.payer for share in mine.payers] == ["兰*（家庭共济账户）", "王*（家庭共济账户）"]
    told = Notice.objects.filter(member_id=family.lan.pk, kind__startswith="settlement")
    assert [notice.kind for notice in told] == ["settlement_share"]
    build.refund(bill, 60_00)
    assert told.filter(kind="settlement_share_returned").exists()
    # The own share used by oneself is nobody else's visit.
    build.settle(family.wei, 5_00, place=family.clinic)
    assert sum(row.amount_fen for row in selectors.usage_for(family.wei.pk).given) == 30_00


def test_22_a_refund_goes_back_to_the_shares_last_taken_first():
    family, fund = shared_fund()
    bill = build.settle(family.mei, 60_00, place=family.clinic)
    assert went_back(family, build.refund(bill, 45_00)) == worked.lines("22")
    funds.close_fund(fund_id=fund.pk, by=build.member_actor(family.wei), at=build.NOON)
    assert (balance(family.wei), balance(family.lan)) == ((20_00, 40_00), (0, 485_00))
    build.refund(bill, 15_00)
    assert balance(family.lan) == (0, 500_00)


def test_23_what_was_taken_of_a_share_last_year_returns_as_prior():
    family = household(bound=False, **POOLS)
    build.relation(family.wei, family.mei, "70")
    fund = build.family_fund(family.wei, family.mei)
    build.pay_in(fund, family.wei, 50_00)
    bill = build.settle(family.mei, 50_00, place=family.clinic, at=NEXT_MONTH)
    assert paid(family, bill) == worked.lines("23")
    january = build.moment("2027-01-05 10:00")
    funds.roll_over(year=2027, by=build.JOB, at=january)
    build.reversal(bill, at=january)
    (share, _mei) = purses.fund_rows(fund.pk)
    assert (share.prior.balance_fen, share.current.balance_fen) == (50_00, 0)


def test_23_of_a_quota_it_returns_as_prior_too():
    family, bill = with_quota(50_00, bill=45_00)
    january = build.moment("2027-01-05 10:00")
    funds.roll_over(year=2027, by=build.JOB, at=january)
    build.reversal(bill, at=january)
    assert frozen(family) == (0, 50_00)


def test_24_a_refund_goes_back_to_the_wallet():
    family = household(bound=False, **POOLS)
    fill_wallet(family, 40_00)
    bill = build.settle(family.mei, 30_00, place=family.clinic)
    assert went_back(family, build.refund(bill, 10_00)) == worked.lines("24")
    assert build.purse(family.mei) == 20_00


def test_25_a_wallet_pays_where_it_is_used():
    family = household(wallet_open=True)
    fill_wallet(family, 40_00)
    wei = build.member_actor(family.wei)
    bindings.freeze(binding_id=family.from_wei.pk, by=wei, at=build.NOON)
    limits = bindings.Limits(cap_per_settlement_fen=20_00)
    lan = build.member_actor(family.lan)
    bindings.change_limits(binding_id=family.from_lan.pk, limits=limits, by=lan, at=build.NOON)
    bill = build.settle(family.mei, 40_00, place=build.institution(area=build.XIAN))
    assert paid(family, bill) == worked.lines("25")
    assert reason_of(bill, "wallet") == Reason.ELSEWHERE


def test_26_and_27_a_change_of_model_stops_the_debit_until_an_amount_is_set():
    build.area(QUOTAS)
    family = household(wei_at=QUOTAS)
    build.next_rules(QUOTAS, since="2026-12-01", model="quota")
    before = build.settle(family.mei, 30_00, place=family.clinic)
    assert paid(family, before) == worked.lines("26")
    after = build.settle(family.mei, 30_00, place=family.clinic, at=NEXT_MONTH)
    assert paid(family, after) == worked.lines("27")
    assert reason_of(after, "relative") == "area_pays_from_quota_only"
