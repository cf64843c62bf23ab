"""Which account pays, and when it closes."""

from datetime import date, timedelta

import pytest

from accounts.selectors import standings
from pooling.funds import selectors, services
from pooling.shared.errors import NotFound
from tests import build

pytestmark = pytest.mark.django_db
TOMORROW = build.TODAY + timedelta(days=1)


def paying(person, on=build.TODAY):
    found = selectors.account_for([person.pk], standings([person], on), on)
    return found.get(person.pk)


def close(account, on=build.TODAY):
    return services.close(personal_account_id=account.pk, on=on, by=build.JOB, at=build.NOON)


def test_the_account_of_the_area_of_employee_insurance_pays():
    payer = build.employee(area=build.SHANGRAO)
    home = build.personal_account(payer, current=1_00, area=build.SHANGRAO)
    build.contribution(payer, 1_00, area=build.XIAN, on="2026-06-01")
    assert paying(payer) == home


def test_else_the_account_opened_last_pays():
    moved = build.employee(area=build.NANCHANG)
    build.contribution(moved, 1_00, area=build.SHANGRAO, on="2024-01-01")
    build.contribution(moved, 1_00, area=build.XIAN, on="2025-01-01")
    assert paying(moved).area == build.XIAN


def test_money_outlives_the_insurance_it_came_from():
    jobless = build.member()
    account = build.personal_account(jobless, prior=1_00)
    assert paying(jobless) == account


def test_a_closed_account_does_not_pay_from_that_day_on():
    payer = build.employee()
    account = close(build.personal_account(payer), on=TOMORROW)
    assert paying(payer) == account
    assert paying(payer, on=TOMORROW) is None


def test_the_accounts_of_a_family_are_found_in_one_statement(django_assert_num_queries):
    family = [build.employee() for _each in range(4)]
    for person in family[:3]:
        build.personal_account(person, current=1_00)
    stand = standings(family, build.TODAY)
    with django_assert_num_queries(1):
        found = selectors.account_for([each.pk for each in family], stand, build.TODAY)
        assert [found[each.pk].current.balance_fen for each in family[:3]] == [1_00] * 3
    assert family[3].pk not in found


def test_an_account_with_money_does_not_close():
    account = build.personal_account(build.employee(), prior=1)
    with pytest.raises(services.AccountNotEmpty):
        close(account)


def test_an_account_closes_once_and_not_before_it_opened():
    account = build.personal_account(build.employee())
    with pytest.raises(services.ClosesTooEarly):
        close(account, on=date(2020, 1, 1))
    close(account)
    with pytest.raises(services.AccountClosed):
        close(account)


def test_an_account_that_is_not_there_cannot_be_closed():
    with pytest.raises(NotFound):
        services.close(personal_account_id=0, on=build.TODAY, by=build.JOB, at=build.NOON)


def test_what_an_institution_is_owed_has_one_account_per_area():
    clinic = build.institution()
    payable = services.institution_payable(clinic.pk, build.SHANGRAO)
    assert payable == services.institution_payable(clinic.pk, build.SHANGRAO)
    assert payable != services.institution_payable(clinic.pk, build.XIAN)
