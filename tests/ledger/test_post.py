"""Posting and reversing through the one door."""

import pytest

from pooling.ledger import selectors, services
from pooling.ledger.models import Entry
from pooling.ledger.movements import Movement, Unbalanced
from tests import build

pytestmark = pytest.mark.django_db


def test_money_moves_from_one_account_to_another():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    entry = build.post((source, -20_00), (clearing, 20_00))
    assert selectors.balances([source, clearing]) == {source: 40_00, clearing: 20_00}
    assert selectors.movements_of(entry.pk) == [
        Movement(source, -20_00),
        Movement(clearing, 20_00),
    ]


def test_a_line_of_a_guarded_account_says_what_was_left():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    entry = build.post((source, -20_00), (clearing, 20_00))
    left = dict(entry.postings.values_list("account_id", "balance_after_fen"))
    assert left == {source: 40_00, clearing: None}


def test_the_same_key_and_movements_return_the_first_entry_and_move_nothing():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    first = build.post((source, -60_00), (clearing, 60_00), key="bill:1")
    again = build.post((clearing, 60_00), (source, -60_00), key="bill:1")
    assert again.pk == first.pk
    assert selectors.balances([source]) == {source: 0}


def test_the_same_key_with_other_movements_is_refused():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    build.post((source, -20_00), (clearing, 20_00), key="bill:1")
    with pytest.raises(services.KeyTaken):
        build.post((source, -20_01), (clearing, 20_01), key="bill:1")
    assert selectors.balances([source]) == {source: 40_00}


def test_more_than_an_account_holds_is_refused_and_leaves_nothing():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    with pytest.raises(services.Insufficient):
        build.post((source, -60_01), (clearing, 60_01), key="bill:1")
    assert not Entry.objects.filter(key="bill:1").exists()
    assert selectors.balances([source, clearing]) == {source: 60_00, clearing: 0}


@pytest.mark.parametrize(
    "amounts",
    [(), (100,), (100, -99), (0, 0), (100.0, -100.0), (True, -1), (100, -100, 0)],
    ids=str,
)
def test_what_can_never_be_an_entry_is_a_programmers_mistake(amounts):
    accounts = [build.scheme_account(code) for code in ("scheme:a", "scheme:b", "scheme:c")]
    with pytest.raises(Unbalanced):
        build.post(*zip(accounts, amounts, strict=False))


def test_two_parts_that_go_to_one_account_are_one_line():
    current, prior = build.ledger_account(20_00), build.ledger_account(40_00)
    suspense = build.scheme_account("scheme:suspense")
    entry = build.post((current, -20_00), (prior, -40_00), (suspense, 20_00), (suspense, 40_00))
    assert selectors.movements_of(entry.pk)[-1] == Movement(suspense, 60_00)


def post_once(source, clearing, locked=None):
    return services.post(
        key="bill:1",
        kind="settlement",
        movements=[Movement(source, -20_00), Movement(clearing, 20_00)],
        business_date=build.TODAY,
        at=build.NOON,
        locked=locked,
    )


def test_posting_takes_one_statement_when_the_caller_holds_the_accounts(
    django_assert_num_queries,
):
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    held = selectors.locked([source, clearing])
    with django_assert_num_queries(1):
        post_once(source, clearing, held)
    assert list(held) == [source]
    assert held[source].balance_fen == 40_00


def test_posting_takes_two_statements_when_nobody_holds_them(django_assert_num_queries):
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    with django_assert_num_queries(2):
        post_once(source, clearing)


def test_a_replay_is_answered_when_the_money_is_long_spent():
    source, clearing = build.ledger_account(20_00), build.scheme_account()
    first = post_once(source, clearing)
    held = selectors.locked([source])
    assert post_once(source, clearing, held).pk == first.pk
    assert held[source].balance_fen == 0


def test_a_reversal_gives_back_what_the_entry_took():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    entry = build.post((source, -20_00), (clearing, 20_00))
    reversal = build.reverse(entry)
    assert reversal.reversal_of_id == entry.pk
    assert selectors.balances([source, clearing]) == {source: 60_00, clearing: 0}


def test_an_entry_is_reversed_at_most_once():
    source, clearing = build.ledger_account(60_00), build.scheme_account()
    entry = build.post((source, -20_00), (clearing, 20_00))
    first = build.reverse(entry, key="undo")
    assert build.reverse(entry, key="undo").pk == first.pk
    with pytest.raises(services.AlreadyReversed):
        build.reverse(entry, key="undo again")
    assert selectors.balances([source]) == {source: 60_00}


def test_a_reversal_may_go_elsewhere_but_never_beyond_the_original():
    current, prior = build.ledger_account(20_00), build.ledger_account(0)
    clearing = build.scheme_account()
    entry = build.post((current, -20_00), (clearing, 20_00))
    with pytest.raises(services.ReversesTooMuch):
        build.reverse(entry, (prior, 20_01), (clearing, -20_01))
    build.reverse(entry, (prior, 15_00), (clearing, -15_00))
    assert selectors.balances([current, prior]) == {current: 0, prior: 15_00}


def test_what_was_never_posted_cannot_be_reversed():
    with pytest.raises(services.NotFound):
        services.reverse(entry_id=0, key="undo", at=build.NOON, business_date=build.TODAY)


def test_many_entries_are_posted_in_their_order():
    member, clearing = build.ledger_account(10_00), build.scheme_account()
    ids = services.post_many(
        [
            build.draft((member, -10_00), (clearing, 10_00), key="first"),
            build.draft((member, 5_00), (clearing, -5_00), key="second"),
            build.draft((member, -4_00), (clearing, 4_00), key="third"),
        ],
        at=build.NOON,
    )
    assert list(ids) == ["first", "second", "third"]
    assert selectors.balances([member, clearing]) == {member: 1_00, clearing: 9_00}
    assert selectors.check() == []


def test_many_entries_posted_again_move_nothing():
    member, clearing = build.ledger_account(10_00), build.scheme_account()
    wanted = [build.draft((member, -10_00), (clearing, 10_00), key="first")]
    first = services.post_many(wanted * 2, at=build.NOON)
    assert services.post_many(wanted, at=build.NOON) == first
    assert selectors.balances([member]) == {member: 0}
    with pytest.raises(services.KeyTaken):
        services.post_many(
            [build.draft((member, -9_00), (clearing, 9_00), key="first")], at=build.NOON
        )


def test_one_batch_cannot_give_a_key_two_meanings():
    member, clearing = build.ledger_account(10_00), build.scheme_account()
    with pytest.raises(services.KeyTaken):
        services.post_many(
            [
                build.draft((member, -1_00), (clearing, 1_00), key="same"),
                build.draft((member, -2_00), (clearing, 2_00), key="same"),
            ],
            at=build.NOON,
        )


def test_a_batch_never_dips_below_zero_in_between():
    member, clearing = build.ledger_account(10_00), build.scheme_account()
    with pytest.raises(services.Insufficient):
        services.post_many(
            [
                build.draft((member, -11_00), (clearing, 11_00), key="first"),
                build.draft((member, 5_00), (clearing, -5_00), key="second"),
            ],
            at=build.NOON,
        )


def test_opening_accounts_again_returns_the_same_ones():
    first = services.open_accounts(["personal:2", "personal:1"], "personal")
    again = services.open_accounts(["personal:1", "personal:2"], "personal")
    assert [account.code for account in first] == ["personal:2", "personal:1"]
    assert {account.pk for account in first} == {account.pk for account in again}
    assert {account.balance_fen for account in again} == {0}
