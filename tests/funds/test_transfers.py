"""Wallets of the 2025 form: opened, sent to, answered; every limit refuses and names its clause."""

from datetime import timedelta

import pytest

from pooling.cases.models import Case
from pooling.funds import selectors, services
from pooling.funds.models import Transfer
from pooling.ledger import selectors as books
from pooling.notices import selectors as notices
from tests import build

pytestmark = pytest.mark.django_db
HERE, THERE = "999900", "888800"
OPEN = {
    "wallet_open": True,
    "wallet_transfer_most_fen": 2000_00,
    "wallet_transfers_per_day": 3,
    "wallet_closed_hours": [22, 6],
    "wallet_one_pending": True,
}


@pytest.fixture
def son():
    build.area(HERE, **OPEN)
    build.area(THERE, **OPEN, wallet_place_changeable=True)
    son = build.employee("王伟", area=HERE)
    build.personal_account(son, current=3000_00, prior=5000_00, area=HERE)
    return son


@pytest.fixture
def mother(son):
    mother = build.resident("张桂兰", area=THERE, born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    return mother


@pytest.fixture
def pending(son, mother):
    build.wallet(mother)
    return build.transfer(son, mother, 1000_00)


def refused(code, act, *given, **more):
    with pytest.raises(services.Refused) as refusal:
        act(*given, **more)
    assert refusal.value.code == code
    return refusal.value


def answer(verb, transfer, by, at=build.NOON):
    return verb(transfer_id=transfer.pk, by=build.member_actor(by), at=at)


# --- opening ------------------------------------------------------------------------------


def test_a_wallet_is_opened_where_its_owner_is_insured(mother):
    wallet = build.wallet(mother)
    assert (wallet.area, wallet.opened_by) == (THERE, mother.pk)
    assert refused("wallet_there_already", build.wallet, mother).status == 409


def test_a_relative_opens_it_for_somebody_without_a_sign_in(son, mother):
    stranger = build.employee("李雷", area=HERE)
    values = {"owner_id": mother.pk, "at": build.NOON}
    refused("not_near_relatives", services.open_wallet, by=build.member_actor(stranger), **values)
    wallet = services.open_wallet(by=build.member_actor(son), **values)
    assert wallet.opened_by == son.pk


def test_nobody_opens_it_for_somebody_who_signs_in(son, mother):
    build.phone_user(member=mother)
    values = {"owner_id": mother.pk, "by": build.member_actor(son), "at": build.NOON}
    refused("wallet_owner_signs_in", services.open_wallet, **values)


def test_no_wallet_where_the_area_has_none_or_nobody_is_insured():
    build.area(HERE)
    refusal = refused("wallet_closed_here", build.wallet, build.resident(area=HERE))
    assert refusal.rule.name == "wallet_open"
    refused("owner_not_insured", build.wallet, build.member())


def test_the_place_of_use_changes_where_its_area_lets_it(son, mother):
    mothers, sons = build.wallet(mother), build.wallet(son)
    by = build.member_actor(son)
    values = {"by": by, "at": build.NOON}
    fixed = refused(
        "wallet_place_fixed", services.change_place, wallet_id=sons.pk, area=THERE, **values
    )
    assert fixed.rule.name == "wallet_place_changeable"
    with pytest.raises(services.NotYours):
        services.change_place(wallet_id=mothers.pk, area=HERE, **values)
    values["by"] = build.member_actor(mother)
    refused("wallet_place_same", services.change_place, wallet_id=mothers.pk, area=THERE, **values)
    refused(
        "wallet_closed_there", services.change_place, wallet_id=mothers.pk, area="777700", **values
    )
    assert services.change_place(wallet_id=mothers.pk, area=HERE, **values).area == HERE


def test_an_empty_wallet_closes_and_another_may_be_opened(son, mother, pending):
    wallet = selectors.wallet_of(mother.pk)
    close = {"wallet_id": wallet.pk, "by": build.member_actor(mother), "at": build.NOON}
    refused("wallet_awaits", services.close_wallet, **close)
    answer(services.accept, pending, mother)
    refused("wallet_not_empty", services.close_wallet, **close)
    build.post((wallet.ledger_account_id, -1000_00), (build.scheme_account(), 1000_00))
    assert services.close_wallet(**close).closed_at == build.NOON
    assert build.wallet(mother).pk != wallet.pk


# --- sending and answering ----------------------------------------------------------------


def test_money_in_flight_is_nobodys_until_it_is_accepted(son, mother, pending):
    assert build.holdings(son) == (3000_00, 4000_00)
    assert build.purse(mother) == 0
    assert answer(services.accept, pending, mother).state == "accepted"
    assert build.purse(mother) == 1000_00
    assert build.holdings(son) == (3000_00, 4000_00)
    assert [row.sentence for row in notices.inbox(mother.pk)][:2] == [
        "王*向您的医保钱包转账 ¥1,000.00，您已接收。",
        "王*向您的医保钱包转账 ¥1,000.00，等待接收；到2026年11月23日清早还没有接收的，会退回。",
    ]


def test_a_wallet_sends_on_what_it_holds(son, mother, pending):
    answer(services.accept, pending, mother)
    build.wallet(son)
    refused("wallet_short", build.transfer, mother, son, 1000_01, from_wallet=True)
    back = build.transfer(mother, son, 400_00, from_wallet=True)
    assert build.purse(mother) == 600_00
    answer(services.accept, back, son)
    assert build.purse(son) == 400_00
    assert books.check() == []


@pytest.mark.parametrize(("verb", "state"), [("decline", "refused"), ("cancel", "cancelled")])
def test_a_transfer_that_is_not_taken_returns_part_by_part(son, mother, verb, state):
    build.wallet(mother)
    first = build.transfer(son, mother, 2000_00)
    answer(services.accept, first, mother)
    second = build.transfer(son, mother, 2000_00)
    answer(services.accept, second, mother)
    third = build.transfer(son, mother, 1500_00)
    assert (third.prior_fen, third.current_fen) == (1000_00, 500_00)
    assert build.holdings(son) == (2500_00, 0)
    by = mother if verb == "decline" else son
    assert answer(getattr(services, verb), third, by).state == state
    assert build.holdings(son) == (3000_00, 1000_00)


def test_a_wallets_money_returns_to_the_wallet(son, mother, pending):
    answer(services.accept, pending, mother)
    build.wallet(son)
    back = build.transfer(mother, son, 400_00, from_wallet=True)
    answer(services.decline, back, son)
    assert build.purse(mother) == 1000_00


def test_what_is_answered_is_not_answered_again(son, mother, pending):
    answer(services.accept, pending, mother)
    for verb, who in (
        (services.accept, mother),
        (services.decline, mother),
        (services.cancel, son),
    ):
        assert refused("transfer_over", answer, verb, pending, who).status == 409


def test_the_receiver_answers_or_who_opened_the_wallet_for_them(son, mother):
    daughter = build.employee("王敏", area=HERE, gender="2")
    build.relation(daughter, mother, "52")
    services.open_wallet(owner_id=mother.pk, by=build.member_actor(daughter), at=build.NOON)
    sent = build.transfer(son, mother, 10_00)
    with pytest.raises(services.NotYours):
        answer(services.accept, sent, son)
    assert answer(services.accept, sent, daughter).state == "accepted"
    build.phone_user(member=mother)
    sent = build.transfer(son, mother, 10_00)
    with pytest.raises(services.NotYours):
        answer(services.accept, sent, daughter)


def test_what_nobody_accepts_is_back_before_six(son, mother, pending):
    night = build.moment("2026-11-23 04:59")
    assert services.return_due(by=build.JOB, at=night) == 0
    late = build.moment("2026-11-23 05:00")
    refused("transfer_too_late", answer, services.accept, pending, mother, late)
    assert services.return_due(by=build.JOB, at=late) == 1
    assert services.return_due(by=build.JOB, at=late) == 0
    assert build.holdings(son) == (3000_00, 5000_00)
    assert Transfer.objects.get().state == "returned"
    assert books.check() == []


def test_until_its_hour_a_transfer_can_still_be_accepted(mother, pending):
    night = build.moment("2026-11-23 04:59")
    assert answer(services.accept, pending, mother, night).state == "accepted"


def test_this_years_money_comes_back_next_year_as_an_earlier_years(son, mother):
    build.wallet(mother)
    build.area("777700", wallet_open=True)
    wife = build.employee("李秀英", area="777700", gender="2")
    build.relation(wife, mother, "52")
    build.personal_account(wife, current=70_00, area="777700")
    eve = build.moment("2026-12-31 21:00")
    build.transfer(wife, mother, 50_00, at=eve)
    services.roll_over(year=2027, by=build.JOB, at=build.moment("2027-01-01 00:10"))
    services.return_due(by=build.JOB, at=build.moment("2027-01-01 05:00"))
    assert build.holdings(wife) == (0, 70_00)


def test_money_of_a_sender_who_died_meanwhile_waits_for_the_heirs(son, pending):
    son.died_on = build.TODAY
    son.save()
    services.return_due(by=build.JOB, at=build.NOON + timedelta(days=1))
    assert Case.objects.get().reason_values["amount_fen"] == 1000_00
    assert books.balances([services.suspense()]) == {services.suspense(): 1000_00}


# --- limits -------------------------------------------------------------------------------


def test_two_thousand_at_once_and_no_more(son, mother):
    build.wallet(mother)
    refusal = refused("transfer_too_large", build.transfer, son, mother, 2000_01)
    assert refusal.rule.name == "wallet_transfer_most_fen"
    assert "¥2,000.00" in str(refusal)
    assert build.transfer(son, mother, 2000_00)


def test_three_a_day_whatever_became_of_them(son, mother):
    build.wallet(mother)
    for verb in (services.accept, services.decline, services.accept):
        answer(verb, build.transfer(son, mother, 1_00), mother)
    refusal = refused("transfers_used_up", build.transfer, son, mother, 1_00)
    assert (refusal.rule.name, refusal.details) == (
        "wallet_transfers_per_day",
        {"most": 3, "made": 3},
    )
    assert build.transfer(son, mother, 1_00, at=build.moment("2026-11-23 06:00"))


@pytest.mark.parametrize("clock", ["22:00", "23:59", "00:00", "05:59"])
def test_at_night_nothing_is_sent(son, mother, clock):
    build.wallet(mother)
    at = build.moment(f"2026-11-23 {clock}")
    refusal = refused("transfer_closed_hours", build.transfer, son, mother, 1_00, at=at)
    assert refusal.rule.name == "wallet_closed_hours"
    assert str(refusal).startswith("22 点到次日 6 点")


@pytest.mark.parametrize("clock", ["06:00", "21:59"])
def test_by_day_it_is(son, mother, clock):
    build.wallet(mother)
    assert build.transfer(son, mother, 1_00, at=build.moment(f"2026-11-23 {clock}"))


def test_one_waits_at_a_time(son, mother, pending):
    refusal = refused("transfer_waits", build.transfer, son, mother, 1_00)
    assert refusal.rule.name == "wallet_one_pending"
    answer(services.cancel, pending, son)
    assert build.transfer(son, mother, 1_00)


def test_the_receiver_needs_a_wallet(son, mother):
    refused("receiver_has_no_wallet", build.transfer, son, mother, 1_00)


def test_both_areas_are_open(son):
    build.area("777700", wallet_open=True)
    father = build.resident("王德福", area="777700", born="1955-02-18")
    build.relation(son, father, "51")
    build.wallet(father)
    build.next_rules("777700", since="2026-12-01", wallet_open=False)
    there = refused(
        "wallet_closed_there", build.transfer, son, father, 1, at=build.moment("2026-12-01 10:00")
    )
    assert there.rule.area_code == "777700"
    build.next_rules(HERE, since="2026-12-02", wallet_open=False)
    here = refused(
        "wallet_closed_here", build.transfer, son, father, 1, at=build.moment("2026-12-02 10:00")
    )
    assert here.rule.area_code == HERE


def test_near_relatives_only_and_parents_in_law_are_none(son):
    father_in_law = build.resident("李国强", area=THERE, born="1955-02-18")
    build.relation(son, father_in_law, "55")
    build.wallet(father_in_law)
    refused("not_near_relatives", build.transfer, son, father_in_law, 1)
    refused("oneself", build.transfer, son, son, 1)


def test_no_more_than_may_leave_the_account(son, mother):
    build.wallet(mother)
    poor = build.employee("王敏", area=HERE, gender="2")
    build.relation(poor, mother, "52")
    refused("no_account", build.transfer, poor, mother, 1)
    build.personal_account(poor, prior=5_00, area=HERE)
    assert refused("not_enough", build.transfer, poor, mother, 5_01).details["most_fen"] == 5_00
    refused("amount_impossible", build.transfer, poor, mother, 0)
    refused("wallet_missing", build.transfer, poor, mother, 1, from_wallet=True)
