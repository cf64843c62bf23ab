"""The staff site: every page in Chinese, nothing to edit, our own tables only."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.auth.models import Permission
from django.test import RequestFactory
from django.utils import timezone

from accounts import roles
from pooling.notices import services as notices
from pooling.notices.services import Message
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


def test_every_list_opens(desk):
    for address in lists():
        assert desk.get(address).status_code == 200, address


def of_somebody():
    """Return a request of staff who may see everything."""
    request = RequestFactory().get("/admin/")
    request.user = SimpleNamespace(has_perm=lambda permission: True)
    return request


def labels_of(look_up) -> dict[str, str]:
    """Return what a look-up page calls its columns, fields and filters."""
    names = [
        *getattr(look_up, "list_display", ()),
        *flatten_fieldsets(look_up.get_fieldsets(of_somebody())),
        *(name for name in getattr(look_up, "list_filter", ()) if isinstance(name, str)),
    ]
    # A table under its row is an inline: it knows its model, not its place.
    return {
        f"{look_up.model._meta.label}.{name}": str(
            label_for_field(
                name.split("__")[0] or name if isinstance(name, str) else name,
                look_up.model,
                look_up,
            )
        )
        for name in names
    }


def test_every_column_field_and_filter_has_a_chinese_name():
    pages = [
        page
        for model, look_up in admin.site._registry.items()
        for page in (look_up, *(inline(model, admin.site) for inline in look_up.inlines))
    ]
    english = {
        name: label
        for page in pages
        for name, label in labels_of(page).items()
        if label.isascii() and label != "ID"
    }
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


def test_the_desk_tells_its_staff_for_a_week_what_the_nightly_check_found(client):
    user = build.signed_in_staff(client, username="sun.auditor", role=roles.AUDITOR)
    now = timezone.now()
    message = Message(kind="books_differ", user_id=user.pk, values={"count": 2})
    notices.enqueue([message], at=now)
    notices.enqueue([message], at=now - timedelta(days=8))
    for is_new in (True, False):
        (told,) = client.get("/admin/").context["told"]
        assert told.is_new is is_new, "seen once, it is no longer new"
    assert "账务核对发现 2 处不一致" in client.get("/admin/").content.decode()


def test_nobody_reads_what_was_told_to_a_colleague(desk):
    colleague = build.staff(username="wang.clerk", role=roles.CLERK)
    message = Message(kind="books_differ", user_id=colleague.pk, values={"count": 2})
    notices.enqueue([message], at=timezone.now())
    assert desk.get("/admin/").context["told"] == []


def test_pages_keep_the_strict_policy(desk):
    for address in ("/admin/", *lists()):
        policy = desk.get(address)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
