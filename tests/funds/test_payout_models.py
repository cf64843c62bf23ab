"""Every law of the payouts' tables refuses what it is there to refuse."""

import pytest
from django.db import IntegrityError, transaction

from pooling.funds import services
from pooling.funds.models import BankFile, Payee, Payment, Payout
from tests import build
from tests.funds.test_payouts import AREA, EVERY, saver

pytestmark = pytest.mark.django_db
AT = build.NOON


def refused(constraint, make):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.fixture
def account():
    build.area(AREA, payout_cases=EVERY)
    return saver()


DECIDED = {"decided_at": AT, "decided_by": "staff:902"}


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": "done", **DECIDED}, "funds_payout_state_known"),
        ({"reason": "birthday"}, "funds_payout_reason_known"),
        ({"state": "refused"}, "funds_payout_decided_names_who_and_when"),
        (DECIDED, "funds_payout_decided_names_who_and_when"),
        (
            {"state": "refused", "decided_at": AT, "decided_by": "staff:901"},
            "funds_payout_decider_is_not_proposer",
        ),
        ({"state": "approved", **DECIDED}, "funds_payout_amounts_once_approved"),
        ({"prior_fen": 1}, "funds_payout_amounts_once_approved"),
    ],
)
def test_a_payout_is_proposed_then_decided_by_another(account, facts, constraint):
    build.payout(account)
    refused(constraint, lambda: Payout.objects.update(**facts))


def test_two_proposals_for_an_account_cannot_stand(account):
    build.payout(account)
    twin = Payout.objects.get()
    twin.pk, twin.uid = None, "00000000-0000-0000-0000-000000000001"
    refused("funds_payout_one_proposed_an_account", lambda: twin.save(force_insert=True))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"numerator": 2}, "funds_payee_share_of_one"),
        ({"numerator": 0}, "funds_payee_share_of_one"),
        ({"amount_fen": -1}, "funds_payee_amount_not_negative"),
    ],
)
def test_a_payee_has_a_share_of_one_whole(account, facts, constraint):
    build.payout(account)
    refused(constraint, lambda: Payee.objects.update(**facts))


def test_payees_stand_in_an_order(account):
    build.payout(account)
    twin = Payee.objects.get()
    twin.pk, twin.uid = None, "00000000-0000-0000-0000-000000000001"
    refused("funds_payee_rank_once", lambda: twin.save(force_insert=True))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": "lost", **DECIDED}, "funds_payment_state_known"),
        ({"state": "ready"}, "funds_payment_decided_names_who_and_when"),
        (
            {"state": "ready", "decided_at": AT, "decided_by": "staff:901"},
            "funds_payment_decider_is_not_proposer",
        ),
        ({"state": "sent", **DECIDED}, "funds_payment_sent_in_a_file"),
        ({"line": 1}, "funds_payment_sent_in_a_file"),
        ({"paid_at": AT}, "funds_payment_answered_has_moment"),
    ],
)
def test_a_try_goes_through_two_people_a_file_and_the_bank(account, facts, constraint):
    build.payout(account)
    refused(constraint, lambda: Payment.objects.update(**facts))


@pytest.mark.parametrize(
    ("more", "constraint"),
    [
        ({"number": 1, "state": "dropped", **DECIDED}, "funds_payment_numbered_once"),
        ({"number": 2}, "funds_payment_one_under_way"),
    ],
)
def test_one_try_at_a_time_each_with_its_number(account, more, constraint):
    build.payout(account)
    first = Payment.objects.get()
    facts = {"payee": first.payee, "bank": "银行", "bank_account_sealed": b"x"}
    facts |= {"proposed_at": AT, "proposed_by": "staff:901", **more}
    refused(constraint, lambda: Payment.objects.create(**facts))


def test_a_line_of_a_file_is_one_payment(account):
    build.paid_out(account)
    build.paid_out(saver(born="1957-03-05"))
    services.make_bank_file(area=AREA, by=build.JOB, at=AT)
    refused("funds_payment_line_once", lambda: Payment.objects.update(line=1))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"lines": 0}, "funds_bankfile_pays_something"),
        ({"total_fen": 0}, "funds_bankfile_pays_something"),
        ({"sm3": "x"}, "funds_bankfile_has_sm3"),
        ({"written_at": AT}, "funds_bankfile_has_sm3"),
    ],
)
def test_a_file_pays_something_and_is_known_by_its_bytes(facts, constraint):
    whole = {"area": AREA, "made_at": AT, "made_by": "job:test", "lines": 1, "total_fen": 1}
    refused(constraint, lambda: BankFile.objects.create(**whole | facts))
