"""Balances, statements, checkpoints and the check that adds everything up again."""

from datetime import date, timedelta

import pytest

from pooling.ledger import selectors, services
from pooling.ledger.models import Checkpoint
from tests import build
from tests.ledger.tampering import tampered

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def test_a_balance_as_of_a_day_includes_that_day():
    source, clearing = build.ledger_account(), build.scheme_account()
    build.post((clearing, -5_00), (source, 5_00), on=date(2026, 11, 10))
    build.post((clearing, -3_00), (source, 3_00), on=date(2026, 11, 20))
    days = [date(2026, 11, day) for day in (9, 10, 19, 20)]
    assert [selectors.balance_as_of(source, day) for day in days] == [0, 5_00, 5_00, 8_00]
    assert selectors.balance_as_of(clearing, days[-1]) == -8_00


def test_opening_and_lines_make_the_closing_balance():
    source, clearing = build.ledger_account(), build.scheme_account()
    build.post((clearing, -50_00), (source, 50_00), on=NOVEMBER - timedelta(days=1))
    build.post((source, -20_00), (clearing, 20_00), on=date(2026, 11, 20))
    build.post((source, -5_00), (clearing, 5_00), on=NOVEMBER)
    build.post((source, -1_00), (clearing, 1_00), on=DECEMBER)
    november = selectors.statement(source, NOVEMBER, DECEMBER)
    assert [(line.amount_fen, line.balance_fen) for line in november.lines] == [
        (-5_00, 45_00),
        (-20_00, 25_00),
    ]
    assert (november.opening_fen, november.closing_fen) == (50_00, 25_00)
    assert selectors.statement(source, DECEMBER, DECEMBER).lines == ()


def test_a_scheme_balance_is_the_last_checkpoint_and_what_came_since():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    build.post((source, -20_00), (clearing, 20_00))
    services.take_checkpoints(at=build.NOON)
    build.post((source, -5_00), (clearing, 5_00))
    assert selectors.balances([clearing]) == {clearing: 25_00}
    services.take_checkpoints(at=build.NOON)
    points = Checkpoint.objects.filter(account=clearing).order_by("through_posting_id")
    assert list(points.values_list("sum_fen", flat=True)) == [20_00, 25_00]
    assert selectors.balances([clearing]) == {clearing: 25_00}


def test_an_account_at_rest_gets_no_further_checkpoint():
    build.post((build.ledger_account(60_00), -20_00), (build.scheme_account(), 20_00))
    assert services.take_checkpoints(at=build.NOON) == 2
    assert services.take_checkpoints(at=build.NOON) == 0


def test_books_that_add_up_show_no_difference():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    build.reverse(build.post((source, -20_00), (clearing, 20_00)))
    services.take_checkpoints(at=build.NOON)
    assert selectors.check() == []


TAMPERING = {
    "balance": "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE id = {source}",
    "chain": "UPDATE ledger_posting SET balance_after_fen = 1 WHERE account_id = {source}",
    "entry": "INSERT INTO ledger_entry (key, kind, posted_at, business_date)"
    " VALUES ('forged', 'test', now(), now())",
    "checkpoint": "UPDATE ledger_checkpoint SET sum_fen = 1 WHERE account_id = {clearing}",
}


@pytest.mark.parametrize("law", TAMPERING)
def test_the_check_finds_what_a_superuser_changed(law):
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    build.post((source, -20_00), (clearing, 20_00))
    services.take_checkpoints(at=build.NOON)
    with tampered(TAMPERING[law].format(source=source, clearing=clearing)):
        found = selectors.check()
    assert {difference.law for difference in found} == {law}
    assert law in str(found[0])


def test_a_changed_amount_shows_in_every_sum():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    build.post((source, -20_00), (clearing, 20_00))
    with tampered("UPDATE ledger_posting SET amount_fen = -1999 WHERE amount_fen = -2000"):
        found = selectors.check()
    assert {difference.law for difference in found} == {"balance", "chain", "entry"}
