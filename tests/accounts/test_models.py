"""The laws of these tables, each met by a refusal of the database."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import ApiClient, Enrolment, Institution, Member, User
from tests import build

pytestmark = pytest.mark.django_db


@contextmanager
def refused(constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


@pytest.fixture
def wei():
    return build.employee("王伟", born="1988-03-05")


def of(person):
    return Member.objects.filter(pk=person.pk)


def stay(person):
    return Enrolment.objects.filter(member=person)


def test_accounts_member_gender_known(wei):
    with refused("accounts_member_gender_known"):
        of(wei).update(gender="3")


def test_accounts_member_dies_after_birth(wei):
    with refused("accounts_member_dies_after_birth"):
        of(wei).update(died_on=date(1988, 3, 4))


def test_two_members_never_share_a_number(wei):
    other = build.member("李明")
    with refused("cert_no_index"):
        of(other).update(cert_no_index=wei.cert_no_index)


def test_accounts_enrolment_once_per_start(wei):
    row = stay(wei).get()
    row.pk = None
    with refused("accounts_enrolment_once_per_start"):
        row.save(force_insert=True)


def test_accounts_enrolment_period_forward(wei):
    with refused("accounts_enrolment_period_forward"):
        stay(wei).update(to_date=date(2020, 1, 1))


def test_accounts_enrolment_insurance_known(wei):
    with refused("accounts_enrolment_insurance_known"):
        stay(wei).update(insutype="510")


def test_accounts_enrolment_status_known(wei):
    with refused("accounts_enrolment_status_known"):
        stay(wei).update(status="3")


def test_accounts_institution_level_known():
    clinic = build.institution()
    with refused("accounts_institution_level_known"):
        Institution.objects.filter(pk=clinic.pk).update(level=4)


def test_accounts_institution_type_known():
    clinic = build.institution()
    with refused("accounts_institution_type_known"):
        Institution.objects.filter(pk=clinic.pk).update(type="clinic")


def client(**facts):
    facts = {"name": "till", "key_hash": b"k", "scope": "lookup", "created_at": build.NOON} | facts
    return ApiClient(**facts)


def test_accounts_apiclient_backdate_at_most_30():
    with refused("accounts_apiclient_backdate_at_most_30"):
        client(backdate_days=31).save()


def test_accounts_apiclient_settles_for_an_institution():
    with refused("accounts_apiclient_settles_for_an_institution"):
        client(scope="settle").save()


def test_accounts_apiclient_scope_known():
    with refused("accounts_apiclient_scope_known"):
        client(scope="all", institution=build.institution()).save()


def test_accounts_user_staff_is_no_member(wei):
    with refused("accounts_user_staff_is_no_member"):
        User(username="wei", is_staff=True, member=wei).save()
