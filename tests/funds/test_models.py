"""Every constraint of the funds' tables refuses what it is there to refuse."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pooling.funds.models import Contribution, PersonalAccount
from tests import build

pytestmark = pytest.mark.django_db


def refused(constraint, make):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


def account_of(person, **facts):
    facts = {
        "area": build.SHANGRAO,
        "current_id": build.ledger_account(),
        "prior_id": build.ledger_account(),
        "opened_on": build.TODAY,
        **facts,
    }
    return PersonalAccount.objects.create(member=person, **facts)


def test_a_member_has_one_account_an_area():
    payer = build.employee()
    build.personal_account(payer)
    refused("funds_personalaccount_one_per_area", lambda: account_of(payer))


def test_the_two_parts_are_two_ledger_accounts():
    part = build.ledger_account()
    refused(
        "funds_personalaccount_parts_differ",
        lambda: account_of(build.employee(), current_id=part, prior_id=part),
    )


def test_an_account_closes_no_earlier_than_it_opened():
    refused(
        "funds_personalaccount_closes_after_opening",
        lambda: account_of(build.employee(), closed_on=build.TODAY - timedelta(days=1)),
    )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"amount_fen": 0}, "funds_contribution_amount_positive"),
        ({"part": "future"}, "funds_contribution_part_known"),
        ({"reference": "C1"}, "funds_contribution_reference_key"),
    ],
)
def test_a_contribution_is_some_money_into_a_known_part_once(facts, constraint):
    payer = build.employee()
    build.contribution(payer, 1_00, reference="C1")
    first = Contribution.objects.get()
    given = {
        "reference": "C2",
        "personal_account": first.personal_account,
        "part": "current",
        "amount_fen": 1,
        "business_date": build.TODAY,
        "entry": first.entry,
        **facts,
    }
    refused(constraint, lambda: Contribution.objects.create(**given))
