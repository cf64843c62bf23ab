"""A son has paid his mother's premium and gets it back: page, receipt, a second person, money."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pooling.cases.models import Case
from pooling.settlements.models import Settlement
from pooling.shared.periods import business_date
from pooling.shared.work import database_clock
from tests import build
from tests.cases import files
from tests.conftest import DESK, PHONE
from tests.journeys.people import give_fresh_code, looks_right, sign_in
from tests.journeys.test_counter import come_in

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS")
CASE = "/admin/counter/deskcase/{}/change/"


@pytest.fixture
def son(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    build.area(
        build.SHANGRAO,
        "上饶市",
        uses=["outpatient", "resident_premium", "commercial_insurance"],
        premium_form={"resident_premium": "refund"},
        commercial_products={"示范惠民保": [], "示范医惠保": ["spouse"]},
    )
    build.institution(type="insurer", level=0, name="示范惠民保服务点")
    son = build.employee("周建国", born="1980-04-01")
    build.personal_account(son, prior=50_000)
    mother = build.resident("王桂英", born="1952-02-03", gender="2")
    build.active_binding(son, mother, "52")
    build.phone_user("13800138001", son)
    build.staff("li.reviewer", "reviewer", "李审核")
    return son


def seen(page, axe, name):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    looks_right(page, axe)


def both_sizes(page, axe, name):
    for size, width in ((DESK, 1280), (PHONE, 390)):
        page.set_viewport_size(size)
        seen(page, axe, f"{name}-{width}")


def test_a_premium_is_asked_back_on_the_phone_and_paid_by_another(
    page, live, axe, quiet_console, son
):
    today = business_date(database_clock())
    sign_in(page, live, "13800138001")
    page.get_by_role("link", name="用账户缴保费").click()
    expect(page.get_by_text("示范惠民保服务点").first).to_be_visible()
    expect(page.get_by_text("先缴费，再在这里申请报销").first).to_be_visible()
    mother = page.get_by_role("region", name="王桂英")
    expect(mother.get_by_role("heading", name="商业补充保险：示范惠民保")).to_be_visible()
    expect(mother.get_by_text("“示范医惠保”只能为规定的几种亲属缴")).to_be_visible()
    both_sizes(page, axe, "premiums")

    page.get_by_role("link", name="申请报销：居民医保缴费 王桂英").click()
    give_fresh_code(page)
    page.get_by_label("哪一年的？").select_option(str(today.year + 1))
    page.get_by_label("哪一天缴的？").fill(today.isoformat())
    page.get_by_label("缴了多少（元）").fill("400")
    page.get_by_label("收款银行").fill("上饶银行")
    page.get_by_label("您本人的银行账号").fill("12")
    page.get_by_role("button", name="下一步：上传缴费凭证").click()
    expect(page.get_by_text("银行账号是 8 至 30 位数字").first).to_be_visible()
    both_sizes(page, axe, "claim")
    page.get_by_label("您本人的银行账号").fill("6222 0200 0000 0000 000")
    page.get_by_role("button", name="下一步：上传缴费凭证").click()
    both_sizes(page, axe, "claim-receipt")
    picture = files.photo((900, 1200), color=(222, 210, 180))
    page.get_by_label("拍照").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    page.get_by_role("heading", name="第 1 页").wait_for()
    page.get_by_role("link", name="这份拍完了").click()
    page.get_by_role("button", name="提交报销申请").click()
    expect(page.get_by_text("报销申请已提交")).to_be_visible()
    both_sizes(page, axe, "claim-waiting")

    case = Case.objects.get(kind="premium")
    page.set_viewport_size(DESK)
    come_in(page, live, "li.reviewer")
    page.goto(f"{live}{CASE.format(case.pk)}")
    page.locator("details.ask summary").click()
    page.get_by_label("具体事由").fill("保费报销")
    page.get_by_role("button", name="填好了，打开").click()
    page.get_by_text("查看目的：").wait_for()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "claim-desk-1280.png", full_page=True)
    page.get_by_text("6222020000000000000").wait_for()
    page.get_by_role("button", name="采信缴费凭证", exact=True).click()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "claim-desk-1280.png", full_page=True)
    axe(page)
    expect(page.get_by_text("这份材料已采信")).to_be_visible()
    page.locator("summary", has_text="通过").first.click()
    form = page.get_by_role("form", name="通过", exact=True)
    form.locator("[name$=remark]").fill("凭证相符")
    form.get_by_role("button", name="确认：通过").click()
    expect(page.get_by_text("已通过，并已通知申请人")).to_be_visible()
    settlement = Settlement.objects.get(claim=case)
    assert (settlement.pooled_fen, settlement.cash_fen) == (40_000, 0)

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/cases/{case.number}/")
    expect(page.get_by_text("款项转到您填的银行账户")).to_be_visible()
    seen(page, axe, "claim-granted-390")
    page.goto(f"{live}/premiums/")
    expect(page.get_by_text(f"{today.year + 1} 年度已付 ¥400.00")).to_be_visible()
    page.goto(f"{live}/usage/")
    expect(page.get_by_text(f"居民医保缴费 · {today.year + 1}年度")).to_be_visible()
    seen(page, axe, "premium-log-390")


def test_a_clerk_takes_a_claim_in_at_the_window(page, live, axe, quiet_console, son):
    today = business_date(database_clock())
    build.staff("wang.clerk", "clerk", "王经办")
    page.set_viewport_size(DESK)
    come_in(page, live, "wang.clerk")
    page.goto(f"{live}/admin/counter/deskcase/")
    page.get_by_role("link", name="保费报销").click()
    page.get_by_label("申请人姓名").fill(son.name)
    page.get_by_label("申请人证件号码").fill(son.cert_no)
    at_the_desk(page, axe, "claim-window-find")
    page.get_by_role("button", name="核对并受理").click()
    page.get_by_label("为谁缴费").select_option(label="王*（母亲）")
    page.get_by_label("参保年度").select_option(str(today.year + 1))
    page.get_by_label("缴费日期").fill(today.isoformat())
    page.get_by_label("缴费金额（元）").fill("400")
    page.get_by_label("收款银行").fill("上饶银行")
    page.get_by_label("申请人的银行账号").fill("6222 0200 0000 0000 000")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("还没有核对这些原件：申请人身份证件")).to_be_visible()
    for paper in ("申请人身份证件", "缴费凭证", "申请人签字的保费报销申请书"):
        page.get_by_label(paper, exact=True).check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请先上传或拍摄缴费凭证").first).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    at_the_desk(page, axe, "claim-window")
    page.get_by_role("link", name="上传或拍摄材料").click()
    page.get_by_label("缴费凭证", exact=True).check()
    picture = files.photo((900, 1200), color=(222, 210, 180))
    page.get_by_label("扫描件或照片").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("材料已加密保存")).to_be_visible()
    at_the_desk(page, axe, "claim-window-scanned")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已提交，转他人审核")).to_be_visible()
    at_the_desk(page, axe, "claim-window-waiting")
    case = Case.objects.get(kind="premium")
    assert (case.state, Settlement.objects.count()) == ("waiting", 0)

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/inbox/")
    page.get_by_text("窗口收到了用您的账户报销保费的申请").first.click()
    expect(page.get_by_text("请马上撤回")).to_be_visible()
    both_sizes(page, axe, "claim-window-told")
    page.get_by_role("button", name="撤回申请").click()
    expect(page.get_by_text("已撤回，没有动用任何钱")).to_be_visible()


def at_the_desk(page, axe, name):
    """Look at a page of the desk; the narrow picture is for people to see, phones are not used."""
    for size, width in ((PHONE, 390), (DESK, 1280)):
        page.set_viewport_size(size)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    axe(page)
