"""At the window: a receipt printed twice, one of the two void; a name opened to who says why."""

import pytest
from playwright.sync_api import expect

from pooling.cases.models import Receipt
from tests import build
from tests.conftest import DESK
from tests.journeys import people
from tests.journeys.people import says, says_nothing_of
from tests.journeys.test_bind_and_pay import shot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_receipt_is_printed_again_and_the_first_is_void(page, live, axe, quiet_console):
    build.area(build.SHANGRAO, "上饶市", evidence_accepted=["registry"])
    payer = build.employee("欧阳迪丽热巴古丽阿卜杜热合曼", born="1980-03-05", gender="1")
    case = build.waiting_case(payer)
    build.staff("li.clerk", "clerk", "李经办")
    page.set_viewport_size(DESK)
    people.sign_in_staff(page, live, "li.clerk")
    desk = f"{live}/admin/counter/deskcase/{case.pk}/change/"
    page.goto(desk)
    for button in ("打印回执", "打印小票"):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name=button).click()
        opened.value.close()
    page.goto(desk)
    assert [row.paper for row in Receipt.objects.order_by("number")] == ["a4", "roll"]
    page.get_by_label("作废第 1 次打印的回执").click()
    page.get_by_label("作废原因").first.select_option(label="交错了人")
    people.looks_right(page, axe)
    shot(page, "desk-receipts")
    page.get_by_role("button", name="确认：作废").first.click()
    expect(page.get_by_text("第 1 次打印的回执已作废")).to_be_visible()
    page.goto(f"{live}/r/{case.check_code}/")
    expect(page.get_by_text("作废：交错了人")).to_be_visible()
    people.looks_right(page, axe)

    page.goto(f"{live}/admin/accounts/member/{payer.pk}/change/")
    says_nothing_of(page, payer.name, where="#content")
    page.get_by_text("办事需要看全名，请先说明目的").click()
    page.get_by_label("具体事由").fill("电话答复回执")
    shot(page, "member-masked")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, payer.name, where="#content")
    shot(page, "member-named")
