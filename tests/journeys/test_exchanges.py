"""A hospital rings: staff find its message, read it masked, rehearse it, ask, and carry it out."""

import pytest
from playwright.sync_api import expect

from pooling.hospital.national.services import bills
from pooling.settlements.models import Settlement
from tests import build
from tests.conftest import DESK, PHONE
from tests.hospital.conftest import AREA
from tests.hospital.national import NationalTill, bill
from tests.hospital.test_faults import fail
from tests.journeys import people
from tests.journeys.people import read, says
from tests.journeys.test_bind_and_pay import shot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rung(monkeypatch):
    """A bill that broke on our side; return its till, its message and its patient."""
    build.area(AREA)
    daughter, father = build.resident("梅小雨", area=AREA), build.employee("梅建国", area=AREA)
    build.personal_account(father, prior=500_00, area=AREA)
    build.active_binding(father, daughter)
    place = build.institution()
    credential, secret = build.till_credential(institution=place)
    till = NationalTill(credential.access_key, secret, place.code)
    named = till.visit(daughter, "130.00")
    till.refused("2207", {"data": bill(named, "99.00")})
    NationalTill(credential.access_key, "x" * 64, place.code).ask("2207", {})
    message = till.message("2207", {"data": bill(named, "130.00")})
    with monkeypatch.context() as broken:
        broken.setattr(bills, "_count_deductible", fail(RuntimeError("ours")))
        assert till.send("2207", message).status == 500
    return till, message, daughter


def both(page, axe, name: str) -> None:
    """Look at a page as a desk and as a phone shows it."""
    shot(page, name)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{name} is {wide} wide"


def test_a_failed_bill_is_found_rehearsed_and_carried_out(page, live, axe, quiet_console, rung):
    till, message, patient = rung
    build.staff("lu.reviewer", "reviewer", "陆审核")
    people.sign_in_staff(page, live, "lu.reviewer")
    page.get_by_role("link", name="接口日志").first.click()
    both(page, axe, "log")
    page.get_by_label("报文编号").fill(message["msgid"])
    page.get_by_role("button", name="查找").click()
    row = page.get_by_role("row").filter(has_text=message["msgid"])
    expect(row).to_contain_text("系统故障", use_inner_text=True)
    row.get_by_role("link").click()
    told = read(page, "#content")
    assert "机构说" in told
    assert patient.psn_no in told
    both(page, axe, "exchange")

    page.get_by_role("button", name="试办，不动款项").click()
    says(page, "已全部撤回", where="#content")
    says(page, '"medfee_sumamt": 130', where="#content")
    both(page, axe, "rehearsal")
    assert not Settlement.objects.exists()

    page.get_by_role("link", name="回到这条报文").click()
    for answer in ("没有付现金", "没有用新编号", "马上用同一编号"):
        page.get_by_label(answer).check()
    page.get_by_label("为什么重放").fill("收费处 8012 于 15:20 答复没有收现金")
    both(page, axe, "asked")
    page.get_by_role("button", name="重放这条报文").click()
    says(page, "会得到同样的应答", where="body")
    says(page, "不是机构发来的", where="#content")
    both(page, axe, "replayed")
    (settled,) = Settlement.objects.all()
    fetched = till.send("2207", message).json["output"]["setlinfo"]
    assert fetched["setl_id"] == str(settled.pk)

    page.get_by_text("看没有遮盖的姓名和号码").click()
    page.get_by_label("查看目的").select_option("dispute")
    page.get_by_label("具体事由").fill("机构来电核对这笔结算")
    page.get_by_role("button", name="填好了，打开").click()
    says(page, "没有遮盖", where="#content")
    says(page, patient.name, where="#content")
    both(page, axe, "named")

    page.goto(f"{live}/admin/hospital/exchange/rates/")
    says(page, "最常见的原因", where="#content")
    both(page, axe, "rates")
    page.goto(f"{live}/admin/accounts/institution/")
    page.get_by_role("link", name=till.institution).click()
    says(page, "最近一条报文", where="#content")
    both(page, axe, "institution")
