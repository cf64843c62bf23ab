"""Staff give a till its key, and an auditor reads its messages and reconciles its day."""

import pytest

from tests import build
from tests.hospital.conftest import AREA
from tests.hospital.test_tills_admin import right_now
from tests.journeys import people
from tests.journeys.people import says
from tests.journeys.test_bind_and_pay import shot

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_till_gets_a_key_and_is_audited(page, live, axe, quiet_console):
    build.area(AREA)
    place = build.institution()
    build.staff("zhao.system", "system_admin", "赵系统")
    page.set_viewport_size({"width": 1280, "height": 900})
    people.sign_in_staff(page, live, "zhao.system")
    page.get_by_role("link", name="网关凭据").first.click()
    axe(page)
    page.get_by_role("link", name="发放网关凭据").click()
    page.get_by_label("名称").fill("3 号窗口")
    page.get_by_label("定点机构编码").fill(place.code)
    axe(page)
    shot(page, "issue")
    page.get_by_role("button", name="发放").click()
    says(page, "只显示这一次", where="#content")
    axe(page)
    shot(page, "issued")
    page.get_by_role("link", name="我已保存").click()
    says(page, "3 号窗口", where="#content")
    people.sign_out(page)

    build.staff("sun.audit", "auditor", "孙审计")
    people.sign_in_staff(page, live, "sun.audit")
    page.goto(f"{live}/admin/hospital/message/")
    page.get_by_role("link", name="与机构对账").click()
    page.get_by_label("定点机构编码").fill(place.code)
    for label in ("第一天", "最后一天"):
        page.get_by_label(label).fill(f"{right_now():%Y-%m-%d}")
    page.get_by_role("button", name="对账").click()
    says(page, "没有经国家接口的结算", where="#content")
    axe(page)
    shot(page, "statement")
