"""What staff see of the rules: today's with their origin, every version, and no button."""

import pytest
from django.urls import reverse

from pooling.policy import selectors
from pooling.policy.models import RuleVersion
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    build.built_in_areas(build.SHANGRAO, build.SHANGHAI_CITY)
    build.signed_in_staff(client, username="qian.policy", role="policy_admin")
    return client


def page(reader, name, *args):
    return reader.get(reverse(f"admin:policy_{name}", args=args))


def test_an_area_shows_every_rule_of_today_and_who_set_it(reader):
    text = page(reader, "area_change", "361100").content.decode()
    for row in selectors.explain("361100", build.TODAY):
        assert row.title in text
        assert row.clause.text in text
    assert "江西省 2024-1" in text


def test_a_version_shows_its_clauses_in_words(reader):
    version = RuleVersion.objects.get(area="310000", label="2024-1")
    text = page(reader, "ruleversion_change", version.pk).content.decode()
    assert "仅历年余额" in text
    assert "https://www.songjiang.gov.cn/" in text


def test_nothing_can_be_added_changed_or_deleted(reader):
    version = RuleVersion.objects.first()
    for name, row in (("area", "310000"), ("ruleversion", version.pk)):
        assert page(reader, f"{name}_changelist").status_code == 200
        assert page(reader, f"{name}_add").status_code == 403
        assert page(reader, f"{name}_delete", row).status_code == 403
        change = reverse(f"admin:policy_{name}_change", args=[row])
        assert reader.post(change).status_code == 403
