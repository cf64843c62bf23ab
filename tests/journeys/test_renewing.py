"""A girl of fourteen without a phone says at the window that it shall go on."""

from datetime import date

import pytest
from playwright.sync_api import expect

from pooling.bindings import services as authorisations
from pooling.bindings.models import Binding
from tests import build
from tests.conftest import DESK
from tests.journeys import people
from tests.journeys.test_bind_and_pay import shot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_what_stood_still_goes_on_once_she_said_so_herself(page, live, axe, quiet_console):
    build.area(renew_at_ages=[14])
    father = build.employee("王伟强", born="1980-03-05", gender="1", area="999900")
    girl = build.resident("王小雨", born="2012-03-01", gender="2", area="999900")
    build.active_binding(father, girl, "30")
    for on in (date(2026, 3, 1), date(2026, 3, 31)):
        authorisations.follow(after_id=0, limit=10, on=on, by=build.JOB, at=build.NOON)
    build.staff("li.clerk", "clerk", "李经办")
    page.set_viewport_size(DESK)
    people.sign_in_staff(page, live, "li.clerk")
    page.goto(f"{live}/admin/counter/deskcase/")
    page.get_by_role("link", name="到龄重新确认").click()
    page.get_by_label("姓名").fill(girl.name)
    page.get_by_label("证件号码").fill(girl.cert_no)
    people.looks_right(page, axe)
    page.get_by_role("button", name="核对").click()
    assert girl.cert_no not in page.url
    expect(page.get_by_label("王*（父亲）")).to_be_checked()
    page.get_by_label("由监护人陪同到窗口").check()
    people.looks_right(page, axe)
    shot(page, "desk-renew")
    page.get_by_role("button", name="确认继续使用").click()
    expect(page.get_by_label("已核对本人的证件原件")).to_be_visible()
    assert Binding.objects.get().halted_for == "renewal_unanswered"
    page.get_by_label("已核对本人的证件原件").check()
    page.get_by_role("button", name="确认继续使用").click()
    expect(page.get_by_text("已确认继续使用")).to_be_visible()
    assert Binding.objects.get().halted_for == ""
    people.looks_right(page, axe)
