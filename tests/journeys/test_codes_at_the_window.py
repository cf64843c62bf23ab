"""An elder without a phone at the window: one takes her in, another decides, her daughter shows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts import selectors as people
from pooling.cases.models import Case
from tests import build
from tests.conftest import DESK, PHONE
from tests.journeys.people import (
    give_fresh_code,
    looks_right,
    read,
    says,
    says_nothing_of,
    sign_in,
    sign_in_staff,
    sign_out,
)

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")
HOME = "/admin/counter/deskcase/"


@pytest.fixture
def family():
    build.area(build.SHANGRAO, "上饶市")
    daughter = build.employee("王芳", gender="2", born="1988-03-05", phone="13800138001")
    return daughter, build.resident("李秀英", gender="2", born="1955-02-03")


def seen(page, axe, name):
    """Look at a page as everybody must be able to, and keep a picture where SHOTS says so."""
    if SHOTS:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    axe(page)


def begin(page, live, owner, want):
    page.goto(f"{live}{HOME}")
    page.get_by_role("link", name="医保码和亲情账户").click()
    page.get_by_label(want).check()
    page.get_by_label("申请人姓名").fill(owner.name)
    page.get_by_label("申请人证件号码").fill(owner.cert_no)


def confirm(page, verb, remark):
    page.locator("summary", has_text=verb).first.click()
    page.get_by_label("审核意见").first.fill(remark)
    page.get_by_role("button", name=f"确认：{verb}").click()


def test_papers_are_believed_by_two_and_the_daughter_shows_the_code(
    page, live, axe, quiet_console, family
):
    daughter, grandmother = family
    build.staff("li.reviewer", "reviewer", "李审核")
    build.staff("sun.reviewer", "reviewer", "孙复核")
    page.set_viewport_size(DESK)
    sign_in_staff(page, live, "li.reviewer")

    # Her own document is enough to activate.
    begin(page, live, grandmother, "激活医保电子凭证")
    seen(page, axe, "code-find")
    page.get_by_role("button", name="核对并受理").click()
    assert grandmother.cert_no not in page.url
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("还没有核对这些原件：申请人身份证件")).to_be_visible()
    page.get_by_label("申请人身份证件").check()
    seen(page, axe, "code-activate")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("证件原件与登记相符，直接激活")).to_be_visible()
    seen(page, axe, "code-activated")

    # That somebody is her daughter stands on paper only.
    begin(page, live, grandmother, "让家人在手机上出示我的医保码")
    page.get_by_role("button", name="核对并受理").click()
    page.get_by_label("出示人姓名").fill(daughter.name)
    page.get_by_label("出示人证件号码").fill(daughter.cert_no)
    page.get_by_label("本人是家人的").select_option(label="母亲")
    page.get_by_role("button", name="保存").click()
    for paper in ("申请人身份证件", "家人身份证件", "本人签字的同意书", "户口簿"):
        page.get_by_label(paper).check()
    seen(page, axe, "code-show")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("转他人审核")).to_be_visible()
    confirm(page, "通过", "户口簿相符")
    expect(page.get_by_text("提交人不能审核自己提交的经办件")).to_be_visible()
    assert people.cared_for(daughter.pk) == []
    case = Case.objects.get(kind="care")

    sign_out(page)
    sign_in_staff(page, live, "sun.reviewer")
    page.goto(f"{live}{HOME}{case.pk}/change/")
    says_nothing_of(page, grandmother.name, where="#content")
    page.locator("details.ask summary").click()
    page.get_by_label("具体事由").fill("审核亲情账户申请")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, grandmother.name, where="#content")
    page.locator("summary", has_text="不通过").first.click()
    seen(page, axe, "code-decide")
    confirm(page, "通过", "户口簿相符")
    expect(page.get_by_text("已通过，并已通知申请人")).to_be_visible()

    sign_out(page)
    page.set_viewport_size(PHONE)
    page.goto(f"{live}/r/{case.check_code}/")
    shown = read(page)
    assert "现在有效" in shown
    assert "李" not in shown
    seen(page, axe, "code-receipt")

    build.phone_user("13800138001", daughter)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/inbox/")
    expect(page.get_by_text("医保窗口核对证件后")).to_be_visible()
    seen(page, axe, "code-inbox")
    page.goto(f"{live}/credential/")
    page.get_by_role("link", name="李*").click()
    expect(page.get_by_role("img", name="医保码二维码")).to_be_visible()
    looks_right(page, axe)


def test_where_the_area_wants_a_promise_the_page_asks_for_it(
    page, live, axe, quiet_console, family
):
    daughter, grandmother = family
    build.relation(daughter, grandmother, "52")
    build.next_rules(
        build.SHANGRAO,
        since="2026-11-21",
        care_evidence=["commitment"],
        e_credential_family_evidence=["document"],
    )
    build.phone_user("13800138001", daughter)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/credential/add/")
    seen(page, axe, "code-promise")
    page.locator("label", has_text="李*").click()
    page.get_by_role("button", name="添加").click()
    give_fresh_code(page)
    page.goto(f"{live}/credential/add/")
    page.locator("label", has_text="李*").click()
    page.locator("label", has_text="我承诺").click()
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_text("已添加")).to_be_visible()
    page.get_by_role("link", name="李*").click()
    expect(page.get_by_text("带身份证件到医保窗口也可以同意")).to_be_visible()
    seen(page, axe, "code-asked")
    looks_right(page, axe)
