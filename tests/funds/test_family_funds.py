"""A family's common money: founded, joined, paid into, left and closed, by each area's rules."""

import pytest

from pooling.cases.models import Case
from pooling.funds import selectors, services
from pooling.funds.models import FundMember
from pooling.ledger import selectors as books
from tests import build

pytestmark = pytest.mark.django_db
AREA, NEXT_TOWN, ELSEWHERE = "999900", "999800", "888800"
FUJIAN = {
    "model": "pooled_transfer",
    "floor_fen": 2000_00,
    "fund_transfers_per_month": 1,
    "relative_confirms": True,
    "scope": "same_province",
}
GANSU = {
    "model": "pooled_transfer",
    "fund_contributors": "founder",
    "fund_ends_with_last_relative": True,
    "relative_confirms": True,
    "confirms_from_age": 16,
    "max_relatives_per_payer": 2,
}


def founder_in(**clauses):
    build.area(AREA, **clauses)
    founder = build.employee("王伟", area=AREA)
    build.personal_account(founder, current=600_00, prior=2400_00, area=AREA)
    return founder


def wife_of(founder):
    wife = build.employee("李秀英", area=AREA, gender="2")
    build.relation(founder, wife, "12")
    build.personal_account(wife, prior=2100_00, area=AREA)
    return wife


def mother_of(founder, *, area=AREA):
    mother = build.resident("张桂兰", area=area, born="1957-11-02", gender="2")
    build.relation(founder, mother, "52")
    return mother


def child_of(founder, *, born="2017-05-20"):
    child = build.resident("王小雨", area=AREA, born=born, gender="2")
    build.relation(founder, child, "30")
    return child


def refused(code, act, *given, **more):
    with pytest.raises(services.Refused) as refusal:
        act(*given, **more)
    assert refusal.value.code == code
    return refusal.value


def invite(fund, relative, by=None):
    by = build.member_actor(by or fund.founder)
    return services.invite(fund_id=fund.pk, member_id=relative.pk, by=by, at=build.NOON)


def join(fund, relative):
    by = build.member_actor(relative)
    return services.join(fund_id=fund.pk, member_id=relative.pk, by=by, at=build.NOON)


def leave(fund, relative, by=None):
    by = build.member_actor(by or relative)
    return services.leave(fund_id=fund.pk, member_id=relative.pk, by=by, at=build.NOON)


def close(fund, by=None):
    by = build.member_actor(by or fund.founder)
    return services.close_fund(fund_id=fund.pk, by=by, at=build.NOON)


def share_of(person):
    row = FundMember.objects.select_related("current", "prior").get(member=person)
    return row.current.balance_fen, row.prior.balance_fen


# --- who is in it -------------------------------------------------------------------------


def test_a_relative_is_invited_and_joins():
    founder = founder_in(**FUJIAN)
    mother = mother_of(founder)
    fund = build.family_fund(founder)
    assert invite(fund, mother).joined_at is None
    assert selectors.fund_of(mother.pk) is None
    assert [row.fund for row in selectors.invitations_of(mother.pk)] == [fund]
    join(fund, mother)
    assert selectors.fund_of(mother.pk) == fund
    refused("fund_not_invited", join, fund, mother)
    refused("fund_invited_already", invite, fund, mother)


def test_children_below_the_age_of_consent_are_in_at_once():
    founder = founder_in(**GANSU)
    fund = build.family_fund(founder)
    assert invite(fund, child_of(founder)).joined_at == build.NOON
    assert invite(fund, child_of(founder, born="2010-05-20")).joined_at is None


def test_only_an_employee_in_normal_standing_founds_and_invites():
    founder = founder_in(**FUJIAN)
    fund, mother = build.family_fund(founder), mother_of(founder)
    founder.enrolments.update(status="2")
    refused("fund_founder_not_normal", invite, fund, mother)
    close(fund)
    refused("fund_founder_not_normal", build.family_fund, founder)
    refused("no_account", build.family_fund, mother)


def test_no_fund_where_the_area_does_not_pool():
    refusal = refused("fund_not_here", build.family_fund, founder_in(model="direct_debit"))
    assert refusal.rule.name == "model"


def test_everybody_is_in_one_fund_at_a_time():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    refused("fund_another", build.family_fund, wife)
    leave(fund, wife)
    other = build.family_fund(wife)
    invite(fund, wife)
    refused("fund_another", join, fund, wife)
    assert selectors.fund_of(wife.pk) == other


@pytest.mark.parametrize(
    ("clauses", "relative", "code"),
    [
        ({}, lambda founder: build.resident(area=AREA), "not_near_relatives"),
        ({"relations": ["spouse"]}, mother_of, "fund_relation"),
        ({}, lambda founder: mother_of(founder, area=ELSEWHERE), "fund_scope"),
        ({"scope": "same_area"}, lambda founder: mother_of(founder, area=NEXT_TOWN), "fund_scope"),
        ({"max_relatives_per_payer": 1, "relatives_count_payer": True}, mother_of, "fund_full"),
    ],
)
def test_who_is_not_invited(clauses, relative, code):
    founder = founder_in(**FUJIAN | clauses)
    fund = build.family_fund(founder)
    refused(code, invite, fund, relative(founder))


def test_a_member_insured_elsewhere_in_the_province_may_be_invited():
    founder = founder_in(**FUJIAN)
    assert invite(build.family_fund(founder), mother_of(founder, area=NEXT_TOWN))


def test_the_seventh_with_the_founder_is_the_last():
    founder = founder_in(**GANSU)
    fund = build.family_fund(founder, child_of(founder), child_of(founder))
    refusal = refused("fund_full", invite, fund, child_of(founder))
    assert refusal.details == {"most": 2}


def test_somebody_without_insurance_is_not_invited():
    founder = founder_in(**FUJIAN)
    uninsured = build.member(born="1957-11-02", gender="2")
    build.relation(founder, uninsured, "52")
    refused("relative_not_insured", invite, build.family_fund(founder), uninsured)


def test_each_acts_for_themselves():
    founder = founder_in(**FUJIAN)
    wife, mother = wife_of(founder), mother_of(founder)
    fund = build.family_fund(founder, wife)
    with pytest.raises(services.NotYours):
        invite(fund, mother, by=wife)
    invite(fund, mother)
    with pytest.raises(services.NotYours):
        leave(fund, mother, by=wife)
    with pytest.raises(services.NotYours):
        close(fund, by=wife)


def test_an_invitation_is_declined_by_leaving():
    founder = founder_in(**FUJIAN)
    mother, fund = mother_of(founder), build.family_fund(founder)
    invite(fund, mother)
    assert leave(fund, mother).joined_at is None
    refused("fund_not_invited", join, fund, mother)
    refused("fund_not_member", leave, fund, mother)


# --- money in -----------------------------------------------------------------------------


def test_fujian_only_what_is_above_the_floor_goes_in_and_the_most_is_said():
    founder = founder_in(**FUJIAN)
    fund = build.family_fund(founder)
    refusal = refused("not_enough", build.pay_in, fund, founder, 1000_01)
    assert refusal.details["most_fen"] == 1000_00
    assert refusal.rule.name == "floor_fen"
    build.pay_in(fund, founder, 1000_00)
    assert share_of(founder) == (0, 1000_00)
    assert build.holdings(founder) == (600_00, 1400_00)


def test_fujian_once_a_person_and_calendar_month_and_several_contribute():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    build.pay_in(fund, founder, 10_00)
    build.pay_in(fund, wife, 100_00)
    refusal = refused("fund_month_used_up", build.pay_in, fund, founder, 10_00)
    assert (refusal.rule.name, refusal.details) == (
        "fund_transfers_per_month",
        {"most": 1, "made": 1},
    )
    build.pay_in(fund, founder, 10_00, at=build.moment("2026-12-01 00:00"))


def test_gansu_the_founder_alone_any_amount_as_often_as_wished():
    founder = founder_in(**GANSU)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    refusal = refused("fund_founder_pays", build.pay_in, fund, wife, 10_00)
    assert refusal.rule.name == "fund_contributors"
    build.pay_in(fund, founder, 2900_00)
    build.pay_in(fund, founder, 100_00)
    assert share_of(founder) == (600_00, 2400_00)
    assert build.holdings(founder) == (0, 0)


def test_money_comes_from_members_whose_insurance_has_not_ended():
    founder = founder_in(**FUJIAN)
    wife, mother = wife_of(founder), mother_of(founder)
    fund = build.family_fund(founder, wife)
    refused("fund_not_member", build.pay_in, fund, mother, 1_00)
    wife.enrolments.update(status="4")
    refused("fund_insurance_ended", build.pay_in, fund, wife, 1_00)
    refused("amount_impossible", build.pay_in, fund, founder, 0)


# --- money back ---------------------------------------------------------------------------


def test_who_leaves_takes_the_rest_of_their_share_along():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    build.pay_in(fund, founder, 500_00)
    build.pay_in(fund, wife, 100_00)
    row = FundMember.objects.get(member=wife)
    build.post((row.prior_id, -30_00), (build.scheme_account(), 30_00))
    leave(fund, wife)
    assert build.holdings(wife) == (0, 2070_00)
    assert share_of(founder) == (0, 500_00)
    refused("fund_founder_closes", leave, fund, founder)


def test_the_founder_removes_a_member_who_keeps_what_they_paid_in():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    build.pay_in(fund, wife, 100_00)
    leave(fund, wife, by=founder)
    assert build.holdings(wife) == (0, 2100_00)
    assert fund.members.get(member=wife).left_at == build.NOON


def test_closing_returns_each_share_to_whose_money_it_is():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife, mother_of(founder))
    build.pay_in(fund, founder, 500_00)
    build.pay_in(fund, wife, 100_00)
    close(fund)
    assert build.holdings(founder) == (600_00, 2400_00)
    assert build.holdings(wife) == (0, 2100_00)
    assert selectors.fund_of(wife.pk) is None
    refused("fund_closed", close, fund)
    assert books.check() == []


def test_gansu_the_fund_ends_with_its_last_relative():
    founder = founder_in(**GANSU)
    wife, child = wife_of(founder), child_of(founder)
    fund = build.family_fund(founder, wife, child)
    build.pay_in(fund, founder, 2500_00)
    leave(fund, wife)
    assert selectors.fund_of(founder.pk) == fund
    leave(fund, child, by=founder)
    assert selectors.fund_of(founder.pk) is None
    assert build.holdings(founder) == (600_00, 2400_00)


def test_fujian_a_fund_outlives_its_last_relative():
    founder = founder_in(**FUJIAN)
    mother = mother_of(founder)
    fund = build.family_fund(founder, mother)
    leave(fund, mother)
    assert selectors.fund_of(founder.pk) == fund


def test_a_share_of_somebody_who_died_waits_for_the_heirs():
    founder = founder_in(**FUJIAN)
    wife = wife_of(founder)
    fund = build.family_fund(founder, wife)
    build.pay_in(fund, wife, 100_00)
    wife.died_on = build.TODAY
    wife.save()
    close(fund)
    assert Case.objects.get().reason_values["amount_fen"] == 100_00
    assert books.balances([services.suspense()]) == {services.suspense(): 100_00}


# --- use ----------------------------------------------------------------------------------


def purses(person, on=build.TODAY):
    found = selectors.purses_for([person.pk], on)[person.pk]
    return [(each.source, each.part, each.balance_fen, each.owner_id) for each in found]


def test_any_member_may_use_the_shares_in_the_order_the_founder_sets():
    founder = founder_in(**FUJIAN)
    wife, mother = wife_of(founder), mother_of(founder)
    fund = build.family_fund(founder, wife, mother)
    build.pay_in(fund, founder, 10_00)
    build.pay_in(fund, wife, 20_00)
    mine, hers = ("family_fund", "prior", 10_00), ("family_fund", "prior", 20_00)
    prior = [each for each in purses(mother) if each[1] == "prior"]
    assert prior == [(*mine, founder.pk), (*hers, wife.pk)]
    order = [wife.pk, mother.pk, founder.pk]
    by = build.member_actor(founder)
    services.set_order(fund_id=fund.pk, member_ids=order, by=by, at=build.NOON)
    prior = [each for each in purses(mother) if each[1] == "prior"]
    assert prior == [(*hers, wife.pk), (*mine, founder.pk)]
    values = {"fund_id": fund.pk, "member_ids": order[:2], "by": by, "at": build.NOON}
    refused("fund_order_incomplete", services.set_order, **values)


def test_a_fund_pays_nothing_before_one_joined_nor_from_the_dead():
    founder = founder_in(**FUJIAN)
    mother = mother_of(founder)
    fund = build.family_fund(founder, mother)
    build.pay_in(fund, founder, 10_00)
    assert purses(mother, build.day("2026-11-21")) == []
    founder.died_on = build.day("2026-11-23")
    founder.save()
    assert purses(mother)
    assert purses(mother, build.day("2026-11-23")) == []


def test_purses_of_a_family_take_one_statement(django_assert_num_queries):
    founder = founder_in(**FUJIAN)
    mother = mother_of(founder)
    fund = build.family_fund(founder, mother)
    build.pay_in(fund, founder, 10_00)
    with django_assert_num_queries(1):
        found = selectors.purses_for([founder.pk, mother.pk], build.TODAY)
    assert found[founder.pk] == found[mother.pk]
    stranger = build.resident(area=AREA)
    with django_assert_num_queries(1):
        assert selectors.purses_for([stranger.pk], build.TODAY) == {stranger.pk: []}
