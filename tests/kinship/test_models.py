"""What PostgreSQL itself refuses about relations."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from pooling.kinship.models import Relation
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def couple():
    wife = build.member("李芳", born="1970-06-01", gender="2")
    husband = build.member("王强", born="1968-06-01", gender="1")
    return build.relation(wife, husband, "11", since="2015-05-20")


def broken(pk, **values):
    """Change a row behind the services' back and have every law look at it."""
    with transaction.atomic():
        Relation.objects.filter(pk=pk).update(**values)
        connection.check_constraints()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kinship_relation_period_forward", {"to_date": date(2015, 5, 20)}),
        ("kinship_relation_kind_follows_code", {"kind": "child"}),
        ("kinship_relation_kind_follows_code", {"code": "51"}),
        ("kinship_relation_kind_follows_code", {"kind": "nephew", "code": "93"}),
        ("kinship_relation_evidence_known", {"evidence": "hearsay"}),
        ("kinship_relation_mirrored", {"to_date": date(2024, 1, 1)}),
        ("kinship_relation_mirrored", {"from_date": date(2016, 1, 1)}),
    ],
)
def test_a_relation_that_breaks_a_law_is_refused(couple, name, values):
    with pytest.raises(IntegrityError, match=name):
        broken(couple.pk, **values)


def test_kinship_relation_not_oneself(couple):
    with pytest.raises(IntegrityError, match="kinship_relation_not_oneself"):
        broken(couple.pk, relative=couple.member)


def test_kinship_relation_mirrored_means_the_other_way_round(couple):
    other = build.member("赵敏", born="1975-01-01", gender="2")
    with pytest.raises(IntegrityError, match="kinship_relation_mirrored"):
        broken(couple.pk, member=other)


def test_kinship_relation_once_per_start(couple):
    child = build.relation(couple.member, build.member("王雨", born="1996-02-29"), "20")
    twin = Relation.objects.get(pk=child.pk)
    twin.pk, twin.inverse_id = None, 10**9
    with (
        pytest.raises(IntegrityError, match="kinship_relation_once_per_start"),
        transaction.atomic(),
    ):
        twin.save(force_insert=True)


def test_kinship_relation_one_spouse_at_a_time(couple):
    other = build.member("赵敏", born="1975-01-01", gender="2")
    second = Relation(
        member=couple.relative,
        relative=other,
        code="12",
        kind="spouse",
        evidence="data_match",
        from_date=date(2020, 1, 1),
        inverse_id=10**9,
    )
    # The exclusion speaks at once, before anybody misses the mirror.
    with (
        pytest.raises(IntegrityError, match="kinship_relation_one_spouse_at_a_time"),
        transaction.atomic(),
    ):
        second.save(force_insert=True)
