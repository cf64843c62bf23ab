"""What PostgreSQL itself refuses about areas and their rules."""

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.policy.models import Area, Clause, RuleVersion
from tests import build

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def published():
    build.area("999900", floor_fen=3000)
    return RuleVersion.objects.get(area="999900")


@pytest.fixture
def draft(published):
    version = RuleVersion(area=published.area, label="2027-1", from_date=build.day("2027-01-01"))
    version.save()
    return version


@pytest.mark.parametrize(
    ("constraint", "code", "level", "parent"),
    [
        ("policy_area_code_six_digits", "99A900", "city", "990000"),
        ("policy_area_only_nation_has_no_parent", "999800", "nation", "990000"),
        ("policy_area_place_follows_code", "999800", "city", "000000"),
        ("policy_area_place_follows_code", "999800", "province", "000000"),
        ("policy_area_place_follows_code", "980000", "city", "000000"),
    ],
)
def test_an_area_whose_place_contradicts_its_code_is_refused(
    published, constraint, code, level, parent
):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Area.objects.create(code=code, name="某地", level=level, parent_id=parent)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("policy_ruleversion_published_has_moment_and_name", {"status": "perhaps"}),
        ("policy_ruleversion_published_has_moment_and_name", {"published_at": build.NOON}),
        ("policy_ruleversion_published_has_moment_and_name", {"published_by": "staff:1"}),
        ("policy_ruleversion_published_has_moment_and_name", {"status": "published"}),
        ("policy_ruleversion_submitted_has_moment_and_name", {"submitted_at": build.NOON}),
        ("policy_ruleversion_submitted_has_moment_and_name", {"submitted_by": "staff:1"}),
        ("policy_ruleversion_submitted_has_moment_and_name", {"status": "submitted"}),
        ("policy_ruleversion_label_once", {"label": "2020-01-01"}),
        (
            "policy_ruleversion_published_by_another",
            {
                "editors": ["staff:1", "staff:2"],
                "status": "published",
                "published_at": build.NOON,
                "published_by": "staff:2",
            },
        ),
        (
            "policy_ruleversion_one_published_per_start",
            {
                "status": "published",
                "published_at": build.NOON,
                "published_by": "staff:1",
                "from_date": "2020-01-01",
            },
        ),
    ],
)
def test_a_version_that_breaks_a_law_is_refused(draft, constraint, values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RuleVersion.objects.filter(pk=draft.pk).update(**values)


def clause(version, **values):
    facts = {
        "name": "floor_fen",
        "value": 1,
        "source": "试验文件",
        "text": "条款",
        "evidence": "OFFICIAL",
        "seen_on": build.TODAY,
    }
    with transaction.atomic():
        return Clause.objects.create(version=version, **{**facts, **values})


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("policy_clause_has_source", {"source": ""}),
        ("policy_clause_has_source", {"text": ""}),
        ("policy_clause_evidence_known", {"evidence": "FARM"}),
        ("policy_clause_evidence_known", {"evidence": "DEFAULT"}),
    ],
)
def test_a_clause_without_a_source_that_may_make_a_rule_is_refused(draft, constraint, values):
    with pytest.raises(IntegrityError, match=constraint):
        clause(draft, **values)


def test_policy_clause_once_per_version(draft):
    clause(draft)
    with pytest.raises(IntegrityError, match="policy_clause_once_per_version"):
        clause(draft)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_ruleversion SET from_date = '2019-01-01' WHERE id = %s",
        "UPDATE policy_ruleversion SET label = 'other' WHERE id = %s",
        "UPDATE policy_ruleversion SET status = 'draft', published_at = NULL, published_by = ''"
        " WHERE id = %s",
        "DELETE FROM policy_ruleversion WHERE id = %s",
    ],
)
def test_policy_ruleversion_published_is_final(published, statement):
    with pytest.raises(IntegrityError, match="policy_ruleversion_published_is_final"):
        sql(statement, published.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_clause SET value = '0' WHERE version_id = %s",
        "UPDATE policy_clause SET source = 'hearsay' WHERE version_id = %s",
        "DELETE FROM policy_clause WHERE version_id = %s",
        "INSERT INTO policy_clause (version_id, name, value, source, text, evidence, seen_on)"
        " VALUES (%s, 'uses', 'null', 's', 't', 'SEED', '2026-11-22')",
    ],
)
def test_policy_clause_published_is_final(published, statement):
    with pytest.raises(IntegrityError, match="policy_clause_published_is_final"):
        sql(statement, published.pk)


def test_a_clause_cannot_move_into_a_published_version(published, draft):
    moved = clause(draft, name="uses")
    with pytest.raises(IntegrityError, match="policy_clause_published_is_final"):
        sql("UPDATE policy_clause SET version_id = %s WHERE id = %s", published.pk, moved.pk)


def test_a_label_is_free_again_once_its_draft_is_discarded(draft):
    RuleVersion.objects.filter(pk=draft.pk).update(status="discarded")
    RuleVersion.objects.create(area=draft.area, label=draft.label, from_date=draft.from_date)


def test_a_draft_may_still_be_changed_and_dropped(draft):
    clause(draft)
    sql("UPDATE policy_clause SET value = '2' WHERE version_id = %s", draft.pk)
    sql("DELETE FROM policy_clause WHERE version_id = %s", draft.pk)
    sql("DELETE FROM policy_ruleversion WHERE id = %s", draft.pk)
