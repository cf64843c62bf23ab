"""Money frozen, given and held together: set up on a phone, used at a till, taken back."""

import pytest
from django.utils.timezone import now
from playwright.sync_api import expect

from pooling.funds import selectors as funds
from tests import build
from tests.journeys import people
from tests.journeys.people import read
from tests.journeys.test_bind_and_pay import shot

pytestmark = pytest.mark.django_db(transaction=True)
HERE, THERE = "999900", "888800"
SON_PHONE, MOTHER_PHONE = "13800138001", "13800138002"


def family(*, here: dict, there: dict | None = None):
    """Return a son with 30 of this year and 50 of earlier ones, and his mother, both signed up."""
    build.area(HERE, "试验市", **here)
    if there is not None:
        build.area(THERE, "那边市", **there)
    son = build.employee("王伟", area=HERE)
    build.personal_account(son, current=30_00, prior=50_00, area=HERE)
    home = HERE if there is None else THERE
    mother = build.resident("张桂兰", area=home, born="1957-11-02", gender="2")
    build.relation(son, mother, "52")
    build.phone_user(SON_PHONE, son)
    build.phone_user(MOTHER_PHONE, mother)
    return son, mother


def switch_to(page, live, phone):
    people.sign_out(page)
    people.sign_in(page, live, phone)


def look(page, axe, name):
    people.looks_right(page, axe)
    shot(page, name)


def test_a_quota_is_set_used_at_the_till_lowered_and_returned(page, live, axe, quiet_console):
    son, mother = family(here={"quota_across_provinces": True}, there={})
    binding = build.active_binding(son, mother, "52", at=now())
    clinic = build.institution(area=THERE)

    people.sign_in(page, live, SON_PHONE)
    page.goto(f"{live}/family/{binding.pk}/")
    assert "设了额度，这位家人才能用您账户里的钱" in read(page)
    look(page, axe, "quota-none")
    page.get_by_role("link", name="设共济额度").click()
    people.give_fresh_code(page)
    assert "最多可以设到" in read(page)
    assert "80.00" in read(page)
    look(page, axe, "quota-raise")
    page.get_by_label("额度（元）").fill("100")
    page.get_by_role("button", name="下一步").click()
    assert "现在最多 ¥80.00" in read(page)
    shot(page, "quota-too-much")
    page.get_by_label("额度（元）").fill("60")
    page.get_by_role("button", name="下一步").click()
    assert "20.00" in read(page)
    look(page, axe, "quota-check")
    page.get_by_role("button", name="冻结 ¥60.00").click()
    assert "共济额度现为 ¥60.00" in read(page)
    look(page, axe, "quota-set")
    page.goto(live)
    assert "不在上面的数里" in read(page)
    shot(page, "home-frozen")

    settled = build.settle(mother, 45_00, place=clinic, at=now())
    assert (settled.pooled_fen, settled.cash_fen) == (45_00, 0)
    switch_to(page, live, MOTHER_PHONE)
    page.goto(f"{live}/family/{binding.pk}/")
    assert "留给我的共济额度" in read(page)
    assert "15.00" in read(page)
    shot(page, "quota-relative")

    switch_to(page, live, SON_PHONE)
    page.goto(f"{live}/family/{binding.pk}/")
    page.get_by_role("link", name="调低或收回").click()
    shot(page, "quota-lower")
    page.get_by_label("额度（元）").fill("5")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="退回 ¥10.00").click()
    assert "共济额度现为 ¥5.00" in read(page)
    page.get_by_role("link", name="解除共济").click()
    page.get_by_role("button", name="确认解除").click()
    if "/confirm-it-is-you/" in page.url:
        people.give_fresh_code(page)
        page.get_by_role("button", name="确认解除").click()
    page.get_by_text("解除已办理").wait_for()
    assert funds.open_quota(son.pk, mother.pk) is None
    assert sum(build.holdings(son)) == 35_00


def test_money_is_sent_accepted_and_spent_from_the_wallet(page, live, axe, quiet_console):
    _son, mother = family(
        here={
            "wallet_open": True,
            "wallet_transfer_most_fen": 60_00,
            "wallet_transfers_per_day": 3,
            "wallet_one_pending": True,
        }
    )
    clinic = build.institution(area=HERE)
    people.sign_in(page, live, MOTHER_PHONE)
    page.goto(f"{live}/wallet/")
    shot(page, "wallet-none")
    page.get_by_role("link", name="开通医保钱包").click()
    page.get_by_label("本人").check()
    look(page, axe, "wallet-open")
    page.get_by_role("button", name="开通").click()
    assert "已开通" in read(page)

    switch_to(page, live, SON_PHONE)
    page.goto(f"{live}/wallet/")
    page.get_by_role("link", name="从个人账户转").click()
    people.give_fresh_code(page)
    assert "3 笔（每天 3 笔）" in read(page)
    look(page, axe, "wallet-send")
    page.get_by_label("张*（母亲）").check()
    page.get_by_label("金额（元）").fill("60.01")
    page.get_by_role("button", name="下一步").click()
    assert "现在最多 ¥60.00" in read(page)
    shot(page, "wallet-send-refused")
    page.get_by_label("金额（元）").fill("40")
    page.get_by_role("button", name="下一步").click()
    look(page, axe, "wallet-send-check")
    page.get_by_role("button", name="转出 ¥40.00").click()
    assert "等张*（母亲）接收" in read(page)
    assert "现在不能再转" in read(page)  # one at a time, with its rule
    look(page, axe, "wallet-sent")

    switch_to(page, live, MOTHER_PHONE)
    assert "1 笔转账等您接收" in read(page)
    shot(page, "home-arriving")
    page.goto(f"{live}/wallet/")
    look(page, axe, "wallet-arriving")
    page.get_by_role("button", name="接收", exact=True).click()
    assert "已接收，钱到了医保钱包里" in read(page)
    shot(page, "wallet-received")
    settled = build.settle(mother, 25_00, place=clinic, at=now())
    assert (settled.own_fen, settled.cash_fen) == (25_00, 0)
    page.reload()
    assert "15.00" in read(page)
    page.goto(f"{live}/usage/{settled.uid}/")
    expect(page.locator(".waterfall")).to_contain_text("本人账户和医保钱包", use_inner_text=True)
    shot(page, "wallet-why")


def test_a_family_founds_a_fund_joins_pays_in_and_a_member_uses_it(page, live, axe, quiet_console):
    son, mother = family(
        here={
            "model": "pooled_transfer",
            "floor_fen": 20_00,
            "fund_transfers_per_month": 1,
            "relative_confirms": True,
        }
    )
    clinic = build.institution(area=HERE)
    people.sign_in(page, live, SON_PHONE)
    page.goto(f"{live}/bind/")
    shot(page, "bind-start-fund")
    page.get_by_role("link", name="打开家庭共济账户").click()
    look(page, axe, "fund-none")
    page.get_by_role("button", name="建立家庭共济账户").click()
    page.get_by_role("link", name="邀请家人").click()
    people.give_fresh_code(page)
    page.get_by_label("张*（母亲）").check()
    look(page, axe, "fund-invite")
    page.get_by_role("button", name="邀请").click()
    assert "待确认" in read(page)

    switch_to(page, live, MOTHER_PHONE)
    page.get_by_text("家人邀请您加入家庭共济账户").click()
    shot(page, "fund-invited")
    page.get_by_role("button", name="加入", exact=True).click()
    assert "您已加入家庭共济账户" in read(page)

    switch_to(page, live, SON_PHONE)
    page.goto(f"{live}/fund/")
    page.get_by_role("link", name="转入").click()
    people.give_fresh_code(page)
    assert "60.00" in read(page)  # 80 but for the floor of 20
    look(page, axe, "fund-pay-in")
    page.get_by_label("金额（元）").fill("50")
    page.get_by_role("button", name="下一步").click()
    look(page, axe, "fund-pay-in-check")
    page.get_by_role("button", name="转入 ¥50.00").click()
    assert "已转入 ¥50.00" in read(page)
    assert "本月已经转入 1 次" in read(page)
    look(page, axe, "fund-paid-in")

    settled = build.settle(mother, 35_00, place=clinic, at=now())
    assert (settled.pooled_fen, settled.cash_fen) == (35_00, 0)
    switch_to(page, live, MOTHER_PHONE)
    page.goto(f"{live}/usage/{settled.uid}/")
    drawn = read(page, ".waterfall")
    assert "家庭共济账户" in drawn
    assert "35.00" in drawn
    shot(page, "fund-why")
    page.goto(f"{live}/fund/")
    assert "15.00" in read(page)
    shot(page, "fund-member")
    page.get_by_role("link", name="退出").click()
    look(page, axe, "fund-leave")

    switch_to(page, live, SON_PHONE)
    page.goto(f"{live}/fund/close/")
    look(page, axe, "fund-close")
    page.get_by_role("button", name="确认注销").click()
    people.give_fresh_code(page)
    page.get_by_role("button", name="确认注销").click()
    page.get_by_text("家庭共济账户已注销").wait_for()
    assert sum(build.holdings(son)) == 45_00
