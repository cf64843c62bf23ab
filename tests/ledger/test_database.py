"""PostgreSQL keeps the laws of the books even where no program of ours does.

Each test writes SQL past every service and names the law that refuses it.
"""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.ledger import services
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = """
    INSERT INTO ledger_entry (key, kind, posted_at, business_date)
    VALUES (%s, 'forged', now(), '2026-11-22') RETURNING id"""
LINE = """
    INSERT INTO ledger_posting (entry_id, account_id, amount_fen, balance_after_fen)
    VALUES (%s, %s, %s, %s)"""


@contextmanager
def refused_by(law):
    """Expect everything inside, which is one transaction, to fail for exactly one law."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    assert refusal.value.__cause__.diag.constraint_name == law
    assert law in str(refusal.value)


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture
def source():
    return build.ledger_account(60_00)


@pytest.fixture
def clearing():
    return build.scheme_account()


@pytest.fixture
def entry(source, clearing):
    return build.post((source, -20_00), (clearing, 20_00), key="bill:1")


def test_an_entry_without_lines_is_refused():
    with refused_by("ledger_entry_balanced"):
        sql(ENTRY, "empty")


def test_an_entry_of_one_line_is_refused(clearing):
    with refused_by("ledger_entry_balanced"):
        sql(LINE, sql(ENTRY, "lonely"), clearing, 1_00, None)


def test_lines_that_do_not_sum_to_zero_are_refused(clearing):
    other = build.scheme_account("scheme:other")
    with refused_by("ledger_entry_balanced"):
        forged = sql(ENTRY, "unbalanced")
        sql(LINE, forged, clearing, 1_00, None)
        sql(LINE, forged, other, -99, None)


def test_lines_added_to_an_old_entry_are_refused_even_when_they_balance(entry):
    extra = [build.scheme_account("scheme:other"), build.scheme_account("scheme:third")]
    with refused_by("ledger_entry_whole"):
        sql(LINE, entry.pk, extra[0], 1_00, None)
        sql(LINE, entry.pk, extra[1], -1_00, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET business_date = '2020-01-01'",
        "UPDATE ledger_entry SET kind = kind",
        "DELETE FROM ledger_entry",
    ],
)
def test_entries_are_written_once(entry, statement):
    with refused_by("ledger_entry_append_only"):
        sql(statement)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_posting SET amount_fen = amount_fen * 2", "DELETE FROM ledger_posting"],
)
def test_lines_are_written_once(entry, statement):
    with refused_by("ledger_posting_append_only"):
        sql(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_checkpoint SET sum_fen = 0", "DELETE FROM ledger_checkpoint"]
)
def test_checkpoints_are_written_once(entry, statement):
    services.take_checkpoints(at=build.NOON)
    with refused_by("ledger_checkpoint_append_only"):
        sql(statement)


@pytest.mark.parametrize(
    "change",
    ["code = 'other'", "kind = 'other'", "guarded = false, balance_fen = NULL", "id = id + 1000"],
)
def test_an_account_stays_what_it_was_opened_as(source, change):
    with refused_by("ledger_account_identity_fixed"):
        sql(f"UPDATE ledger_account SET {change} WHERE id = %s", source)


def test_a_balance_does_not_change_without_a_line(source):
    with refused_by("ledger_account_balance_posted"):
        sql("UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE id = %s", source)


def test_an_account_does_not_open_with_money_in_it():
    with refused_by("ledger_account_balance_posted"):
        sql(
            "INSERT INTO ledger_account (code, kind, guarded, balance_fen)"
            " VALUES ('forged', 'test', true, 100)"
        )


def test_a_line_does_not_leave_the_balance_behind(source, clearing):
    with refused_by("ledger_account_balance_posted"):
        forged = sql(ENTRY, "forged")
        sql(LINE, forged, source, 1_00, 61_00)
        sql(LINE, forged, clearing, -1_00, None)


def test_a_line_continues_the_one_before_it(source, clearing):
    with refused_by("ledger_posting_continues"):
        sql("UPDATE ledger_account SET balance_fen = 99900 WHERE id = %s", source)
        forged = sql(ENTRY, "forged")
        sql(LINE, forged, source, 1_00, 999_00)
        sql(LINE, forged, clearing, -1_00, None)


def test_a_guarded_line_says_what_was_left(source):
    with refused_by("ledger_posting_balance_after_iff_guarded"):
        sql(LINE, sql(ENTRY, "forged"), source, 1_00, None)


def test_a_scheme_line_cannot_know_what_was_left(clearing):
    with refused_by("ledger_posting_balance_after_iff_guarded"):
        sql(LINE, sql(ENTRY, "forged"), clearing, 1_00, 1_00)


def test_a_reversal_happens_once(entry):
    build.reverse(entry)
    with refused_by("ledger_entry_reversal_of_id_key"):
        sql(
            "INSERT INTO ledger_entry (key, kind, posted_at, business_date, reversal_of_id)"
            " VALUES ('twice', 'reversal', now(), '2026-11-22', %s)",
            entry.pk,
        )


def test_a_key_names_one_entry(entry):
    with refused_by("ledger_entry_key_key"):
        sql(ENTRY, entry.key)
