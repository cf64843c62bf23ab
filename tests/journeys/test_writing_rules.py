"""A floor of 500 yuan: drafted by one officer, tried on last quarter, published by another."""

from datetime import datetime, time, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from pooling.policy import selectors as policy
from pooling.policy.models import RuleVersion
from pooling.reports import jobs
from pooling.reports.selectors import last_quarter
from pooling.shared.periods import SHANGHAI, business_date
from pooling.shared.work import database_clock
from tests import build
from tests.conftest import DESK
from tests.journeys import people
from tests.journeys.people import read
from tests.journeys.test_bind_and_pay import shot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def noon(day) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


@pytest.fixture
def family():
    """A mother whose son's ¥800 paid three bills last quarter; her sister in 西安, a fourth."""
    build.built_in_areas()
    build.next_rules(build.SHANGRAO, since="2026-01-01", payers_per_settlement="many")
    son, mother = build.employee("王伟强"), build.resident("张桂兰", gender="2")
    build.personal_account(son, prior=80_000)
    build.active_binding(son, mother)
    place = build.institution()
    first, _last = last_quarter(business_date(database_clock()))
    for days, fen in ((3, 20_000), (20, 15_000), (40, 9_000)):
        build.settle(mother, fen, place=place, at=noon(first + timedelta(days=days)))
    nephew = build.employee("陈志强", area=build.XIAN)
    aunt = build.resident("刘凤英", area=build.XIAN, gender="2")
    build.personal_account(nephew, prior=30_000, area=build.XIAN)
    build.active_binding(nephew, aunt)
    build.settle(aunt, 5_000, place=place, at=noon(first + timedelta(days=5)))
    return mother, place


def come_in(page, live, username):
    people.sign_out(page)
    cache.clear()
    people.sign_in_staff(page, live, username)


def press(page, word):
    page.locator("summary", has_text=word).click()
    page.get_by_role("button", name=f"确认：{word}").click()


def test_rules_are_drafted_tried_and_published_by_two(page, live, axe, quiet_console, family):
    mother, place = family
    tomorrow = business_date(database_clock()) + timedelta(days=1)
    build.staff("zhao.policy", "policy_admin", "赵起草")
    build.staff("sun.policy", "policy_admin", "孙复核")
    page.set_viewport_size(DESK)
    come_in(page, live, "zhao.policy")

    # Drafted as a copy, one clause changed.
    page.goto(f"{live}/admin/policy/ruleversion/")
    people.looks_right(page, axe)
    shot(page, "rules-versions")
    page.get_by_role("link", name="起草新版本").click()
    page.get_by_label("统筹区").select_option("361100")
    page.get_by_label("版本号").fill("2027-1")
    page.get_by_label("生效日期").fill(tomorrow.isoformat())
    people.looks_right(page, axe)
    shot(page, "rules-draft")
    page.get_by_role("button", name="建立草稿").click()
    page.get_by_role("link", name="自己规定：共济人账户须保留的金额").click()
    page.get_by_label("共济人账户须保留的金额").fill("五百")
    page.get_by_role("button", name="保存这一条").click()
    expect(page.get_by_text("最多两位小数")).to_be_visible()
    shot(page, "rules-clause")
    page.get_by_label("共济人账户须保留的金额").fill("500")
    page.get_by_label("来源").fill("饶医保发〔2026〕12号")
    page.get_by_label("条款摘要").fill("共济人账户须保留五百元")
    people.looks_right(page, axe)
    page.get_by_role("button", name="保存这一条").click()
    expect(page.get_by_text("这个版本会改变 1 条")).to_be_visible()
    expect(page.get_by_text("须留下 ¥500.00").first).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "rules-version")

    # Tried on last quarter, in the background.
    page.get_by_role("link", name="用已有的结算试算一遍").click()
    people.looks_right(page, axe)
    shot(page, "replay-start")
    page.get_by_role("button", name="开始试算").click()
    expect(page.get_by_text("还在排队")).to_be_visible()
    shot(page, "replay-waiting")
    for _turn in range(3):
        jobs.replay_more()
    page.get_by_role("link", name="看最新进度").click()
    # Of 800 the first bill of 200 is paid as before, of the others 100 and nothing.
    expect(page.locator(".figure-number")).to_have_text(["4", "3", "2", "0"])
    table = read(page, "table.amounts")
    assert "上饶市" in table
    assert "440.00" in table
    assert "300.00" in table
    expect(page.get_by_text("统筹区规定共济人的账户须保留 ¥500.00").first).to_be_visible()
    expect(page.get_by_text("新规则会多准或少准哪些绑定，试算看不出来")).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "replay-done")

    # The first submits, and is refused as the publisher.
    version = RuleVersion.objects.get(label="2027-1")
    its_page = f"{live}/admin/policy/ruleversion/{version.pk}/change/"
    page.goto(its_page)
    press(page, "提交发布")
    press(page, "发布")
    expect(page.get_by_text("须由另一位规则管理员发布").first).to_be_visible()
    people.looks_right(page, axe)
    shot(page, "rules-submitted")

    come_in(page, live, "sun.policy")
    page.goto(its_page)
    press(page, "发布")
    expect(page.get_by_text("已发布，到生效日期起执行")).to_be_visible()
    shot(page, "rules-published")

    # Nothing today; from tomorrow on the floor stands.
    policy.forget()
    today = build.settle(mother, 5_000, place=place, at=database_clock())
    assert (today.pooled_fen, today.cash_fen) == (5_000, 0)
    comes = build.settle(mother, 5_000, place=place, at=noon(tomorrow))
    assert (comes.pooled_fen, comes.cash_fen) == (0, 5_000)
    assert "361100/2027-1" in comes.rules_version
