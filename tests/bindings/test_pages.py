"""The pages about an authorisation say what was agreed, no more."""

import re

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import credentials
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


def test_what_is_still_missing_is_said_to_both_and_who_can_do_it(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: build.NOON)
    payer, relative = build.employee("王伟"), build.resident("王小雨")
    row = build.active_binding(payer, relative)
    credentials.end(member_id=relative.pk, by=build.member_actor(relative), at=build.NOON)

    def read(member, page):
        user = User.objects.filter(member=member).first() or build.phone_user(
            f"1380013800{member.pk % 10}", member
        )
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        return client.get(page).content.decode()

    for member, says in ((payer, "可以由您代为激活"), (relative, "您还没有激活医保电子凭证")):
        page = read(member, f"/family/{row.pk}/")
        assert says in page
        assert "待激活凭证" in page
        assert "去激活医保电子凭证" in page
    assert "激活后，家人的账户才能为您支付" in read(relative, "/")

    build.activated(relative)
    assert "使用中" in read(payer, f"/family/{row.pk}/")
    assert "激活后，家人的账户才能为您支付" not in read(relative, "/")


@pytest.mark.parametrize("insured_as", [build.employee, build.resident])
def test_the_family_page_offers_sharing_to_whoever_may_share(client, insured_as):
    user = build.phone_user(member=insured_as("安新宇"))
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    page = client.get("/family/").content.decode()
    may_share = insured_as is build.employee
    assert ("button main" in page) is may_share
    assert ("请参加职工医保的家人为您开通共济" in page) is not may_share


def test_the_family_is_drawn_once_each_with_whom_something_is_shared(client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: build.NOON)
    husband, wife = build.employee("王伟"), build.employee("李娜", gender="2")
    daughter = build.resident("王小雨", gender="2")
    build.active_binding(husband, wife)
    build.active_binding(wife, husband)
    build.active_binding(husband, daughter)
    client.force_login(
        build.phone_user(member=husband), "django.contrib.auth.backends.ModelBackend"
    )
    page = client.get("/family/").content.decode()
    assert page.count('<rect class="person') == 3
    assert "tie waiting" not in page
    (spoken,) = re.findall(r'aria-label="([^"]*王小雨[^"]*)"', page)
    assert sorted(name[-2:] for name in spoken.split("；")) == ["小雨", "李娜"]


def test_of_a_family_nobody_shares_with_nothing_is_drawn(client):
    client.force_login(
        build.phone_user(member=build.employee("安新宇")),
        "django.contrib.auth.backends.ModelBackend",
    )
    assert "<svg viewBox" not in client.get("/family/").content.decode()
