"""A clerk who mistyped a password five times on a Monday is let in again, by one who may."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.services import lockouts
from pooling.audit import selectors as trail
from pooling.shared.actor import Actor, ActorKind
from pooling.shared.work import database_clock
from tests import build

pytestmark = pytest.mark.django_db
WHY = "当面核对了工牌"


def door(user, password=build.PASSWORD, name=""):
    return Client().post("/staff/login/", {"login": name or user.username, "password": password})


def shut_out(user, name=""):
    for _try in range(5):
        door(user, "wrong", name)
    # What allauth counts for five minutes stands in the cache; here it is about the lock.
    cache.clear()


@pytest.fixture
def clerk():
    return build.staff("wang.clerk", "clerk", "王经办")


def page_of(user) -> str:
    return f"/admin/accounts/user/{user.pk}/"


def act(client, user, reason=WHY):
    form = {"let-in-again-reason": reason}
    return client.post(f"{page_of(user)}act/let-in-again/", form, follow=True).content.decode()


def test_who_is_shut_out_is_let_in_again_with_a_reason_on_the_trail(client, clerk):
    keeper = build.signed_in_staff(client, role="system_admin")
    shut_out(clerk)
    assert door(clerk).status_code == 429
    assert "连续填错密码，锁到" in client.get(f"{page_of(clerk)}change/").content.decode()
    assert "已解锁" in act(client, clerk)
    cache.clear()
    assert door(clerk).url == "/staff/login/code/"
    (done,) = [each for each in trail.trail_of(clerk) if each.verb == "accounts.let_in_again"]
    assert (done.actor_id, done.detail) == (keeper.pk, {"reason": WHY})


def test_a_name_typed_in_capitals_is_let_in_again_too(client, clerk):
    build.signed_in_staff(client, role="system_admin")
    shut_out(clerk, clerk.username.upper())
    act(client, clerk)
    cache.clear()
    assert door(clerk, name=clerk.username.upper()).status_code != 429


def test_who_is_not_shut_out_has_no_button_and_the_verb_refuses(client, clerk):
    build.signed_in_staff(client, role="system_admin")
    shown = client.get(f"{page_of(clerk)}change/").content.decode()
    assert "没有被锁" in shown
    assert "let-in-again" not in shown
    assert "现在没有被锁" in act(client, clerk)


@pytest.mark.parametrize("reason", ["", "好", "电话 13800138000"])
def test_without_a_reason_or_with_a_number_in_it_the_door_stays_shut(client, clerk, reason):
    build.signed_in_staff(client, role="system_admin")
    shut_out(clerk)
    act(client, clerk, reason)
    cache.clear()
    assert door(clerk).status_code == 429


def test_nobody_lets_themselves_in_again(client):
    keeper = build.staff("sun.system", "system_admin", "孙系统")
    shut_out(keeper)
    by = Actor(ActorKind.STAFF, keeper.pk, channel="admin")
    with pytest.raises(lockouts.NotForOneself):
        lockouts.let_in_again(user_id=keeper.pk, reason=WHY, by=by, at=database_clock())


@pytest.mark.parametrize("role", ["clerk", "reviewer", "auditor", "policy_admin"])
def test_only_who_keeps_the_system_may(client, clerk, role):
    build.signed_in_staff(client, username="someone", role=role)
    shut_out(clerk)
    assert client.post(f"{page_of(clerk)}act/let-in-again/").status_code == 403
