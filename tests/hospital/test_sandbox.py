"""The simulator: real messages about invented people, of whom nothing is left."""

import threading
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


@pytest.mark.django_db(transaction=True)
def test_a_second_walk_at_the_same_time_is_refused_and_the_first_goes_on(client, monkeypatch):
    under_way, go_on, walked = threading.Event(), threading.Event(), []
    send = sandbox._send

    def slowly(*message):
        under_way.set()
        go_on.wait(60)
        return send(*message)

    def first():
        try:
            walked.extend(sandbox.walk(family="A", total=Decimal("1.00")))
        finally:
            connection.close()

    monkeypatch.setattr(sandbox, "_send", slowly)
    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert under_way.wait(60)
        page = client.post(reverse("hospital:simulator"), {"family": "B", "total": "1.00"})
        assert "有人正在演练" in page.content.decode()
        assert "全部合格" not in page.content.decode()
    finally:
        go_on.set()
        thread.join()
    assert [each.breaches for each in walked] == [[]] * (len(SHOWN) + 1)
    page = client.post(reverse("hospital:simulator"), {"family": "B", "total": "1.00"})
    assert "全部合格" in page.content.decode(), "the lock ends with the walk"


@pytest.mark.django_db
def test_where_money_is_real_it_is_for_staff_alone(client, settings):
    settings.DEMO = False
    assert client.get(reverse("hospital:simulator")).status_code == 404


@pytest.mark.django_db
def test_an_amount_that_is_none_is_told(client):
    page = client.post(reverse("hospital:simulator"), {"family": "A", "total": "x"})
    assert "请填写数字" in page.content.decode()
