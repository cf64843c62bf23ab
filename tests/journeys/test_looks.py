"""Staff say what for before they see a family's log; the member reads of it afterwards."""

import re

import pytest

from tests import build
from tests.journeys import people
from tests.journeys.people import read, says
from tests.journeys.test_bind_and_pay import shot
from tests.settlements.household import household

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138001"


def test_staff_state_a_purpose_look_and_the_member_sees_that_look(page, live, axe, quiet_console):
    family = household()
    build.settle(family.mei, 130_00, place=family.clinic)
    build.phone_user(PHONE, family.mei)
    build.staff("wang.clerk", "clerk", "王经办")

    page.set_viewport_size({"width": 1280, "height": 900})
    people.sign_in_staff(page, live, "wang.clerk")
    page.get_by_role("link", name="使用记录").first.click()
    said = read(page, "#content")
    assert "查看目的" in said
    assert "¥" not in said
    axe(page)
    shot(page, "purpose")
    page.get_by_label("查看目的").select_option(label="核查有疑问的扣款")
    page.get_by_label("具体事由").fill("电话 13800138000")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, "请不要写证件号码或手机号", where="#content")
    axe(page)
    page.get_by_label("具体事由").fill("本人来窗口问 70 元是谁付的")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, "¥70.00", where="#content")
    shot(page, "staff-usage")

    people.sign_out(page)
    page.set_viewport_size({"width": 390, "height": 844})
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/me/")
    people.looks_right(page, axe)
    page.get_by_role("link", name=re.compile("谁看过我的信息")).click()
    said = read(page)
    assert "窗口经办 · 用户名 wang.clerk" in said
    assert "核查有疑问的扣款：本人来窗口问 70 元是谁付的" in said
    people.looks_right(page, axe)
    shot(page, "looks")
