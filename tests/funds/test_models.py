"""Every constraint of the funds' tables refuses what it is there to refuse."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pooling.funds.models import (
    Contribution,
    Deposit,
    FamilyFund,
    FundMember,
    PersonalAccount,
    Quota,
    Transfer,
    Wallet,
)
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


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(amount_fen=2_00),
        lambda rows: rows.update(reference="C2"),
        lambda rows: rows._raw_delete("default"),
    ],
)
def test_what_was_paid_in_stays_as_it_was_stated(change):
    build.contribution(build.employee(), 1_00, reference="C1")
    refused("funds_contribution_append_only", lambda: change(Contribution.objects.all()))
    assert Contribution.objects.get(reference="C1").amount_fen == 1_00


EARLIER, NOW = build.NOON - timedelta(days=1), build.NOON


def quota_of(account, relative, **facts):
    facts = {
        "current_id": build.ledger_account(),
        "prior_id": build.ledger_account(),
        "opened_at": NOW,
        **facts,
    }
    return Quota.objects.create(personal_account=account, relative=relative, **facts)


def wallet_of(owner, **facts):
    facts = {
        "area": "999900",
        "ledger_account_id": build.ledger_account(),
        "opened_at": NOW,
    } | facts
    return Wallet.objects.create(owner=owner, **facts)


def test_a_payer_has_one_open_quota_for_a_relative():
    account, relative = account_of(build.employee()), build.resident()
    quota_of(account, relative, closed_at=NOW)
    quota_of(account, relative)
    refused("funds_quota_one_open_per_pair", lambda: quota_of(account, relative))


def test_a_quota_has_two_parts_and_ends_after_it_began():
    account, relative = account_of(build.employee()), build.resident()
    part = build.ledger_account()
    refused(
        "funds_quota_parts_differ",
        lambda: quota_of(account, relative, current_id=part, prior_id=part),
    )
    refused(
        "funds_quota_closes_after_opening",
        lambda: quota_of(account, relative, closed_at=EARLIER),
    )


def test_everybody_has_one_open_wallet():
    owner = build.resident()
    wallet_of(owner, closed_at=NOW)
    wallet_of(owner)
    refused("funds_wallet_one_open_each", lambda: wallet_of(owner))
    refused(
        "funds_wallet_closes_after_opening",
        lambda: wallet_of(build.resident(), closed_at=EARLIER),
    )


@pytest.fixture
def fund():
    return FamilyFund.objects.create(founder=build.employee(), area="999900", opened_at=NOW)


def member_of(fund, person, **facts):
    facts = {"rank": 1, "invited_at": NOW} | facts
    return FundMember.objects.create(fund=fund, member=person, **facts)


def test_a_fund_ends_after_it_began():
    values = {"founder": build.employee(), "area": "999900", "opened_at": NOW}
    refused(
        "funds_familyfund_closes_after_opening",
        lambda: FamilyFund.objects.create(**values, closed_at=EARLIER),
    )


def test_everybody_is_in_one_fund_and_stands_once_in_it(fund):
    person = build.resident()
    other = FamilyFund.objects.create(founder=build.employee(), area="999900", opened_at=NOW)
    member_of(fund, person, joined_at=NOW)
    refused("funds_fundmember_once_in_a_fund", lambda: member_of(fund, person))
    member_of(other, person)
    refused(
        "funds_fundmember_one_fund_each",
        lambda: FundMember.objects.filter(fund=other).update(joined_at=NOW),
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"joined_at": EARLIER},
        {"left_at": EARLIER},
        {"joined_at": NOW + timedelta(days=1), "left_at": NOW},
    ],
)
def test_nobody_joins_before_the_invitation_or_leaves_before_joining(fund, facts):
    refused(
        "funds_fundmember_invited_joined_left",
        lambda: member_of(fund, build.resident(), **facts),
    )


def test_a_share_is_whole_or_not_there(fund):
    payer = build.employee()
    refused(
        "funds_fundmember_share_whole_or_none",
        lambda: member_of(fund, payer, joined_at=NOW, personal_account=account_of(payer)),
    )


def transfer_of(sender, wallet, **facts):
    facts = {
        "personal_account": sender.personal_accounts.first(),
        "to_wallet": wallet,
        "amount_fen": 5,
        "prior_fen": 3,
        "current_fen": 2,
        "sent_on": build.TODAY,
        "sent_at": NOW,
        "returns_at": NOW,
        **facts,
    }
    return Transfer.objects.create(sender=sender, **facts)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": "lost", "ended_at": NOW}, "funds_transfer_state_known"),
        ({"personal_account": None}, "funds_transfer_from_one_place"),
        ({"to_wallet": None}, "funds_transfer_to_one_place"),
        ({"amount_fen": 6}, "funds_transfer_parts_are_the_amount"),
        (
            {"amount_fen": 0, "prior_fen": 0, "current_fen": 0},
            "funds_transfer_parts_are_the_amount",
        ),
        ({"prior_fen": -1, "current_fen": 6}, "funds_transfer_parts_are_the_amount"),
        ({"state": "accepted"}, "funds_transfer_ended_unless_pending"),
        ({"ended_at": NOW}, "funds_transfer_ended_unless_pending"),
        ({"returns_at": None}, "funds_transfer_to_a_wallet_can_return"),
    ],
)
def test_a_transfer_goes_whole_from_one_place_to_one_and_ends_once(facts, constraint):
    sender = build.employee()
    account_of(sender)
    wallet = wallet_of(build.resident())
    assert transfer_of(sender, wallet)
    refused(constraint, lambda: transfer_of(sender, wallet, **facts))


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"amount_fen": 0}, "funds_deposit_amount_positive"),
        ({"wallet": None}, "funds_deposit_into_one_place"),
    ],
)
def test_a_deposit_is_some_money_into_one_place(facts, constraint):
    wallet = wallet_of(build.resident())
    entry = build.post((wallet.ledger_account_id, 5), (build.scheme_account(), -5))
    values = {
        "reference": "W1",
        "wallet": wallet,
        "amount_fen": 5,
        "business_date": build.TODAY,
        "entry": entry,
        **facts,
    }
    refused(constraint, lambda: Deposit.objects.create(**values))


def test_a_deposit_stays_as_it_was_stated():
    wallet = wallet_of(build.resident())
    entry = build.post((wallet.ledger_account_id, 5), (build.scheme_account(), -5))
    Deposit.objects.create(
        reference="W1", wallet=wallet, amount_fen=5, business_date=build.TODAY, entry=entry
    )
    law = "funds_deposit_append_only"
    refused(law, lambda: Deposit.objects.update(amount_fen=6))
    refused(law, lambda: Deposit.objects.all()._raw_delete("default"))
