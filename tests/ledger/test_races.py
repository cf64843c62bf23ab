"""Many at once on real connections: one waits for the other, and no fen is lost or invented."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pooling.ledger import selectors, services
from pooling.ledger.models import Entry
from tests import build
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 6


def test_tills_racing_for_the_last_money_never_overspend():
    clearing = build.scheme_account()
    for _round in range(10):
        source = build.ledger_account(60_00)
        answers = at_once(
            *[lambda source=source: build.post((source, -25_00), (clearing, 25_00))] * TILLS
        )
        posted = [answer for answer in answers if isinstance(answer, Entry)]
        refused = [answer for answer in answers if isinstance(answer, services.Insufficient)]
        assert (len(posted), len(refused)) == (2, TILLS - 2)
        assert selectors.balances([source]) == {source: 10_00}
    assert selectors.balances([clearing]) == {clearing: 10 * 50_00}
    assert selectors.check() == []


def test_one_key_from_many_tills_moves_money_once():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    answers = at_once(
        *[lambda: build.post((source, -60_00), (clearing, 60_00), key="bill:1")] * TILLS
    )
    assert {answer.pk for answer in answers} == {Entry.objects.get(key="bill:1").pk}
    assert selectors.balances([source, clearing]) == {source: 0, clearing: 60_00}


def test_families_named_in_opposite_order_do_not_deadlock(monkeypatch):
    monkeypatch.setattr("pooling.shared.work.RETRIES", 0)
    father, mother = build.ledger_account(500_00), build.ledger_account(500_00)
    clearing = build.scheme_account()
    for _round in range(10):
        answers = at_once(
            lambda: build.post((father, -1_00), (mother, -2_00), (clearing, 3_00)),
            lambda: build.post((mother, -2_00), (father, -1_00), (clearing, 3_00)),
            lambda: build.post((clearing, -3_00), (mother, 2_00), (father, 1_00)),
            lambda: build.post((father, -5_00), (mother, 5_00)),
        )
        assert all(isinstance(answer, Entry) for answer in answers), answers
    assert selectors.balances([father, mother]) == {father: 440_00, mother: 530_00}
    assert selectors.check() == []


def test_accounts_are_locked_in_the_order_of_their_keys():
    accounts = [build.ledger_account() for _member in range(3)]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert list(selectors.locked(reversed(accounts))) == accounts
    order = 'ORDER BY "ledger_account"."id" ASC FOR NO KEY UPDATE OF "ledger_account"'
    assert queries[0]["sql"].endswith(order)


def test_two_reversals_at_once_give_the_money_back_once():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    entry = build.post((source, -60_00), (clearing, 60_00))
    answers = at_once(
        lambda: build.reverse(entry, key="undo, said the till"),
        lambda: build.reverse(entry, key="undo, said the counter"),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyReversed", "Entry"]
    assert selectors.balances([source]) == {source: 60_00}


def test_a_scheme_account_is_opened_once_by_many():
    answers = at_once(*[lambda: build.scheme_account("payable:1:361100")] * TILLS)
    assert len(set(answers)) == 1


def test_a_checkpoint_waits_for_a_line_that_is_still_on_its_way():
    clearing = build.scheme_account()
    slow, quick = build.ledger_account(50_00), build.ledger_account(50_00)
    posted, may_commit = Event(), Event()

    def slow_till():
        build.post((slow, -1_00), (clearing, 1_00))
        posted.set()
        may_commit.wait(60)

    def in_thread(work):
        return pool.submit(lambda: at_once(work))

    with ThreadPoolExecutor(2) as pool:
        till = in_thread(slow_till)
        assert posted.wait(60)
        build.post((quick, -2_00), (clearing, 2_00))
        run = in_thread(lambda: services.take_checkpoints(at=build.NOON))
        assert wait([run], timeout=0.5).not_done, "the run did not wait for the slow till"
        may_commit.set()
        wait([till, run])
    assert selectors.balances([clearing]) == {clearing: 3_00}
    assert selectors.check() == []


def test_tills_and_checkpoints_together_lose_nothing():
    clearing = build.scheme_account()
    sources = [build.ledger_account(50_00) for _till in range(TILLS)]

    def spend(source):
        return [build.post((source, -1_00), (clearing, 1_00)) for _bill in range(10)]

    at_once(
        *[lambda source=source: spend(source) for source in sources],
        *[lambda: services.take_checkpoints(at=build.NOON)] * 2,
    )
    assert selectors.balances([clearing]) == {clearing: TILLS * 10_00}
    assert selectors.check() == []
