"""Mother and daughter read the year, narrow it, and take it home as a file."""

import re

import pytest
from playwright.sync_api import expect

from tests import build
from tests.journeys import people
from tests.journeys.people import read, says
from tests.journeys.test_bind_and_pay import shot
from tests.settlements.household import household

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138001"


@pytest.fixture(autouse=True)
def _it_is_sunday_noon(monkeypatch):
    monkeypatch.setattr("pooling.settlements.views.now", lambda: build.NOON)


@pytest.fixture
def family():
    """A payer who is ill, too, and was paid for once; with a teenager among her relatives."""
    family = household(mei_is_employed=True)
    build.personal_account(family.mei, prior=300_000, area="999900")
    teenager = build.resident("王小雨", area="999900", born="2011-06-01", gender="2")
    build.active_binding(family.mei, teenager, "70")
    pharmacy = build.institution(area="999900", name="康民大药房", type="pharmacy")
    for month, own, given in (
        (3, 120_00, 0),
        (6, 40_50, 260_00),
        (9, 0, 333_00),
        (11, 75_00, 90_00),
    ):
        at = build.moment(f"2026-{month:02d}-05 10:00")
        if own:
            build.settle(family.mei, own, place=family.clinic, at=at)
        if given:
            build.settle(teenager, given, place=pharmacy, at=at, use="pharmacy_drugs")
    build.settle(family.mei, 3000_00, place=family.clinic, at=build.moment("2026-11-20 09:00"))
    build.phone_user(PHONE, family.mei)
    return family


def test_the_year_is_drawn_and_narrowed(page, live, axe, quiet_console, family):
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/usage/")
    picture = page.get_by_role("img", name="最近 12 个月每月用了多少")
    expect(picture).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "usage")
    page.get_by_text("每月的数字").first.click()
    people.looks_right(page, axe)
    shot(page, "usage-table")
    page.get_by_role("link", name="2026年6月").click()
    says(page, "¥260.00")
    expect(page.get_by_text("只显示金额和月份")).to_be_visible()
    page.get_by_text(re.compile("换月份或筛选")).click()
    page.get_by_label("地点").select_option(label="药店")
    page.get_by_role("button", name="查看").click()
    said = read(page, "section[aria-labelledby=given]")
    assert "260" not in said, "a filter must not tell where a teenager was"
    people.looks_right(page, axe)
    shot(page, "usage-narrowed")


def test_the_log_goes_home_as_a_file_after_a_fresh_code(page, live, axe, quiet_console, family):
    people.sign_in(page, live, PHONE)
    page.goto(f"{live}/usage/?since=2026-01&until=2026-11")
    page.get_by_role("link", name="导出这些记录").click()
    people.give_fresh_code(page)
    page.wait_for_url("**/usage/export/**")
    says(page, "7 笔")
    people.looks_right(page, axe)
    shot(page, "export")
    for link, ending in (("下载表格（XLSX）", "xlsx"), ("下载文本（CSV）", "csv")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).click()
        assert waiting.value.suggested_filename == f"usage-2026-01-2026-11.{ending}"
    page.get_by_role("link", name="返回").click()
    expect(page).to_have_url(f"{live}/usage/?since=2026-01&until=2026-11")
