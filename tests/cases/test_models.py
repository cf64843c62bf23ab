"""What PostgreSQL itself refuses about cases, constraint by constraint."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.cases import services
from pooling.cases.models import Case, Document, Original, Page
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


# --- papers ---------------------------------------------------------------------------------


@pytest.fixture
def sheet(case):
    document = Document.objects.create(
        case=case, kind="household_register", uploaded_at=build.NOON, uploaded_by="member:1"
    )
    return Page.objects.create(
        document=document,
        number=1,
        file_name="0" * 32,
        sm3="a" * 64,
        size=1,
        width=1,
        height=1,
        uploaded_at=build.NOON,
        uploaded_by="member:1",
    )


JUDGED = "decided_at = uploaded_at, decided_by"
BREAKS_DOCUMENTS = {
    "cases_document_state_known": "state = 'lost'",
    "cases_document_judged_has_moment_and_name": "state = 'accepted'",
    "cases_document_judge_is_not_uploader": f"state = 'accepted', {JUDGED} = uploaded_by",
}
BREAKS_PAGES = {
    "cases_page_at_most_ten": "number = 11",
    "cases_page_has_pixels": "width = 0",
    "cases_page_has_sm3": "sm3 = 'unknown'",
}


@pytest.mark.parametrize("name", BREAKS_DOCUMENTS)
def test_the_database_refuses_a_document(sheet, name):
    with pytest.raises(IntegrityError, match=name), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_document SET {BREAKS_DOCUMENTS[name]}")


@pytest.mark.parametrize("name", BREAKS_PAGES)
def test_the_database_refuses_a_page(sheet, name):
    with pytest.raises(IntegrityError, match=name), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_page SET {BREAKS_PAGES[name]}")


def test_a_document_has_each_page_once(sheet):
    sheet.pk, sheet.uid, sheet.file_name = None, uuid.uuid4(), "1" * 32
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS cases_page_number_once IMMEDIATE")
    with pytest.raises(IntegrityError, match="cases_page_number_once"):
        sheet.save(force_insert=True)


def test_every_constraint_of_the_papers_is_tried():
    named = {each.name for model in (Document, Page) for each in model._meta.constraints}
    assert named == {*BREAKS_DOCUMENTS, *BREAKS_PAGES, "cases_page_number_once"}
