"""The two doors, without a browser."""

import re
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from portal import outbox
from portal.models import DemoMessage
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts():
    cache.clear()


def latest_code() -> str:
    return re.search(r"\d{6}", DemoMessage.objects.order_by("-pk")[0].text)[0]


def sign_in(client, phone="13800138000"):
    client.post("/login/", {"phone": phone})
    return client.post("/login/code/", {"code": latest_code()})


def test_a_phone_and_its_code_sign_in_somebody_new(client):
    answer = client.post("/login/", {"phone": "138 0013 8000"})
    assert answer.status_code == 302
    assert answer.url == "/login/code/"
    answer = client.post("/login/code/", {"code": latest_code()})
    assert answer.url == "/"
    user = User.objects.get()
    assert user.phone_verified
    assert client.get("/").url == "/identity/"


def test_the_next_page_is_kept_through_both_steps(client):
    answer = client.post("/login/", {"phone": "13800138000", "next": "/me/"})
    assert "next=%2Fme%2F" in answer.url
    answer = client.post("/login/code/", {"code": latest_code(), "next": "/me/"})
    assert answer.url == "/me/"


def test_known_and_unknown_phones_get_the_same_bytes(client):
    build.phone_user("13800138000")
    pages = []
    for phone in ("13800138000", "13900138000"):
        visitor = Client()
        answers = [visitor.post("/login/", {"phone": phone}), visitor.get("/login/code/")]
        text = b"".join(answer.content for answer in answers).decode()
        pages.append(
            re.sub(r'value="[A-Za-z0-9]{64}"', "", text).replace("139****8000", "138****8000")
        )
    assert pages[0] == pages[1]


def test_a_wrong_code_is_refused_and_three_end_the_attempt(client):
    client.post("/login/", {"phone": "13800138000"})
    wrong = "000000" if latest_code() != "000000" else "111111"
    answer = client.post("/login/code/", {"code": wrong})
    assert "错误：" in answer.content.decode()
    client.post("/login/code/", {"code": wrong})
    assert client.post("/login/code/", {"code": wrong}).url == "/login/"
    assert client.post("/login/code/", {"code": latest_code()}).url == "/login/"


def test_a_mistyped_phone_is_no_dead_end(client):
    client.post("/login/", {"phone": "13800138001"})
    assert client.get("/login/").url == "/login/code/"
    assert client.get("/login/?other").status_code == 200
    assert sign_in(client, "13800138000").url == "/"


def test_codes_are_not_sent_without_end(client):
    for _time in range(3):
        assert client.post("/login/", {"phone": "13800138000"}).status_code == 302
    refused = Client().post("/login/", {"phone": "13800138000"})
    assert "太频繁" in refused.content.decode()
    assert DemoMessage.objects.count() == 3


def test_neither_phone_nor_code_lies_open_in_the_session(client):
    client.post("/login/", {"phone": "13800138000"})
    stored = Session.objects.get()
    assert stored.get_decoded()["account_login"]
    raw = stored.session_data
    assert "13800138000" not in raw
    assert latest_code() not in raw
    from django.core import signing

    opened = signing.b64_decode(raw.lstrip(".").split(":")[0].encode())
    assert b"13800138000" not in opened


def test_identity_links_once_and_says_one_thing_otherwise(client):
    payer = build.member("王伟")
    sign_in(client)
    wrong = client.post("/identity/", {"name": "李伟", "cert_no": payer.cert_no})
    absent = client.post(
        "/identity/", {"name": "李伟", "cert_no": "10" + payer.cert_no[2:-1] + "0"}
    )
    clean = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (wrong, absent)]
    assert clean[0] == clean[1]
    assert "没有核实成功" in clean[0]
    assert client.post("/identity/", {"name": "王伟", "cert_no": payer.cert_no}).url == "/"
    assert client.get("/identity/").url == "/"


def totp(at: float | None = None) -> str:
    seconds = int(time.time() if at is None else at)
    return format_hotp_value(hotp_value(build.TOTP_SECRET, seconds // 30))


def staff_door(client, user, password=build.PASSWORD):
    return client.post("/staff/login/", {"login": user.username, "password": password})


def test_staff_pass_with_password_and_second_factor(client):
    reviewer = build.staff()
    assert staff_door(client, reviewer).url == "/staff/login/code/"
    assert client.get("/admin/").status_code == 302
    assert client.post("/staff/login/code/", {"code": totp()}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_dynamic_code_counts_once(client):
    reviewer = build.staff()
    code = totp()
    staff_door(client, reviewer)
    assert client.post("/staff/login/code/", {"code": code}).status_code == 302
    other = Client()
    staff_door(other, reviewer)
    assert other.post("/staff/login/code/", {"code": code}).status_code == 200


def test_no_second_factor_no_admin(client):
    reviewer = build.staff()
    client.force_login(reviewer, "django.contrib.auth.backends.ModelBackend")
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "您不能打开这一页" in answer.content.decode()


def test_a_member_has_no_way_into_the_admin(client):
    sign_in(client)
    assert client.get("/admin/", follow=True).status_code == 403


def test_five_wrong_passwords_lock_the_name(client):
    reviewer = build.staff()
    for _time in range(4):
        assert staff_door(client, reviewer, "wrong password here").status_code == 200
    locked = staff_door(client, reviewer, "wrong password here")
    assert locked.status_code == 429
    assert "先锁上了" in locked.content.decode()
    assert staff_door(client, reviewer).status_code != 302


def lock(user):
    for _time in range(5):
        staff_door(Client(), user, "wrong password here")
    # What allauth counts for five minutes stands in the cache; the lock lasts longer.
    cache.clear()


def test_a_locked_name_stays_shut_to_the_right_password_too(client):
    reviewer = build.staff()
    lock(reviewer)
    assert staff_door(client, reviewer).status_code == 429


def test_a_colleague_at_the_same_window_is_not_locked_with_them(client):
    lock(build.staff())
    colleague = build.staff("sun.clerk", "clerk", "孙经办")
    assert staff_door(client, colleague, "wrong password here").status_code == 200
    assert staff_door(client, colleague).url == "/staff/login/code/"


def test_capitals_give_a_locked_name_no_new_tries(client):
    reviewer = build.staff()
    lock(reviewer)
    shouted = {"login": reviewer.username.upper(), "password": build.PASSWORD}
    assert client.post("/staff/login/", shouted).status_code == 429


def test_staff_are_signed_out_after_fifteen_idle_minutes(client, monkeypatch):
    build.signed_in_staff(client)
    assert client.get("/admin/").status_code == 200
    _move_clock(monkeypatch, timedelta(minutes=16))
    assert client.get("/admin/").url == "/session-ended/"
    assert client.get("/admin/").url.startswith("/admin/login/")


def test_whoever_was_signed_out_is_shown_their_own_door_first(client):
    def main_button(page):
        return re.search(r'class="button main" href="([^"]+)"', page.content.decode())[1]

    assert main_button(client.get("/session-ended/")) == "/staff/login/"
    strict = Client(enforce_csrf_checks=True)
    assert main_button(strict.post("/login/", {})) == "/login/"
    assert main_button(strict.post("/staff/login/", {})) == "/staff/login/"


def test_staff_are_signed_out_after_eight_hours_however_busy(client, monkeypatch):
    build.signed_in_staff(client)
    for minutes in range(0, 8 * 60, 14):
        _move_clock(monkeypatch, timedelta(minutes=minutes))
        assert client.get("/admin/").status_code == 200
    _move_clock(monkeypatch, timedelta(hours=8, minutes=1))
    assert client.get("/admin/").url == "/session-ended/"


def _move_clock(monkeypatch, by):
    from django.utils import timezone

    from portal import middleware

    class Later:
        now = staticmethod(lambda: timezone.now() + by)

    monkeypatch.setattr(middleware, "timezone", Later)


def test_the_outbox_exists_in_the_demo_only(client, settings, monkeypatch):
    now = time.time()
    monkeypatch.setattr(outbox, "time", SimpleNamespace(time=lambda: now))
    client.post("/login/", {"phone": "13800138000"})
    build.staff()
    page = client.get("/demo/outbox/").content.decode()
    assert latest_code() in page
    assert totp(now) in page
    settings.DEMO = False
    assert client.get("/demo/outbox/").status_code == 404


def test_only_the_doors_we_open_are_open(client):
    for closed in ("/accounts/signup/", "/signup/", "/password/reset/", "/accounts/login/"):
        assert client.get(closed).status_code == 404


def test_a_fresh_code_is_asked_for_and_lasts_five_minutes(client, monkeypatch):
    from accounts import access

    sign_in(client)
    page = client.get("/confirm-it-is-you/?next=/me/")
    assert "138****8000" in page.content.decode()
    code = latest_code()
    wrong = "000000" if code != "000000" else "111111"
    assert client.post("/confirm-it-is-you/", {"code": wrong, "next": "/me/"}).status_code == 200
    assert client.post("/confirm-it-is-you/", {"code": code, "next": "/me/"}).url == "/me/"
    request = type("Request", (), {"session": client.session})
    assert access.is_fresh(request)
    soon = access._now() + 301
    monkeypatch.setattr(access, "_now", lambda: soon)
    assert not access.is_fresh(request)


def test_after_the_code_it_is_said_that_what_was_pressed_is_not_done_yet(client):
    payer, mother = build.employee(), build.resident(gender="2")
    build.personal_account(payer, prior=50_000)
    binding = build.active_binding(payer, mother)
    client.force_login(build.phone_user(member=payer), "django.contrib.auth.backends.ModelBackend")
    page = f"/family/{binding.pk}/release/"
    door = client.post(page)
    assert door.url.startswith("/confirm-it-is-you/")
    asked = client.get(door.url)
    given = {"next": page, "pressed": asked.context["pressed"]}
    back = client.post("/confirm-it-is-you/", given | {"code": latest_code()}, follow=True)
    assert back.redirect_chain[-1][0] == page
    assert "刚才的事还没有办" in back.content.decode()
    binding.refresh_from_db()
    assert binding.state == "active"
    # Who only opened a page has pressed nothing.
    page = client.get("/confirm-it-is-you/?next=/me/").content.decode()
    assert 'name="pressed"' not in page


def test_the_way_back_stays_on_this_site(client):
    sign_in(client)
    client.get("/confirm-it-is-you/?next=https://elsewhere.example/")
    answer = client.post(
        "/confirm-it-is-you/", {"code": latest_code(), "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/"
