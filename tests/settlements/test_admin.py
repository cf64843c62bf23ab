"""Staff look settlements up: masked, by name of the rule, and every look is written down."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pooling.audit.models import Look
from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db

LOG, BILLS = "admin:settlements_line_changelist", "admin:settlements_settlement_changelist"


@pytest.fixture
def family():
    return household()


@pytest.fixture
def auditor(client):
    build.signed_in_staff(client, username="zhao.auditor", role="auditor")
    for page in (LOG, BILLS):
        build.say_purpose(client, reverse(page))
    return client


def test_the_usage_log_shows_masked_names_and_amounts(family, auditor):
    build.settle(family.mei, 13000, place=family.clinic)
    page = auditor.get(reverse(LOG)).content.decode()
    assert "¥70.00" in page
    assert "王*" in page
    assert "王伟" not in page
    assert family.clinic.name not in page


def test_a_bill_opens_its_decision_in_words_with_the_clause(auditor):
    family = household(payers_per_settlement="one")
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    page = auditor.get(reverse("admin:settlements_settlement_change", args=[settlement.pk]))
    text = page.content.decode()
    assert "一位家人" in text
    assert "试验文件" in text
    # A purpose was said: this one row names who was asked, the list does not.
    assert "兰*" not in text
    assert " 兰：" in text
    assert "None" not in text, "whoever collected the medicine: nobody"
    listed = auditor.get(reverse("admin:settlements_settlement_changelist")).content.decode()
    assert "梅*" in listed


@pytest.mark.parametrize("page", [LOG, BILLS])
def test_looking_is_recorded_with_everybody_shown(family, auditor, page):
    build.settle(family.mei, 13000, place=family.clinic)
    auditor.get(reverse(page))
    look = Look.objects.get()
    assert look.member_ids == sorted([family.mei.pk, family.wei.pk, family.lan.pk])
    assert look.page == reverse(page)
    assert look.purpose == "dispute 核查来访人的疑问"


def test_who_was_asked_and_gave_nothing_is_recorded_too(auditor):
    family = household(payers_per_settlement="one")
    settlement = build.settle(family.mei, 13000, place=family.clinic)
    auditor.get(reverse("admin:settlements_settlement_change", args=[settlement.pk]))
    assert family.lan.pk in Look.objects.get().member_ids


def test_the_log_is_narrowed_by_day_source_and_kind_of_place(family, auditor):
    build.settle(family.mei, 13000, place=family.clinic)
    place = "settlement__institution__type__exact"
    assert "¥70.00" in auditor.get(reverse(LOG), {place: "hospital"}).content.decode()
    assert "¥70.00" not in auditor.get(reverse(LOG), {place: "pharmacy"}).content.decode()
    found = auditor.get(reverse(LOG), {"business_date__lt": "2026-01-01"}).content.decode()
    assert "¥70.00" not in found


@pytest.mark.parametrize("table", ["settlement", "line"])
def test_nothing_can_be_added_changed_or_deleted(family, auditor, table):
    build.settle(family.mei, 13000, place=family.clinic)
    row = family.mei.settlements.get()
    pk = row.pk if table == "settlement" else row.lines.all()[0].pk
    for verb, args in (("add", []), ("delete", [pk])):
        assert (
            auditor.get(reverse(f"admin:settlements_{table}_{verb}", args=args)).status_code == 403
        )
    assert auditor.post(reverse(f"admin:settlements_{table}_change", args=[pk])).status_code == 403


@pytest.mark.parametrize("page", [LOG, BILLS])
def test_a_list_costs_the_same_for_many_rows(family, auditor, page):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert auditor.get(reverse(page)).status_code == 200
        return sum("SAVEPOINT" not in each["sql"] for each in asked)

    build.settle(family.mei, 1000, place=family.clinic)
    auditor.get(reverse(page))
    few = cost()
    for _ in range(4):
        build.settle(family.mei, 1000, place=family.clinic)
    assert cost() == few <= 8


@pytest.mark.parametrize("table", ["settlement", "line"])
def test_who_collected_the_drugs_stands_beside_the_bill_masked(family, auditor, table):
    buyer = {"name": "赵代取", "cert_no": build.cert_no()}
    settlement = build.settle(family.mei, 13000, place=family.clinic, buyer=buyer)
    pk = settlement.pk if table == "settlement" else settlement.lines.first().pk
    page = auditor.get(reverse(f"admin:settlements_{table}_change", args=[pk])).content.decode()
    assert f"赵*（**************{buyer['cert_no'][-4:]}）" in page
    assert buyer["name"] not in page
