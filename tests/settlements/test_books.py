"""The nightly look compares what was settled with the books: neither lies alone.

What triggers forbid is done here past them; what they must allow, as the application may do it.
"""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Member
from pooling.settlements.selectors import books
from tests import build
from tests.ledger.tampering import tampered
from tests.settlements.household import household

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return household()


@pytest.fixture
def settled(family):
    """One bill as it was settled, one refunded in part, one refunded and then reversed."""
    first, second, third = (build.settle(family.mei, 2_000, place=family.clinic) for _ in range(3))
    build.settle(family.mei, 0, place=family.clinic)
    build.refund(second, 500)
    build.refund(third, 500)
    build.reversal(third)
    return first


def test_what_was_settled_refunded_and_reversed_agrees_with_the_books(settled):
    assert books.check() == []


def test_money_in_suspense_agrees_with_the_books_too(family, settled):
    Member.objects.filter(pk=family.wei.pk).update(died_on=build.TODAY)
    build.reversal(settled)
    assert books.check() == []


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("lines", "UPDATE settlements_line SET amount_fen = amount_fen + 1 WHERE id = {line}"),
        ("lines", "DELETE FROM settlements_line WHERE id = {line}"),
        (
            "lines",
            "UPDATE settlements_settlement SET cash_fen = cash_fen + 1,"
            " pooled_fen = pooled_fen - 1 WHERE id = {id}",
        ),
        ("posted", "UPDATE settlements_line SET ledger_account_id = {other} WHERE id = {line}"),
        ("copies", "UPDATE settlements_line SET business_date = '2020-01-01' WHERE id = {line}"),
        ("returned", "UPDATE settlements_line SET returned_fen = 1 WHERE id = {line}"),
        (
            "returned",
            "UPDATE settlements_settlement SET status = 'reversed', reversed_at = now()"
            " WHERE id = {id}",
        ),
        (
            "refunded",
            "UPDATE settlements_settlement SET status = 'partly_refunded', refunded_fen = 1"
            " WHERE id = {id}",
        ),
        ("refund", "UPDATE settlements_refundline SET amount_fen = amount_fen + 1"),
        ("refund", "UPDATE settlements_refund SET entry_id = NULL"),
        (
            "reversal",
            "UPDATE settlements_settlement SET reversal_entry_id = NULL"
            " WHERE reversal_entry_id IS NOT NULL",
        ),
        ("unclaimed", "DELETE FROM settlements_settlement WHERE id = {id}"),
    ],
)
def test_a_change_past_every_service_is_found(law, change, settled):
    line = settled.lines.first()
    wanted = {"id": settled.pk, "line": line.pk, "other": build.ledger_account()}
    with tampered(change.format(**wanted)):
        assert law in {difference.law for difference in books.check()}


def test_what_the_command_says_of_it_names_law_and_row(settled, capsys):
    line = settled.lines.first()
    change = f"UPDATE settlements_line SET returned_fen = 1 WHERE id = {line.pk}"
    with tampered(change), pytest.raises(CommandError):
        call_command("check_ledger")
    assert "returned: settlements_line" in capsys.readouterr().err
