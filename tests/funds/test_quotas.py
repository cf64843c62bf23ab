"""A payer freezes money for one relative, changes how much, and takes it back."""

import pytest

from pooling.cases.models import Case
from pooling.funds import selectors, services
from pooling.ledger import selectors as books
from pooling.notices import selectors as notices
from tests import build

pytestmark = pytest.mark.django_db
AREA, ELSEWHERE = "999900", "888800"


@pytest.fixture
def payer():
    build.area(AREA, model="quota", floor_fen=10_00)
    payer = build.employee("王伟", area=AREA)
    build.personal_account(payer, current=20_00, prior=40_00, area=AREA)
    return payer


@pytest.fixture
def grandmother(payer):
    return build.resident("张桂兰", area=AREA, gender="2")


def refused(code, payer, relative, fen, **more):
    with pytest.raises(services.Refused) as refusal:
        build.quota(payer, relative, fen, **more)
    assert refusal.value.code == code
    return refusal.value


def release(quota, by):
    by = build.member_actor(by)
    return services.release_quota(quota_id=quota.pk, by=by, at=build.NOON)


def test_prior_money_is_frozen_first_and_then_current(payer, grandmother):
    quota = build.quota(payer, grandmother, 45_00)
    assert build.frozen(quota) == (5_00, 40_00)
    assert build.holdings(payer) == (15_00, 0)
    assert selectors.frozen_fen(payer.pk) == 45_00
    assert selectors.quotas_of(grandmother.pk) == [quota]


def test_what_must_stay_in_the_account_is_not_frozen_and_the_most_is_said(payer, grandmother):
    refusal = refused("not_enough", payer, grandmother, 50_01)
    assert refusal.details == {"most_fen": 50_00, "held_fen": 60_00, "floor_fen": 10_00}
    assert "¥50.00" in str(refusal)
    assert refusal.rule.name == "floor_fen"
    assert build.frozen(build.quota(payer, grandmother, 50_00)) == (10_00, 40_00)


def test_where_only_earlier_years_are_shared_this_years_money_stays(payer, grandmother):
    build.next_rules(AREA, since="2026-12-01", model="quota", shareable_parts="prior")
    december = build.moment("2026-12-02 10:00")
    assert refused("not_enough", payer, grandmother, 40_01, at=december).rule.value == "prior"
    assert build.frozen(build.quota(payer, grandmother, 40_00, at=december)) == (0, 40_00)


def test_lowering_gives_back_what_was_taken_last_to_the_part_of_its_name(payer, grandmother):
    quota = build.quota(payer, grandmother, 45_00)
    build.quota(payer, grandmother, 30_00)
    assert build.frozen(quota) == (0, 30_00)
    assert build.holdings(payer) == (20_00, 10_00)
    build.quota(payer, grandmother, 35_00)
    assert build.frozen(quota) == (0, 35_00)
    assert build.holdings(payer) == (20_00, 5_00)


def test_the_same_amount_again_moves_nothing(payer, grandmother):
    quota = build.quota(payer, grandmother, 45_00)
    entries = [
        line.key
        for line in books.statement(
            quota.prior_id, build.day("2026-01-01"), build.day("2027-01-01")
        ).lines
    ]
    build.quota(payer, grandmother, 45_00)
    assert build.frozen(quota) == (5_00, 40_00)
    assert entries == [f"quota:{quota.pk}:1"]


def test_frozen_money_is_not_there_for_anybody_else(payer, grandmother):
    build.quota(payer, grandmother, 50_00)
    child = build.resident("王小雨", area=AREA)
    assert refused("not_enough", payer, child, 1).details["most_fen"] == 0


def test_a_release_returns_the_rest_to_where_it_came_from(payer, grandmother):
    quota = build.quota(payer, grandmother, 45_00)
    build.post((quota.prior_id, -30_00), (build.scheme_account(), 30_00))
    assert release(quota, grandmother) == 15_00
    assert build.holdings(payer) == (20_00, 10_00)
    assert selectors.quotas_of(payer.pk) == []
    said = [row.sentence for row in notices.inbox(payer.pk)]
    assert said[0] == "您给张*的共济额度已取消，没有用完的 ¥15.00 退回您的个人账户。"
    with pytest.raises(services.Refused, match="已经取消"):
        release(quota, payer)


def test_a_later_quota_of_the_same_two_is_another(payer, grandmother):
    first = build.quota(payer, grandmother, 10_00)
    release(first, payer)
    second = build.quota(payer, grandmother, 20_00)
    assert second.pk != first.pk
    assert build.frozen(first) == (0, 0)
    assert build.frozen(second) == (0, 20_00)


def test_only_the_payer_freezes_and_only_the_two_release(payer, grandmother):
    stranger = build.employee("李雷", area=AREA)
    with pytest.raises(services.NotYours):
        services.set_quota(
            payer_id=payer.pk,
            relative_id=grandmother.pk,
            amount_fen=1,
            by=build.member_actor(grandmother),
            at=build.NOON,
        )
    quota = build.quota(payer, grandmother, 10_00)
    with pytest.raises(services.NotYours):
        release(quota, stranger)


def test_a_clerk_freezes_for_whoever_stands_at_the_window(payer, grandmother):
    values = {
        "payer_id": payer.pk,
        "relative_id": grandmother.pk,
        "amount_fen": 1,
        "at": build.NOON,
    }
    with pytest.raises(services.NotYours):
        services.set_quota(by=build.clerk(), **values)
    assert services.set_quota(by=build.clerk(on_behalf_of=payer), **values)


@pytest.mark.parametrize(
    ("clauses", "home", "code"),
    [
        ({"model": "direct_debit"}, AREA, "quota_not_here"),
        ({"model": "direct_debit", "quota_across_provinces": True}, AREA, "quota_not_here"),
        ({"model": "direct_debit"}, ELSEWHERE, "quota_not_here"),
        ({"model": "quota"}, None, "relative_not_insured"),
    ],
)
def test_where_no_quota_may_be_set(clauses, home, code):
    build.area(AREA, **clauses)
    payer = build.employee(area=AREA)
    build.personal_account(payer, prior=40_00, area=AREA)
    relative = build.resident(area=home) if home else build.member()
    refused(code, payer, relative, 1_00)


def test_across_provinces_a_quota_is_the_nations_form():
    build.area(AREA, model="direct_debit", quota_across_provinces=True)
    payer = build.employee(area=AREA)
    build.personal_account(payer, prior=40_00, area=AREA)
    assert build.quota(payer, build.resident(area=ELSEWHERE), 1_00)


def test_money_of_somebody_who_died_waits_for_the_heirs(payer, grandmother):
    quota = build.quota(payer, grandmother, 45_00)
    payer.died_on = build.TODAY
    payer.save()
    services.release_quota(quota_id=quota.pk, by=build.JOB, at=build.NOON)
    case = Case.objects.get(kind=Case.Kind.SUSPENSE)
    values = {"amount_fen": 45_00, "account": quota.personal_account_id}
    assert (case.reason_code, case.reason_values) == ("owner_dead", values)
    assert books.balances([services.suspense()]) == {services.suspense(): 45_00}
    assert books.check() == []


def test_an_account_with_a_quota_does_not_close(payer, grandmother):
    build.area(ELSEWHERE, model="quota")
    saver = build.employee(area=ELSEWHERE)
    account = build.personal_account(saver, prior=5_00, area=ELSEWHERE)
    quota = build.quota(saver, grandmother, 5_00)
    close = {
        "personal_account_id": account.pk,
        "on": build.TODAY,
        "by": build.JOB,
        "at": build.NOON,
    }
    with pytest.raises(services.AccountNotEmpty, match="共济额度"):
        services.close(**close)
    release(quota, saver)
    with pytest.raises(services.AccountNotEmpty, match="还有钱"):
        services.close(**close)
