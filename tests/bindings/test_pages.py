"""The pages about an authorisation say what was agreed, no more."""

import pytest
from django.utils import timezone

from tests import build

pytestmark = pytest.mark.django_db


def test_an_authorisation_for_some_uses_names_them(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: build.NOON)
    payer, relative = build.employee("王伟"), build.resident("王小雨")
    some = build.active_binding(payer, relative, uses=("outpatient", "inpatient"))
    every = build.active_binding(payer, build.resident("王小雪"))
    user = build.phone_user(member=payer)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    pages = [client.get(f"/family/{row.pk}/").content.decode() for row in (some, every)]
    assert ["门诊、住院" in page for page in pages] == [True, False]
    assert ["当地允许的全部用途" in page for page in pages] == [False, True]
