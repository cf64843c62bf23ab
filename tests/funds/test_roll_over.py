"""On 1 January what is left of this year becomes money of earlier years."""

import pytest

from pooling.audit.models import Event
from pooling.funds import jobs, selectors, services
from pooling.funds.models import FundMember
from pooling.ledger import selectors as books
from pooling.ledger.models import Entry
from tests import build

pytestmark = pytest.mark.django_db


def parts(person) -> tuple[int, int]:
    account = selectors.of_member(person.pk)[0]
    return account.current.balance_fen, account.prior.balance_fen


def roll_over(year=2027):
    return services.roll_over(year=year, by=build.JOB, at=build.NOON)


def test_what_is_left_of_the_year_becomes_prior():
    payer, saver = build.employee(), build.employee()
    build.personal_account(payer, current=20_00, prior=40_00)
    build.personal_account(saver, prior=5_00)
    assert roll_over() == 1
    assert (parts(payer), parts(saver)) == ((0, 60_00), (0, 5_00))
    assert books.check() == []


def test_running_it_again_moves_nothing():
    payer = build.employee()
    build.personal_account(payer, current=20_00)
    roll_over()
    build.contribution(payer, 7_00, on="2026-12-31")
    assert roll_over() == 0
    assert parts(payer) == (7_00, 20_00)


def test_a_run_that_comes_late_leaves_the_new_years_money_alone():
    payer = build.employee()
    account = build.personal_account(payer, current=50_00)
    build.contribution(payer, 100_00, on="2027-01-01")
    build.post(
        (account.current_id, -30_00), (build.scheme_account(), 30_00), on=build.day("2027-01-02")
    )
    roll_over()
    assert parts(payer) == (100_00, 20_00)


def test_new_money_spent_before_a_late_run_leaves_nothing_to_move():
    payer = build.employee()
    account = build.personal_account(payer, current=50_00)
    build.contribution(payer, 100_00, on="2027-01-01")
    build.post(
        (account.current_id, -70_00), (build.scheme_account(), 70_00), on=build.day("2027-01-02")
    )
    assert roll_over() == 0
    assert parts(payer) == (80_00, 0)


def test_a_run_cut_short_goes_on_where_it_stopped():
    payers = [build.employee() for _each in range(5)]
    for payer in payers:
        build.personal_account(payer, current=10_00)
    last, moved = services.roll_over_page(year=2027, after=0, limit=2, by=build.JOB, at=build.NOON)
    assert moved == 2
    assert last == selectors.of_member(payers[1].pk)[0].pk
    assert roll_over() == 3
    assert [parts(payer) for payer in payers] == [(0, 10_00)] * 5


def test_a_closed_account_is_left_alone():
    account = build.personal_account(build.employee())
    services.close(personal_account_id=account.pk, on=build.TODAY, by=build.JOB, at=build.NOON)
    assert roll_over() == 0


def test_the_trail_says_how_much_was_moved():
    build.personal_account(build.employee(), current=20_00)
    roll_over()
    event = Event.objects.get(verb="funds.roll_over")
    assert event.detail == {"year": 2027, "moved": 1, "fen": 20_00}


def test_a_page_takes_the_same_statements_for_any_number_of_accounts(django_assert_num_queries):
    def page():
        services.roll_over_page(year=2027, after=0, by=build.JOB, at=build.NOON)

    build.personal_account(build.employee(), current=1_00)
    with django_assert_num_queries(11):
        page()
    for _each in range(4):
        build.personal_account(build.employee(), current=1_00)
    with django_assert_num_queries(11):
        page()


def test_what_is_frozen_and_what_is_in_a_fund_rolls_over_in_the_same_entry():
    build.area("999900", model="quota")
    build.area("999800", model="pooled_transfer")
    relative = build.resident(area="999900")
    payer, founder = build.employee(area="999900"), build.employee(area="999800")
    for person, area in ((payer, "999900"), (founder, "999800")):
        build.personal_account(person, current=20_00, area=area)
    quota = build.quota(payer, relative, 15_00)
    build.pay_in(build.family_fund(founder), founder, 5_00)
    assert roll_over() == 2
    assert build.frozen(quota) == (0, 15_00)
    assert parts(payer) == (0, 5_00)
    share = FundMember.objects.get()
    assert (share.current.balance_fen, share.prior.balance_fen) == (0, 5_00)
    entry = Entry.objects.get(key=f"rollover:2027:{selectors.of_member(payer.pk)[0].pk}")
    assert entry.postings.count() == 4
    assert books.check() == []


def test_new_money_frozen_before_a_late_run_stays_this_years():
    build.area("999900", model="quota")
    payer = build.employee(area="999900")
    build.personal_account(payer, current=10_00, area="999900")
    january = build.moment("2027-01-02 10:00")
    build.contribution(payer, 100_00, area="999900", on="2027-01-01")
    quota = build.quota(payer, build.resident(area="999900"), 60_00, at=january)
    assert build.frozen(quota) == (60_00, 0)
    assert roll_over() == 1
    current, prior = (sum(both) for both in zip(build.frozen(quota), parts(payer), strict=True))
    assert (current, prior) == (100_00, 10_00)


def test_the_job_begins_the_year_in_january_alone(monkeypatch):
    build.personal_account(build.employee(), current=10_00)
    seen = []
    monkeypatch.setattr(jobs, "roll_over_all", lambda year, by: seen.append(year))
    for clock in ("2026-12-31 23:59", "2027-01-01 00:10", "2027-02-01 00:10"):
        monkeypatch.setattr(jobs, "database_clock", lambda clock=clock: build.moment(clock))
        jobs.roll_over()
    assert seen == [2027]
