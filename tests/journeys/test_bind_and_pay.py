"""A father binds his daughter on his phone; a hospital charges; both read why."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import people
from tests.journeys.people import read, says, says_nothing_of

pytestmark = pytest.mark.django_db(transaction=True)
FATHER_PHONE, DAUGHTER_PHONE = "13800138001", "13800138002"
SHOTS = os.environ.get("SHOTS")


def shot(page, name):
    """Keep a picture where SHOTS names a folder for people to look at."""
    if SHOTS:
        size = page.viewport_size
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(size)


@pytest.fixture
def father():
    build.built_in_areas(build.SHANGRAO)
    father = build.employee("王伟", born="1980-03-05")
    build.personal_account(father, current=20_00, prior=40_00)
    build.phone_user(FATHER_PHONE, father)
    return father


@pytest.fixture
def daughter(father):
    daughter = build.resident("王小雨", born="2006-05-01", gender="2")
    build.activated_long_ago(daughter)
    build.relation(father, daughter, "30", evidence="birth_certificate")
    build.phone_user(DAUGHTER_PHONE, daughter)
    return daughter


def fill_in(page, live, axe, *, relation, name, cert_no, cap=""):
    """Walk the application to its check page, looking at every page on the way if axe is given.

    A code given a moment ago is still fresh: then signing follows at once.
    """
    page.goto(f"{live}/bind/")
    people.looks_right(page, axe)
    shot(page, "bind-start")
    page.get_by_role("button", name="开始办理").click()
    people.looks_right(page, axe)
    shot(page, "bind-relation")
    page.get_by_label(relation, exact=True).check()
    page.get_by_role("button", name="下一步").click()
    people.looks_right(page, axe)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("身份证号码").fill(cert_no)
    shot(page, "bind-person")
    page.get_by_role("button", name="下一步").click()
    people.looks_right(page, axe)
    page.get_by_label("每次上限").fill(cap)
    shot(page, "bind-limits")
    page.get_by_role("button", name="下一步").click()
    if "/confirm-it-is-you/" in page.url:
        people.give_fresh_code(page)
    people.looks_right(page, axe)
    shot(page, "bind-sign")
    page.get_by_label(re.compile("我已阅读")).check()
    page.get_by_role("button", name="签署").click()
    people.looks_right(page, axe)
    shot(page, "bind-check")


def test_bind_pay_and_read_why(page, live, axe, quiet_console, father, daughter):
    hospital = build.institution()
    key = build.api_key(institution=hospital)

    people.sign_in(page, live, FATHER_PHONE)
    shot(page, "home-father")
    fill_in(page, live, axe, relation="女儿", name="王小雨", cert_no=daughter.cert_no, cap="500")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="办好了")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "bind-result")
    page.get_by_role("link", name="查看这份授权").click()
    expect(page.get_by_text("使用中")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "binding")

    answer = page.request.post(
        f"{live}/api/v1/settlements",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "M-1"},
        data=people.bill(daughter, hospital, personal="50.00", message_id="M-1"),
    )
    assert answer.status == 201, answer.text()
    assert answer.json()["pooled"] == "50.00"
    answer = page.request.post(
        f"{live}/api/v1/settlements",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "M-2"},
        data=people.bill(daughter, hospital, personal="30.00", message_id="M-2"),
    )
    assert answer.json()["pooled"] == "10.00"
    assert answer.json()["cash"] == "20.00"

    page.goto(f"{live}/usage/")
    says(page, "王小雨（女儿）")
    says(page, "¥60.00")
    people.looks_right(page, axe)
    shot(page, "usage-father")
    page.locator("#given ~ ul a").first.click()
    says(page, "余额 ¥10.00 已全部用上")
    says_nothing_of(page, "信州区人民医院")  # a payer learns the kind of place only
    people.looks_right(page, axe)
    shot(page, "why-father")
    page.goto(f"{live}/inbox/")
    people.looks_right(page, axe)
    shot(page, "inbox-father")

    people.sign_out(page)
    people.sign_in(page, live, DAUGHTER_PHONE)
    people.looks_right(page, axe)
    shot(page, "home-daughter")
    page.goto(f"{live}/usage/")
    people.looks_right(page, axe)
    shot(page, "usage-daughter")
    page.locator("#received ~ ul a").first.click()
    said = read(page)
    assert "信州区人民医院" in said
    assert "账户已尽其所有，仍不够付清" in said
    assert "余额" not in said, "a patient never learns what a payer's account holds"
    people.looks_right(page, axe)
    shot(page, "why-daughter")


def test_freeze_thaw_and_stop_use_count_at_the_till_at_once(page, live, axe, father, daughter):
    hospital = build.institution()
    key = build.api_key(institution=hospital)
    build.active_binding(father, daughter, "30")

    def pooled(message_id):
        answer = page.request.post(
            f"{live}/api/v1/preview",
            headers={"Authorization": f"Bearer {key}"},
            data=people.bill(daughter, hospital, personal="5.00", message_id=message_id),
        )
        assert answer.status == 200, answer.text()
        return answer.json()["pooled"]

    people.sign_in(page, live, FATHER_PHONE)
    page.goto(f"{live}/family/")
    people.looks_right(page, axe)
    shot(page, "family-father")
    page.get_by_role("link", name="王小雨").click()
    assert pooled("P-1") == "5.00"
    page.get_by_role("button", name=re.compile("暂停使用")).click()
    assert pooled("P-2") == "0.00"
    people.looks_right(page, axe)
    shot(page, "binding-frozen")
    page.get_by_role("button", name="恢复使用").click()
    assert pooled("P-3") == "5.00"
    page.get_by_role("link", name="修改限额").click()
    people.give_fresh_code(page)
    page.get_by_label("每次上限").fill("-1")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "limits-refused")
    page.get_by_label("每次上限").fill("3")
    page.get_by_role("button", name="保存").click()
    assert pooled("P-4") == "3.00"

    people.sign_out(page)
    people.sign_in(page, live, DAUGHTER_PHONE)
    page.goto(f"{live}/family/")
    page.get_by_role("link", name="王伟").click()
    page.get_by_role("button", name=re.compile("停用")).click()
    assert pooled("P-5") == "0.00"
    page.get_by_role("button", name="恢复使用").click()
    page.get_by_role("link", name="解除共济").click()
    people.looks_right(page, axe)
    shot(page, "release")
    page.get_by_role("button", name="确认解除").click()
    people.give_fresh_code(page)
    page.get_by_role("button", name="确认解除").click()
    expect(page.get_by_text("已解除").first).to_be_visible()
    assert pooled("P-6") == "0.00"


def test_a_stranger_is_always_told_submitted(page, live, father):
    build.employee(
        "李娜", born="1985-01-01", gender="2", number=(stranger := build.cert_no("1985-01-01", "2"))
    )
    answers = []
    people.sign_in(page, live, FATHER_PHONE)
    for name, number in (("李娜", stranger), ("赵敏", build.cert_no("1986-02-02", "2"))):
        fill_in(page, live, None, relation="妹妹", name=name, cert_no=number)
        page.get_by_role("button", name="提交申请").click()
        expect(page.get_by_role("heading", name="已提交")).to_be_visible()
        answers.append(re.sub(r"GJ\d+-\d+|\d+年.*", "", read(page)))
    assert answers[0] == answers[1]
    shot(page, "bind-submitted")
