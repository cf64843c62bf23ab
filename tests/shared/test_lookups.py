"""One parameter for any number of values."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enrolment, Member
from tests import build

pytestmark = pytest.mark.django_db


def test_any_finds_what_in_finds():
    payer, grandmother = build.employee(), build.employee()
    build.employee()
    members = Member._default_manager
    assert set(members.filter(pk__any=[payer.pk, grandmother.pk])) == {payer, grandmother}
    assert set(members.filter(psn_no__any={payer.psn_no, "no'body"})) == {payer}
    assert set(members.filter(birth_date__any=[payer.birth_date])) == set(members.all())
    assert not members.filter(pk__any=[])
    enrolments = Enrolment._default_manager
    assert [row.member for row in enrolments.filter(member_id__any=iter([payer.pk]))] == [payer]
    assert [row.member for row in enrolments.filter(member__any=[payer.pk])] == [payer]


def test_any_writes_no_list_of_placeholders():
    with CaptureQueriesContext(connection) as queries:
        list(Member._default_manager.filter(pk__any=range(1000, 1003)))
    assert "= ANY(" in queries[0]["sql"]
    assert " IN " not in queries[0]["sql"]
