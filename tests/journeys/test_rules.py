"""Somebody without an account reads what holds at home, on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import people
from tests.journeys.test_bind_and_pay import shot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_visitor_reads_the_rules_of_a_city_on_a_day(page, live, axe, quiet_console):
    build.built_in_areas()
    page.goto(f"{live}/help/")
    page.get_by_role("link", name="查看各地规则和出处").click()
    people.looks_right(page, axe)
    shot(page, "areas")
    page.get_by_role("link", name="柳州市").click()
    # What is special here stands first; where it comes from is one click away, even if folded.
    special = page.locator("#others li", has_text="须留下 ¥1,500.00")
    expect(special).to_be_visible()
    source = page.locator("#floor_fen").get_by_role("link", name="来源：")
    expect(source).to_be_hidden()
    special.get_by_role("link", name="看依据").click()
    expect(source).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "rules")

    page.get_by_role("heading", name="看另一天的规则").click()
    page.get_by_label("日期").fill("2022-08-02")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("2022年8月2日的规则")).to_be_visible()
    page.get_by_role("link", name="全部展开").click()
    expect(page.get_by_text("不必留下固定的金额")).to_be_visible()

    page.set_viewport_size({"width": 1280, "height": 900})
    people.looks_right(page, axe)
