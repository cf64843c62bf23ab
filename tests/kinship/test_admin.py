"""What staff see of families: masked, and every look on record."""

import pytest
from django.urls import reverse

from pooling.audit.models import Look
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def relation():
    mother = build.member("李芳", born="1970-06-01", gender="2")
    daughter = build.member("王小雨", born="1996-02-29", gender="2")
    return build.relation(daughter, mother, "52", evidence_no="B-20260001")


@pytest.fixture
def reader(client):
    build.signed_in_staff(client, username="sun.auditor", role="auditor")
    return client


def test_names_are_masked_and_the_papers_number_is_not_shown(reader, relation):
    for address in (
        reverse("admin:kinship_relation_changelist"),
        reverse("admin:kinship_relation_change", args=[relation.pk]),
    ):
        text = reader.get(address).content.decode()
        assert "母亲" in text
        assert "李*" in text
        assert not any(secret in text for secret in ("李芳", "王小雨", "B-20260001"))


def test_every_page_is_on_record_with_the_people_it_showed(reader, relation):
    reader.get(reverse("admin:kinship_relation_changelist"))
    look = Look.objects.latest("pk")
    assert look.member_ids == sorted([relation.member_id, relation.relative_id])


def test_nothing_can_be_changed(reader, relation):
    change = reverse("admin:kinship_relation_change", args=[relation.pk])
    assert reader.post(change).status_code == 403
    assert reader.get(reverse("admin:kinship_relation_add")).status_code == 403
