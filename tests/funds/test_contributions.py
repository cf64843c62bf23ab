"""What the registry pays in, and the accounts it opens."""

from datetime import date

import pytest

from pooling.audit.models import Event
from pooling.funds import selectors, services
from pooling.ledger import selectors as books
from tests import build

pytestmark = pytest.mark.django_db


def held(person) -> list[tuple[int, int]]:
    return [
        (account.current.balance_fen, account.prior.balance_fen)
        for account in selectors.of_member(person.pk)
    ]


def pay_in(*rows):
    return services.contribute_many(rows, by=build.JOB, at=build.NOON)


def test_the_first_contribution_opens_the_account():
    payer = build.employee()
    build.contribution(payer, 120_00, on="2026-03-01")
    account = selectors.of_member(payer.pk)[0]
    assert account.opened_on == date(2026, 3, 1)
    assert account.current.code == f"personal:{payer.pk}:{build.SHANGRAO}:current"
    assert held(payer) == [(120_00, 0)]


def test_an_account_opens_on_the_earliest_day_of_its_rows():
    payer = build.employee()
    pay_in(
        build.contribution_row(payer, 1_00, on="2026-03-01"),
        build.contribution_row(payer, 1_00, on="2026-01-01"),
        build.contribution_row(payer, 1_00, on="2026-02-01"),
    )
    assert selectors.of_member(payer.pk)[0].opened_on == date(2026, 1, 1)


def test_each_part_and_each_area_holds_its_own_money():
    payer = build.employee()
    build.contribution(payer, 20_00)
    build.contribution(payer, 40_00, part="prior")
    build.contribution(payer, 5_00, area=build.XIAN)
    assert sorted(held(payer)) == [(5_00, 0), (20_00, 40_00)]


def test_the_same_rows_again_change_nothing():
    payer = build.employee()
    row = build.contribution_row(payer, 20_00)
    first, again = pay_in(row), pay_in(row)
    assert (first.new, first.unchanged) == (1, 0)
    assert (again.new, again.unchanged, again.problems) == (0, 1, [])
    assert held(payer) == [(20_00, 0)]


def test_a_reference_that_says_something_else_now_is_a_problem_of_its_row():
    payer, stranger = build.employee(), build.employee("李雷")
    pay_in(build.contribution_row(payer, 20_00, reference="C1"))
    answer = pay_in(
        build.contribution_row(payer, 20_01, reference="C1", line=7),
        build.contribution_row(stranger, 20_00, reference="C1", line=8),
        build.contribution_row(payer, 1_00, reference="C2", line=9),
        build.contribution_row(payer, 2_00, reference="C2", line=10),
    )
    assert [(each.line, each.column) for each in answer.problems] == [
        (7, "reference"),
        (8, "reference"),
        (10, "reference"),
    ]
    assert held(payer) == [(21_00, 0)]
    assert held(stranger) == []


def test_money_for_nobody_known_is_a_problem_of_its_row():
    payer = build.employee()
    ghost = services.ContributionRow(
        3, "C9", "P-nobody", build.SHANGRAO, "current", 1_00, build.TODAY
    )
    answer = pay_in(ghost, build.contribution_row(payer, 1_00))
    assert [(each.line, each.column) for each in answer.problems] == [(3, "psn_no")]
    assert held(payer) == [(1_00, 0)]


def test_a_closed_account_takes_no_money():
    payer = build.employee()
    account = build.personal_account(payer)
    services.close(personal_account_id=account.pk, on=build.TODAY, by=build.JOB, at=build.NOON)
    answer = pay_in(build.contribution_row(payer, 1_00, line=4))
    assert [(each.line, each.column) for each in answer.problems] == [(4, "psn_no")]
    assert held(payer) == [(0, 0)]


def test_any_number_of_rows_takes_the_same_few_statements(django_assert_num_queries):
    payers = [build.employee() for _each in range(5)]
    pay_in(build.contribution_row(payers[0], 1_00))
    with django_assert_num_queries(16):
        pay_in(build.contribution_row(payers[1], 1_00))
    with django_assert_num_queries(16):
        pay_in(*(build.contribution_row(payer, 1_00) for payer in payers[2:] for _m in range(12)))
    assert books.check() == []


def test_the_trail_says_how_much_came_in_but_not_for_whom():
    payer = build.employee()
    pay_in(build.contribution_row(payer, 20_00), build.contribution_row(payer, 5_00))
    event = Event.objects.get(verb="funds.contribute_many")
    assert event.detail == {"new": 2, "fen": 25_00}
    assert (event.actor_kind, event.subject_type) == ("job", "funds.contribution")
