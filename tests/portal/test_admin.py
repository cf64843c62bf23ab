"""The staff site: every page in Chinese, nothing to edit, our own tables only."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from accounts import roles
from portal.admin import ORDER
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """Return a client of somebody who may look at everything."""
    user = build.signed_in_staff(client, username="sun.auditor", role=roles.AUDITOR)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return client


def lists() -> list[str]:
    return sorted(
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for model in admin.site._registry
    )


def test_only_our_own_tables_are_there():
    assert {model._meta.app_label for model in admin.site._registry} <= set(ORDER)


def test_every_list_opens_and_speaks_chinese(desk):
    english = {}
    for address in lists():
        page = desk.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        heads = re.findall(r'<div class="text">(.*?)</div>', text, re.S)
        words = [re.sub(r"<[^>]+>", "", head).strip() for head in heads]
        bare = [word for word in words if word and word.isascii()]
        if bare:
            english[address] = bare
    assert english == {}


def test_the_desk_names_the_role_and_orders_the_domains(desk):
    page = desk.get("/admin/")
    assert "审计" in page.content.decode()
    labels = [app["app_label"] for app in page.context["app_list"]]
    assert labels == sorted(labels, key=ORDER.index)
    assert [figure.number for figure in page.context["figures"]] == [0, 0]


def test_who_may_see_no_cases_gets_no_figures(client):
    build.signed_in_staff(client, username="zhao.policy", role=roles.POLICY_ADMIN)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert page.context["figures"] == []


def test_pages_keep_the_strict_policy(desk):
    for address in ("/admin/", *lists()):
        policy = desk.get(address)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
