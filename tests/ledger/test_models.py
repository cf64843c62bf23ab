"""Every constraint of the ledger's tables refuses what it is there to refuse."""

import pytest
from django.db import IntegrityError, transaction

from pooling.ledger import services
from pooling.ledger.models import Account, Checkpoint, Entry, Posting
from tests import build

pytestmark = pytest.mark.django_db


def refused(constraint, make):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.fixture
def entry():
    return build.post((build.ledger_account(60_00), -20_00), (build.scheme_account(), 20_00))


@pytest.mark.parametrize(("guarded", "balance_fen"), [(True, None), (False, 0)])
def test_exactly_guarded_accounts_carry_a_balance(guarded, balance_fen):
    refused(
        "ledger_account_balance_iff_guarded",
        lambda: Account.objects.create(
            code="x", kind="test", guarded=guarded, balance_fen=balance_fen
        ),
    )


def test_a_guarded_balance_is_never_negative():
    refused(
        "ledger_account_balance_never_negative",
        lambda: Account.objects.create(code="x", kind="test", guarded=True, balance_fen=-1),
    )


def test_a_line_moves_something(entry):
    refused(
        "ledger_posting_amount_not_zero",
        lambda: Posting.objects.create(
            entry=entry, account_id=build.scheme_account("scheme:x"), amount_fen=0
        ),
    )


def test_a_line_never_leaves_less_than_nothing(entry):
    refused(
        "ledger_posting_balance_after_never_negative",
        lambda: Posting.objects.create(
            entry=entry, account_id=build.ledger_account(), amount_fen=-1, balance_after_fen=-1
        ),
    )


def test_an_entry_has_one_line_an_account(entry):
    refused(
        "ledger_posting_one_line_per_account",
        lambda: Posting.objects.create(
            entry=entry, account_id=build.scheme_account(), amount_fen=1
        ),
    )


def test_a_checkpoint_is_taken_once_a_line(entry):
    services.take_checkpoints(at=build.NOON)
    point = Checkpoint.objects.first()
    refused(
        "ledger_checkpoint_once_per_posting",
        lambda: Checkpoint.objects.create(
            account_id=point.account_id,
            through_posting_id=point.through_posting_id,
            sum_fen=0,
            taken_at=build.NOON,
        ),
    )


def test_a_key_names_one_entry(entry):
    refused(
        "ledger_entry_key_key",
        lambda: Entry.objects.create(
            key=entry.key, kind="test", posted_at=build.NOON, business_date=build.TODAY
        ),
    )
