"""A year across two changes of model: wallets, funds and quotas go on, and every fen is there."""

import pytest

from pooling.funds import selectors, services
from pooling.ledger import selectors as books
from tests import build

pytestmark = pytest.mark.django_db
AREA, ABROAD = "350200", "361100"


def at(day):
    return build.moment(f"{day} 10:00")


def test_a_year_from_the_wallet_to_the_quota():
    """The nation's own change of 2026-01-09, by the rules that come with the portal."""
    build.built_in_areas()
    wei = build.employee("王伟", area=AREA)
    gui = build.resident("张桂兰", area=ABROAD, born="1957-11-02", gender="2")
    build.relation(wei, gui, "52")
    build.personal_account(wei, current=1000_00, prior=4000_00, area=AREA)
    build.wallet(gui, at=at("2025-12-01"))
    first = build.transfer(wei, gui, 1500_00, at=at("2025-12-01"))
    services.accept(transfer_id=first.pk, by=build.member_actor(gui), at=at("2025-12-01"))
    under_way = build.transfer(wei, gui, 300_00, at=at("2026-01-08"))
    with pytest.raises(services.Refused) as too_early:
        build.quota(wei, gui, 1_00, at=at("2026-01-08"))
    assert too_early.value.code == "quota_not_here"

    # What was sent under the old rule arrives under the new one.
    dawn = build.moment("2026-01-09 04:00")
    services.accept(transfer_id=under_way.pk, by=build.member_actor(gui), at=dawn)
    with pytest.raises(services.Refused) as too_late:
        build.transfer(wei, gui, 1_00, at=at("2026-01-09"))
    assert too_late.value.rule.version_label == "2026-1"
    quota = build.quota(wei, gui, 700_00, at=at("2026-01-09"))
    (purse,) = selectors.purses_for([gui.pk], build.day("2026-06-01"))[gui.pk]
    assert (purse.source, purse.balance_fen) == ("wallet", 1800_00)
    assert build.frozen(quota) == (0, 700_00)
    services.roll_over(year=2027, by=build.JOB, at=at("2027-01-01"))
    total = sum(build.holdings(wei)) + sum(build.frozen(quota)) + build.purse(gui)
    assert total == 5000_00
    assert books.check() == []


@pytest.mark.parametrize("after", ["quota", "direct_debit", "wallet"])
def test_a_fund_pays_and_is_given_back_after_its_area_has_left_it(after):
    build.area("999900", model="pooled_transfer")
    wei = build.employee(area="999900")
    son = build.resident(area="999900", born="2012-02-02")
    build.relation(wei, son, "20")
    build.personal_account(wei, current=10_00, prior=40_00, area="999900")
    fund = build.family_fund(wei, son)
    build.pay_in(fund, wei, 45_00)
    build.next_rules("999900", since="2026-12-01", model=after)
    december = at("2026-12-02")
    with pytest.raises(services.Refused, match="现在不办理"):
        build.pay_in(fund, wei, 1_00, at=december)
    held = selectors.purses_for([son.pk], december.date())[son.pk]
    assert sum(purse.balance_fen for purse in held) == 45_00
    by = build.member_actor(wei)
    services.close_fund(fund_id=fund.pk, by=by, at=december)
    assert build.holdings(wei) == (10_00, 40_00)


def test_a_quota_outlives_its_model_may_be_lowered_and_is_given_back():
    build.area("999900", model="quota")
    wei, son = build.employee(area="999900"), build.resident(area="999900")
    build.personal_account(wei, current=10_00, prior=40_00, area="999900")
    quota = build.quota(wei, son, 45_00)
    build.next_rules("999900", since="2026-12-01", model="direct_debit")
    december = at("2026-12-02")
    with pytest.raises(services.Refused, match="不能给这位家人设"):
        build.quota(wei, son, 46_00, at=december)
    build.quota(wei, son, 20_00, at=december)
    assert build.frozen(quota) == (0, 20_00)
    services.release_quota(quota_id=quota.pk, by=build.member_actor(wei), at=december)
    assert build.holdings(wei) == (10_00, 40_00)
