"""Asked before anybody applies or falls ill: by a grandmother, by keys alone, and by a member."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import people
from tests.journeys.people import read, says
from tests.journeys.test_bind_and_pay import shot
from tests.journeys.test_counter import tab_to, typed
from tests.settlements.household import household

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_grandmother_asks_whether_her_sons_money_may_be_used(page, live, axe, quiet_console):
    build.built_in_areas()
    page.goto(live)
    people.looks_right(page, axe)
    shot(page, "welcome")
    page.get_by_role("link", name="能不能用").click()
    people.looks_right(page, axe)
    shot(page, "can-pay")
    page.get_by_label("要自己付多少钱").fill("130")
    page.get_by_label("看病的人在哪里参保").select_option(label="上饶市")
    page.get_by_label("账户里今年划入的钱").first.fill("20")
    page.get_by_label("账户里往年结余的钱").first.fill("40")
    page.get_by_role("button", name="能不能用").click()
    said = read(page)
    assert "能用，家人付 ¥60.00" in said
    assert "现金付 ¥70.00" in said
    assert "账户余额 ¥60.00 已全部用上" in said
    people.looks_right(page, axe)
    shot(page, "can-pay-answer")

    page.get_by_label("看病的人的医保").select_option(label="没有参保")
    page.get_by_role("button", name="能不能用").click()
    says(page, "用不上家人的钱")
    says(page, "参保后可以使用家人的账户")
    people.looks_right(page, axe)
    shot(page, "can-pay-no")


def test_whether_a_relation_may_be_bound_is_asked_by_keys_alone(page, live, axe, quiet_console):
    build.built_in_areas()
    page.goto(f"{live}/rules/{build.SHANGRAO}/")
    page.get_by_role("link", name="能不能绑").click()
    people.looks_right(page, axe)
    shot(page, "can-bind")
    expect(page.get_by_label("您在哪里参保")).to_have_value(build.SHANGRAO)
    typed(page, "您的年龄", "40")
    tab_to(page, "您的性别")
    page.keyboard.press("ArrowDown")
    tab_to(page, "家人是您的什么人")
    page.get_by_label("家人是您的什么人").select_option(label="岳母")
    typed(page, "家人的年龄", "66")
    page.keyboard.press("Enter")
    page.wait_for_url("**relation=**")
    people.looks_right(page, axe)
    says(page, "现在不能为岳母开通")
    says(page, "可以由您的配偶为其父母")  # what would change it
    shot(page, "can-bind-no")

    page.get_by_label("家人是您的什么人").select_option(label="母亲")
    page.get_by_role("button", name="能不能绑").click()
    says(page, "可以为母亲开通")
    says(page, "户口簿")
    people.looks_right(page, axe)
    shot(page, "can-bind-yes")

    page.get_by_label("您的年龄").fill("六十")
    page.get_by_role("button", name="能不能绑").click()
    expect(page).to_have_title(re.compile("^错误："))
    people.looks_right(page, axe)
    shot(page, "can-bind-wrong")


def test_a_member_sees_who_would_pay_before_the_visit(page, live, axe, quiet_console):
    family = household()
    build.phone_user("13800138001", family.mei)
    people.sign_in(page, live, "13800138001")
    page.get_by_role("link", name="看病前算一算").click()
    people.looks_right(page, axe)
    shot(page, "estimate")
    page.get_by_label("要自己付多少钱").fill("130")
    page.get_by_role("button", name="算一算").click()
    says(page, "能用，家人付 ¥130.00")
    people.looks_right(page, axe)
    shot(page, "estimate-answer")


def test_who_comes_for_a_code_is_shown_the_other_door(page, live, axe, quiet_console):
    build.built_in_areas()
    payer = build.employee("王伟")
    build.phone_user("13800138001", payer)
    people.sign_in(page, live, "13800138001")
    page.goto(f"{live}/bind/")
    people.looks_right(page, axe)
    shot(page, "bind-doors")
    page.get_by_role("link", name="在我手机上打开家人的医保码").click()
    says(page, "您要的是亲情账户，不是家庭共济")
    people.looks_right(page, axe)
    shot(page, "wrong-door")
    page.get_by_role("link", name="还是要帮家人付钱").click()
    expect(page.get_by_role("button", name="开始办理")).to_be_visible()
    for address, name in (("/doors/", "doors"), ("/help/", "help"), ("/family/", "family")):
        page.goto(live + address)
        expect(page.get_by_role("heading", name="两件事，不要办错")).to_be_visible()
        people.looks_right(page, axe)
        shot(page, name)
