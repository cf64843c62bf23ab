"""Staff look up whose money lies where; every page is on record with the people it showed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pooling.audit.models import Look
from pooling.funds.models import Deposit, FundMember
from tests import build

pytestmark = pytest.mark.django_db
AREA = "999900"


@pytest.fixture
def rows():
    """Return a row of every table about a son and his mother, and the two."""
    build.area(AREA, model="pooled_transfer", wallet_open=True, quota_across_provinces=True)
    build.area("888800", wallet_open=True)
    son = build.employee("王伟", area=AREA)
    mother = build.resident("张桂兰", area="888800", born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    build.personal_account(son, prior=100_00, area=AREA)
    quota, wallet = build.quota(son, mother, 12_34), build.wallet(mother)
    transfer, fund = build.transfer(son, mother, 5_00), build.family_fund(son)
    build.pay_in(fund, son, 7_00)
    entry = build.post((wallet.ledger_account_id, 9_00), (build.scheme_account(), -9_00))
    deposit = Deposit.objects.create(
        reference="W-1", wallet=wallet, amount_fen=9_00, business_date=build.TODAY, entry=entry
    )
    found = [quota, wallet, transfer, fund, FundMember.objects.get(), deposit]
    return {row._meta.model_name: row for row in found}, son, mother


@pytest.fixture
def auditor(client):
    build.signed_in_staff(client, username="sun.auditor", role="auditor")
    return client


def pages(row):
    name = f"admin:funds_{row._meta.model_name}"
    return reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])


@pytest.mark.parametrize(
    ("table", "shows", "both"),
    [
        ("quota", "¥12.34", True),
        ("wallet", "¥9.00", False),
        ("transfer", "¥5.00", True),
        ("familyfund", AREA, False),
        ("fundmember", "¥7.00", False),
        ("deposit", "W-1", False),
    ],
)
def test_each_table_is_shown_without_names_and_the_look_kept(auditor, rows, table, shows, both):
    found, son, mother = rows
    whom = {"wallet": {mother.pk}, "deposit": {mother.pk}}.get(table, {son.pk})
    for page in pages(found[table]):
        text = auditor.get(page).content.decode()
        assert shows in text
        assert not any(name in text for name in ("王伟", "张桂兰"))
        look = set(Look.objects.latest("pk").member_ids)
        assert whom | ({mother.pk} if both else set()) <= look <= {son.pk, mother.pk}


@pytest.mark.parametrize(
    "table", ["quota", "wallet", "transfer", "familyfund", "fundmember", "deposit"]
)
def test_a_list_costs_the_same_however_the_rows_relate(auditor, rows, table):
    with CaptureQueriesContext(connection) as asked:
        auditor.get(pages(rows[0][table])[0])
    assert len(asked) <= 14, [query["sql"] for query in asked]


def test_a_contribution_names_its_part_in_words(auditor):
    build.contribution(build.employee("王伟"), 5_00)
    page = auditor.get(reverse("admin:funds_contribution_changelist")).content.decode()
    assert "当年" in page
    assert ">current<" not in page


def test_a_payment_shows_whom_how_much_and_how_far_and_a_payout_whose_account(auditor):
    build.area(AREA, payout_cases=["left"])
    last_week = build.TODAY - timedelta(days=7)
    owner = build.member("王德福")
    build.enrolment(owner, area=AREA, until=last_week)
    build.paid_out(build.personal_account(owner, prior=100_00, area=AREA), since=last_week)
    payments = auditor.get(reverse("admin:funds_payment_changelist")).content.decode()
    assert "¥100.00" in payments
    assert "待送银行" in payments
    assert (
        f"{owner.psn_no} · {AREA}"
        in auditor.get(reverse("admin:funds_payout_changelist")).content.decode()
    )
