"""Coming in by either door, at phone width, with every page looked at by axe."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import expect

from portal.models import DemoMessage
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)

NARROWEST = {"width": 320, "height": 640}
SMALLEST_TARGET = 44
_SMALL = """(least) => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((each) => each.checkVisibility() && each.type !== "hidden" && !each.closest(".skip"))
  .filter((each) => !(each.closest("p, li") && getComputedStyle(each).display === "inline"))
  .map((each) => [each.closest(".form-check") ?? each, each])
  .filter(([box]) => { const seen = box.getBoundingClientRect();
                       return seen.height < least || seen.width < least; })
  .map(([box, each]) => each.outerHTML.slice(0, 120))"""


@pytest.fixture(autouse=True)
def _forget_attempts():
    cache.clear()


@pytest.fixture
def look(page, axe, quiet_console):
    """Return a function that judges the page as it stands, at 390 and at 320 px."""

    def judge(name: str):
        axe(page)
        assert page.evaluate(_SMALL, SMALLEST_TARGET) == []
        wide = page.viewport_size
        page.set_viewport_size(NARROWEST)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"], name
        page.set_viewport_size(wide)

    return judge


def latest_code() -> str:
    return re.search(r"\d{6}", DemoMessage.objects.order_by("-pk")[0].text)[0]


def test_a_member_comes_in_says_who_they_are_and_sees_their_money(page, live, look):
    payer = build.employee("王伟")
    build.personal_account(payer, current=123_456, prior=78_900)

    page.goto(live)
    look("welcome")
    page.get_by_role("link", name="用手机号登录").click()
    look("phone")
    page.get_by_label("手机号").fill("123")
    page.get_by_role("button", name="发送验证码").click()
    expect(page).to_have_title(re.compile("^错误："))
    expect(page.get_by_role("alert")).to_be_visible()
    look("phone, wrong")

    page.get_by_label("手机号").fill("138 0013 8000")
    page.get_by_role("button", name="发送验证码").click()
    code = page.get_by_label("验证码")
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    look("code")
    code.fill(latest_code())
    page.get_by_role("button", name="登录").click()

    page.get_by_label("姓名").fill("王伟")
    page.get_by_label("证件号码").fill(payer.cert_no)
    look("identity")
    page.get_by_role("button", name="核实身份").click()

    expect(page.get_by_role("heading", name="王伟，您好")).to_be_visible()
    expect(page.locator(".amount.large")).to_contain_text("2,023.56", use_inner_text=True)
    expect(page.get_by_role("link", name="为家人开通共济")).to_be_visible()
    look("home")

    page.get_by_role("link", name="我的", exact=True).click()
    expect(page.get_by_text("138****8000")).to_be_visible()
    look("me")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="用手机号登录")).to_be_visible()


def test_the_size_of_text_is_remembered_and_nothing_is_cut_off(page, live, look):
    page.goto(f"{live}/login/")
    page.get_by_text("大字 / English").click()
    page.get_by_role("button", name="特大").click()
    expect(page.locator("body")).to_have_css("font-size", "30px")
    expect(page).to_have_url(f"{live}/login/")
    look("phone, largest")
    page.goto(f"{live}/help/")
    expect(page.locator("body")).to_have_css("font-size", "30px")
    look("help, largest")


def test_english_is_one_press_away(page, live):
    page.goto(live)
    page.get_by_text("大字 / English").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_skip_link_is_first_and_leads_to_the_text(page, live):
    page.goto(live)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_pages_that_stand_for_none_are_ours(page, live, axe):
    for address in ("/nowhere/", "/session-ended/", "/legal/", "/inactive/"):
        page.goto(live + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)


def test_a_fresh_code_is_asked_for_in_the_theme(page, live, look):
    payer = build.employee("王伟")
    build.phone_user("13800138000", member=payer)
    page.goto(f"{live}/login/")
    page.get_by_label("手机号").fill("13800138000")
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_label("验证码").fill(latest_code())
    page.get_by_role("button", name="登录").click()
    page.goto(f"{live}/confirm-it-is-you/?next=/me/")
    look("confirm it is you")
    page.get_by_label("验证码").fill(latest_code())
    page.get_by_role("button", name="确认").click()
    expect(page).to_have_url(f"{live}/me/")


def test_staff_come_in_with_a_second_factor_and_find_their_desk(page, live, axe, quiet_console):
    build.staff("li.reviewer", "reviewer", "李审核")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live}/admin/")
    page.get_by_label("用户名").fill("li.reviewer")
    page.get_by_label("密码").fill(build.PASSWORD)
    axe(page)
    page.get_by_role("button", name="下一步").click()
    axe(page)
    code = format_hotp_value(hotp_value(build.TOTP_SECRET, int(time.time()) // 30))
    page.get_by_label("动态码").fill(code)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{live}/admin/")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    expect(page.get_by_text("李审核")).to_be_visible()
    axe(page)


def test_the_pictures_speak_and_print(page, live, axe):
    """The two pictures as they stand on a page, with the theme around them."""
    from django.template.loader import get_template

    from portal.pictures import Relative, Share
    from portal.templatetags.portal_parts import family_graph, waterfall

    shares = [
        Share("own", "本人账户", 20_000),
        Share("payer", "父亲 王*", 30_000, "往年结余"),
        Share("cash", "现金", 5_000),
    ]
    relatives = [Relative("王*", "父亲", 1), Relative("李*", "配偶"), Relative("王*", "女儿", -1)]
    bar = get_template("_parts/waterfall.html").render(waterfall(shares))
    graph = get_template("_parts/family.html").render(family_graph("王伟", relatives))
    page.goto(f"{live}/help/")
    page.evaluate(
        "(html) => document.querySelector('.column').innerHTML = html",
        f"<h1>图</h1><div class='card'>{bar}</div><div class='card'>{graph}</div>",
    )
    page.get_by_role("img", name=re.compile("本人账户 ¥200.00；父亲")).wait_for()
    axe(page)
