"""A page that lists things takes at most eight statements.

At the desk one more where personal data is shown: the look is written down, by the
database's clock.
"""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import build
from tests.settlements.household import household

pytestmark = pytest.mark.django_db
MOST = 8


@pytest.fixture
def family():
    family = household()
    for _ in range(3):
        build.settle(family.mei, 13000, place=family.clinic)
    build.api_key(institution=family.clinic)
    return family


def statements(client, address: str) -> list[str]:
    """Return what a page asks the database the second time, or nothing where it is not open."""
    client.get(address)  # what a process learns once
    with CaptureQueriesContext(connection) as captured:
        opened = client.get(address).status_code == 200
    # A test's transaction has no BEGIN of its own; a page's own one is a savepoint here.
    asked = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
    return asked if opened else []


@pytest.mark.parametrize("address", ["/family/", "/usage/", "/inbox/", "/me/looks/"])
@pytest.mark.parametrize("who", ["mei", "wei"])
def test_a_list_of_members_keeps_its_budget(client, family, address, who):
    user = build.phone_user(member=getattr(family, who))
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    asked = statements(client, address)
    assert 0 < len(asked) <= MOST, [sql[:90] for sql in asked]


def test_a_list_at_the_desk_keeps_its_budget(client, family):
    opened, over = set(), {}
    for role in ("auditor", "system_admin", "clerk", "policy_admin"):
        build.signed_in_staff(client, username=f"staff.{role}", role=role)
        for model in admin.site._registry:
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            asked = statements(client, reverse(f"admin:{name}_changelist"))
            if asked:
                opened.add(model)
            written_down = any('INTO "audit_look"' in sql for sql in asked)
            if len(asked) > MOST + written_down:
                over[f"{role} {name}"] = [sql[:90] for sql in asked]
    assert over == {}
    assert len(opened) > len(admin.site._registry) * 3 // 4
