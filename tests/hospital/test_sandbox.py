"""The simulator: real messages about invented people, of whom nothing is left."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from pooling.hospital import sandbox
from pooling.hospital.national.walk import SHOWN


def rows() -> dict[str, int]:
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.django_db(transaction=True)
def test_a_walk_is_whole_and_nothing_of_it_is_left(client):
    address = reverse("hospital:simulator")
    assert "走一次" in client.get(address).content.decode()
    before = rows()
    for family in "AB":
        page = client.post(address, {"family": family, "total": "88.80"}).content.decode()
        assert "全部合格" in page
        assert all(f"{infno} " in page for infno in SHOWN)
        assert "&quot;medfee_sumamt&quot;: -88.80" in page
        assert page.count("沙盒") > len(SHOWN)
    assert rows() == before
    assert connection.get_autocommit()
    _a_failure_leaves_nothing_either(before)


def _a_failure_leaves_nothing_either(before):
    with pytest.raises(KeyError):
        sandbox.walk(family="C", total=Decimal("1.00"))
    assert rows() == before
    assert connection.get_autocommit()


@pytest.mark.django_db
def test_where_money_is_real_it_is_for_staff_alone(client, settings):
    settings.DEMO = False
    assert client.get(reverse("hospital:simulator")).status_code == 404


@pytest.mark.django_db
def test_an_amount_that_is_none_is_told(client):
    page = client.post(reverse("hospital:simulator"), {"family": "A", "total": "x"})
    assert "请填写数字" in page.content.decode()
