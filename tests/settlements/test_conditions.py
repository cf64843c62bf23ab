"""Uses that must be named, and relatives who pay only where the own account is empty."""

from datetime import timedelta

import pytest

from accounts.services import credentials as accounts_credentials
from pooling.bindings.usability import Unusable
from pooling.settlements import selectors
from pooling.shared.errors import NotFound
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db
AREA = "999900"


def reasons_of(settlement):
    return [item["reason"] for item in settlement.decision["considered"] if item["binding"]]


def test_a_use_that_must_be_named_counts_only_where_it_is():
    family = household(uses_opt_in=["checkup"])
    named = build.resident("琴", area=AREA)
    build.active_binding(family.lan, named, uses=("checkup",))

    general = build.settle(family.mei, 1000, place=family.clinic, use="checkup")
    assert general.pooled_fen == 0
    assert reasons_of(general) == [Unusable.USE_NOT_OPTED_IN] * 2
    assert general.decision["considered"][1]["clause"]["name"] == "uses_opt_in"
    assert build.settle(named, 1000, place=family.clinic, use="checkup").pooled_fen == 1000
    # What need not be named counts as before.
    assert build.settle(family.mei, 1000, place=family.clinic).pooled_fen == 1000


def test_relatives_pay_only_where_the_own_account_was_empty_as_the_bill_came():
    family = household(mei_is_employed=True, needs_empty_own_account=True)
    build.personal_account(family.mei, current=300, area=AREA)

    first = build.settle(family.mei, 1000, place=family.clinic)
    assert (first.own_fen, first.pooled_fen, first.cash_fen) == (300, 0, 700)
    assert reasons_of(first) == [Unusable.OWN_NOT_EMPTY] * 2
    second = build.settle(family.mei, 1000, place=family.clinic)
    assert (second.own_fen, second.pooled_fen, second.cash_fen) == (0, 1000, 0)

    told = selectors.decision_for(family.mei.pk, first.uid).sources[1]
    assert told.remedy == "就诊人本人的账户用完后，可以由家人支付。"
    # That there was money in the own account is not the payer's to hear.
    with pytest.raises(NotFound):
        selectors.decision_for(family.wei.pk, first.uid)


def test_who_has_no_own_account_has_an_empty_one():
    family = household(needs_empty_own_account=True)
    assert build.settle(family.mei, 1000, place=family.clinic).pooled_fen == 1000


def test_money_flows_from_the_day_the_relatives_e_credential_is_active_until_it_is_ended():
    family = household()
    lin = build.resident("琳", area=AREA)
    lan = build.active_binding(family.lan, lin)
    accounts_credentials.end(member_id=lin.pk, by=build.member_actor(lin), at=build.NOON)

    def pooled(patient, **when):
        return build.settle(patient, 1000, place=family.clinic, **when)

    without = pooled(lin)
    assert (without.pooled_fen, reasons_of(without)) == (0, [Unusable.PATIENT_NO_CREDENTIAL])
    told = selectors.decision_for(family.lan.pk, without.uid).sources[-1]
    assert told.clause.name == "requires_e_credential"
    assert "家人代为激活" in told.remedy
    # It was active at noon yesterday, whatever became of it since.
    yesterday = build.NOON - timedelta(days=1)
    assert pooled(lin, at=yesterday).pooled_fen == 1000

    build.activated(lin)
    assert pooled(lin).pooled_fen == 1000
    assert lan.pk == without.decision["considered"][1]["binding"]


def test_an_area_may_want_the_payers_e_credential_too_or_none_at_all():
    wanting = household(payer_requires_e_credential=True)
    accounts_credentials.end(
        member_id=wanting.lan.pk, by=build.member_actor(wanting.lan), at=build.NOON
    )
    bill = build.settle(wanting.mei, 1000, place=wanting.clinic)
    assert Unusable.PAYER_NO_CREDENTIAL in reasons_of(bill)


def test_an_area_that_asks_for_no_e_credential_takes_people_as_they_are():
    family = household(requires_e_credential=False)
    accounts_credentials.end(
        member_id=family.mei.pk, by=build.member_actor(family.mei), at=build.NOON
    )
    assert build.settle(family.mei, 1000, place=family.clinic).pooled_fen == 1000
