"""The registry's statements about people: inserted, corrected, never doubled."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors
from accounts.models import Enrolment, Institution, Member
from accounts.services import members
from pooling.audit.models import Event
from tests import build

pytestmark = pytest.mark.django_db
BY_AT = {"by": build.JOB, "at": build.NOON}


def member_row(**facts):
    row = members.MemberRow(
        line=2,
        psn_no="P-WEI",
        name="王伟",
        cert_type="01",
        cert_no=build.cert_no("1988-03-05", "1"),
        birth_date=build.day("1988-03-05"),
        gender="1",
        phone="10012340001",
    )
    return replace(row, **facts)


def counts(loaded):
    return loaded.new, loaded.changed, loaded.unchanged, len(loaded.problems)


def test_a_member_is_kept_sealed_and_found_again():
    row = member_row()
    assert counts(members.load_members([row], **BY_AT)) == (1, 0, 0, 0)
    kept = Member.objects.get(psn_no="P-WEI")
    assert (kept.name, kept.cert_no, kept.phone) == ("王伟", row.cert_no, "10012340001")
    assert selectors.by_identity(row.cert_no, "王伟") == kept


def test_the_same_member_twice_changes_nothing():
    row = member_row()
    members.load_members([row], **BY_AT)
    sealed = bytes(Member.objects.get().name_sealed)
    assert counts(members.load_members([row], **BY_AT)) == (0, 0, 1, 0)
    assert bytes(Member.objects.get().name_sealed) == sealed
    assert Event.objects.filter(verb="accounts.load_members").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王维"),
        ("phone", "10012340002"),
        ("phone", None),
        ("died_on", build.day("2026-10-01")),
        ("cert_no", build.cert_no("1988-03-05", "1")),
    ],
)
def test_another_value_under_the_same_key_is_a_correction(field, value):
    row = member_row()
    members.load_members([row], **BY_AT)
    uid = Member.objects.get().uid
    assert counts(members.load_members([replace(row, **{field: value})], **BY_AT)) == (0, 1, 0, 0)
    kept = Member.objects.get()
    assert getattr(kept, field) == value
    assert kept.uid == uid
    trail = Event.objects.filter(verb="accounts.load_members").latest("pk")
    assert trail.detail == {"new": 0, "changed": {str(kept.pk): [field]}}


def test_a_number_of_somebody_else_is_refused_and_the_others_go_in():
    members.load_members([member_row()], **BY_AT)
    number = Member.objects.get().cert_no
    thief = member_row(psn_no="P-THIEF", cert_no=number, line=3)
    mother = member_row(psn_no="P-MOTHER", line=4)
    loaded = members.load_members([thief, mother], **BY_AT)
    assert counts(loaded) == (1, 0, 0, 1)
    assert loaded.problems[0].line == 3
    assert number not in loaded.problems[0].reason


def test_one_number_twice_in_a_file_belongs_to_the_first():
    row = member_row()
    loaded = members.load_members([row, replace(row, psn_no="P-TWIN", line=3)], **BY_AT)
    assert counts(loaded) == (1, 0, 0, 1)


def test_an_enrolment_is_inserted_then_corrected_then_left_alone():
    wei = build.member("王伟", psn_no="P-WEI")
    row = members.EnrolmentRow(
        2, "P-WEI", "310", "361100", "11", "1", build.day("2020-01-01"), None, "上饶机务段"
    )
    assert counts(members.load_enrolments([row], **BY_AT)) == (1, 0, 0, 0)
    paused = replace(row, status="2")
    assert counts(members.load_enrolments([paused], **BY_AT)) == (0, 1, 0, 0)
    assert counts(members.load_enrolments([paused], **BY_AT)) == (0, 0, 1, 0)
    assert Enrolment.objects.get(member=wei).status == "2"


def test_an_enrolment_of_a_stranger_is_refused():
    row = members.EnrolmentRow(7, "P-NOBODY", "310", "361100", "11", "1", build.day("2020-01-01"))
    loaded = members.load_enrolments([row], **BY_AT)
    assert [(p.line, p.column) for p in loaded.problems] == [(7, "psn_no")]
    assert "P-NOBODY" in loaded.problems[0].reason


def test_an_institution_is_inserted_then_corrected():
    build.institution("H36110000001", level=1)
    row = members.InstitutionRow(2, "H36110000001", "信州区人民医院", "361100", 2, "hospital")
    assert counts(members.load_institutions([row], **BY_AT)) == (0, 1, 0, 0)
    assert counts(members.load_institutions([row], **BY_AT)) == (0, 0, 1, 0)
    assert Institution.objects.get().level == 2


def test_hundreds_of_members_cost_as_many_statements_as_one():
    def statements(rows):
        with CaptureQueriesContext(connection) as captured:
            members.load_members(rows, **BY_AT)
        return len(captured)

    one = statements([member_row(psn_no="P-ONE", cert_no=build.cert_no())])
    rows = [member_row(psn_no=f"P-{n}", line=n, cert_no=build.cert_no()) for n in range(300)]
    assert statements(rows) == one
