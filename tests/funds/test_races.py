"""Two at once, on real connections: whoever comes second finds what the first one did."""

from functools import partial

import pytest

from pooling.funds import selectors, services
from pooling.funds.models import Transfer
from pooling.ledger import selectors as books
from pooling.ledger.models import Account
from tests import build
from tests.at_once import at_once, codes
from tests.exercise import times

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AREA, ABROAD = "999900", "888800"
NIGHT = build.moment("2026-11-23 04:59")
MORNING = build.moment("2026-11-23 05:00")


@pytest.fixture
def son():
    open_ = {"wallet_open": True, "wallet_transfers_per_day": 3}
    build.area(AREA, **open_, quota_across_provinces=True)
    build.area(ABROAD, **open_)
    son = build.employee("王伟", area=AREA)
    build.personal_account(son, prior=60_00, area=AREA)
    yield son
    assert books.check() == []
    everything = books.balances(Account.objects.values_list("pk", flat=True))
    assert sum(everything.values()) == 0


@pytest.fixture
def mother(son):
    mother = build.resident("张桂兰", area=ABROAD, born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    build.wallet(mother)
    return mother


def test_a_transfer_is_accepted_or_returned_and_never_both(son, mother):
    by = build.member_actor(mother)
    accepted = 0
    for _round in range(times(ci=25, long_run=5_000)):
        sent = build.transfer(son, mother, 1_00)
        # The receiver pressed a moment before the hour; the run came a moment after it.
        answer, returned = at_once(
            lambda pk=sent.pk: services.accept(transfer_id=pk, by=by, at=NIGHT),
            lambda: services.return_due(by=build.JOB, at=MORNING),
        )
        sent.refresh_from_db()
        assert (sent.state, returned) in {("accepted", 0), ("returned", 1)}
        assert isinstance(answer, Transfer) == (sent.state == "accepted")
        accepted += sent.state == "accepted"
        assert build.purse(mother) == accepted * 1_00
        assert sum(build.holdings(son)) == 60_00 - accepted * 1_00
        Transfer.objects.update(sent_on="2026-11-01")  # each round is another day


def test_two_transfers_at_once_do_not_pass_the_limit_of_the_day(son, mother):
    for round_ in range(times(ci=20, long_run=5_000)):
        for _each in range(2):
            build.transfer(son, mother, 1_00)
        results = at_once(*[lambda: build.transfer(son, mother, 1_00)] * 2)
        assert codes(results) == ["transfers_used_up"]
        assert selectors.sent_to_wallets(son.pk, build.TODAY)[0] == 3
        services.return_due(by=build.JOB, at=MORNING)
        assert sum(build.holdings(son)) == 60_00, round_
        Transfer.objects.update(sent_on="2026-11-01")


def test_a_quota_and_a_transfer_share_the_same_money(son, mother):
    by = build.member_actor(son)
    for _round in range(times(ci=25, long_run=5_000)):
        results = at_once(
            lambda: build.quota(son, mother, 40_00), lambda: build.transfer(son, mother, 40_00)
        )
        assert codes(results) == ["not_enough"]
        assert sum(build.holdings(son)) == 20_00
        quota = selectors.open_quota(son.pk, mother.pk)
        if quota is not None:
            services.release_quota(quota_id=quota.pk, by=by, at=build.NOON)
        services.return_due(by=build.JOB, at=MORNING)
        Transfer.objects.update(sent_on="2026-11-01")


def test_the_same_quota_set_twice_at_once_is_one(son, mother):
    by = build.member_actor(son)
    for _round in range(times(ci=20, long_run=5_000)):
        first, second = at_once(*[lambda: build.quota(son, mother, 40_00)] * 2)
        assert first.pk == second.pk
        assert build.frozen(first) == (0, 40_00)
        services.release_quota(quota_id=first.pk, by=by, at=build.NOON)


def join(fund, person, at):
    by = build.member_actor(person)
    return services.join(fund_id=fund.pk, member_id=person.pk, by=by, at=at)


def test_two_funds_at_once_never_have_the_same_member(son):
    build.next_rules(AREA, since="2026-12-01", model="pooled_transfer", relative_confirms=True)
    at = build.moment("2026-12-01 10:00")
    daughter = build.employee("王敏", area=AREA, gender="2")
    build.personal_account(daughter, prior=1_00, area=AREA)
    father = build.resident("王德福", area=AREA, born="1955-02-18")
    funds = []
    for founder in (son, daughter):
        build.relation(founder, father, "51")
        funds.append(build.family_fund(founder, at=at))
    for _round in range(times(ci=15, long_run=5_000)):
        for fund in funds:
            by = build.member_actor(fund.founder)
            services.invite(fund_id=fund.pk, member_id=father.pk, by=by, at=at)
        joined = at_once(*[partial(join, fund, father, at) for fund in funds])
        assert codes(joined) == ["fund_another"]
        for fund in funds:
            services.leave(fund_id=fund.pk, member_id=father.pk, by=build.JOB, at=at)
