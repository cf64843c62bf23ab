"""At the window: taken in by one, decided by another, checked by a stranger; keyboard alone."""

import os
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import expect

from pooling.bindings.models import Binding
from pooling.cases.models import Case
from tests import build
from tests.conftest import DESK
from tests.journeys.people import read, says, says_nothing_of

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")
HOME = "/admin/counter/deskcase/"


@pytest.fixture
def couple():
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    husband = build.employee("王伟强", born="1980-03-05", gender="1")
    return husband, build.resident("李梅芳", born="1982-07-01", gender="2")


@pytest.fixture
def desk(page, live, axe, quiet_console):
    page.set_viewport_size(DESK)
    return page


def seen(page, axe, name):
    """Look at a page as everybody must be able to, and keep a picture where SHOTS says so."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-1280.png", full_page=True)
    axe(page)


def come_in(page, live, username):
    page.context.clear_cookies()
    cache.clear()
    page.goto(f"{live}/admin/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(build.PASSWORD)
    page.get_by_role("button", name="下一步").click()
    code = format_hotp_value(hotp_value(build.TOTP_SECRET, int(time.time()) // 30))
    page.get_by_label("动态码").fill(code)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{live}/admin/")


def tab_to(page, words):
    """Press Tab until what has the focus says these words; at most as often as a page is long."""
    for _press in range(120):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const it = document.activeElement;"
            " const label = it.labels?.[0]?.innerText ?? '';"
            " return label + ' ' + (it.innerText ?? '') + ' ' + (it.ariaLabel ?? ''); }"
        )
        if words in said:
            return
    raise AssertionError(f"no key leads to {words}")


def typed(page, words, text):
    tab_to(page, words)
    page.keyboard.type(text)


def test_two_people_one_receipt_and_a_stranger(desk, live, axe, couple):
    page, (husband, wife) = desk, couple
    build.staff("li.reviewer", "reviewer", "李审核")
    build.staff("sun.reviewer", "reviewer", "孙复核")
    come_in(page, live, "li.reviewer")

    page.goto(f"{live}{HOME}")
    seen(page, axe, "desk-empty")
    page.get_by_role("link", name="窗口受理").click()
    page.get_by_label("申请人姓名").fill(husband.name)
    page.get_by_label("申请人证件号码").fill(husband.cert_no)
    page.get_by_label("由他人代办").check()
    page.get_by_label("代办人姓名").fill("赵小弟")
    page.get_by_label("代办人证件号码").fill(build.cert_no("1990-01-01"))
    seen(page, axe, "desk-find")
    page.get_by_role("button", name="核对并受理").click()
    assert husband.cert_no not in page.url
    page.get_by_label("家人是申请人的").select_option(label="妻子")
    page.get_by_label("姓名:", exact=True).fill(wife.name)
    page.get_by_label("身份证号码").fill(wife.cert_no)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen(page, axe, "desk-intake")
    for paper in ("申请人身份证件", "家人身份证件", "代办人身份证件", "申请人签字的委托书"):
        page.get_by_label(paper).check()
    page.get_by_label("结婚证").check()
    page.get_by_label("签字的授权书").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("转他人审核")).to_be_visible()

    page.locator("summary", has_text="通过").first.click()
    page.get_by_label("审核意见").first.fill("结婚证相符")
    page.get_by_role("button", name="确认：通过").click()
    expect(page.get_by_text("提交人不能审核自己提交的经办件")).to_be_visible()
    assert not Binding.objects.exists()
    case = Case.objects.get()

    come_in(page, live, "sun.reviewer")
    page.goto(f"{live}{HOME}")
    seen(page, axe, "desk-queue")
    page.get_by_role("link", name=case.number).click()
    seen(page, axe, "desk-case-masked")
    says_nothing_of(page, husband.name, where="#content")
    page.locator("details.ask summary").click()
    page.get_by_label("具体事由").fill("审核窗口提交的申请")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, husband.name, where="#content")
    page.locator("summary", has_text="退回补正").click()
    seen(page, axe, "desk-case")
    page.locator("summary", has_text="通过").first.click()
    page.get_by_label("审核意见").first.fill("结婚证相符")
    page.get_by_role("button", name="确认：通过").click()
    expect(page.get_by_text("已通过，并已通知申请人")).to_be_visible()
    assert Binding.objects.get(case=case).proof == "documented"
    seen(page, axe, "desk-case-approved")

    page.context.clear_cookies()
    page.goto(f"{live}/r/{case.check_code}/")
    shown = read(page)
    assert case.number in shown
    assert "已通过" in shown
    assert "王" not in shown
    seen(page, axe, "receipt-check")


def test_the_counter_needs_no_mouse(desk, live, couple):
    page, (husband, wife) = desk, couple
    build.staff("wang.clerk", "clerk", "王经办")
    build.relation(husband, wife, "12")
    come_in(page, live, "wang.clerk")
    page.goto(f"{live}{HOME}")
    tab_to(page, "窗口受理")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOME}find/")
    typed(page, "申请人姓名", husband.name)
    typed(page, "申请人证件号码", husband.cert_no)
    page.keyboard.press("Enter")
    page.wait_for_url("**/intake/")
    tab_to(page, "家人是申请人的")
    page.keyboard.press("ArrowDown")
    typed(page, "姓名", wife.name)
    typed(page, "身份证号码", wife.cert_no)
    for paper in ("申请人身份证件", "家人身份证件"):
        tab_to(page, paper)
        page.keyboard.press("Space")
    tab_to(page, "签字的授权书")
    page.keyboard.press("Space")
    tab_to(page, "提交")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    expect(page.get_by_text("登记数据已证明关系，按")).to_be_visible()
    assert Case.objects.get().state == "approved"
