"""Money whose account was closed comes home: one proposes, another agrees, the owner reads it."""

import pytest
from playwright.sync_api import expect

from pooling.cases.models import Case
from pooling.funds import services as funds
from tests import build
from tests.conftest import DESK
from tests.journeys.people import looks_right, says, sign_in, sign_out
from tests.journeys.test_commitment import act, opened, seen
from tests.journeys.test_counter import come_in
from tests.settlements.household import balance, household

pytestmark = pytest.mark.django_db(transaction=True)


def test_money_that_waited_goes_back_by_two_people(page, live, axe, quiet_console):
    family = household()
    settlement = build.settle(family.mei, 60_00, place=family.clinic)
    (account,) = family.wei.personal_accounts.all()
    funds.close(personal_account_id=account.pk, on=build.TODAY, by=build.JOB, at=build.NOON)
    build.reversal(settlement)
    case = Case.objects.get(kind="suspense")
    build.phone_user("13800138001", family.wei)
    build.staff("li.reviewer", "reviewer", "李审核")
    build.staff("sun.reviewer", "reviewer", "孙复核")
    page.set_viewport_size(DESK)

    come_in(page, live, "li.reviewer")
    opened(page, live, case, axe, "suspense-open-1280")
    expect(page.get_by_text("¥60.00").first).to_be_visible()
    act(page, "提出办理意见", way="account", reason="本人已重新参保")
    act(page, "通过", remark="我自己同意")
    expect(page.get_by_text("提交人不能审核自己提交的经办件")).to_be_visible()
    assert balance(family.wei) == (0, 0)

    come_in(page, live, "sun.reviewer")
    opened(page, live, case, axe, "suspense-proposed-1280")
    act(page, "通过", remark="核对无误")
    case.refresh_from_db()
    assert case.state == "approved"
    assert balance(family.wei) == (0, 60_00)
    seen(page, axe, "suspense-done-1280")

    sign_out(page)
    sign_in(page, live, "13800138001")
    page.goto(f"{live}/inbox/")
    looks_right(page, axe)
    seen(page, axe, "suspense-inbox")
    says(page, "¥60.00")
