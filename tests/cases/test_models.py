"""What PostgreSQL itself refuses about cases, constraint by constraint."""

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.cases import services
from pooling.cases.models import Case, Original
from tests import build


@pytest.fixture
def case(db):
    applicant = build.member()
    by = build.member_actor(applicant)
    return services.open(kind=Case.Kind.BIND, member_id=applicant.pk, by=by, at=build.NOON)


SUBMITTED = "submitted_at = opened_at, submitted_by = 'staff:1'"
BREAKS = {
    "cases_case_state_known": "state = 'lost'",
    "cases_case_submitted_has_moment_and_name": "submitted_by = 'staff:1'",
    "cases_case_submitted_state_has_submission": "state = 'submitted'",
    "cases_case_decided_names_person_or_rule": (
        f"{SUBMITTED}, state = 'approved', decided_at = opened_at"
    ),
    "cases_case_decider_is_not_submitter": (
        f"{SUBMITTED}, state = 'approved', decided_at = opened_at, decided_by = 'staff:1'"
    ),
    "cases_case_asked_has_moment_and_name": "asked_by = 'staff:1'",
    "cases_case_answered_has_moment_and_name": "answered_by = 'staff:1'",
    "cases_case_more_was_asked_until_a_day": f"{SUBMITTED}, state = 'more'",
}


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses(case, name):
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE cases_case SET {BREAKS[name]} WHERE id = %s", [case.pk])


def test_every_constraint_of_the_table_is_tried():
    assert {constraint.name for constraint in Case._meta.constraints} == set(BREAKS)


def test_nobody_decides_what_they_completed(case):
    with (
        pytest.raises(IntegrityError, match="cases_case_decider_is_not_submitter"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE cases_case SET {SUBMITTED}, state = 'approved', decided_at = opened_at,"
            " decided_by = 'staff:2', answered_at = opened_at, answered_by = 'staff:2'"
        )


def test_an_original_is_noted_once(case):
    """`cases_original_once_per_case`"""
    facts = {"case": case, "material": "marriage_certificate", "seen_by": "staff:1"}
    Original.objects.create(seen_at=build.NOON, **facts)
    with pytest.raises(IntegrityError, match="cases_original_once_per_case"), transaction.atomic():
        Original.objects.create(seen_at=build.NOON, **facts)


def test_a_number_is_used_once(case):
    with pytest.raises(IntegrityError, match="number"), transaction.atomic():
        Case.objects.create(
            number=case.number,
            kind=Case.Kind.BIND,
            member_id=case.member_id,
            opened_at=build.NOON,
            opened_by="job:test",
        )
