"""A commitment letter on which the lot fell: found untrue by two people, read by both sides."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pooling.bindings.models import Binding
from pooling.cases.models import Case
from pooling.registry import due
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock
from tests import build
from tests.conftest import DESK, PHONE
from tests.journeys.people import looks_right, says_nothing_of, sign_in, sign_out
from tests.journeys.test_counter import come_in

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")
#: What an act lets choose from a list.
CHOSEN = ("finding", "outcome", "way")
CASE = "/admin/counter/deskcase/{}/change/"


@pytest.fixture
def promised():
    build.area(
        build.SHANGRAO,
        "上饶市",
        evidence_accepted=["registry", "commitment"],
        commitment_audit_percent=100,
    )
    payer = build.employee("周兰香", born="1980-04-01", gender="2", phone="13800138001")
    build.personal_account(payer, prior=50_000)
    friend = build.resident("王敏芳", born="1982-02-03", gender="2", phone="13800138002")
    build.phone_user("13800138001", payer)
    build.phone_user("13800138002", friend)
    binding = build.active_binding(payer, friend, "77", registered=False)
    build.settle(friend, 3_000, place=build.institution())
    return binding


def seen(page, axe, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    axe(page)


def opened(page, live, case, axe, name):
    """Open a case at the desk, saying what for."""
    page.goto(f"{live}{CASE.format(case.pk)}")
    page.locator("details.ask summary").click()
    page.get_by_label("具体事由").fill("承诺书核查")
    page.get_by_role("button", name="填好了，打开").click()
    seen(page, axe, name)


def act(page, label, **answers):
    page.locator("summary", has_text=label).first.click()
    form = page.get_by_role("form", name=label)
    for name, value in answers.items():
        field = form.locator(f"[name$={name}]")
        field.select_option(value) if name in CHOSEN else field.fill(value)
    form.get_by_role("button", name=f"确认：{label}").click()


def test_two_people_find_a_letter_untrue_and_both_sides_read_it(
    page, live, axe, quiet_console, promised
):
    today = business_date(database_clock())
    due.run(today, today=today)
    audit = Case.objects.get(kind="audit")
    build.staff("li.reviewer", "reviewer", "李审核")
    build.staff("sun.reviewer", "reviewer", "孙复核")
    page.set_viewport_size(DESK)

    come_in(page, live, "li.reviewer")
    opened(page, live, audit, axe, "audit-open-1280")
    act(page, "提出核查结论", finding="disproved", reason="派出所答复不是亲属")
    expect(page.get_by_text("核查结论已提出")).to_be_visible()
    act(page, "同意并办结", remark="我自己同意")
    expect(page.get_by_text("提交人不能审核自己提交的经办件")).to_be_visible()
    assert Binding.objects.get().state == "active"

    come_in(page, live, "sun.reviewer")
    opened(page, live, audit, axe, "audit-found-1280")
    act(page, "同意并办结", remark="答复属实")
    assert Binding.objects.get().ended_cause == "commitment_disproved"
    misuse = Case.objects.get(kind="misuse")
    opened(page, live, misuse, axe, "misuse-open-1280")
    expect(page.get_by_text("¥30.00").first).to_be_visible()
    act(page, "写明处理结果", outcome="repaid_outside", reason="已交回专户")
    come_in(page, live, "li.reviewer")
    opened(page, live, misuse, axe, "misuse-noted-1280")
    act(page, "同意并办结", remark="凭证相符")
    assert Case.objects.get(kind="misuse").state == "approved"
    page.goto(f"{live}/admin/counter/deskcase/letters/")
    seen(page, axe, "letters-1280")
    page.goto(f"{live}/admin/counter/deskcase/event/")
    seen(page, axe, "event-1280")

    page.set_viewport_size(PHONE)
    for phone, name in (("13800138001", "payer"), ("13800138002", "relative")):
        sign_out(page)
        sign_in(page, live, phone)
        page.goto(f"{live}/inbox/")
        expect(page.get_by_text("因登记信息变化已结束").first).to_be_visible()
        seen(page, axe, f"inbox-{name}-390")
        page.goto(f"{live}/family/{promised.pk}/")
        expect(page.get_by_text("承诺书所写的亲属关系不成立")).to_be_visible()
        says_nothing_of(page, "派出所")
        seen(page, axe, f"ended-{name}-390")
        looks_right(page, axe)
    sign_out(page)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/cases/{audit.number}/")
    expect(page.get_by_text("已经用掉的钱由工作人员另行处理")).to_be_visible()
    seen(page, axe, "case-payer-390")


def test_a_child_who_turned_sixteen_renews_on_the_phone(page, live, axe, quiet_console):
    build.area(build.SHANGRAO, "上饶市", renew_at_ages=[16])
    mother = build.employee("周兰香", born="1980-04-01", gender="2")
    build.personal_account(mother, prior=50_000)
    today = business_date(database_clock())
    child = build.resident(
        "王小雨", born=today.replace(year=today.year - 16), gender="2", phone="13800138002"
    )
    binding = build.active_binding(mother, child, "30")
    build.phone_user("13800138002", child)
    due.run(today, today=today)
    page.set_viewport_size(PHONE)
    sign_in(page, live, "13800138002")
    page.goto(f"{live}/family/{binding.pk}/")
    seen(page, axe, "renew-390")
    looks_right(page, axe)
    page.set_viewport_size(DESK)
    seen(page, axe, "renew-1280")
    page.get_by_role("button", name="继续使用").click()
    expect(page.get_by_text("已确认继续使用")).to_be_visible()
    assert Binding.objects.get().renew_before is None
